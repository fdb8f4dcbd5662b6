"""The tables of law, read anew: plain TOML into rows of words, looked up by relation, purpose, place, holder and class.

Where the product folds rows into masks, this keeps one row for one question and walks them all.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import cast

import hallway
from hallway.record.classes import DataClass

TABLES = Path(hallway.__file__).parent / "consent" / "tables"
CLASSES = frozenset(one.name or "" for one in DataClass)
KEPT_APART = frozenset({"PSYTHER_NOTE", "SUD_COUNSEL_NOTE", "UNCLASSIFIED"})
"""Classes that no emergency reaches, whatever a row may say."""

Toml = dict[str, object]


@dataclass(frozen=True, slots=True)
class Row:
    """One rule of release. ``outcome`` is permit, needs or deny; empty ``kinds`` is every FHIR type."""

    id: str
    place: str
    outcome: str
    needs: frozenset[str]
    kinds: frozenset[str]
    asks_duty: bool
    out_of_state: bool
    duties: tuple[str, ...]
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Question:
    """What a row is looked up by."""

    place: str
    relation: str
    purpose: str
    holder: str
    one: str


def listed(table: Toml, name: str) -> list[str]:
    """A list of words in a table; empty when it is not there."""
    return [str(word) for word in cast("list[object]", table.get(name) or [])]


def read(name: str) -> Toml:
    """One table as it lies in the repository."""
    return tomllib.loads((TABLES / name).read_text(encoding="utf-8"))


def tables_of(read_in: Toml, name: str) -> list[Toml]:
    """The array of tables of that name."""
    return cast("list[Toml]", read_in.get(name) or [])


def licence_state(one: str) -> str:
    """The state whose licence a class stands for (MA_COUNSELOR), else nothing."""
    return one[:2] if one[2:3] == "_" and (TABLES / f"{one[:2].lower()}.toml").exists() else ""


@cache
def book() -> dict[Question, tuple[Row, ...]]:
    """Every row of release under every question that it answers."""
    found: dict[Question, list[Row]] = {}
    for path in sorted(TABLES.glob("??.toml")):
        place = path.stem.upper()
        table = read(path.name)
        groups = {name: [str(word) for word in words] for name, words in _groups(table).items()}
        for rule in tables_of(table, "rule"):
            for question in _questions(place, rule, groups):
                found.setdefault(question, []).append(_row(place, rule))
    return {question: tuple(rows) for question, rows in found.items()}


def _groups(table: Toml) -> dict[str, list[object]]:
    return cast("dict[str, list[object]]", table.get("groups") or {})


def _row(place: str, rule: Toml) -> Row:
    return Row(
        id=str(rule["id"]),
        place=place,
        outcome=str(rule["outcome"]),
        needs=frozenset(listed(rule, "needs")),
        kinds=frozenset(listed(rule, "kinds")),
        asks_duty=bool(rule.get("sud_duty")),
        out_of_state=bool(rule.get("out_of_state")),
        duties=tuple(listed(rule, "obligations")),
        from_on=cast("date", rule["from_on"]),
        until_on=cast("date | None", rule.get("until_on")),
    )


def _questions(place: str, rule: Toml, groups: dict[str, list[str]]) -> list[Question]:
    return [
        Question(place, relation, purpose, holder, one)
        for relation in listed(rule, "relations")
        for purpose in listed(rule, "purposes")
        for holder in listed(rule, "holders") or ["program", "holder"]
        for one in sorted(words_of(listed(rule, "classes"), groups))
    ]


def words_of(names: list[str], groups: dict[str, list[str]]) -> frozenset[str]:
    """Class names with groups spelled out; "ALL" is every class."""
    found: set[str] = set()
    for name in names:
        if name == "ALL":
            found |= CLASSES
        elif name == "LICENCE":
            found |= {one for one in CLASSES if licence_state(one)}
        elif name in groups:
            found |= words_of(groups[name], groups)
        else:
            found.add(name)
    return frozenset(found)


@cache
def governing(question: Question, on: date) -> tuple[Row, ...]:
    """The rows in force that day: the federal one, the place's own, the licence's. None at all means it stays."""
    places = {"US", question.place, licence_state(question.one)} - {""}
    return tuple(
        row
        for place in sorted(places, key=lambda name: (name != "US", name))
        for row in book().get(Question(place, question.relation, question.purpose, question.holder, question.one), ())
        if row.from_on <= on and (row.until_on is None or on < row.until_on)
    )


@dataclass(frozen=True, slots=True)
class Need:
    """The most a role needs: purposes it may state, kinds (none: every kind), classes."""

    purposes: frozenset[str]
    kinds: frozenset[str]
    classes: frozenset[str]


NOTHING = Need(frozenset(), frozenset(), frozenset())


@cache
def need_of(role: str) -> Need:
    """The minimum necessary of a role; nothing for one that stands in no table."""
    for profile in tables_of(read("profiles.toml"), "profile"):
        if profile["role"] == role:
            return Need(
                purposes=frozenset(listed(profile, "purposes")),
                kinds=frozenset(listed(profile, "kinds")),
                classes=words_of(listed(profile, "classes"), {}),
            )
    return NOTHING


@cache
def kinds_of_category(category: str) -> frozenset[str]:
    """What a category of emergency access opens; raises KeyError for an unknown one."""
    for row in tables_of(read("emergency.toml"), "category"):
        if row["id"] == category:
            return frozenset(listed(row, "kinds"))
    raise KeyError(category)
