"""The decision in memory, for items already in hand: a plan answers for each item, and the answer stays with it.

It is the same test that the query makes (``mask & ~allow = 0`` under a clause that fits). It never replaces the query:
nothing is fetched to be filtered here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
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


@dataclass(frozen=True, slots=True)
class Decision:
    """``reasons`` are rule and consent ids behind a permit, or the classes that stand in the way of it."""

    outcome: Literal["permit", "deny"]
    reasons: tuple[str, ...]
    citations: tuple[str, ...]
    obligations: tuple[str, ...] = ()

    @property
    def permits(self) -> bool:
        """Whether the item may flow."""
        return self.outcome == "permit"


_Key = tuple[int, int, int, str]
_key = attrgetter("mask", "source_org", "author", "kind")


class _Memo(dict[_Key, Decision]):
    """Decisions of one release by label, source, author and kind: a record of 500 items carries about ten of them."""

    def __init__(self, release: Release) -> None:
        super().__init__()
        self._release = release

    def __missing__(self, key: _Key) -> Decision:
        decided = self[key] = _decide(self._release, *key)
        return decided


class Plan:
    """The decisions of one release. As short-lived as the release: it knows nothing of a later revocation."""

    __slots__ = ("_memo", "decide_key")

    def __init__(self, release: Release) -> None:
        """Nothing is decided yet."""
        self._memo = _Memo(release)
        self.decide_key = self._memo.__getitem__

    def decide(self, mask: int, source_org: int, author: int, kind: str) -> Decision:
        """May an item of this label, source, author and kind flow, and why."""
        return self._memo[mask, source_org, author, kind]

    def decisions(self, items: Iterable[AnyItem]) -> list[tuple[AnyItem, Decision]]:
        """Each item with its own decision, in the order given: never two lists to be matched again."""
        held = list(items)
        return list(zip(held, map(self.decide_key, map(_key, held)), strict=True))

    def filter(self, items: Iterable[AnyItem]) -> list[AnyItem]:
        """The items that may flow, in the order given."""
        return [item for item, decision in self.decisions(items) if decision.outcome == "permit"]


def decide(release: Release, mask: int, source_org: int, author: int, kind: str) -> Decision:
    """One decision under a release. For many, make a ``Plan``."""
    return _decide(release, mask, source_org, author, kind)


def _decide(release: Release, mask: int, source_org: int, author: int, kind: str) -> Decision:
    missing = mask
    for clause in release.clauses:
        if clause.source_org == source_org and clause.author in (0, author):
            if clause.kinds and kind not in clause.kinds:
                continue
            left = mask & ~clause.allow
            if left == 0:
                return _permit(clause, mask)
            missing = left if left.bit_count() < missing.bit_count() else missing
    return _deny(missing)


def _permit(clause: Clause, mask: int) -> Decision:
    names = {"*", *(one.name for one in DataClass if one & mask)}
    return Decision(
        "permit",
        (*clause.rule_ids, *clause.consent_ids),
        _citations(clause.rule_ids),
        tuple(duty for duty in clause.obligations if duty.partition("/")[0] in names),
    )


@cache
def _citations(rule_ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(library.rule(rule_id).citation for rule_id in rule_ids))


@cache
def _deny(missing: int) -> Decision:
    """A denial names the classes in the way and the rows that shut them for a stranger."""
    shut = [one for one in DataClass if one & missing]
    governing = dict(rows(Setting(Relation.NAMED, Purpose.TREATMENT, "", "program", library.BASELINE)))
    citations = tuple(dict.fromkeys(governing[one][-1].citation for one in shut))
    return Decision("deny", tuple(one.name or "" for one in shut), citations)
