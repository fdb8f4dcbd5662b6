"""An error code belongs to one place: ``H-REC-003`` is raised in one expression, so support can find it."""

import ast
import re
from pathlib import Path

from tools.lint import source

_CODE = re.compile(r"^H-[A-Z0-9]+-\d+$")


def check(root: Path) -> list[str]:
    """One line for every code that stands twice."""
    seen: dict[str, str] = {}
    findings: list[str] = []
    for path, tree, _ in source.modules(root):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            for argument in node.args:
                if isinstance(argument, ast.Constant) and _CODE.match(str(argument.value)):
                    where = f"{path.relative_to(root)}:{argument.lineno}"
                    if str(argument.value) in seen:
                        findings.append(f"{where}: {argument.value} stands already at {seen[str(argument.value)]}")
                    seen[str(argument.value)] = where
    return findings
