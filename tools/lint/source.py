"""Reading the product's source, once for every rule."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FLOORS: tuple[tuple[str, ...], ...] = (
    ("clock", "errors", "ids", "zones"),
    ("standards", "terms"),
    ("storage",),
    ("identity", "ledger"),
    ("record", "directory"),
    ("labels",),
    ("consent",),
    ("loops",),
    ("screening", "talking", "medication", "staffing"),
    ("referral",),
    ("consultation",),
    ("cocm",),
    ("quality", "billing", "triggers"),
    ("exchange",),
    ("web", "fhirapi", "worker"),
    ("app",),
)
"""Lowest floor first; the import contract in pyproject.toml says the same, and a test compares the two."""

FLOOR_BY_ROOM = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def room_of(path: Path, root: Path) -> str:
    """The room a file stands in, or an empty string outside the product."""
    parts = path.relative_to(root).parts
    if len(parts) < 2 or parts[0] != "hallway":
        return ""
    return parts[1].removesuffix(".py")


def may_name(room: str, other: str) -> bool:
    """May ``room`` name something of ``other``? Only itself or a room on a lower floor."""
    return room == other or FLOOR_BY_ROOM[other] < FLOOR_BY_ROOM[room]


@cache
def modules(root: Path) -> tuple[tuple[Path, ast.Module, str], ...]:
    """Every Python file of the product without its tests: path, tree, text."""
    found = [path for path in sorted((root / "hallway").rglob("*.py")) if "tests" not in path.parts]
    return tuple((path, ast.parse(text), text) for path in found for text in [path.read_text()])


def strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """Every string constant that is not a docstring."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node
