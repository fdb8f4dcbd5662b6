"""The rows of ``tables/safety.toml``, read once; an unknown step or a doubled id is refused at start."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import TypeVar

import msgspec

from hallway.consent.law.asking import Aim, RecipientKind
from hallway.errors import HallwayError, Kind


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every row has: ``source`` says where it comes from, ``verified`` whether somebody checked."""

    source: str = "design"
    verified: bool = False


class Line(_Row, frozen=True, kw_only=True):
    """A crisis line, and what a patient reads at once: ``stay`` where they are with us, ``away`` elsewhere."""

    key: str
    number: str
    name: dict[str, str]
    how: dict[str, str]
    stay: dict[str, str]
    away: dict[str, str]


class StepRow(_Row, frozen=True, kw_only=True):
    """A step as the page offers it: ``ask`` opens it, ``next`` calls for it, ``keep`` is its button.

    ``within`` is minutes after opening.
    """

    id: str
    title: str
    ask: str
    next: str
    keep: str
    within: int


class Part(_Row, frozen=True, kw_only=True):
    """One of the six parts of a plan; its title by language."""

    id: str
    title: dict[str, str]
    hint: str


class Choice(_Row, frozen=True, kw_only=True):
    """One coded answer."""

    id: str
    title: str


class Disposition(_Row, frozen=True, kw_only=True):
    """How it may end. ``needs`` are steps that must stand; ``not_risk`` judgements with which it may not end so.

    ``contact``: the follow-up that was set is owed from then on. ``only_program``: at Part 2 programs alone.
    ``died``: no judgement of risk is left to be asked for.
    """

    id: str
    title: str
    needs: tuple[str, ...]
    words: bool = False
    only_from: tuple[str, ...] = ()
    only_program: bool = False
    contact: bool = True
    died: bool = False
    not_risk: tuple[str, ...] = ()


class Contact(_Row, frozen=True, kw_only=True):
    """When to be in touch again, in hours."""

    hours: int
    title: str


class Recipient(_Row, frozen=True, kw_only=True):
    """Somebody outside Hallway whom one may have to tell, and what the law is asked about it.

    ``words``: who they are and what the emergency is must be written (42 CFR 2.51(c)).
    """

    id: str
    title: str
    kind: RecipientKind
    aim: Aim
    channel: str
    treats: bool = False
    stated: tuple[str, ...] = ()
    words: bool = False


class ProgramRow(_Row, frozen=True, kw_only=True):
    """What a Part 2 program may and may not do."""

    words: str


class Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every row of the table."""

    recent_hours: int
    recent_source: str
    line: tuple[Line, ...]
    step: tuple[StepRow, ...]
    part: tuple[Part, ...]
    means: tuple[Choice, ...]
    risk: tuple[Choice, ...]
    disposition: tuple[Disposition, ...]
    contact: tuple[Contact, ...]
    recipient: tuple[Recipient, ...]
    program: tuple[ProgramRow, ...]


LANGUAGES = ("en", "es")


@cache
def book() -> Book:
    """The table. Raises HallwayError FAULT naming the row that cannot be right."""
    return read((files("hallway.screening.tables") / "safety.toml").read_bytes())


def read(text: bytes) -> Book:
    """A table from its text, checked."""
    made = msgspec.toml.decode(text, type=Book)
    steps = {one.id for one in made.step} | {"called"}
    risks = {one.id for one in made.risk}
    for one in made.disposition:
        is_judged = "judgement" in one.needs or bool(one.only_from) or one.died
        if set(one.needs) - steps or set(one.not_risk) - risks or not is_judged:
            raise _faulty(one.id)
    for named in (made.step, made.part, made.means, made.risk, made.disposition, made.recipient):
        _once(one.id for one in named)
    for spoken in [*(one.title for one in made.part), *(one.how for one in made.line)]:
        if set(spoken) != set(LANGUAGES):
            raise _faulty("languages")
    return made


def _once(ids: Iterable[str]) -> None:
    listed = list(ids)
    for one in listed:
        if listed.count(one) > 1:
            raise _faulty(one)


def _faulty(row: str) -> HallwayError:
    return HallwayError(
        Kind.FAULT,
        "H-SAF-001",
        what=f"The row {row} of the safety table cannot be right.",
        undone="Nothing was loaded.",
        to_do="Mend the row in screening/tables/safety.toml.",
    )


T = TypeVar("T", Choice, Disposition, Recipient)


def of_id(rows: tuple[T, ...], row_id: str) -> T | None:
    """The row of that id, or None."""
    return next((one for one in rows if one.id == row_id), None)


def crisis_line(key: str = "988") -> Line:
    """The crisis line that a patient is shown."""
    return next(one for one in book().line if one.key == key)
