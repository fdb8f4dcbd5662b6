"""A search as its ledger line keeps it, and the page that it found, told again.

What was looked for stands there as short keyed hashes of tokens, texts, codes and units; bounds of dates and numbers,
days of a cursor and ids of ours stand as they are. A hash is compared with the hashes of what a version is found by, so
that nobody needs to know the words to tell which versions they found.
"""

import json
from collections.abc import Iterable, Sequence
from functools import cmp_to_key
from typing import cast

from hallway.clock import microseconds
from hallway.ids import ResourceId
from hallway.record import criteria, matching, words
from hallway.record.criteria import Compare, Criterion, Query, Sort, Span
from hallway.record.matching import Found, Key
from hallway.record.stored import Stored
from hallway.record.words import Hash
from hallway.standards.fhir.ranges import Range

Written = list[object]


def text_of(query: Query) -> str:
    """The search without a clinical word: one word of JSON."""
    hashed = words.keyed()
    told: dict[str, object] = {
        "k": 1,
        "c": [_written(one, hashed) for one in matching.plain(query.kind, query.criteria)],
    }
    if query.sort:
        told["s"] = [[one.by, one.descending] for one in query.sort]
    if query.after is not None:
        keys = matching.keys_after(query, query.after)
        by = [one.by for one in matching.sorts(query)]
        told["a"] = [
            hashed(key) if isinstance(key, str) and name != "id" else key for key, name in zip(keys, by, strict=False)
        ] + [keys[-1]]
    if query.updated_before is not None:
        told["b"] = microseconds(query.updated_before)
    return json.dumps(told, separators=(",", ":"))


def _written(one: Criterion, hashed: Hash) -> Written:
    match one:
        case criteria.Within(groups):
            return ["w", [[_written(one, hashed) for one in group] for group in groups]]
        case criteria.Spans(code, any_of):
            return ["r", hashed(code), _spans(any_of, hashed)]
        case criteria.Updated(any_of):
            return ["u", _spans(any_of, hashed)]
        case _:
            return _written_plainly(one, hashed)


def _written_plainly(one: Criterion, hashed: Hash) -> Written:
    match one:
        case criteria.Tokens(any_of, none):
            return ["t", [hashed(token) for token in any_of], none]
        case criteria.Texts(code, any_of, within):
            mark = "*" if within else "^"
            return [f"x{mark}", [hashed(f"{code}{mark}{text}") for text in any_of]]
        case criteria.Present(code, present):
            return ["p", hashed(code), present]
        case criteria.Labels(bits, none):
            return ["l", bits, none]
        case criteria.Ids(any_of):
            return ["i", [hashed(one) for one in any_of]]
        case _:
            raise AssertionError("a criterion of another kind")


def _spans(any_of: Sequence[Span], hashed: Hash) -> list[list[object]]:
    return [[str(one.compare), one.low, one.high, hashed(one.unit) if one.unit else ""] for one in any_of]


# Reading -------------------------------------------------------------------------------------------------------------


def _read(written: Written) -> Criterion:
    """A criterion over hashes. Raises ValueError for one of another form."""
    kind, *rest = written
    match kind:
        case "r":
            return criteria.Spans(str(rest[0]), _read_spans(rest[1]))
        case "u":
            return criteria.Updated(_read_spans(rest[0]))
        case "w":
            groups = cast("list[list[Written]]", rest[0])
            return criteria.Within(tuple(tuple(_read(one) for one in group) for group in groups))
        case _:
            return _read_plainly(kind, rest)


def _read_plainly(kind: object, rest: Written) -> Criterion:
    match kind:
        case "t":
            return criteria.Tokens(tuple(cast("list[str]", rest[0])), bool(rest[1]))
        case "x^" | "x*":
            return criteria.Tokens(tuple(cast("list[str]", rest[0])))
        case "p":
            return criteria.Present(str(rest[0]), bool(rest[1]))
        case "l":
            return criteria.Labels(cast("int", rest[0]), bool(rest[1]))
        case "i":
            return criteria.Ids(tuple(cast("list[ResourceId]", rest[0])))
        case _:
            raise ValueError("no criterion")


def _read_spans(written: object) -> tuple[Span, ...]:
    found = cast("list[tuple[str, float, float, str]]", written)
    return tuple(Span(Compare(compare), low, high, unit) for compare, low, high, unit in found)


def page_of(kind: str, text: str, rows: Sequence[tuple[Stored, bool]], *, limit: int) -> list[Stored]:
    """The versions that the search found among ``rows``: (version, whether it was the current one), all of ``kind``.

    Raises ValueError for a text of another form, or a cursor whose place nothing tells any more.
    """
    told = cast("dict[str, list[Written]]", json.loads(text))
    hashed = words.keyed() if "k" in told else words.plain
    wanted = [_read(one) for one in told["c"]]
    marks = frozenset(mark for mark in "^*" if f'"x{mark}"' in text)
    sort = tuple(Sort(str(by), bool(down)) for by, down in told.get("s", []))
    query = Query(kind, sort=sort)
    before = cast("int | None", told.get("b"))
    kept = [
        (matching.keys_of(query, found), one)
        for one, newest in rows
        if newest
        and (before is None or microseconds(one.updated_at) < before)
        and matching.meets(_hashes(found := matching.found_of(one), marks, hashed), wanted)
    ]
    if "a" in told:
        place = _place(query, told["a"], rows, hashed)
        kept = [pair for pair in kept if matching.in_order(query, pair[0], place) > 0]
    kept.sort(key=cmp_to_key(lambda left, right: matching.in_order(query, left[0], right[0])))
    return [one for _, one in kept[: limit or None]]


def _place(
    query: Query, written: Sequence[object], rows: Sequence[tuple[Stored, bool]], hashed: Hash
) -> tuple[Key, ...]:
    """The keys of a cursor. A text stands there as a hash: some version of the resource it names has that key."""
    *keys, last = written
    known = {"": "", hashed(""): "", str(last): str(last)}
    for one, _ in rows if any(isinstance(key, str) for key in keys) else ():
        if one.id == last:
            found = matching.keys_of(query, matching.found_of(one))
            known |= {hashed(key): key for key in found if isinstance(key, str)}
    if any(isinstance(key, str) and key not in known for key in keys):
        raise ValueError("the cursor's place is not known any more")
    return (*(known[key] if isinstance(key, str) else cast("float", key) for key in keys), str(last))


def _hashes(one: Found, marks: Iterable[str], hashed: Hash) -> Found:
    """A resource as a search by hashes sees it; ``marks`` say whether parts of texts are looked for."""
    tokens = {hashed(token) for token in one.tokens}
    tokens |= {f"{hashed(token.partition('=')[0])}=" for token in one.tokens}
    for mark in marks:
        tokens |= {hashed(part) for token in one.tokens for part in _parts(token, mark)}
    held = [Range(hashed(code), low, high, _units(unit, hashed)) for code, low, high, unit in one.ranges]
    return one._replace(id=ResourceId(hashed(one.id)), tokens=tuple(sorted(tokens)), ranges=held)


def _parts(token: str, mark: str) -> Iterable[str]:
    """``code^beginning`` for every beginning of a token's text, ``code*part`` for every part of it."""
    code, equals, text = token.partition("=")
    if not equals:
        return
    for start in range(len(text) + 1 if mark == "*" else 1):
        for end in range(start, len(text) + 1):
            yield f"{code}{mark}{text[start:end]}"


def _units(unit: str, hashed: Hash) -> str:
    """Every run of the words of a unit, hashed."""
    parts = unit.split("|")[1:-1]
    runs = ["|".join(parts[start:end]) for start in range(len(parts)) for end in range(start + 1, len(parts) + 1)]
    return f"|{'|'.join(map(hashed, runs))}|" if runs else ""
