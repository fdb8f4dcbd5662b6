"""Templates carry no inline style or script, name no other host, and break no content security policy."""

import re
from pathlib import Path

_RULES = (
    (re.compile(r"<[^>{]*\sstyle="), "inline style"),
    (re.compile(r"<style[\s>]"), "inline style sheet"),
    (re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>"), "inline script"),
    (re.compile(r"<[^>{]*\son[a-z]+="), "inline event handler"),
    (re.compile(r"(?:src|href|action)=[\"']?(?:https?:)?//"), "another host"),
)


def check(root: Path) -> list[str]:
    """One line for every breach."""
    findings: list[str] = []
    for path in sorted((root / "hallway").rglob("templates/**/*.html")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            findings += [f"{path.relative_to(root)}:{number}: {what}" for rule, what in _RULES if rule.search(line)]
    return findings
