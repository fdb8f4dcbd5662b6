"""What a mutant is: one small change to one place of a module's syntax tree."""

import ast
import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Tree = ast.Module


@dataclass(frozen=True)
class Mutant:
    """``number`` of the change in its module; ``what`` says it in a line."""

    module: str
    number: int
    line: int
    function: str
    what: str


COMPARED = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
COMPUTED = {
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
}
NAMED = {"min": "max", "max": "min", "any": "all", "all": "any"}
NAMES = {"__all__", "__slots__"}
WORDS = {"HallwayError", "ValueError", "KeyError", "AssertionError"}
"""Calls whose texts are for people: what an error says is not what the gate decides."""
SQL = re.compile(r"\b(SELECT|WHERE|CASE|AND|FROM)\b")
FOR_PEOPLE = re.compile(r"[a-z.,:;] [A-Za-z]")
"""A text of several words that is no SQL is read by people, and decides nothing."""
IN_SQL = (
    (r" <= ", " < "),
    (r" > (?=%)", " >= "),
    (r" = (?=%)", " <> "),
    (r" = (?!ANY|%|'\{\}')", " <> "),
    (r"\bAND\b", "OR"),
    (r"\bOR\b", "AND"),
    (r"\bNOT ", ""),
    (r" IS NULL", " IS NOT NULL"),
    (r"LEFT JOIN", "JOIN"),
    (r" <> ", " = "),
    (r" & ~", " & "),
    (r"\bWHEN 0\b", "WHEN 1"),
    (r"\bWHEN -1\b", "WHEN 1"),
    (r"\btrue\b", "false"),
    (r"= ANY\(", "<> ALL("),
    (r"'\{\{?\}?\}'", "'{none}'"),
    (r"LIMIT 1\b", "LIMIT 0"),
    (r"ORDER BY [a-z_., ]+", ""),
)


def mutants(module: str, source: str, functions: frozenset[str] = frozenset()) -> Iterator[tuple[Mutant, Tree]]:
    """Every mutant of a module, with its tree; of the named top-level functions only, where some are named."""
    tree = ast.parse(source)
    number = 0
    for place, (node, function) in enumerate(_places(tree)):
        if functions and function.split(".")[0] not in functions:
            continue
        for change in _changes(node):
            changed = copy.deepcopy(tree)
            target = next(one for count, (one, _) in enumerate(_places(changed)) if count == place)
            before = ast.unparse(node)
            change(target)
            after = ast.unparse(target)
            if after == before:
                continue
            number += 1
            ast.fix_missing_locations(changed)
            compile(changed, module, "exec")  # what cannot be compiled is no mutant, and stops the run
            what = _change(before, after) if "\n" not in before else _difference(before, after)
            yield Mutant(module, number, getattr(node, "lineno", 0), function, what), changed


def _change(before: str, after: str) -> str:
    """Both in short; of a long text, like SQL, the words around what differs."""
    if _short(before) == _short(after):
        same = next(place for place in range(len(before)) if before[place : place + 1] != after[place : place + 1])
        start = max(same - 40, 0)
        before, after = f"... {before[start:]}", f"... {after[start:]}"
    return f"{_short(before)} -> {_short(after)}"


def _short(text: str) -> str:
    return text if len(text) < 90 else text[:87] + "..."


def _difference(before: str, after: str) -> str:
    """The first line that differs."""
    for old, new in zip(before.splitlines(), after.splitlines(), strict=False):
        if old != new:
            return _change(old.strip(), new.strip())
    return _short(before.splitlines()[0])


def _places(tree: Tree) -> Iterator[tuple[ast.AST, str]]:
    """Every node that may change, with the function it stands in; not annotations, docstrings or texts for people."""

    def walk(node: ast.AST, function: str) -> Iterator[tuple[ast.AST, str]]:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            function = f"{function}.{node.name}".strip(".")
        yield node, function
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "type_comment"):
                continue
            children = value if isinstance(value, list) else [value]
            for child in children:
                if isinstance(child, ast.AST) and not _is_words(node, child):
                    yield from walk(child, function)

    yield from walk(tree, "")


def _is_words(parent: ast.AST, child: ast.AST) -> bool:
    if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
        return True
    if isinstance(child, ast.Assign) and any(isinstance(one, ast.Name) and one.id in NAMES for one in child.targets):
        return True
    if isinstance(parent, ast.Raise) or isinstance(child, ast.Import | ast.ImportFrom | ast.Assert):
        return True
    if isinstance(child, ast.FunctionDef) and child.name == "__repr__":
        return True
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name):
        return parent.func.id in WORDS or parent.func.id in ("cast", "TypeVar", "NewType")
    if isinstance(parent, ast.Subscript) and isinstance(parent.value, ast.Name):
        return parent.value.id in ("Literal", "Callable")
    return False


Change = Callable[[ast.AST], None]


def _changes(node: ast.AST) -> Iterator[Change]:
    for kind, change in KINDS:
        if isinstance(node, kind):
            yield from change(node)


def _setting(name: str, value: object) -> Change:
    def change(target: ast.AST) -> None:
        setattr(target, name, value)

    return change


def _without(name: str, place: int) -> Change:
    def change(target: ast.AST) -> None:
        del getattr(target, name)[place]

    return change


def _compare(node: ast.Compare) -> Iterator[Change]:
    for place, operator in enumerate(node.ops):
        for other in COMPARED.get(type(operator), ()):

            def change(target: ast.AST, place: int = place, other: type = other) -> None:
                target.ops[place] = other()  # type: ignore[attr-defined]

            yield change


def _logic(node: ast.BoolOp) -> Iterator[Change]:
    yield _setting("op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for place in range(len(node.values)):

        def change(target: ast.AST, place: int = place) -> None:
            # The operand goes; one that is left alone stands twice, which is as good as alone.
            kept = [one for number, one in enumerate(target.values) if number != place]  # type: ignore[attr-defined]
            target.values = kept if len(kept) > 1 else kept * 2  # type: ignore[attr-defined]

        yield change


def _computed(node: ast.BinOp) -> Iterator[Change]:
    other = COMPUTED.get(type(node.op))
    if other is not None:
        yield _setting("op", other())


def _signed(node: ast.UnaryOp) -> Iterator[Change]:
    if isinstance(node.op, ast.Invert):
        yield _setting("op", ast.UAdd())
    elif isinstance(node.op, ast.Not):

        def change(target: ast.AST) -> None:
            target.operand = ast.UnaryOp(ast.Not(), target.operand)  # type: ignore[attr-defined]

        yield change


def _constant(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield _setting("value", not value)
    elif isinstance(value, int):
        yield _setting("value", value + 1)
    elif isinstance(value, str) and SQL.search(value):
        for pattern, other in IN_SQL:
            for found in re.finditer(pattern, value):
                yield _setting("value", value[: found.start()] + other + value[found.end() :])
    elif isinstance(value, str) and value and not FOR_PEOPLE.search(value):
        yield _setting("value", f"{value}_")


def _branch(node: ast.If | ast.IfExp | ast.While) -> Iterator[Change]:
    for said in (True, False):
        if isinstance(node, ast.While) and said:
            continue
        yield _setting("test", ast.Constant(said))


def _comprehension(node: ast.comprehension) -> Iterator[Change]:
    for place in range(len(node.ifs)):
        yield _without("ifs", place)


def _call(node: ast.Call) -> Iterator[Change]:
    if isinstance(node.func, ast.Name) and node.func.id in NAMED:
        yield _setting("func", ast.Name(NAMED[node.func.id], ast.Load()))
    if isinstance(node.func, ast.Name) and node.func.id == "replace":
        for place in range(len(node.keywords)):
            yield _without("keywords", place)


def _answer(node: ast.Return) -> Iterator[Change]:
    if isinstance(node.value, ast.Compare | ast.BoolOp):
        yield _setting("value", ast.Constant(True))
        yield _setting("value", ast.Constant(False))


def _assigned(node: ast.AugAssign) -> Iterator[Change]:
    other = COMPUTED.get(type(node.op))
    if other is not None:
        yield _setting("op", other())


KINDS: tuple[tuple[type, Callable[..., Iterator[Change]]], ...] = (
    (ast.Compare, _compare),
    (ast.BoolOp, _logic),
    (ast.BinOp, _computed),
    (ast.UnaryOp, _signed),
    (ast.Constant, _constant),
    (ast.If, _branch),
    (ast.IfExp, _branch),
    (ast.comprehension, _comprehension),
    (ast.Call, _call),
    (ast.Return, _answer),
    (ast.AugAssign, _assigned),
)
