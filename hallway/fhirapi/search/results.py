"""The parameters that say how an answer looks: count, order, total, parts of resources, and what comes along."""

from typing import NamedTuple

from hallway.fhirapi.search import registry
from hallway.fhirapi.search.limits import MOST_COUNT, MOST_ELEMENTS, MOST_INCLUDES, MOST_SORT_KEYS, USUAL_COUNT
from hallway.fhirapi.search.refusals import refused
from hallway.record.criteria import Sort

NAMES = frozenset({
    "_count", "_elements", "_format", "_include", "_pretty", "_revinclude", "_sort", "_summary", "_total", "_contained",
    "_include:iterate", "_revinclude:iterate", "_include:recurse", "_revinclude:recurse",
})  # fmt: skip
FILTERS = frozenset({"_content", "_filter", "_list", "_query", "_text", "_type"})
"""Filters of FHIR that are not taken; whoever asks leniently is refused too, for they would be shown more."""
SUMMARIES = ("true", "text", "data", "count", "false")


class Include(NamedTuple):
    """One path: ``kind`` and ``code`` of the reference, or ``*``; ``target`` narrows to a type."""

    kind: str
    code: str
    target: str = ""
    iterate: bool = False


class Results(NamedTuple):
    """``sort`` empty: newest first. ``total``: whether what may flow is counted."""

    limit: int = USUAL_COUNT
    sort: tuple[Sort, ...] = ()
    total: bool = False
    summary: str = "false"
    elements: tuple[str, ...] = ()
    includes: tuple[Include, ...] = ()
    revincludes: tuple[Include, ...] = ()


def results_of(kind: str, pairs: list[tuple[str, str]]) -> Results:
    """From the parameters of ``NAMES`` in an address. ``kind`` empty for a search over several types.

    Raises INCORRECT for a value that is not understood, and for a parameter that stands twice where one can hold.
    """
    once: dict[str, str] = {}
    ahead: list[Include] = []
    back: list[Include] = []
    for name, value in pairs:
        if name.startswith(("_include", "_revinclude")):
            word, _, iterates = name.partition(":")
            (ahead if word == "_include" else back).append(_include(word, value, iterate=bool(iterates)))
        elif once.setdefault(name, value) != value:
            raise refused("A parameter stands twice with two values.", name=name)
    if len(ahead) + len(back) > MOST_INCLUDES:
        raise refused(f"A search includes by {MOST_INCLUDES} paths at most.", name="_include")
    summary = _one_of(once, "_summary", SUMMARIES, "false")
    _one_of(once, "_contained", ("false",), "false")
    count = _count(once.get("_count"))
    total = _one_of(once, "_total", ("none", "estimate", "accurate"), "none")
    return Results(
        count,
        _sort(kind, once.get("_sort")),
        total != "none" or summary == "count" or count == 0,
        "count" if count == 0 else summary,
        _elements(once.get("_elements")),
        tuple(ahead),
        tuple(back),
    )


def _one_of(once: dict[str, str], name: str, allowed: tuple[str, ...], usual: str) -> str:
    value = once.get(name, usual)
    if value not in allowed:
        raise refused(f"The {name} parameter is one of: {', '.join(allowed)}.", name=name)
    return value


def _count(text: str | None) -> int:
    if text is None:
        return USUAL_COUNT
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) > MOST_COUNT:
        raise refused(f"The _count parameter is not a number from 0 to {MOST_COUNT}.", name="_count")
    return int(text)


def _elements(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    found = tuple(dict.fromkeys(word.rpartition(".")[2] for word in text.split(",")))
    if len(found) > MOST_ELEMENTS or not all(word.isascii() and word.isalnum() for word in found):
        raise refused(f"The _elements parameter is a list of {MOST_ELEMENTS} element names at most.", name="_elements")
    return found


def _sort(kind: str, text: str | None) -> tuple[Sort, ...]:
    if text is None:
        return ()
    keys = text.split(",")
    if len(keys) > MOST_SORT_KEYS or len({key.lstrip("-") for key in keys}) < len(keys):
        raise refused(f"A search is sorted by {MOST_SORT_KEYS} different keys at most.", name="_sort")
    return tuple(_key(kind, key) for key in keys)


BY_COLUMN = {"_lastUpdated": "updated", "_id": "id"}


def _key(kind: str, text: str) -> Sort:
    code, descending = text.removeprefix("-"), text.startswith("-")
    if code in BY_COLUMN:
        return Sort(BY_COLUMN[code], descending)
    one = registry.known(kind).get(code) if kind else None
    if one is None or code in registry.COMMON or one.type in ("composite", "special"):
        raise refused("The _sort parameter names what cannot be sorted by.", name="_sort")
    return Sort(code, descending)


def _include(name: str, text: str, *, iterate: bool) -> Include:
    """``*``, ``Type:*``, ``Type:reference`` or ``Type:reference:Target``."""
    words = text.split(":")
    if words == ["*"] and name == "_include":
        return Include("*", "*", "", iterate)
    kind, code, target = (*words, "", "")[:3] if len(words) in (2, 3) else ("", "", "")
    if kind not in registry.KINDS or (target and target not in registry.KINDS):
        raise refused("A path to include is Type:reference, or Type:reference:Target.", name=name)
    if code != "*":
        one = registry.known(kind).get(code)
        if one is None or one.type != "reference":
            raise refused("A path to include names no reference that Hallway follows.", name=name)
    return Include(kind, code, target, iterate)
