"""What a search finds, said in plain Python: the meaning of every criterion, of the order and of a page. Pure.

The SQL of ``finding`` must give the same; a property test compares the two. ``recount`` tells old answers by it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cmp_to_key
from math import inf
from typing import NamedTuple

from hallway.clock import microseconds
from hallway.errors import HallwayError, Kind
from hallway.ids import ResourceId
from hallway.record import criteria
from hallway.record.criteria import Compare, Criterion, Place, Query, Sort, Span
from hallway.record.stored import Stored
from hallway.standards.fhir import codec, ranges, search
from hallway.standards.fhir.ranges import Range

COLUMNS = frozenset({"dated", "updated", "id"})
"""Sort keys that are columns of their own; any other is a search parameter."""
NUMBERS = frozenset({"date", "number", "quantity"})
"""Kinds of search parameter that are kept as ranges."""
DEFAULT_SORT = (Sort("dated", descending=True),)


class Found(NamedTuple):
    """One resource as a search sees it: its index, and the columns that are copied beside it."""

    id: ResourceId
    mask: int
    dated: float
    updated: float
    tokens: Sequence[str]
    ranges: Sequence[Range]


def found_of(one: Stored) -> Found:
    """A stored version as a search sees it."""
    made = search.index(one.kind, codec.decode(one.body), one.meta) if one.body else search.Index(())
    dated = -inf if one.dated_at is None else float(microseconds(one.dated_at))
    return Found(one.id, one.mask, dated, float(microseconds(one.updated_at)), made.tokens, made.ranges)


# Criteria ------------------------------------------------------------------------------------------------------------


def plain(kind: str, wanted: Sequence[Criterion]) -> tuple[Criterion, ...]:
    """Criteria in terms of what is kept: parameters that follow from others are put in their words."""
    return tuple(_plain(kind, one) for one in wanted)


def _plain(kind: str, one: Criterion) -> Criterion:
    match one:
        case criteria.Within(groups):
            return criteria.Within(tuple(plain(kind, group) for group in groups))
        case criteria.Tokens(any_of, none):
            return _plain_tokens(kind, any_of, none=none)
        case criteria.Spans(code, any_of):
            return _plain_spans(kind, code, any_of)
        case criteria.Present(code, present) if (kind, code) in search.EITHER:
            left, right = (criteria.Present(other, present) for other in search.EITHER[kind, code])
            return criteria.Within(((left,), (right,)) if present else ((left, right),))
        case _:
            return one


def _plain_tokens(kind: str, any_of: Sequence[str], *, none: bool) -> Criterion:
    kept: list[str] = []
    groups: list[tuple[Criterion, ...]] = []
    for token in any_of:
        code, _, value = token.partition("=")
        for name in search.COMBINED.get((kind, code), (code,)):
            if (kind, name) in search.TOGETHER and "$" in value:
                left, right = search.TOGETHER[kind, name]
                first, _, second = value.partition("$")
                groups.append((criteria.Tokens((f"{left}={first}",)), criteria.Tokens((f"{right}={second}",))))
            else:
                kept += [f"{other}={value}" for other in search.EITHER.get((kind, name), (name,))]
    if not groups:
        return criteria.Tokens(tuple(kept), none)
    if none:
        raise HallwayError(
            Kind.INCORRECT,
            "H-REC-042",
            what="A composite parameter cannot be searched by what it is not.",
            undone="Nothing was searched.",
            to_do="Search for each of its parts.",
        )
    if kept:
        groups.append((criteria.Tokens(tuple(kept)),))
    return criteria.Within(tuple(groups))


def _plain_spans(kind: str, code: str, any_of: tuple[Span, ...]) -> Criterion:
    name, joined, value = code.partition("$")
    groups: list[tuple[Criterion, ...]] = []
    for one in search.COMBINED.get((kind, name), (name,)):
        if (kind, one) in search.TOGETHER:
            left, right = search.TOGETHER[kind, one]
            groups.append((criteria.Tokens((f"{left}={value}",)), criteria.Spans(right, any_of)))
        else:
            groups += [
                (criteria.Spans(f"{other}{joined}{value}", any_of),) for other in search.EITHER.get((kind, one), (one,))
            ]
    return groups[0][0] if len(groups) == 1 and len(groups[0]) == 1 else criteria.Within(tuple(groups))


def meets(one: Found, wanted: Iterable[Criterion]) -> bool:
    """Whether a resource meets every one of these plain criteria."""
    return all(_meets(one, criterion) for criterion in wanted)


def _meets(one: Found, wanted: Criterion) -> bool:
    match wanted:
        case criteria.Tokens(any_of, none):
            return any(token in one.tokens for token in any_of) != none
        case criteria.Texts():
            return _has_text(one, wanted)
        case criteria.Spans(code, any_of):
            return any(held.code == code and _compares(held, span) for held in one.ranges for span in any_of)
        case criteria.Updated(any_of):
            here = Range("", one.updated, one.updated)
            return any(_compares(here, span) for span in any_of)
        case _:
            return _meets_plainly(one, wanted)


def _meets_plainly(one: Found, wanted: Criterion) -> bool:
    match wanted:
        case criteria.Present(code, present):
            is_there = any(held.code == code for held in one.ranges) or begins_with(one.tokens, f"{code}=")
            return is_there == present
        case criteria.Labels(bits, none):
            return bool(one.mask & bits) != none
        case criteria.Ids(any_of):
            return one.id in any_of
        case criteria.Within(groups):
            return any(meets(one, group) for group in groups)
        case _:
            raise AssertionError("a criterion of another kind")


def begins_with(tokens: Sequence[str], text: str) -> bool:
    """Whether one of these tokens begins so."""
    if isinstance(tokens, tuple):
        place = bisect_left(tokens, text)
        return place < len(tokens) and tokens[place].startswith(text)
    return any(token.startswith(text) for token in tokens)


def _has_text(one: Found, wanted: criteria.Texts) -> bool:
    if not wanted.within:
        return any(begins_with(one.tokens, f"{wanted.code}={text}") for text in wanted.any_of)
    head = f"{wanted.code}="
    words = [token[len(head) :] for token in one.tokens if token.startswith(head)]
    return any(text in word for text in wanted.any_of for word in words)


def _compares(held: Range, span: Span) -> bool:
    if span.unit and ranges.unit_mark(span.unit) not in held.unit:
        return False
    within = span.low <= held.low and held.high <= span.high
    match span.compare:
        case Compare.EQ:
            return within
        case Compare.NE:
            return not within
        case Compare.GT:
            return held.high > span.high
        case Compare.LT:
            return held.low < span.low
        case Compare.GE:
            return held.high > span.high or within
        case Compare.LE:
            return held.low < span.low or within
        case _:
            return _lies(held, span)


def _lies(held: Range, span: Span) -> bool:
    if span.compare is Compare.SA:
        return held.low > span.high
    if span.compare is Compare.EB:
        return held.high < span.low
    return held.low <= span.high and held.high >= span.low


# Order and pages -----------------------------------------------------------------------------------------------------

Key = float | str


def sorts(query: Query) -> tuple[Sort, ...]:
    """The sort keys in force; the id, in the direction of the last of them, comes after them all.

    Raises HallwayError INCORRECT H-REC-041 for a key that is no column and no indexed parameter of the type.
    """
    for one in query.sort:
        if one.by not in COLUMNS and (query.kind, one.by) not in _sortable(query.kind):
            raise no_such_sort()
    return query.sort or DEFAULT_SORT


def _sortable(kind: str) -> frozenset[tuple[str, str]]:
    return frozenset(
        (kind, code)
        for code, one in search.parameters(kind).items()
        if one.type != "composite" and search.is_indexed(kind, code) and (kind, code) not in search.EITHER
    )


def no_such_sort() -> HallwayError:
    """The error for a sort key that there is none of here."""
    return HallwayError(
        Kind.INCORRECT,
        "H-REC-041",
        what="The search cannot be sorted by that.",
        undone="Nothing was searched.",
        to_do="Read the capability statement for what a search may be sorted by.",
    )


def is_number(kind: str, by: str) -> bool:
    """Whether a sort key is a number (or an instant); else it is text."""
    if by in {"dated", "updated"}:
        return True
    return by != "id" and search.parameters(kind)[by].type in NUMBERS


def _key(query: Query, one: Found, sort: Sort) -> Key:
    """The value of a sort key: the smallest found under a parameter, the largest where descending.

    What has none comes before everything that has one (after it, where descending).
    """
    match sort.by:
        case "dated":
            return one.dated
        case "updated":
            return one.updated
        case "id":
            return one.id
        case code if is_number(query.kind, code):
            ends = [held.high if sort.descending else held.low for held in one.ranges if held.code == code]
        case code:
            head = f"{code}="
            words = [token[len(head) :] for token in one.tokens if token.startswith(head) and "|" not in token]
            return (max(words) if sort.descending else min(words)) if words else ""
    return (max(ends) if sort.descending else min(ends)) if ends else -inf


def keys_of(query: Query, one: Found) -> tuple[Key, ...]:
    """The values of the sort keys, then the id."""
    return (*(_key(query, one, sort) for sort in sorts(query)), one.id)


def directions(query: Query) -> tuple[bool, ...]:
    """Whether each key of ``keys_of`` is descending."""
    found = [one.descending for one in sorts(query)]
    return (*found, found[-1])


def place_of(query: Query, last: Stored) -> Place:
    """Where a page that ends with ``last`` ends: the ``after`` of the next one."""
    *keys, _ = keys_of(query, found_of(last))
    return Place(tuple(key if isinstance(key, str) else repr(key) for key in keys), last.id)


def keys_after(query: Query, place: Place) -> tuple[Key, ...]:
    """The values of a place. Raises ValueError for one of another search."""
    wanted = sorts(query)
    if len(wanted) != len(place.keys):
        raise ValueError("a place of another search")
    keys = [
        float(text or "-inf") if is_number(query.kind, sort.by) else (text or "")
        for sort, text in zip(wanted, place.keys, strict=True)
    ]
    return (*keys, place.id)


def in_order(query: Query, left: tuple[Key, ...], right: tuple[Key, ...]) -> int:
    """Below zero where ``left`` comes first."""
    for one, other, descending in zip(left, right, directions(query), strict=True):
        if one != other:
            return -1 if (one < other) != descending else 1  # type: ignore[operator]
    return 0


def page_of(query: Query, held: Sequence[Stored]) -> list[Stored]:
    """The page that ``query`` asks for, of everything that may flow: ``limit`` at most, ``ahead`` not counted."""
    wanted = plain(query.kind, query.criteria)
    kept = [(one, found) for one in held if one.kind == query.kind and meets(found := found_of(one), wanted)]
    if query.updated_before is not None:
        kept = [pair for pair in kept if pair[0].updated_at < query.updated_before]
    keyed = [(keys_of(query, found), one) for one, found in kept]
    if query.after is not None:
        place = keys_after(query, query.after)
        keyed = [pair for pair in keyed if in_order(query, pair[0], place) > 0]
    keyed.sort(key=cmp_to_key(lambda left, right: in_order(query, left[0], right[0])))
    return [one for _, one in keyed[: query.limit]]


def together(query: Query, pages: Sequence[Sequence[Stored]]) -> list[Stored]:
    """One page out of several charts' pages of the same search, in its order; with those ahead, as ``find`` gives."""
    keyed = [(keys_of(query, found_of(one)), one) for page in pages for one in page]
    keyed.sort(key=cmp_to_key(lambda left, right: in_order(query, left[0], right[0])))
    return [one for _, one in keyed[: query.limit + query.ahead]]
