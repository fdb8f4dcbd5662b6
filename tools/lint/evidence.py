"""``Release(`` is written in ``consent`` only, ``Labelled(`` in ``labels`` only.

A Release is the evidence that the gate decided; a Labelled that ``labels`` judged. Were either made elsewhere, the
types would prove nothing. ``dataclasses.replace`` on a value of that name is a construction too.
"""

import ast
from pathlib import Path

from tools.lint import source

MAKER = {"Release": "consent", "Labelled": "labels"}


def check(root: Path) -> list[str]:
    """One line for every construction outside its maker."""
    findings: list[str] = []
    for path, tree, _ in source.modules(root):
        room = source.room_of(path, root)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = _constructed(node)
                if name and MAKER[name] != room:
                    findings.append(f"{path.relative_to(root)}:{node.lineno}: {name} is made in {MAKER[name]} only")
    return findings


def _constructed(call: ast.Call) -> str:
    function = call.func
    name = (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )
    if name == "replace" and call.args:
        first = call.args[0]
        argument = first.id if isinstance(first, ast.Name) else ""
        name = {"release": "Release", "labelled": "Labelled"}.get(argument, "")
    return name if name in MAKER else ""
