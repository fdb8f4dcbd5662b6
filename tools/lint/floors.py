"""Arrows that are not imports obey the floors too: SQL text, ``get_model``, string foreign keys, migrations.

A table is named ``room_something``; a string with SQL words in it that names a table of an upper room is a finding.
"""

import ast
import re
from pathlib import Path

from tools.lint import source

_SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|JOIN|FROM|REFERENCES|TABLE|COPY)\b")
_ROOMS = "|".join(room for floor in source.FLOORS for room in floor)
_TABLE = re.compile(rf"\b({_ROOMS})_[a-z_]+\b")
_MODEL = re.compile(rf"^({_ROOMS})\.[A-Za-z]+$")
# The composition root seeds and measures every room; nothing stands above it.
_FREE = {"app"}


def check(root: Path) -> list[str]:
    """One line for every string that points up or sideways."""
    findings: list[str] = []
    for path, tree, _ in source.modules(root):
        room = source.room_of(path, root)
        if room in _FREE or room not in source.FLOOR_BY_ROOM:
            continue
        for constant in source.strings(tree):
            for other in _rooms_named(str(constant.value)):
                if not source.may_name(room, other):
                    findings.append(f"{path.relative_to(root)}:{constant.lineno}: {room} names {other} in a string")
        if "migrations" in path.parts:
            findings += _dependencies(path, tree, room, root)
    return findings


def _rooms_named(text: str) -> set[str]:
    if _SQL.search(text):
        return {match.group(1) for match in _TABLE.finditer(text)}
    model = _MODEL.match(text)
    return {model.group(1)} if model else set()


def _dependencies(path: Path, tree: ast.Module, room: str, root: Path) -> list[str]:
    named = [
        (node.lineno, str(element.elts[0].value))
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "dependencies"
        and isinstance(node.value, ast.List)
        for element in node.value.elts
        if isinstance(element, ast.Tuple) and isinstance(element.elts[0], ast.Constant)
    ]
    return [
        f"{path.relative_to(root)}:{line}: migration depends upward on {other}"
        for line, other in named
        if other in source.FLOOR_BY_ROOM and not source.may_name(room, other)
    ]
