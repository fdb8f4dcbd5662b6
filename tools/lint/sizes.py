"""The size budget: no file over 400 lines, under 3 % of functions over 40 lines, test files at most 600.

No function takes more than four arguments by place; those of a table of states (``states.py``) are its columns.

Tables of rows are exempt: a long table is not a long thought.
"""

import ast
from pathlib import Path

from tools.lint import source

FILE_LINES = 400
TEST_LINES = 600
FUNCTION_LINES = 40
SHARE = 0.03
BY_PLACE = 4
_EXEMPT = {"tables", "migrations"}
_COLUMNS = {"states.py"}


def check(root: Path) -> list[str]:
    """One line for every file over budget, and one for the share of long functions."""
    findings: list[str] = []
    lengths: list[tuple[int, str]] = []
    for path, tree, text in source.modules(root):
        if _EXEMPT & set(path.parts):
            continue
        where = path.relative_to(root)
        if text.count("\n") > FILE_LINES:
            findings.append(f"{where}: {text.count(chr(10))} lines, {FILE_LINES} allowed")
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        lengths += [
            (int(node.end_lineno or 0) - node.lineno + 1, f"{where}:{node.lineno} {node.name}") for node in functions
        ]
        findings += [
            f"{where}:{node.lineno} {node.name} takes {_by_place(node)} arguments by place, {BY_PLACE} allowed"
            for node in functions
            if _by_place(node) > BY_PLACE and path.name not in _COLUMNS
        ]
    for path in sorted([*(root / "tests").rglob("*.py"), *(root / "hallway").rglob("tests/*.py")]):
        lines = path.read_text().count("\n")
        if lines > TEST_LINES:
            findings.append(f"{path.relative_to(root)}: {lines} lines, {TEST_LINES} allowed in a test")
    long = sorted((found for found in lengths if found[0] > FUNCTION_LINES), reverse=True)
    if len(long) > SHARE * len(lengths):
        findings.append(
            f"{len(long)} of {len(lengths)} functions are over {FUNCTION_LINES} lines, {SHARE:.0%} allowed:"
        )
        findings += [f"  {length} lines {where}" for length, where in long]
    return findings


def _by_place(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many arguments may be given by place, but for the object or class itself."""
    names = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
    return len(names) - (names[:1] in (["self"], ["cls"]))
