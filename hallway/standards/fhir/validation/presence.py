"""What an invariant says when nothing is known but which elements stand in an object.

Most invariants ask for no more: then they are answered once for all objects with the same elements, and never run.
"""

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from hallway.standards.fhir.path.syntax import Tree


class Known(Enum):
    """What is known of a collection."""

    EMPTY = "empty"
    SOME = "some"
    """Something is there."""
    TRUE = "true"
    FALSE = "false"
    THIS = "this"
    """The object itself."""
    UNKNOWN = "unknown"


class Count(NamedTuple):
    """A collection that holds this one integer."""

    value: int


Sure = Known | Count


class Presence(NamedTuple):
    """Which elements stand in an object of type ``kind``; ``valued``: single primitives with a value."""

    kind: str
    elements: frozenset[str]
    present: frozenset[str]
    valued: frozenset[str]


def says(tree: Tree, there: Presence) -> bool | None:
    """True or False where presence decides (an empty answer counts as true); None where the values must be asked."""
    found = _of(tree, there)
    if found in {Known.TRUE, Known.EMPTY}:
        return True
    return False if found is Known.FALSE else None


def _of(tree: Tree, there: Presence) -> Sure:
    make = _KINDS.get(tree.kind)
    return Known.UNKNOWN if make is None else make(tree, there)


def _truth(one: bool) -> Known:
    return Known.TRUE if one else Known.FALSE


def _literal(tree: Tree, _: Presence) -> Sure:
    if type(tree.value) is bool:
        return _truth(tree.value)
    return Count(tree.value) if type(tree.value) is int else Known.SOME


def _member(name: str, there: Presence) -> Sure:
    if name in there.present:
        return Known.SOME
    return Known.EMPTY if name in there.elements else Known.UNKNOWN


def _name(tree: Tree, there: Presence) -> Sure:
    return Known.THIS if tree.text == there.kind else _member(tree.text, there)


def _dot(tree: Tree, there: Presence) -> Sure:
    left, step = tree.parts
    found = _of(left, there)
    if step.kind == "call":
        if step.text == "hasValue" and _is_valued(left, there):
            return Known.TRUE
        return _call(step, found, there)
    if found is Known.THIS and step.kind == "name":
        return _member(step.text, there)
    return Known.EMPTY if found is Known.EMPTY else Known.UNKNOWN


def _is_valued(tree: Tree, there: Presence) -> bool:
    return tree.kind == "name" and tree.text in there.valued


def _here(tree: Tree, there: Presence) -> Sure:
    return _call(tree, Known.THIS, there)


_ASKS: dict[str, tuple[bool, bool]] = {"exists": (False, True), "empty": (True, False)}
"""What a function says of nothing and of something."""
_OF_NOTHING: dict[str, Sure] = {
    "exists": Known.FALSE, "empty": Known.TRUE, "hasValue": Known.FALSE, "count": Count(0), "all": Known.TRUE,
    "isDistinct": Known.TRUE, "allFalse": Known.TRUE, "allTrue": Known.TRUE,
}  # fmt: skip
_KEEP_NOTHING = frozenset(
    """where select first last tail startsWith endsWith contains matches matchesFull length toInteger toString substring
    resolve not as ofType is trace single distinct extension descendants children repeat replaceMatches
    replace""".split()  # noqa: SIM905
)


def _call(tree: Tree, found: Sure, _: Presence) -> Sure:
    name = tree.text
    if found is Known.EMPTY:
        return _OF_NOTHING.get(name, Known.EMPTY if name in _KEEP_NOTHING else Known.UNKNOWN)
    if name == "trace":
        return found
    if found is Known.UNKNOWN:
        return found
    if name in _ASKS and not tree.parts:
        return _truth(_ASKS[name][1])
    if name == "not" and found in {Known.TRUE, Known.FALSE}:
        return _truth(found is Known.FALSE)
    return Known.SOME if name in {"first", "last"} else Known.UNKNOWN


def _said(one: Sure) -> Sure:
    """A collection as a boolean: something may be a boolean that is false."""
    return one if one in {Known.TRUE, Known.FALSE, Known.EMPTY} else Known.UNKNOWN


def _and(left: Sure, right: Sure) -> Sure:
    both = {left, right}
    if Known.FALSE in both:
        return Known.FALSE
    return Known.UNKNOWN if Known.UNKNOWN in both else Known.EMPTY if Known.EMPTY in both else Known.TRUE


def _or(left: Sure, right: Sure) -> Sure:
    both = {left, right}
    if Known.TRUE in both:
        return Known.TRUE
    return Known.UNKNOWN if Known.UNKNOWN in both else Known.EMPTY if Known.EMPTY in both else Known.FALSE


def _xor(left: Sure, right: Sure) -> Sure:
    both = {left, right}
    if Known.UNKNOWN in both:
        return Known.UNKNOWN
    return Known.EMPTY if Known.EMPTY in both else _truth(left != right)


def _implies(left: Sure, right: Sure) -> Sure:
    negated: dict[Sure, Sure] = {Known.TRUE: Known.FALSE, Known.FALSE: Known.TRUE}
    return _or(negated.get(left, left), right)


_LOGIC: dict[str, Callable[[Sure, Sure], Sure]] = {"and": _and, "or": _or, "xor": _xor, "implies": _implies}
_COMPARED: dict[str, Callable[[int, int], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _binary(tree: Tree, there: Presence) -> Sure:
    left, right = (_of(part, there) for part in tree.parts)
    if tree.text in _LOGIC:
        return _LOGIC[tree.text](_said(left), _said(right))
    if tree.text in _COMPARED:
        return _compared(tree.text, left, right)
    if tree.text == "+" and isinstance(left, Count) and isinstance(right, Count):
        return Count(left.value + right.value)
    if tree.text == "|":
        both = {left, right}
        return Known.EMPTY if both == {Known.EMPTY} else Known.SOME if Known.SOME in both else Known.UNKNOWN
    return Known.EMPTY if left is Known.EMPTY and tree.text in {"in", "+", "-"} else Known.UNKNOWN


def _compared(sign: str, left: Sure, right: Sure) -> Sure:
    if left is Known.EMPTY or right is Known.EMPTY:
        return Known.EMPTY
    if isinstance(left, Count) and isinstance(right, Count):
        return _truth(_COMPARED[sign](left.value, right.value))
    truths = {Known.TRUE, Known.FALSE}
    if sign in {"=", "!="} and left in truths and right in truths:
        return _truth((left is right) == (sign == "="))
    return Known.UNKNOWN


def _type(tree: Tree, there: Presence) -> Sure:
    return Known.EMPTY if _of(tree.parts[0], there) is Known.EMPTY else Known.UNKNOWN


_KINDS: dict[str, Callable[[Tree, Presence], Sure]] = {
    "literal": _literal,
    "name": _name,
    "dot": _dot,
    "call": _here,
    "binary": _binary,
    "type": _type,
    "empty": lambda _, __: Known.EMPTY,
}
