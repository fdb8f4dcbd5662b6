"""Which regexes of outsiders may run. Python's matcher cannot be stopped, so what could hang is never started.

Refused is every pattern in which something repeated holds another repetition or a choice; back references and
look-around too. Of the rest the worst case can be counted: each open repetition multiplies the work by the length of
the text, each choice by its ways. What could take more than WORK steps does not run. Many a harmless pattern is
refused with them.
"""

import re
from functools import lru_cache
from re import _parser as sre_parser  # pyright: ignore[reportAttributeAccessIssue]
from typing import Any, NamedTuple, cast

LONGEST = 1_000
"""Characters of one regex."""
WORK = 10_000_000
"""Steps of the matcher, well under a second."""
OF_ONE_STEP = 50
"""Steps of the matcher that weigh as much as one of an expression."""
_PLAIN = {"LITERAL", "NOT_LITERAL", "ANY", "IN", "AT", "CATEGORY", "RANGE", "NEGATE"}


class Cost(NamedTuple):
    """The worst case: the length of the text to the power of ``loops``, ``ways`` times over."""

    loops: int = 0
    ways: int = 1


@lru_cache(maxsize=512)
def cost(pattern: str) -> Cost | None:
    """The worst case of a regex; None for one that is refused whatever the text, or does not compile."""
    if len(pattern) > LONGEST:
        return None
    try:
        tree = cast("Any", sre_parser).parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return None
    return _sum(list(tree), inside=False)


def steps(pattern: str, text: str) -> int | None:
    """The steps of the matcher on a text, from each of its places, at worst; None where it may not be let loose."""
    found = cost(pattern)
    if found is None:
        return None
    worst = max(len(text), 2) ** min(found.loops + 1, 30) * found.ways
    return worst if worst <= WORK else None


def _sum(tree: list[Any], *, inside: bool) -> Cost | None:
    """The cost of parts that stand one after the other."""
    total = Cost()
    for code, value in tree:
        found = _part(str(code), value, inside=inside)
        if found is None:
            return None
        total = Cost(total.loops + found.loops, total.ways * found.ways)
    return total


def _part(code: str, value: Any, *, inside: bool) -> Cost | None:
    if code in _PLAIN:
        return Cost()
    if code in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        return _repeated(value[0], value[1], list(value[2]), inside=inside)
    if code == "SUBPATTERN":
        return _sum(list(value[-1]), inside=inside)
    if code == "BRANCH" and not inside:
        return _choice([list(branch) for branch in value[1]])
    return None


def _choice(branches: list[list[Any]]) -> Cost | None:
    total = Cost(0, len(branches))
    for branch in branches:
        found = _sum(branch, inside=False)
        if found is None:
            return None
        total = Cost(total.loops + found.loops, total.ways * found.ways)
    return total


def _repeated(least: int, most: int, inner: list[Any], *, inside: bool) -> Cost | None:
    if most == 1:
        found = _sum(inner, inside=inside)
        return None if found is None or inside else Cost(found.loops, found.ways * 2)
    if inside or _sum(inner, inside=True) is None:
        return None
    return Cost() if least == most and most <= 100 else Cost(1, 1)
