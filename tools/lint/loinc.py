"""Every LOINC code in a table passes its check digit: a slip of the pen there becomes a result nobody finds."""

import re
from collections.abc import Iterator
from pathlib import Path

from hallway.screening.instruments.checking import is_loinc

_TABLES = ("*.toml", "*.csv")
_NAMED = re.compile(r"(?i:loinc)[a-z_]*[:|\s\"'=]{1,4}\"?((?:LA|LL|LP)?\d{3,6}-\d)\b")
_ANSWER = re.compile(r"\"((?:LA|LL|LP)\d{1,6}-\d)\"")
_INSTRUMENT = re.compile(r"^(?:panel_code|total_code|code) = \"(\d{3,6}-\d)\"", re.MULTILINE)
_CELL = re.compile(r"(?:LA|LL|LP)?\d{3,6}-\d\Z")


def check(root: Path) -> list[str]:
    """One line for every code whose check digit is wrong. A fault that a table names as one is let stand."""
    findings: list[str] = []
    for pattern in _TABLES:
        for path in sorted((root / "hallway").rglob(pattern)):
            findings += [f"{path.relative_to(root)}: {code} fails its check digit" for code in _wrong(path)]
    return findings


def _wrong(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    codes = {*_NAMED.findall(text), *_ANSWER.findall(text)}
    if path.parent.name == "instruments":
        codes |= set(_INSTRUMENT.findall(text))
    if path.suffix == ".csv" and "loinc" in path.stem + text.split("\n", 1)[0].lower():
        codes |= {cell for cell in re.split(r"[,;|\s\"]", text) if _CELL.match(cell)}
    yield from sorted(code for code in codes if not is_loinc(code))
