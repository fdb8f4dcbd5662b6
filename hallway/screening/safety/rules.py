"""What stands, what is still missing before it may end so, and what comes next. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hallway.screening.safety.rows import Book, Disposition
from hallway.screening.safety.states import State, Step
from hallway.standards.fhir.text import fits

MAX_TEXT = 8000
_ONE_OF = {"here": "where", "apart": "where"}


@dataclass(frozen=True, slots=True)
class Taken:
    """One step that was taken, without its words."""

    step: Step
    code: str
    at: datetime


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


def ends_open(now: Standing, book: Book) -> tuple[Disposition, ...]:
    """The ends that may be chosen now."""
    return tuple(one for one in book.disposition if not missing(now, one) and not contradicts(now, one))


def next_step(now: Standing, book: Book) -> str:
    """The id of the first step that does not stand yet, in the order of the table; empty when all do."""
    if now.state is State.CLOSED:
        return ""
    return next((one.id for one in book.step if one.id not in now.done), "")


def text_fault(text: str) -> bool:
    """Is a text too long, or does it hold characters that no person typed?"""
    return not fits(text, MAX_TEXT)


def is_fresh(at: datetime | None, now: datetime, hours: int) -> bool:
    """Whether an answer given ``at`` is so recent that somebody must act on it today; one without a time is."""
    return at is None or (now - at).total_seconds() <= hours * 3600


def covered(at: datetime | None, spans: Sequence[tuple[datetime, datetime | None]]) -> bool:
    """Whether an answer given ``at`` was already acted on by a protocol that ran, or runs: ``(opened, closed)``."""
    return any(closed is None or (at is not None and at <= closed) for _, closed in spans)
