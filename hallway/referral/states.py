"""The two-sided lifecycle of a referral as one table: from, step, to, which side may, whose fact it is.

States follow HL7 BSeR 2.0.0-ballot, harmonised with IHE 360X (``referral-loop.md`` 5.2); those without a BSeR number
are ours. Pure: no storage, no clock, no effects.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a referral stands."""

    DRAFT = "draft"
    RELUCTANT = "reluctant"
    """The patient would rather not, now; asked again on a date (R82)."""
    SENT = "sent"
    WAITLISTED = "waitlisted"
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    NO_SHOW = "no_show"
    VISIT_CANCELLED = "visit_cancelled"
    UNREACHABLE = "unreachable"
    PATIENT_DECLINED = "patient_declined"
    SEEN = "seen"
    SEEN_NO_REPORT = "seen_no_report"
    """Seen, and the report is past due."""
    REPORTED = "reported"
    """The report has arrived and nobody has acknowledged it."""
    DECLINED = "declined"
    CANCEL_REQUESTED = "cancel_requested"
    CLOSED = "closed"
    """The sender has read the report and said so. The only good end."""
    CANCELLED = "cancelled"
    REROUTED = "rerouted"
    WITHDRAWN = "withdrawn"
    """The sender ended it, with a coded reason, without a report."""
    PCP_ELSEWHERE = "pcp_elsewhere"
    """The patient has a PCP elsewhere: coordinated outside, nobody is poached (R81)."""


class Side(StrEnum):
    """Who of the two acts."""

    SENDER = "sender"
    RECEIVER = "receiver"
    CLOCK = "clock"
    """A deadline that passed; nobody pressed anything."""


class Tells(StrEnum):
    """Whose fact a step is, which decides who may know it."""

    REQUEST = "request"
    """About the request: both sides know it."""
    ANSWER = "answer"
    """The receiver's agreement: both sides know it, unless the receiver is a Part 2 program."""
    ATTENDANCE = "attendance"
    """What the patient did at the receiver's: told only where it may be told."""


class Step(StrEnum):
    """Everything that may happen to a referral."""

    DRAFT = "draft"
    REVISE = "revise"
    SEND = "send"
    RECORD_RELUCTANCE = "record_reluctance"
    ACCEPT = "accept"
    DECLINE = "decline"
    WAITLIST = "waitlist"
    BOOK = "book"
    RESCHEDULE = "reschedule"
    CANCEL_VISIT = "cancel_visit"
    NO_SHOW = "no_show"
    VISIT_KEPT = "visit_kept"
    UNREACHABLE = "unreachable"
    PATIENT_DECLINED = "patient_declined"
    INTERIM_NOTE = "interim_note"
    REPORT_OVERDUE = "report_overdue"
    REPORT = "report"
    AMEND_REPORT = "amend_report"
    ACKNOWLEDGE = "acknowledge"
    REQUEST_CANCELLATION = "request_cancellation"
    CONFIRM_CANCELLATION = "confirm_cancellation"
    REROUTE = "reroute"
    WITHDRAW = "withdraw"
    PCP_ELSEWHERE = "pcp_elsewhere"
    REOPEN = "reopen"


TERMINAL = frozenset({State.CLOSED, State.CANCELLED, State.REROUTED, State.WITHDRAWN, State.PCP_ELSEWHERE})
"""Nothing more is owed. Each of these ends is known to the sender, or a duplicate check would tell them."""

BUSINESS_STATUS: dict[State, str] = {
    State.SENT: "2.0",
    State.WAITLISTED: "2.0",
    State.ACCEPTED: "3.0",
    State.UNREACHABLE: "3.0",
    State.PATIENT_DECLINED: "3.0",
    State.DECLINED: "4.0",
    State.REROUTED: "4.0",
    State.SCHEDULED: "5.1.1",
    State.NO_SHOW: "5.1.2",
    State.VISIT_CANCELLED: "5.1.3",
    State.SEEN: "5.1.4",
    State.SEEN_NO_REPORT: "5.1.4",
    State.CANCEL_REQUESTED: "5.2",
    State.CANCELLED: "6.0",
    State.WITHDRAWN: "6.0",
    State.PCP_ELSEWHERE: "6.0",
    State.REPORTED: "7.0",
    State.CLOSED: "7.0",
}
"""BSeR business status code (``referral-loop.md`` 5.2); a draft has none."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One legal move. ``event`` is what others hear."""

    source: State | None
    step: Step
    to: State
    side: Side
    tells: Tells
    event: str


_NOT_YET_SEEN = (
    State.SENT,
    State.WAITLISTED,
    State.ACCEPTED,
    State.SCHEDULED,
    State.NO_SHOW,
    State.VISIT_CANCELLED,
    State.UNREACHABLE,
    State.PATIENT_DECLINED,
)
_ACTIVE = (*_NOT_YET_SEEN, State.SEEN, State.SEEN_NO_REPORT)
_MAY_BOOK = (
    State.ACCEPTED,
    State.WAITLISTED,
    State.NO_SHOW,
    State.VISIT_CANCELLED,
    State.UNREACHABLE,
    State.PATIENT_DECLINED,
    State.SEEN,
    State.SEEN_NO_REPORT,
)
_MAY_LOSE = (State.ACCEPTED, State.WAITLISTED, State.NO_SHOW, State.VISIT_CANCELLED)


def _moves(
    sources: tuple[State | None, ...], step: Step, to: State, side: Side, tells: Tells, event: str
) -> tuple[Transition, ...]:
    return tuple(Transition(source, step, to, side, tells, event) for source in sources)


def _same(sources: tuple[State, ...], step: Step, side: Side, tells: Tells, event: str) -> tuple[Transition, ...]:
    return tuple(Transition(source, step, source, side, tells, event) for source in sources)


_S, _R, _C = Side.SENDER, Side.RECEIVER, Side.CLOCK
_BEFORE_SENDING = (State.DRAFT, State.RELUCTANT)

TRANSITIONS: tuple[Transition, ...] = (
    Transition(None, Step.DRAFT, State.DRAFT, _S, Tells.REQUEST, "referral_drafted"),
    *_same(_BEFORE_SENDING, Step.REVISE, _S, Tells.REQUEST, "referral_revised"),
    *_moves(_BEFORE_SENDING, Step.SEND, State.SENT, _S, Tells.REQUEST, "referral_sent"),
    *_moves(
        _BEFORE_SENDING, Step.RECORD_RELUCTANCE, State.RELUCTANT, _S, Tells.REQUEST, "referral_reluctance_recorded"
    ),
    *_moves(_BEFORE_SENDING, Step.PCP_ELSEWHERE, State.PCP_ELSEWHERE, _S, Tells.REQUEST, "referral_pcp_elsewhere"),
    *_moves(
        (State.SENT, State.WAITLISTED, State.ACCEPTED, State.UNREACHABLE),
        Step.PCP_ELSEWHERE,
        State.PCP_ELSEWHERE,
        _R,
        Tells.REQUEST,
        "referral_pcp_elsewhere",
    ),
    *_moves(
        (State.SENT, State.WAITLISTED, State.UNREACHABLE, State.PATIENT_DECLINED),
        Step.ACCEPT,
        State.ACCEPTED,
        _R,
        Tells.ANSWER,
        "referral_accepted",
    ),
    *_moves(_NOT_YET_SEEN, Step.DECLINE, State.DECLINED, _R, Tells.REQUEST, "referral_declined"),
    *_moves((State.SENT, State.ACCEPTED), Step.WAITLIST, State.WAITLISTED, _R, Tells.ANSWER, "referral_waitlisted"),
    *_moves(_MAY_BOOK[:6], Step.BOOK, State.SCHEDULED, _R, Tells.ATTENDANCE, "visit_booked"),
    *_moves((State.SCHEDULED,), Step.RESCHEDULE, State.SCHEDULED, _R, Tells.ATTENDANCE, "visit_rescheduled"),
    *_moves(
        (State.SCHEDULED, State.NO_SHOW),
        Step.CANCEL_VISIT,
        State.VISIT_CANCELLED,
        _R,
        Tells.ATTENDANCE,
        "visit_cancelled",
    ),
    *_moves((State.SCHEDULED,), Step.NO_SHOW, State.NO_SHOW, _R, Tells.ATTENDANCE, "visit_no_show"),
    *_moves((State.SCHEDULED,), Step.VISIT_KEPT, State.SEEN, _R, Tells.ATTENDANCE, "visit_kept"),
    # After the first visit the report is what is owed: later visits come and go without moving the state.
    *(
        move
        for step, event in (
            (Step.BOOK, "visit_booked"),
            (Step.RESCHEDULE, "visit_rescheduled"),
            (Step.CANCEL_VISIT, "visit_cancelled"),
            (Step.NO_SHOW, "visit_no_show"),
            (Step.VISIT_KEPT, "visit_kept"),
        )
        for move in _same((State.SEEN, State.SEEN_NO_REPORT), step, _R, Tells.ATTENDANCE, event)
    ),
    *_moves(_MAY_LOSE, Step.UNREACHABLE, State.UNREACHABLE, _R, Tells.ATTENDANCE, "patient_unreachable"),
    *_moves(
        (*_MAY_LOSE, State.SCHEDULED, State.UNREACHABLE),
        Step.PATIENT_DECLINED,
        State.PATIENT_DECLINED,
        _R,
        Tells.ATTENDANCE,
        "patient_declined",
    ),
    *_same(
        (State.ACCEPTED, State.SCHEDULED, State.NO_SHOW, State.VISIT_CANCELLED, State.SEEN, State.SEEN_NO_REPORT),
        Step.INTERIM_NOTE,
        _R,
        Tells.ATTENDANCE,
        "interim_note_sent",
    ),
    Transition(State.SEEN, Step.REPORT_OVERDUE, State.SEEN_NO_REPORT, _C, Tells.ATTENDANCE, "report_overdue"),
    *_moves(
        (State.ACCEPTED, State.SCHEDULED, State.SEEN, State.SEEN_NO_REPORT),
        Step.REPORT,
        State.REPORTED,
        _R,
        Tells.ATTENDANCE,
        "report_sent",
    ),
    *_same((State.REPORTED, State.CLOSED), Step.AMEND_REPORT, _R, Tells.ATTENDANCE, "report_amended"),
    Transition(State.REPORTED, Step.ACKNOWLEDGE, State.CLOSED, _S, Tells.REQUEST, "report_acknowledged"),
    # Legal from every state the sender may be mistaken about: a refusal would tell them what they may not know.
    *_moves(
        (*_ACTIVE, State.REPORTED),
        Step.REQUEST_CANCELLATION,
        State.CANCEL_REQUESTED,
        _S,
        Tells.REQUEST,
        "cancellation_requested",
    ),
    Transition(
        State.CANCEL_REQUESTED, Step.CONFIRM_CANCELLATION, State.CANCELLED, _R, Tells.REQUEST, "referral_cancelled"
    ),
    Transition(
        State.CANCEL_REQUESTED, Step.CONFIRM_CANCELLATION, State.CANCELLED, _C, Tells.REQUEST, "referral_cancelled"
    ),
    *_moves(
        (State.DECLINED, State.UNREACHABLE, State.PATIENT_DECLINED),
        Step.REROUTE,
        State.REROUTED,
        _S,
        Tells.REQUEST,
        "referral_rerouted",
    ),
    *_moves(
        (*_BEFORE_SENDING, State.DECLINED, State.UNREACHABLE, State.PATIENT_DECLINED),
        Step.WITHDRAW,
        State.WITHDRAWN,
        _S,
        Tells.REQUEST,
        "referral_withdrawn",
    ),
    *_moves(
        (State.CLOSED, State.CANCELLED, State.DECLINED, State.WITHDRAWN),
        Step.REOPEN,
        State.SENT,
        _S,
        Tells.REQUEST,
        "referral_reopened",
    ),
)

_BY_KEY: dict[tuple[State | None, Step, Side], Transition] = {(t.source, t.step, t.side): t for t in TRANSITIONS}


def transition(state: State | None, step: Step, side: Side) -> Transition | None:
    """The legal move, or None when the table has none."""
    return _BY_KEY.get((state, step, side))


def legal_steps(state: State, side: Side) -> tuple[Step, ...]:
    """Every step that ``side`` may take from ``state``, in the order of the table."""
    return tuple(t.step for t in TRANSITIONS if t.source is state and t.side is side)


TURN: dict[State, Side | None] = {
    State.DRAFT: Side.SENDER,
    State.RELUCTANT: Side.SENDER,
    State.SENT: Side.RECEIVER,
    State.WAITLISTED: Side.RECEIVER,
    State.ACCEPTED: Side.RECEIVER,
    State.SCHEDULED: Side.RECEIVER,
    State.NO_SHOW: Side.RECEIVER,
    State.VISIT_CANCELLED: Side.RECEIVER,
    State.UNREACHABLE: Side.SENDER,
    State.PATIENT_DECLINED: Side.SENDER,
    State.SEEN: Side.RECEIVER,
    State.SEEN_NO_REPORT: Side.RECEIVER,
    State.REPORTED: Side.SENDER,
    State.DECLINED: Side.SENDER,
    State.CANCEL_REQUESTED: Side.RECEIVER,
    State.CLOSED: None,
    State.CANCELLED: None,
    State.REROUTED: None,
    State.WITHDRAWN: None,
    State.PCP_ELSEWHERE: None,
}
"""Whose turn it is."""
