"""FHIRPath as text: words, and the tree that they make. Bombs are refused here, before anything runs."""

import re
from decimal import Decimal
from typing import NamedTuple

LONGEST = 20_000
"""Characters of one expression."""
DEEPEST = 60
"""Levels of brackets and functions inside each other."""
LONGEST_ROW = 150
"""Steps and operators that hang on each other."""


class PathError(Exception):
    """Something is wrong with an expression or its run; ``str`` says what, in words that hold nothing of a patient."""


class PathSyntaxError(PathError):
    """The text is no FHIRPath."""


class NotSupportedError(PathError):
    """The expression uses something of FHIRPath that is not built here."""


class Tree(NamedTuple):
    """A node of the tree. ``kind`` says how ``text`` and ``parts`` are meant:

    ``literal`` (value), ``date`` (text), ``quantity`` (value, text: unit), ``name``, ``call`` (text, parts: arguments),
    ``dot`` (left, right), ``index`` (left, which), ``binary`` (text: operator), ``unary``, ``type`` (text: operator,
    left, a ``name`` with the type), ``variable``, ``special`` ($this, $index, $total), ``empty``.
    """

    kind: str
    text: str = ""
    parts: "tuple[Tree, ...]" = ()
    value: object = None


_WORD = re.compile(
    r"""\s*(?:
    (?P<comment>//[^\n]*|/\*.*?\*/)
  | (?P<date>@(?:T\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?|
      \d{4}(?:-\d\d(?:-\d\d)?)?(?:T(?:\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?)?)?))
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<string>'(?:[^\\']|\\.)*')
  | (?P<quoted>`(?:[^\\`]|\\.)*`)
  | (?P<variable>%(?:[A-Za-z_]\w*(?:-\w+)*|`(?:[^\\`]|\\.)*`|'(?:[^\\']|\\.)*'|"[^"]*"))
  | (?P<special>\$[a-z]+)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<sign><=|>=|!=|!~|[-+*/&|=~<>.,()\[\]{}])
  )""",
    re.X | re.S,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.S)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
UNITS = frozenset(
    word + plural
    for word in ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
    for plural in ("", "s")
)
_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"implies"}),
    frozenset({"or", "xor"}),
    frozenset({"and"}),
    frozenset({"in", "contains"}),
    frozenset({"=", "~", "!=", "!~"}),
    frozenset({">", "<", ">=", "<="}),
    frozenset({"|"}),
    frozenset({"is", "as"}),
    frozenset({"+", "-", "&"}),
    frozenset({"*", "/", "div", "mod"}),
)


_STRENGTH = {sign: strength for strength, signs in enumerate(_LEVELS) for sign in signs}


def unescaped(text: str) -> str:
    """What stands between quotes, escapes resolved. Raises PathSyntaxError for an escape that does not exist."""

    def one(found: re.Match[str]) -> str:
        mark = found.group(1)
        if len(mark) == 5:
            return chr(int(mark[1:], 16))
        return _ESCAPED.get(mark, mark)

    return _ESCAPE.sub(one, text)


class Word(NamedTuple):
    """One word and what it is."""

    kind: str
    text: str


def words(expression: str) -> list[Word]:
    """The words of an expression. Raises PathSyntaxError where none fits."""
    if len(expression) > LONGEST:
        raise PathSyntaxError(f"The expression is longer than {LONGEST} characters.")
    out: list[Word] = []
    at, end = 0, len(expression.rstrip())
    while at < end:
        found = _WORD.match(expression, at)
        if found is None:
            raise PathSyntaxError(f"Unexpected character at place {at}.")
        at = found.end()
        kind = found.lastgroup or ""
        if kind != "comment":
            out.append(Word(kind, found.group(kind)))
    return out


class _Parser:
    """Recursive descent, one level for each strength of operator."""

    def __init__(self, expression: str) -> None:
        self.words = words(expression)
        self.at = 0
        self.depth = 0

    def peek(self) -> Word:
        return self.words[self.at] if self.at < len(self.words) else Word("end", "")

    def take(self, text: str = "") -> Word:
        word = self.peek()
        if word.kind == "end" or (text and word.text != text):
            raise PathSyntaxError(f"Expected {text or 'more'} at word {self.at}.")
        self.at += 1
        return word

    def accept(self, text: str) -> bool:
        if self.peek().text == text and self.peek().kind in {"sign", "name"}:
            self.at += 1
            return True
        return False

    def whole(self) -> Tree:
        tree = self.expression()
        if self.peek().kind != "end":
            raise PathSyntaxError(f"Unexpected word {self.at}.")
        return tree

    def expression(self) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            raise PathSyntaxError(f"The expression is nested deeper than {DEEPEST} levels.")
        tree = self.level(0)
        self.depth -= 1
        return tree

    def level(self, least: int) -> Tree:
        """Operators at least as strong as ``least``, the stronger ones first."""
        left = self.unary()
        while True:
            word = self.peek()
            strength = _STRENGTH.get(word.text, -1) if word.kind in {"sign", "name"} else -1
            if strength < least:
                return left
            self.take()
            if word.text in {"is", "as"}:
                left = Tree("type", word.text, (left, Tree("name", self.type_name())))
            else:
                left = Tree("binary", word.text, (left, self.level(strength + 1)))

    def type_name(self) -> str:
        name = self.identifier()
        return f"{name}.{self.identifier()}" if self.accept(".") else name

    def identifier(self) -> str:
        word = self.take()
        if word.kind == "quoted":
            return unescaped(word.text[1:-1])
        if word.kind != "name":
            raise PathSyntaxError(f"Expected a name at word {self.at - 1}.")
        return word.text

    def unary(self) -> Tree:
        if self.peek().kind == "sign" and self.peek().text in {"+", "-"}:
            self.depth += 1
            if self.depth > DEEPEST:
                raise PathSyntaxError(f"The expression is nested deeper than {DEEPEST} levels.")
            sign = self.take().text
            tree = Tree("unary", sign, (self.unary(),))
            self.depth -= 1
            return tree
        return self.invocation()

    def invocation(self) -> Tree:
        tree = self.term()
        while self.peek().kind == "sign" and self.peek().text in {".", "["}:
            if self.take().text == ".":
                tree = Tree("dot", "", (tree, self.step()))
            else:
                tree = Tree("index", "", (tree, self.expression()))
                self.take("]")
        return tree

    def step(self) -> Tree:
        if self.peek().kind == "special":
            return Tree("special", self.take().text)
        quoted = self.peek().kind == "quoted"
        name = self.identifier()
        if not quoted and self.accept("("):
            return Tree("call", name, self.arguments())
        return Tree("name", name)

    def arguments(self) -> tuple[Tree, ...]:
        found: list[Tree] = []
        if self.accept(")"):
            return ()
        found.append(self.expression())
        while self.accept(","):
            found.append(self.expression())
        self.take(")")
        return tuple(found)

    def term(self) -> Tree:
        word = self.peek()
        if word.kind == "sign":
            return self.bracket()
        if word.kind in {"name", "quoted", "special"}:
            if word.kind == "name" and word.text in {"true", "false"}:
                self.take()
                return Tree("literal", value=word.text == "true")
            return self.step()
        self.take()
        if word.kind == "number":
            return self.number(word.text)
        if word.kind == "string":
            return Tree("literal", value=unescaped(word.text[1:-1]))
        if word.kind == "date":
            return Tree("date", word.text[1:])
        return Tree("variable", unescaped(word.text[1:].strip("`'\"")))

    def bracket(self) -> Tree:
        sign = self.take().text
        if sign == "(":
            tree = self.expression()
            self.take(")")
            return tree
        if sign == "{":
            self.take("}")
            return Tree("empty")
        raise PathSyntaxError(f"Unexpected sign at word {self.at - 1}.")

    def number(self, text: str) -> Tree:
        if len(text) > 60:
            raise PathSyntaxError("A number has more than 60 digits.")
        value: int | Decimal = Decimal(text) if "." in text else int(text)
        unit = self.peek()
        if unit.kind == "string":
            self.take()
            return Tree("quantity", unescaped(unit.text[1:-1]), value=Decimal(value))
        if unit.kind == "name" and unit.text in UNITS:
            self.take()
            return Tree("quantity", unit.text, value=Decimal(value))
        return Tree("literal", value=value)


def _depth(tree: Tree) -> int:
    deepest = 0
    waiting = [(tree, 1)]
    while waiting:
        one, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += [(part, depth + 1) for part in one.parts]
    return deepest


def parse(expression: str) -> Tree:
    """The tree of an expression. Raises PathSyntaxError, also for one that is too long or nested too deep."""
    tree = _Parser(expression).whole()
    if _depth(tree) > LONGEST_ROW:
        raise PathSyntaxError(f"More than {LONGEST_ROW} steps or operators stand in one row.")
    return tree
