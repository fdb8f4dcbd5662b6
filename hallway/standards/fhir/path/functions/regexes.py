"""Which regexes of outsiders may run. Python's matcher cannot be stopped, so what could hang is never started.

Refused is every pattern in which something repeated holds another repetition or a choice, or in which more than three
parts may each take any number of characters; back references and look-around too. What is left takes at most the
fourth power of a text's length, and that length is bounded. Many a harmless pattern is refused with them.
"""

import re
from re import _parser as sre_parser  # pyright: ignore[reportAttributeAccessIssue]
from typing import Any, cast

LONGEST = 1_000
"""Characters of one regex."""
_LOOPS = 3
_SAFE = {"LITERAL", "NOT_LITERAL", "ANY", "IN", "AT", "CATEGORY", "RANGE", "NEGATE"}


def is_linear(pattern: str) -> bool:
    """Whether a regex is of the kind that ends soon. False for one that does not compile."""
    if len(pattern) > LONGEST:
        return False
    try:
        tree = cast("Any", sre_parser).parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    loops = _loops(list(tree), inside=False)
    return loops is not None and loops <= _LOOPS


def _loops(tree: list[Any], *, inside: bool) -> int | None:
    """How many open repetitions stand in it; None for what is refused."""
    total = 0
    for code, value in tree:
        found = _loops_of(str(code), value, inside=inside)
        if found is None:
            return None
        total += found
    return total


def _loops_of(code: str, value: Any, *, inside: bool) -> int | None:
    if code in _SAFE:
        return 0
    if code in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        least, most, inner = value
        if most == 1:
            return _loops(list(inner), inside=inside)
        if inside:
            return None
        return _fixed(least, most, list(inner))
    if code == "SUBPATTERN":
        return _loops(list(value[-1]), inside=inside)
    if code == "BRANCH" and not inside:
        found = [_loops(list(branch), inside=False) for branch in value[1]]
        return None if None in found else sum(cast("list[int]", found))
    return None


def _fixed(least: int, most: int, inner: list[Any]) -> int | None:
    found = _loops(inner, inside=True)
    if found is None:
        return None
    return 0 if least == most and most <= 100 else 1
