"""Which golden cells a row decides, and which would change with it. Pure: rows in, cells out.

A golden cell is one situation: a source's state, whether it is a program, who asks in which relation and for what, the
class of the item, what is signed, and whether the one who asks has duties in substance use care.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from hallway.consent import rules
from hallway.consent.rules import COVERS, Opener, Setting
from hallway.consent.tables import library
from hallway.consent.tables.library import HOLDERS, PURPOSES, Cell, Rule
from hallway.record.classes import DataClass

SIGNED = ("", *COVERS)
"""Nothing, or one form of each kind, valid and for every class."""
EVERY_CLASS = sum(DataClass)
STATES = ("", "MA", "CT", "CA")


@dataclass(frozen=True, slots=True, order=True)
class Golden:
    """One golden cell. ``state`` empty is a state without rows of its own; ``signed`` empty is nothing."""

    state: str
    holder: str
    relation: str
    purpose: str
    data_class: str
    signed: str
    duty: bool
    abroad: bool

    def __str__(self) -> str:
        """One line for people and for diffs."""
        words = [self.state or "no state rules", self.holder, self.relation, self.purpose, self.data_class]
        words += [f"{self.signed} signed"] if self.signed else ["nothing signed"]
        words += ["with SUD duty"] if self.duty else []
        return ", ".join([*words, "recipient in another state"] if self.abroad else words)


@dataclass(frozen=True, slots=True)
class Found:
    """What a cell's answer is, and the rows behind it; the first that blocks, where one does."""

    flows: bool
    rule_ids: tuple[str, ...]
    blocking: str


@dataclass(frozen=True, slots=True)
class Change:
    """A cell whose answer differs."""

    cell: Golden
    before: Found
    after: Found


ByCell = Mapping[Cell, list[Rule]]


def golden(by_cell: ByCell, on: date) -> dict[Golden, Found]:
    """Every golden cell under these rows, on a day. Some tens of thousands; a second or two."""

    def at(cell: Cell, day: date) -> Rule | None:
        return next((row for row in by_cell.get(cell, ()) if row.from_on <= day and _still(row, day)), None)

    found: dict[Golden, Found] = {}
    for setting in _settings(on):
        governed = rules.governing_rows(setting, at)
        if setting.out_of_state and not any(row.out_of_state for _, rows in governed for row in rows):
            continue
        for duty in (False, True) if any(row.sud_duty for _, rows in governed for row in rows) else (False,):
            for signed in SIGNED:
                found.update(_judged(setting, governed, signed, duty))
    return found


def _still(row: Rule, day: date) -> bool:
    return row.until_on is None or day < row.until_on


def _settings(on: date) -> Iterator[Setting]:
    for state in STATES:
        for holder in HOLDERS:
            for relation, purposes in PURPOSES.items():
                for purpose in purposes:
                    for abroad in (False, True):
                        yield Setting(relation, purpose, state, holder, on, abroad)


def _judged(
    setting: Setting, governed: tuple[tuple[DataClass, tuple[Rule, ...]], ...], signed: str, duty: bool
) -> Iterator[tuple[Golden, Found]]:
    openers = (Opener(signed, COVERS[signed], EVERY_CLASS),) if signed else ()
    for verdict in rules.judge_rows(governed, openers, duty=duty):
        name = verdict.data_class.name or ""
        cell = Golden(
            setting.state, setting.holder, setting.relation, setting.purpose, name, signed, duty, setting.out_of_state
        )
        blocking = verdict.blocking.id if verdict.blocking else ""
        yield cell, Found(verdict.flows, tuple(row.id for row in verdict.rules), blocking)


@cache
def today(on: date) -> Mapping[Golden, Found]:
    """The golden cells of the rows as they ship."""
    return golden(library.cells(), on)


def differences(before: Mapping[Golden, Found], after: Mapping[Golden, Found]) -> list[Change]:
    """The cells whose answer is another one, in order. A change of reason alone is none."""
    cells = sorted(before.keys() & after.keys())
    return [Change(cell, before[cell], after[cell]) for cell in cells if before[cell].flows != after[cell].flows]


def with_row(rule: Rule, rows: Iterable[Rule]) -> ByCell:
    """The cells of ``rows`` with one of them replaced by ``rule``, by its id."""
    return library.cells_of([rule if row.id == rule.id else row for row in rows])


def without_row(rule_id: str, rows: Iterable[Rule]) -> ByCell:
    """The cells of ``rows`` with one of them taken away."""
    return library.cells_of([row for row in rows if row.id != rule_id])
