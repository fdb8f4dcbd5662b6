"""FHIRPath as search parameters use it, compiled to Python functions.

Covers what the 1,700 expressions of R4 need: paths, choices of type, ``as``, ``where(x = 'y')``,
``where(resolve() is T)``, ``[n]``, ``exists()``, ``and``, ``!=``, ``|``. Anything else is refused when compiled, never
passed over when run.
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple, cast

Node = object
"""A value as JSON gives it."""
Step = Callable[[list[Node]], list[Node]]
"""Nodes in, nodes out."""


class Compiled(NamedTuple):
    """One alternative of an expression. ``roots`` are the elements of the resource it starts from.

    Without roots it looks at the resource as a whole and must run even when nothing is there.
    """

    roots: tuple[str, ...]
    run: Step


class NotSupportedError(ValueError):
    """The expression uses FHIRPath that no search parameter of R4 uses."""


_TOKEN = re.compile(r"\s*(?:(\w+)|('[^']*')|(!=|[()\[\].|=]))")


def _words(expression: str) -> list[str]:
    words: list[str] = []
    at = 0
    while at < len(expression.rstrip()):
        found = _TOKEN.match(expression, at)
        if found is None:
            raise NotSupportedError(f"unexpected character at {at}")
        words.append(found.group(found.lastindex or 0))
        at = found.end()
    return words


def fields(names: Iterable[str]) -> Step:
    """Step into the elements called ``names`` of each node, lists opened."""
    wanted = tuple(names)

    def run(nodes: list[Node]) -> list[Node]:
        out: list[Node] = []
        for node in nodes:
            if type(node) is dict:
                for name in wanted:
                    value = node.get(name)
                    if value is None:
                        continue
                    if type(value) is list:
                        out += value
                    else:
                        out.append(value)
        return out

    return run


def _where_equals(name: str, text: str) -> Step:
    def run(nodes: list[Node]) -> list[Node]:
        return [node for node in nodes if type(node) is dict and node.get(name) == text]

    return run


def _where_resolves_to(kind: str) -> Step:
    prefix, inner = f"{kind}/", f"/{kind}/"

    def is_kind(node: Node) -> bool:
        if type(node) is not dict:
            return False
        reference = node.get("reference")
        named = isinstance(reference, str) and (reference.startswith(prefix) or inner in reference)
        return named or node.get("type") == kind

    return lambda nodes: [node for node in nodes if is_kind(node)]


def _at(index: int) -> Step:
    return lambda nodes: nodes[index : index + 1]


class _Compiler:
    """Recursive descent over the words of one expression."""

    def __init__(self, expression: str, choices: dict[str, tuple[str, ...]]) -> None:
        self.words = _words(expression)
        self.at = 0
        self.choices = choices

    def peek(self) -> str:
        return self.words[self.at] if self.at < len(self.words) else ""

    def take(self, expected: str | None = None) -> str:
        word = self.peek()
        if not word or (expected is not None and word != expected):
            raise NotSupportedError(f"expected {expected or 'more'}, found {word or 'the end'}")
        self.at += 1
        return word

    def alternatives(self) -> list[Compiled]:
        found = [self.conjunction()]
        while self.peek() == "|":
            self.take()
            found.append(self.conjunction())
        if self.peek():
            raise NotSupportedError(f"unexpected {self.peek()}")
        return found

    def conjunction(self) -> Compiled:
        left = self.path()
        if self.peek() != "and":
            return left
        self.take()
        right = self.path()
        if self.peek() == "!=":
            self.take()
            right = _differs(right, self.take())
        return Compiled((), _both_true(_from(left), _from(right)))

    def path(self) -> Compiled:
        """``(A.b as T).c``, ``A.b.where(...).c`` and the like."""
        bracketed = self.peek() == "("
        if bracketed:
            self.take()
        walk = _Walk(self.choices, self.take())
        self.steps(walk)
        if bracketed:
            if self.peek() == "as":
                self.take()
                walk.narrow(self.take())
            self.take(")")
            self.steps(walk)
        return walk.compiled()

    def steps(self, walk: "_Walk") -> None:
        while self.peek() in {".", "["}:
            if self.take() == "[":
                walk.add(_at(int(self.take())))
                self.take("]")
                continue
            name = self.take()
            if self.peek() == "(":
                self.call(walk, name)
            else:
                walk.enter(name)

    def call(self, walk: "_Walk", name: str) -> None:
        self.take("(")
        if name == "as":
            walk.narrow(self.take())
        elif name == "exists":
            walk.add(lambda nodes: [bool(nodes)])
        elif name == "where":
            walk.add(self.condition())
        else:
            raise NotSupportedError(f"function {name}")
        self.take(")")

    def condition(self) -> Step:
        name = self.take()
        if name == "resolve":
            self.take("(")
            self.take(")")
            self.take("is")
            return _where_resolves_to(self.take())
        self.take("=")
        return _where_equals(name, self.take().strip("'"))


class _Walk:
    """Steps gathered so far, and the dotted path they stand at, by which choices of type are known."""

    def __init__(self, choices: dict[str, tuple[str, ...]], start: str) -> None:
        self.choices = choices
        self.dotted = start
        self.names: list[tuple[str, ...]] = []
        self.steps: list[Step | tuple[str, ...]] = []

    def enter(self, name: str) -> None:
        self.dotted = f"{self.dotted}.{name}"
        types = self.choices.get(self.dotted, ())
        self.steps.append(tuple(name + t[0].upper() + t[1:] for t in types) or (name,))

    def narrow(self, kind: str) -> None:
        types = self.choices.get(self.dotted, ())
        if types:
            if kind not in types:
                raise NotSupportedError(f"{self.dotted} is never {kind}")
            name = self.dotted.rsplit(".", 1)[1]
            self.steps[-1] = (name + kind[0].upper() + kind[1:],)

    def add(self, step: Step) -> None:
        self.steps.append(step)

    def compiled(self) -> Compiled:
        if not self.steps or callable(self.steps[0]):
            return Compiled((), _chain([s if callable(s) else fields(s) for s in self.steps]))
        rest = [step if callable(step) else fields(step) for step in self.steps[1:]]
        return Compiled(self.steps[0], _chain(rest))


def _chain(steps: list[Step]) -> Step:
    if not steps:
        return lambda nodes: nodes
    if len(steps) == 1:
        return steps[0]

    def run(nodes: list[Node]) -> list[Node]:
        for step in steps:
            if not nodes:
                return nodes
            nodes = step(nodes)
        return nodes

    return run


def _from(compiled: Compiled) -> Step:
    """The whole of an alternative, from the resource on. ``exists`` must see the empty list, so nothing is skipped."""
    if not compiled.roots:
        return compiled.run
    enter = fields(compiled.roots)
    return lambda nodes: compiled.run(enter(nodes))


def _both_true(left: Step, right: Step) -> Step:
    def run(nodes: list[Node]) -> list[Node]:
        return [_truth(left(nodes)) and _truth(right(nodes))]

    return run


def _truth(nodes: list[Node]) -> bool:
    return bool(nodes) and nodes[0] is True


def _differs(left: Compiled, word: str) -> Compiled:
    literal: object = {"true": True, "false": False}.get(word, word.strip("'"))
    whole = _from(left)

    def run(nodes: list[Node]) -> list[Node]:
        found = whole(nodes)
        return [found[0] != literal] if found else []

    return Compiled((), run)


def compile_expression(expression: str, choices: dict[str, tuple[str, ...]]) -> list[Compiled]:
    """Each alternative of ``expression``. ``choices`` maps dotted paths to the types that such an element may take.

    Raises NotSupportedError for anything beyond what R4's search parameters use.
    """
    return _Compiler(expression, choices).alternatives()


def evaluate(compiled: Iterable[Compiled], resource: dict[str, object]) -> list[Node]:
    """All values of the alternatives, in order."""
    out: list[Node] = []
    for one in compiled:
        out += _from(one)([cast("Node", resource)])
    return out
