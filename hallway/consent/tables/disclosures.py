"""Every disclosure the law knows, as typed rows read once; a gap, an overlap or an unknown word is refused at start.

Rows stand in topics. A topic that applies to a question must let it pass; the most specific row of a topic speaks, of
two equally specific ones the stricter. A closed topic has a row for everything; an open one passes what no row names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Literal

import msgspec

from hallway.consent.law.asking import Aim, RecipientKind
from hallway.consent.law.conditions import CONDITIONS, STATES
from hallway.consent.tables.blocking import grounds
from hallway.consent.tables.library import BASELINE
from hallway.record.classes import DataClass

TABLES = ("us", "notes", "part2", "people", "ma", "ct", "ca")
"""Files ``disclose_NAME.toml``, in the order in which a manual lists them."""

Answer = Literal["permit", "filtered", "notice", "needs", "deny"]
STRICTNESS: dict[Answer, int] = {"permit": 0, "filtered": 1, "notice": 1, "needs": 2, "deny": 3}


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule of disclosure. Empty ``aims``, ``recipients`` and ``classes`` mean any; every one of ``when`` must hold.

    ``needs``: any one of them opens it, by a valid form of ``forms`` or by more facts. ``opened`` is what it then
    answers. ``obligations`` bind whoever lets it go, ``on_denial`` whoever keeps it. ``law_rows`` name the rows of the
    decision tables of law that it stands for. ``ground`` names the row of ``blocking.toml`` that a denial relies on,
    where it is not the usual one.
    """

    id: str
    topic: str
    law_rows: tuple[str, ...]
    citation: str
    source: str
    outcome: Answer
    sentence: str
    from_on: date = BASELINE
    until_on: date | None = None
    verified: bool = True
    legal_review: bool = False
    aims: tuple[Aim, ...] = ()
    recipients: tuple[RecipientKind, ...] = ()
    classes: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    opened: Answer = "permit"
    obligations: tuple[str, ...] = ()
    on_denial: tuple[str, ...] = ()
    ground: str = ""

    @property
    def permits(self) -> bool:
        """Whether it lets the item go by itself."""
        return self.outcome not in ("needs", "deny")

    @property
    def specificity(self) -> int:
        """How much it asks for: the row that asks for most speaks."""
        return bool(self.aims) + bool(self.recipients) + bool(self.classes) + len(self.when)

    @property
    def mask(self) -> int:
        """Its classes as a mask; 0 is any."""
        return _mask_once(self.classes)

    def in_force(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.from_on <= on and (self.until_on is None or on < self.until_on)


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question of law of its own. Lower ``order`` is asked, and named in a denial, first.

    It applies to items with one of ``classes`` (none: all) and none of ``not_classes``, for ``aims`` (none: all), in
    ``state`` (none: everywhere). A ``state`` topic never stands against the patient's own access or the Secretary.
    """

    id: str
    order: int
    title: str
    closed: bool = False
    classes: tuple[str, ...] = ()
    not_classes: tuple[str, ...] = ()
    aims: tuple[Aim, ...] = ()
    state: str = ""

    @property
    def mask(self) -> int:
        """Its classes as a mask; 0 is any."""
        return _mask_once(self.classes)

    @property
    def not_mask(self) -> int:
        """The classes it leaves to another topic, as a mask."""
        return _mask_once(self.not_classes)


class _File(msgspec.Struct, forbid_unknown_fields=True):
    topic: list[Topic] = []
    row: list[Row] = []


class _Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    words: str


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every word a row may use, in plain words."""

    fact: list[_Word]
    need: list[_Word]
    obligation: list[_Word]
    form: list[_Word]


@cache
def _mask_once(names: tuple[str, ...]) -> int:
    return mask_of(names)


@dataclass(frozen=True, slots=True)
class Book:
    """Topics in order, each with its rows, the most specific first and of equals the strictest."""

    topics: tuple[tuple[Topic, tuple[Row, ...]], ...]
    rows: dict[str, Row]


def mask_of(names: Iterable[str]) -> int:
    """The mask of named classes. Raises KeyError for an unknown name."""
    mask = 0
    for name in names:
        mask |= int(DataClass[name])
    return mask


@cache
def words() -> dict[str, dict[str, str]]:
    """Word by kind and id: fact, need, obligation, form."""
    text = (files("hallway.consent.tables") / "words.toml").read_bytes()
    table = msgspec.toml.decode(text, type=Words)
    return {
        "fact": {one.id: one.words for one in table.fact} | {name: said for name, (said, _) in CONDITIONS.items()},
        "need": {one.id: one.words for one in table.need},
        "obligation": {one.id: one.words for one in table.obligation},
        "form": {one.id: one.words for one in table.form},
    }


def plain(kind: str, word: str) -> str:
    """A word of a row as a person would say it."""
    name = word.removeprefix("not ")
    said = words()[kind][name]
    return f"not: {said}" if word.startswith("not ") else said


def _unknown(row: Row) -> list[str]:
    used = {
        "fact": [word.removeprefix("not ") for word in row.when],
        "need": list(row.needs),
        "obligation": [*row.obligations, *row.on_denial],
        "form": list(row.forms),
    }
    known = words()
    return [f"{kind} {word}" for kind, found in used.items() for word in found if word not in known[kind]] + [
        f"class {name}" for name in row.classes if name not in DataClass.__members__
    ]


def _refuse(row_id: str, why: str) -> ValueError:
    return ValueError(f"Row {row_id} of disclosures: {why}. Nothing was loaded. Mend the row.")


def _check_row(row: Row, topics: dict[str, Topic]) -> None:
    if unknown := _unknown(row):
        raise _refuse(row.id, f"unknown {', '.join(unknown)}")
    if row.topic not in topics:
        raise _refuse(row.id, "its topic is not in a table")
    if (row.outcome == "needs") != bool(row.needs) or (row.forms and not row.needs):
        raise _refuse(row.id, "needs and forms belong to a row that needs something, and to no other")
    if not row.sentence.endswith(".") or not row.law_rows:
        raise _refuse(row.id, "it has no whole sentence or stands for no row of law")
    if row.ground and row.ground not in grounds():
        raise _refuse(row.id, "its ground is in no table")
    if not row.verified and not row.legal_review:
        raise _refuse(row.id, "what is not verified is for counsel")
    if row.until_on is not None and row.until_on <= row.from_on:
        raise _refuse(row.id, "it ends before it begins")


def _meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return not one or not other or not set(one).isdisjoint(other)


def _overlap(one: Row, other: Row) -> bool:
    """Two rows that ask for the same conditions, of the same aims and recipients, on one day."""
    return (
        set(one.when) == set(other.when)
        and one.specificity == other.specificity
        and _meet(one.aims, other.aims)
        and _meet(one.recipients, other.recipients)
        and _meet(one.classes, other.classes)
        and (other.until_on is None or one.from_on < other.until_on)
        and (one.until_on is None or other.from_on < one.until_on)
    )


def _check_topic(topic: Topic, rows: list[Row]) -> None:
    for one, other in combinations(rows, 2):
        if _overlap(one, other):
            raise _refuse(one.id, f"it overlaps {other.id}")
    if topic.closed:
        if open_doors := [row for row in rows if not row.specificity and row.permits and not row.verified]:
            raise _refuse(open_doors[0].id, "nobody has verified it, and nothing stricter speaks where it is alone")
        day = BASELINE
        for row in sorted((row for row in rows if not row.specificity), key=lambda row: row.from_on):
            if row.from_on > day:
                break
            day = row.until_on or date.max
        if day != date.max:
            raise ValueError(f"Topic {topic.id} leaves a gap from {day}. Nothing was loaded. Add the row.")


def book_of(read: Iterable[_File]) -> Book:
    """Tables as one book. Raises ValueError for a doubled id, a gap, an overlap or an unknown word."""
    held = list(read)
    topics = {topic.id: topic for table in held for topic in table.topic}
    by_id: dict[str, Row] = {}
    by_topic: dict[str, list[Row]] = {name: [] for name in topics}
    for row in (row for table in held for row in table.row):
        if row.id in by_id:
            raise _refuse(row.id, "its id stands twice")
        _check_row(row, topics)
        by_id[row.id] = row
        by_topic[row.topic].append(row)
    for name, topic in topics.items():
        _check_topic(topic, by_topic[name])
        by_topic[name].sort(key=lambda row: (-row.specificity, -STRICTNESS[row.outcome], row.id))
    if {topic.state for topic in topics.values()} - {""} - STATES:
        raise ValueError("A table of a state stands that conditions.STATES does not name. Nothing was loaded. Add it.")
    ordered = sorted(topics.values(), key=lambda topic: (topic.order, topic.id))
    return Book(tuple((topic, tuple(by_topic[topic.id])) for topic in ordered), by_id)


def decode(text: bytes) -> _File:
    """One table from its text. Raises ``msgspec.ValidationError`` for a field or a word of the wrong kind."""
    return msgspec.toml.decode(text, type=_File)


@cache
def book() -> Book:
    """Every topic and row."""
    folder = files("hallway.consent.tables")
    return book_of(decode((folder / f"disclose_{name}.toml").read_bytes()) for name in TABLES)
