"""Time and random bytes come from ``clock`` and ``ids`` alone, so that two worlds and replays are possible."""

import ast
from pathlib import Path

from tools.lint import source

_BANNED = {
    ("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time"), ("timezone", "now"),
    ("uuid", "uuid4"), ("uuid", "uuid1"), ("secrets", "token_bytes"), ("secrets", "token_hex"),
    ("secrets", "token_urlsafe"), ("os", "urandom"),
}  # fmt: skip
# The clock and the entropy themselves; below them, the embedded server's own password and the bench's stopwatch.
_FREE = {"clock", "ids", "storage", "app"}


def check(root: Path) -> list[str]:
    """One line for every call that asks the machine instead."""
    findings: list[str] = []
    for path, tree, _ in source.modules(root):
        if source.room_of(path, root) in _FREE or "migrations" in path.parts:
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and (node.func.value.id, node.func.attr) in _BANNED
            ):
                findings.append(f"{path.relative_to(root)}:{node.lineno}: ask hallway.clock or hallway.ids instead")
    return findings
