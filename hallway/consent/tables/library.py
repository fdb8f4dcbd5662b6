"""Rules of release as typed rows, read once from the tables beside this file; gaps and overlaps are refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal

import msgspec

from hallway.record.classes import LICENCE_CLASSES, DataClass
from hallway.record.evidence import Purpose

BASELINE = date(2003, 4, 14)
"""The Privacy Rule's compliance date: from here on, every day has its row."""


class Relation(StrEnum):
    """What the one who asks is to the source, the patient and the item."""

    OWN = "own"
    """Staff of the source organization."""
    OWN_MEDICAL = "own_medical"
    """A medical clinician of the source organization: the discloser's licence rules still stand between."""
    AUTHOR = "author"
    """Who wrote the item."""
    TREATING = "treating"
    """Another organization that treats the patient now."""
    FORMER = "former"
    """Another organization that holds records of its own and no longer treats the patient."""
    NAMED = "named"
    """Anybody else: only what a signed form names."""
    INDIVIDUAL = "individual"
    """The patient."""
    PARENT = "parent"
    """A parent or guardian of an unemancipated minor."""
    REPRESENTATIVE = "representative"
    """Whoever holds authority for an adult, or for the estate of a patient who died."""
    EMERGENCY = "emergency"
    """A clinician who has opened emergency access."""


TPO = (Purpose.TREATMENT, Purpose.PAYMENT, Purpose.OPERATIONS)
PURPOSES: dict[Relation, tuple[Purpose, ...]] = {
    Relation.OWN: TPO,
    Relation.OWN_MEDICAL: TPO,
    Relation.AUTHOR: (Purpose.TREATMENT,),
    Relation.TREATING: TPO,
    Relation.FORMER: TPO,
    Relation.NAMED: TPO,
    Relation.INDIVIDUAL: (Purpose.INDIVIDUAL,),
    Relation.PARENT: (Purpose.INDIVIDUAL,),
    Relation.REPRESENTATIVE: (Purpose.INDIVIDUAL,),
    Relation.EMERGENCY: (Purpose.EMERGENCY,),
}
"""The purposes that make sense for each relation; every other pair releases nothing."""

Holder = Literal["program", "holder"]
HOLDERS: tuple[Holder, ...] = ("program", "holder")
Outcome = Literal["permit", "needs", "deny"]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row. ``needs`` lists what opens it, any one of them; ``kinds`` empty is every FHIR type.

    ``until_on`` is the first day on which it no longer holds. ``form`` is the consent form that would open it.
    ``out_of_state`` rows bind only where the recipient stands in another state than the source, or nobody knows where.
    """

    id: str
    citation: str
    source: str
    from_on: date
    relations: tuple[Relation, ...]
    purposes: tuple[Purpose, ...]
    classes: tuple[str, ...]
    outcome: Outcome
    sentence: str
    until_on: date | None = None
    verified: bool = True
    legal_review: bool = False
    holders: tuple[Holder, ...] = HOLDERS
    kinds: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    form: str = ""
    sud_duty: bool = False
    out_of_state: bool = False
    obligations: tuple[str, ...] = ()
    jurisdiction: str = ""


class Table(msgspec.Struct, forbid_unknown_fields=True):
    """One file of rows, with names for groups of classes."""

    rule: list[Rule]
    groups: dict[str, list[str]] = {}


@dataclass(frozen=True, slots=True)
class Cell:
    """What a rule is looked up by. ``jurisdiction`` US, or a state's letters."""

    jurisdiction: str
    relation: Relation
    purpose: Purpose
    holder: Holder
    data_class: DataClass


JURISDICTIONS = ("US", "MA", "CT", "CA")


def class_state(data_class: DataClass) -> str:
    """The state whose rule a licence class stands for; empty for every other class."""
    name = data_class.name or ""
    return name[:2] if data_class & LICENCE_CLASSES else ""


def _expand(names: Iterable[str], groups: dict[str, list[str]]) -> list[DataClass]:
    found: list[DataClass] = []
    for name in names:
        if name == "LICENCE":
            found += list(LICENCE_CLASSES)
        elif name in groups:
            found += _expand(groups[name], groups)
        else:
            found.append(DataClass[name])
    return found


def _cells(rule: Rule, groups: dict[str, list[str]]) -> Iterable[Cell]:
    for relation in rule.relations:
        for purpose in rule.purposes:
            if purpose in PURPOSES[relation]:
                for holder in rule.holders:
                    for data_class in _expand(rule.classes, groups):
                        yield Cell(rule.jurisdiction, relation, purpose, holder, data_class)


def check(by_cell: dict[Cell, list[Rule]]) -> None:
    """Raise ValueError when a federal cell has a day without a row, or any cell a day with two."""
    for cell in _federal_cells():
        rows = by_cell.get(cell, [])
        if not rows or rows[0].from_on > BASELINE or rows[-1].until_on is not None:
            raise ValueError(f"The rules leave a gap at {cell}. Nothing was loaded. Add the row.")
    for cell, rows in by_cell.items():
        for earlier, later in pairwise(rows):
            if earlier.until_on is None or earlier.until_on > later.from_on:
                raise ValueError(f"Rules {earlier.id} and {later.id} overlap at {cell}. Nothing was loaded. End one.")
            if cell.jurisdiction == "US" and earlier.until_on < later.from_on:
                raise ValueError(f"The rules leave a gap at {cell}. Nothing was loaded. Add the row.")


def _federal_cells() -> Iterable[Cell]:
    for relation, purposes in PURPOSES.items():
        for purpose in purposes:
            for holder in HOLDERS:
                for data_class in DataClass:
                    yield Cell("US", relation, purpose, holder, data_class)


def index(tables: dict[str, Table]) -> tuple[dict[str, Rule], dict[Cell, list[Rule]]]:
    """Rows by id and by cell, oldest first. Raises ValueError for a doubled id or a row without what it needs."""
    by_id: dict[str, Rule] = {}
    by_cell: dict[Cell, list[Rule]] = {}
    for jurisdiction, table in tables.items():
        for row in table.rule:
            rule = msgspec.structs.replace(row, jurisdiction=jurisdiction)
            if rule.id in by_id or (rule.outcome == "needs") != bool(rule.needs):
                raise ValueError(f"Rule {rule.id} is doubled, or its needs are off. Nothing was loaded. Mend the row.")
            by_id[rule.id] = rule
            for cell in _cells(rule, table.groups):
                by_cell.setdefault(cell, []).append(rule)
    for rows in by_cell.values():
        rows.sort(key=lambda row: row.from_on)
    return by_id, by_cell


def read(jurisdiction: str) -> Table:
    """One jurisdiction's table."""
    return msgspec.toml.decode(
        (files("hallway.consent.tables") / f"{jurisdiction.lower()}.toml").read_bytes(), type=Table
    )


@cache
def _library() -> tuple[dict[str, Rule], dict[Cell, list[Rule]]]:
    by_id, by_cell = index({jurisdiction: read(jurisdiction) for jurisdiction in JURISDICTIONS})
    check(by_cell)
    return by_id, by_cell


def cells() -> Mapping[Cell, list[Rule]]:
    """Every cell that some row speaks of, with its rows from the oldest on."""
    return _library()[1]


def cells_of(rows: Iterable[Rule]) -> dict[Cell, list[Rule]]:
    """The cells of rows of the caller's, unchecked: to see what a change would do before it is made."""
    by_cell: dict[Cell, list[Rule]] = {}
    for row in rows:
        for cell in _cells(row, _groups(row.jurisdiction)):
            by_cell.setdefault(cell, []).append(row)
    for held in by_cell.values():
        held.sort(key=lambda row: row.from_on)
    return by_cell


@cache
def _groups(jurisdiction: str) -> dict[str, list[str]]:
    return read(jurisdiction).groups


def classes_of(row: Rule) -> tuple[DataClass, ...]:
    """The classes a row speaks of, its groups written out."""
    return tuple(dict.fromkeys(_expand(row.classes, _groups(row.jurisdiction))))


def rule(rule_id: str) -> Rule:
    """The row of that id. Raises KeyError for an unknown one."""
    return _library()[0][rule_id]


def rules() -> dict[str, Rule]:
    """Every row by id."""
    return _library()[0]


def at(cell: Cell, on: date) -> Rule | None:
    """The row in force for a cell on a day, if there is one (there always is a federal one)."""
    for row in _library()[1].get(cell, ()):
        if row.from_on <= on and (row.until_on is None or on < row.until_on):
            return row
    return None


def boundaries() -> list[date]:
    """The days on which some row begins or ends after the baseline, in order."""
    days = {day for row in rules().values() for day in (row.from_on, row.until_on) if day and day > BASELINE}
    return sorted(days)
