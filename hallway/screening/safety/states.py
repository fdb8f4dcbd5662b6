"""The lifecycle of a safety protocol as one table: from, step, to, who may. Pure.

No row has the clock as its actor: time raises it, and only a clinician's disposition ends it.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where the person is, as far as anybody knows."""

    WAITING = "waiting"
    """Nobody has said yet where the person is."""
    HERE = "here"
    APART = "apart"
    """By telephone or video, at a place that was asked for."""
    LEFT = "left"
    CLOSED = "closed"


class Step(StrEnum):
    """Everything that may be done about it."""

    ALSO = "also"
    """A further answer of the same kind came in."""
    TAKE = "take"
    HERE = "here"
    APART = "apart"
    LEFT = "left"
    CALLED = "called"
    """Called after they left and did not reach them; when reached, the step is APART or HERE."""
    QUESTIONS = "questions"
    JUDGEMENT = "judgement"
    PLAN = "plan"
    MEANS = "means"
    LINE = "line"
    TOLD = "told"
    FOLLOW_UP = "follow_up"
    CLOSE = "close"
    CONTACT = "contact"
    """The follow-up contact was made, or tried."""


class Actor(StrEnum):
    """Who may take a step."""

    CLINICIAN = "clinician"
    DESK = "desk"
    """Anybody of the practice: says only where the person is."""
    HALLWAY = "hallway"


@dataclass(frozen=True, slots=True)
class Transition:
    """One legal move."""

    source: State
    step: Step
    to: State
    actor: Actor


OPEN = (State.WAITING, State.HERE, State.APART, State.LEFT)
_PLACES = ((Step.HERE, State.HERE), (Step.APART, State.APART), (Step.LEFT, State.LEFT))
_WORK = (
    Step.TAKE, Step.QUESTIONS, Step.JUDGEMENT, Step.PLAN, Step.MEANS, Step.LINE, Step.TOLD, Step.FOLLOW_UP,
)  # fmt: skip

TRANSITIONS: tuple[Transition, ...] = (
    *(Transition(state, Step.ALSO, state, Actor.HALLWAY) for state in OPEN),
    *(Transition(state, step, to, Actor.CLINICIAN) for state in OPEN for step, to in _PLACES),
    *(Transition(state, step, to, Actor.DESK) for state in OPEN for step, to in _PLACES if step is not Step.APART),
    *(Transition(state, step, state, Actor.CLINICIAN) for state in OPEN for step in _WORK),
    Transition(State.LEFT, Step.CALLED, State.LEFT, Actor.CLINICIAN),
    # Nobody ends it before somebody has said where the person is.
    *(Transition(state, Step.CLOSE, State.CLOSED, Actor.CLINICIAN) for state in OPEN if state is not State.WAITING),
    Transition(State.CLOSED, Step.CONTACT, State.CLOSED, Actor.CLINICIAN),
    Transition(State.CLOSED, Step.TOLD, State.CLOSED, Actor.CLINICIAN),
)

_BY_KEY = {(one.source, one.step, one.actor): one for one in TRANSITIONS}


def transition(state: State, step: Step, actor: Actor) -> Transition | None:
    """The legal move, or None when the table has none."""
    return _BY_KEY.get((state, step, actor))


def is_open(state: State) -> bool:
    """Whether it still runs."""
    return state is not State.CLOSED
