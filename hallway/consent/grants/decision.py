"""The decision in memory, for items already in hand: a plan answers for each item, and the answer stays with it.

It is the same test that the query makes (``mask & ~allow = 0`` under a clause that fits). It never replaces the query:
nothing is fetched to be filtered here.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import repeat
from operator import attrgetter
from typing import Literal, Protocol, TypeVar

from hallway.consent.rules import Setting, rows
from hallway.consent.tables import library
from hallway.consent.tables.library import Relation
from hallway.record.classes import DataClass
from hallway.record.evidence import Clause, Purpose, Release


class Item(Protocol):
    """What the decision looks at; a ``Stored`` is one."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def source_org(self) -> int: ...  # noqa: D102
    @property
    def author(self) -> int: ...  # noqa: D102
    @property
    def mask(self) -> int: ...  # noqa: D102


AnyItem = TypeVar("AnyItem", bound=Item)


class Decision:
    """One verdict with its reasons. Not changed after it is made; the words are looked up when somebody asks."""

    __slots__ = ("_clause", "_mask", "permits", "reasons")

    def __init__(self, mask: int, clause: Clause | None, reasons: tuple[str, ...]) -> None:
        """``clause`` lets ``mask`` flow, or there is none and ``mask`` are the classes in the way."""
        self.permits = clause is not None
        """Whether the item may flow."""
        self.reasons = reasons
        """Ids of rules and consents behind a permit, or the names of the classes in the way of one."""
        self._mask = mask
        self._clause = clause

    @property
    def outcome(self) -> Literal["permit", "deny"]:
        """The verdict in a word."""
        return "permit" if self.permits else "deny"

    @property
    def citations(self) -> tuple[str, ...]:
        """The law behind the rules of a permit, or the rows that shut the missing classes for a stranger."""
        return _citations(self._clause.rule_ids) if self._clause else _shut_by(self._mask)

    @property
    def consent_ids(self) -> tuple[str, ...]:
        """The forms behind a permit."""
        return self._clause.consent_ids if self._clause else ()

    @property
    def obligations(self) -> tuple[str, ...]:
        """What binds whoever lets this item flow, as ``CLASS/obligation``."""
        if self._clause is None:
            return ()
        names = {"*", *_names(self._mask)}
        return tuple(duty for duty in self._clause.obligations if duty.partition("/")[0] in names)

    def __repr__(self) -> str:
        return f"Decision({self.outcome}, {', '.join(self.reasons)})"


@cache
def _names(mask: int) -> tuple[str, ...]:
    return tuple(str(one.name) for one in DataClass if one & mask)


@cache
def _citations(rule_ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(library.rule(rule_id).citation for rule_id in rule_ids))


@cache
def _shut_by(missing: int) -> tuple[str, ...]:
    governing = dict(rows(Setting(Relation.NAMED, Purpose.TREATMENT, "", "program", library.BASELINE)))
    return tuple(dict.fromkeys(governing[one][-1].citation for one in DataClass if one & missing))


_Key = tuple[int, int, int, str]
_Way = tuple[int, int, tuple[str, ...], Clause, tuple[str, ...]]
_mask, _source, _author, _kind = (attrgetter(name) for name in ("mask", "source_org", "author", "kind"))


_ALL: list[_Way] = []
"""This very list: all of a source and label flows, whoever wrote it. Any other empty one: nothing does."""


class _Source(dict[int, list[_Way]]):
    """What flows of one source, by label: all of it, nothing, or what an author or a kind asked for besides decides."""

    __slots__ = ("_narrow", "_wide")

    def __init__(self) -> None:
        """No way leads from it yet."""
        super().__init__()
        self._wide: list[int] = []
        self._narrow: list[_Way] = []

    def add(self, way: _Way) -> None:
        """One more way."""
        shut, by, kinds, _, _ = way
        if by or kinds:
            self._narrow.append(way)
        else:
            self._wide.append(shut)

    def __missing__(self, mask: int) -> list[_Way]:
        for shut in self._wide:
            if not mask & shut:
                self[mask] = _ALL
                return _ALL
        ways = self[mask] = [way for way in self._narrow if not mask & way[0]]
        return ways


class _Sources(dict[int, _Source]):
    """Every source of a release, and those that it does not know: nothing flows of them."""

    __slots__ = ()

    def __missing__(self, source: int) -> _Source:
        made = self[source] = _Source()
        return made


def _fits(ways: list[_Way], item: Item) -> bool:
    """Whether one of these ways, whose classes fit, fits the author and kind of an item too."""
    author, kind = item.author, item.kind
    # A loop: what ``any`` makes for it costs three times as much, for every item.
    for _, by, kinds, _, _ in ways:  # noqa: SIM110
        if (not by or by == author) and (not kinds or kind in kinds):
            return True
    return False


class Plan(dict[_Key, Decision]):
    """The decisions of one release, made as they are asked for and kept by label, source, author and kind.

    Authors and kinds that no clause singles out are one: a record of 500 items asks some dozens of questions. As
    short-lived as the release: it knows nothing of a later revocation.
    """

    __slots__ = ("_authors", "_kinds", "_ways")

    def __init__(self, release: Release) -> None:
        """Nothing is decided yet."""
        super().__init__()
        self._ways: dict[int, list[_Way]] = {}
        for clause in release.clauses:
            reasons = (*clause.rule_ids, *clause.consent_ids)
            way = (~clause.allow, int(clause.author), clause.kinds, clause, reasons)
            self._ways.setdefault(clause.source_org, []).append(way)
        self._authors: dict[int, int] = {int(clause.author): int(clause.author) for clause in release.clauses}
        self._kinds = {kind: kind for clause in release.clauses for kind in clause.kinds}

    def __missing__(self, key: _Key) -> Decision:
        mask, source, author, kind = key
        for shut, by, kinds, clause, reasons in self._ways.get(source, ()):
            if not mask & shut and (not by or by == author) and (not kinds or kind in kinds):
                decided = self[key] = Decision(mask, clause, reasons)
                return decided
        missing = self._missing(key)
        decided = self[key] = Decision(missing, None, _names(missing))
        return decided

    def _missing(self, key: _Key) -> int:
        """The classes in the way under the clause that comes nearest; all of them when no clause fits."""
        mask, source, author, kind = key
        fitting = [
            mask & shut
            for shut, by, kinds, _, _ in self._ways.get(source, ())
            if (not by or by == author) and (not kinds or kind in kinds)
        ]
        return min(fitting, key=int.bit_count, default=mask)

    def decide(self, mask: int, source_org: int, author: int, kind: str) -> Decision:
        """May an item of this label, source, author and kind flow, and why."""
        return self[mask, source_org, self._authors.get(author, 0), self._kinds.get(kind, "")]

    def decisions(self, items: Iterable[AnyItem]) -> list[tuple[AnyItem, Decision]]:
        """Each item with its own decision, in the order given: never two lists to be matched again."""
        held = list(items)
        return list(zip(held, self._each(held), strict=True))

    def filter(self, items: Iterable[AnyItem]) -> list[AnyItem]:
        """The items that may flow, in the order given. No reasons are made for it, so it is the quicker question."""
        sources = _Sources()
        for source, ways in self._ways.items():
            for way in ways:
                sources[source].add(way)
        return [
            one for one in items if (ways := sources[one.source_org][one.mask]) is _ALL or (ways and _fits(ways, one))
        ]

    def _each(self, held: list[AnyItem]) -> Iterator[Decision]:
        """The decision of each item, as it is asked for."""
        authors = map(self._authors.get, map(_author, held), repeat(0)) if any(self._authors) else repeat(0)
        kinds = map(self._kinds.get, map(_kind, held), repeat("")) if self._kinds else repeat("")
        return map(self.__getitem__, zip(map(_mask, held), map(_source, held), authors, kinds))  # noqa: B905 - a repeat has no end


def decide(release: Release, mask: int, *, source_org: int, author: int, kind: str) -> Decision:
    """One decision under a release. For many, make a ``Plan``."""
    return Plan(release).decide(mask, source_org, author, kind)
