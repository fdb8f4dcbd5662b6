"""What an answer held, told again from its ledger line: the plan it had, the position it read at, what it asked for.

``Wanted`` goes into a line's detail without a clinical word: kinds, ids, versions, bounds; search tokens as short
hashes only. ``items_of`` reads the versions that stood at the line's position and lets the line's own plan pass on
them. It gives out names of versions and labels, never content.

A resource of several charts whose label rose for something written in its home chart alone counts as raised for the
other charts from their own next write on.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import itemgetter
from typing import NamedTuple, cast

from hallway.errors import HallwayError, Kind
from hallway.ids import ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.ledger import plans
from hallway.ledger.queries import Written
from hallway.record import retelling, store
from hallway.record.criteria import Query
from hallway.record.stored import Stored
from hallway.record.words import plain
from hallway.standards.fhir.search import tokens as tokens_of

ACTS = frozenset({"read", "search", "history", "count"})
"""The acts of lines that ``record.queries`` writes."""
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class Served(NamedTuple):
    """One version that an answer held, with the label it had then."""

    kind: str
    id: ResourceId
    version: int
    source_org: OrganizationId
    author: PractitionerId
    mask: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one read asked for. No kinds: all of them. ``tokens`` are short hashes; ``after`` the cursor of a page."""

    kinds: tuple[str, ...] = ()
    id: str = ""
    version: int = 0
    limit: int = 0
    since: datetime | None = None
    tokens: tuple[str, ...] = ()
    after: tuple[datetime | None, str] | None = None
    begins: datetime | None = None
    """From this clinical instant on, and what has none."""
    ends: datetime | None = None
    """Before this clinical instant, and what has none."""
    updated: datetime | None = None
    """Stored after this instant."""
    query: str = ""
    """A typed search as ``retelling`` writes it, in place of tokens and cursor."""
    items: tuple[tuple[str, int], ...] | None = None
    """Id and version of each item, where the answer was over many charts: it is told by them alone."""

    @classmethod
    def of(cls, query: Query) -> "Wanted":
        """What a typed search asks for."""
        return cls((query.kind,), limit=query.limit, query=retelling.text_of(query))

    def text(self) -> str:
        """As it stands in a line: ``Kind/id/version`` or kinds, then what narrows it, one letter and a value each."""
        if self.id:
            return f"{self.kinds[0]}/{self.id}" + (f"/{self.version}" if self.version else "")
        words = [",".join(self.kinds)]
        words += [f"n{self.limit}"] if self.limit else []
        words += [f"s{self.since.isoformat()}"] if self.since else []
        bounds = (("f", self.begins), ("e", self.ends), ("u", self.updated))
        words += [f"{letter}{bound.isoformat()}" for letter, bound in bounds if bound]
        words += [f"q{token}" for token in self.tokens]
        words += [f"c{self.query}"] if self.query else []
        if self.after:
            dated, last = self.after
            words.append(f"a{dated.isoformat() if dated else ''}/{last}")
        return " ".join(words)


def items_text(found: Iterable[Stored]) -> str:
    """The items of an answer over many charts, as the last word of its line's detail."""
    return f" ={','.join(f'{one.id}/{one.version}' for one in found)}"


def hashed(tokens: Iterable[str]) -> tuple[str, ...]:
    """Search tokens as a line may hold them."""
    return tuple(plain(token) for token in tokens)


def wanted(text: str) -> Wanted:
    """What a line's detail asked for. Raises ValueError for a text of another form."""
    first, *rest = text.split(" ")
    if "/" in first:
        kind, one, *version = first.split("/")
        return Wanted((kind,), one, int(version[0]) if version else 0)
    found = Wanted(tuple(kind for kind in first.split(",") if kind))
    for word in rest:
        found = _narrowed(found, word[:1], word[1:])
    return found


_BOUNDS = {"f": "begins", "e": "ends", "u": "updated"}


def _narrowed(found: Wanted, letter: str, value: str) -> Wanted:
    match letter:
        case "n":
            return replace(found, limit=int(value))
        case "s":
            return replace(found, since=datetime.fromisoformat(value))
        case "f" | "e" | "u":
            return replace(found, **{_BOUNDS[letter]: datetime.fromisoformat(value)})
        case "q":
            return replace(found, tokens=(*found.tokens, value))
        case "c":
            return replace(found, query=value)
        case "=":
            pairs = (one.split("/") for one in value.split(",") if one)
            return replace(found, items=tuple((resource_id, int(version)) for resource_id, version in pairs))
        case "a":
            dated, _, last = value.rpartition("/")
            return replace(found, after=(datetime.fromisoformat(dated) if dated else None, last))
        case _:
            raise ValueError("no detail of a read")


def items_of(line: Written) -> list[Served]:
    """The versions that an answer held, by kind, id and version; those it counted, for a count.

    A line that is no read of the record held none. Raises HallwayError H-REC-040 for a read from before positions were
    kept, or whose plan cannot be read: nothing is guessed.
    """
    if line.act not in ACTS or not line.charts:
        return []
    try:
        asked, ways = wanted(line.detail), plans.parse(line.plan)
    except ValueError as error:
        raise _untold() from error
    if asked.items is not None:
        named = store.rows_named(line.charts, asked.kinds[0], asked.items)
        return sorted(
            Served(asked.kinds[0], *cast("tuple[ResourceId, int, OrganizationId, PractitionerId, int]", row))
            for row in named
        )
    if not line.plan or len(ways) != len(line.charts):
        raise _untold()
    charts = [ChartId(chart) for chart in line.charts]
    rows = store.rows_at(charts, ways, line.position)
    found = _matching(line.act, asked, [(Stored._make(row[:-1]), bool(row[-1])) for row in rows])
    return sorted(Served(one.kind, one.id, one.version, one.source_org, one.author, one.mask) for one in found)


def _matching(act: str, asked: Wanted, rows: Sequence[tuple[Stored, bool]]) -> Iterator[Stored]:
    """Of all versions that stood and flowed, those that were asked for."""
    of_kind = [(one, newest) for one, newest in rows if not asked.kinds or one.kind in asked.kinds]
    if asked.id:
        whole = act == "history"
        return (
            one
            for one, newest in of_kind
            if one.id == asked.id
            and (whole or (one.version == asked.version and one.body if asked.version else newest))
        )
    if asked.query:
        try:
            return iter(retelling.page_of(asked.kinds[0], asked.query, of_kind, limit=asked.limit))
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise _untold() from error
    return page(asked, [one for one, newest in of_kind if newest])


def page(asked: Wanted, current: Sequence[Stored]) -> Iterator[Stored]:
    """Current versions within the bounds, newest first."""
    bounded = asked.since or asked.begins or asked.ends or asked.updated
    found = [one for one in current if _within(asked, one)] if bounded else list(current)
    if asked.tokens:
        found = [one for one in found if set(asked.tokens) <= set(hashed(_tokens(one)))]
    found = newest_first(found)
    if asked.after:
        last = (asked.after[0] or _BEFORE_ALL, asked.after[1])
        found = [one for one in found if _place(one) < last]
    return iter(found[: asked.limit or None])


_DATED_AT = itemgetter(Stored._fields.index("dated_at"), Stored._fields.index("id"))
_ID = itemgetter(Stored._fields.index("id"))


def newest_first(found: list[Stored]) -> list[Stored]:
    """Dated rows from the newest, then the undated, each by id: an order that follows from what is shown alone.

    Rows as they lie would follow from what is hidden too.
    """
    dated = [row for row in found if row.dated_at is not None]
    dated.sort(key=_DATED_AT, reverse=True)
    if len(dated) < len(found):
        dated += sorted((row for row in found if row.dated_at is None), key=_ID, reverse=True)
    return dated


def _within(asked: Wanted, one: Stored) -> bool:
    """Whether a version lies within the bounds of time."""
    if asked.updated is not None and one.updated_at <= asked.updated:
        return False
    if one.dated_at is None:
        return asked.since is None
    return (
        (asked.since is None or one.dated_at >= asked.since)
        and (asked.begins is None or one.dated_at >= asked.begins)
        and (asked.ends is None or one.dated_at < asked.ends)
    )


def _place(one: Stored) -> tuple[datetime, str]:
    return (one.dated_at or _BEFORE_ALL, one.id)


def _tokens(one: Stored) -> tuple[str, ...]:
    return tokens_of(one.kind, json.loads(one.json_bytes()))


def _untold() -> HallwayError:
    return HallwayError(
        Kind.GONE,
        "H-REC-040",
        what="What this answer held can no longer be told from its line.",
        undone="Nothing was told.",
        to_do="Lines written since the record keeps positions can be told again.",
    )
