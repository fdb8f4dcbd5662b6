"""What stands, what is still missing before it may end so, and what comes next. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from hallway.screening.instruments.shapes import Critical
from hallway.screening.safety.rows import Book, Disposition
from hallway.screening.safety.states import State, Step
from hallway.standards.fhir.text import fits

MAX_TEXT = 8000
_GRAVITY = {"": 0, "look": 1, "high": 2, "urgent": 3}


@dataclass(frozen=True, slots=True)
class Taken:
    """One step that was taken, without its words."""

    step: Step
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sign:
    """A critical answer that came from elsewhere. ``holders``: what may hold the same answer, as ``kind/id``."""

    level: str
    arrived_at: datetime
    holders: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ran:
    """A protocol that ran or runs: ``levels`` says how grave each answer was that it knew of, by what holds it."""

    closed_at: datetime | None
    levels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """What has been done so far: ids of step rows, the last judgement of risk, when the contact is due."""

    state: State
    done: frozenset[str]
    risk: str = ""
    follow_up_at: datetime | None = None
    is_program: bool = False


def standing(state: State, taken: Iterable[Taken], *, is_program: bool = False) -> Standing:
    """What the steps so far amount to. Where somebody was counts only while they are still there."""
    done: set[str] = set()
    risk, follow_up_at = "", None
    for one in taken:
        done.add(str(one.step))
        if one.step is Step.JUDGEMENT:
            risk = one.code
        if one.step is Step.FOLLOW_UP:
            follow_up_at = datetime.fromisoformat(one.code)
    done -= {"here", "apart", "left"}
    if state in (State.HERE, State.APART) or (state is State.CLOSED and done & {"close"}):
        done.add("where")
    return Standing(state, frozenset(done), risk, follow_up_at, is_program)


def missing(now: Standing, end: Disposition) -> tuple[str, ...]:
    """Ids of the steps that must stand before it may end so, in the order of the row; empty when it may."""
    return tuple(step for step in end.needs if step not in now.done)


def contradicts(now: Standing, end: Disposition) -> bool:
    """Whether this end does not fit the last judgement, where the person is, or what kind of practice runs it."""
    is_elsewhere = bool(end.only_from) and now.state not in end.only_from
    return now.risk in end.not_risk or is_elsewhere or (end.only_program and not now.is_program)


def joined(code: str, level: str) -> str:
    """A further answer in the code of its step: the question's code, then how grave it is."""
    return f"{code} {level}".strip()


def parted(code: str) -> tuple[str, str]:
    """Question and level of a further answer, from the code of its step."""
    question, _, level = code.partition(" ")
    return question, level


def next_step(now: Standing, book: Book) -> str:
    """The id of the first step that does not stand yet, in the order of the table; empty when all do."""
    if now.state is State.CLOSED:
        return ""
    return next((one.id for one in book.step if one.id not in now.done), "")


def text_fault(text: str) -> bool:
    """Is a text too long, or does it hold characters that no person typed?"""
    return not fits(text, MAX_TEXT)


def given_at(text: str, at: datetime | None, arrived_at: datetime, zone: tzinfo) -> datetime:
    """When an answer counts as given, for what must be acted on the same day. ``text`` is its date as it was sent.

    A day without an hour, which is kept as midnight UTC, may be any hour of that day in ``zone``: it counts until the
    day's end, and no longer than until it arrived. An answer without a date was given when it arrived.
    """
    if at is None:
        return arrived_at
    utc = at.astimezone(UTC)
    if "T" in text or utc.time() != time.min:
        return at
    return min(arrived_at, datetime.combine(utc.date() + timedelta(days=1), time.min, zone))


def is_fresh(at: datetime, now: datetime, hours: int) -> bool:
    """Whether an answer given ``at`` is so recent that somebody must act on it today."""
    return (now - at).total_seconds() <= hours * 3600


def graver(one: str, other: str) -> str:
    """The graver of two levels; an empty one is none."""
    return max(one, other, key=lambda level: _GRAVITY[level])


def gravest(found: Sequence[Critical]) -> Critical:
    """The gravest of several critical answers; of equals the first. Raises ValueError where there is none."""
    return max(found, key=lambda one: _GRAVITY[one.level])


def covered(sign: Sign, ran: Iterable[Ran]) -> bool:
    """Whether somebody has acted on this, or is about to.

    A protocol that runs covers what is no graver than the gravest that it knows of. One that ended covers what lay
    there when somebody ended it; of what arrived afterwards only the very answer it knew, no graver than before.
    """
    return any(_covers(one, sign) for one in ran)


def _covers(one: Ran, sign: Sign) -> bool:
    if one.closed_at is None:
        known = one.levels.values()
    elif sign.arrived_at <= one.closed_at:
        return True
    else:
        known = (one.levels.get(holder, "") for holder in sign.holders)
    return any(_GRAVITY[level] >= _GRAVITY[sign.level] for level in known)
