"""Pure rules of a referral: custody, which clocks start and stop, direction, dates, words for a step."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hallway.loops.tables.clocks import LoopKind
from hallway.referral.states import TERMINAL, State, Step
from hallway.referral.tables.owed import BESIDE_THE_STATE, OWED, Duty
from hallway.standards.fhir.text import fits

MAX_TEXT = 4000
"""Characters of one field of a referral."""
_STILL_TO_CALL = frozenset({State.SENT, State.WAITLISTED, State.ACCEPTED})
_FURTHEST = timedelta(days=366)
_EARLIER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ClockChange:
    """What a step does to the clocks: ``start`` these duties, ``keep`` these kinds running, stop all others."""

    start: tuple[Duty, ...]
    keep: tuple[LoopKind, ...]


def clock_change(state: State, running: frozenset[LoopKind]) -> ClockChange:
    """Clocks to start and keep on entering ``state`` while ``running`` run."""
    duties = OWED[state]
    kept = tuple(duty.kind for duty in duties if duty.kind in running)
    beside = BESIDE_THE_STATE if state in _STILL_TO_CALL else () if state in TERMINAL else BESIDE_THE_STATE[1:]
    return ClockChange(start=tuple(d for d in duties if d.kind not in running), keep=(*kept, *beside))


def custody_after(step: Step, custody: str, expected_role: str) -> str:
    """Who answers for the problem after ``step``. Only acceptance moves it, and only as far as was asked.

    To book a visit straight from the waiting list is to accept. Reopening gives it back to the sender until the
    receiver accepts again.
    """
    if step in {Step.ACCEPT, Step.BOOK}:
        return {"manage": "receiver", "establish": "receiver", "comanage": "shared"}.get(expected_role, "sender")
    return "sender" if step is Step.REOPEN else custody


def direction_of(receiver_side: str, recipient_type: str) -> str:
    """Which way down the hall, from the receiving organization's side."""
    if receiver_side == "bh":
        return "to_bh"
    return "to_pc" if receiver_side == "pc" or recipient_type == "primary_care" else "to_medical"


def text_fault(text: str) -> bool:
    """Is a text too long, or does it hold characters that no person typed?"""
    return not fits(text, MAX_TEXT)


def day_fault(day: date, today: date) -> bool:
    """Is a day to come not ahead, or over a year away?"""
    return not today < day <= today + _FURTHEST


def visit_time_fault(starts_at: datetime, now: datetime) -> str:
    """What is wrong with a visit's time in one sentence, or empty. A week back is allowed: visits are charted late."""
    if starts_at < now - _EARLIER:
        return "That day is past."
    return "That day is over a year away." if starts_at > now + _FURTHEST else ""


_WORDS: dict[Step, tuple[str, str]] = {
    Step.DRAFT: ("wrote a draft", "Draft written"),
    Step.REVISE: ("changed the draft", "Draft changed"),
    Step.SEND: ("sent the referral", "Referral sent"),
    Step.RECORD_RELUCTANCE: ("noted that the patient would rather not now", "To be offered again"),
    Step.ACCEPT: ("accepted", "Accepted"),
    Step.DECLINE: ("declined", "Declined"),
    Step.WAITLIST: ("put it on the waiting list", "On the waiting list"),
    Step.BOOK: ("booked a visit", "Visit booked"),
    Step.RESCHEDULE: ("moved the visit", "Visit moved"),
    Step.CANCEL_VISIT: ("cancelled the visit", "Visit cancelled"),
    Step.NO_SHOW: ("noted that the patient did not come", "Did not come"),
    Step.VISIT_KEPT: ("noted that the patient came", "The patient came"),
    Step.UNREACHABLE: ("could not reach the patient", "Not reached"),
    Step.PATIENT_DECLINED: ("noted that the patient said no", "The patient said no"),
    Step.INTERIM_NOTE: ("sent an interim note", "Interim note"),
    Step.REPORT_OVERDUE: ("passed the day of the report", "Report overdue"),
    Step.REPORT: ("sent the report", "Report sent"),
    Step.AMEND_REPORT: ("amended the report", "Report amended"),
    Step.ACKNOWLEDGE: ("acknowledged the report", "Report acknowledged"),
    Step.REQUEST_CANCELLATION: ("asked to cancel", "Cancellation asked"),
    Step.CONFIRM_CANCELLATION: ("confirmed the cancellation", "Cancelled"),
    Step.REROUTE: ("chose another practice", "Another practice chosen"),
    Step.WITHDRAW: ("ended the referral", "Ended"),
    Step.PCP_ELSEWHERE: ("noted a primary care clinician elsewhere", "Primary care elsewhere"),
    Step.REOPEN: ("opened it again", "Opened again"),
}


def verb(step: Step) -> str:
    """What somebody did, after their name: "accepted"."""
    return _WORDS[step][0]


def title(step: Step) -> str:
    """The line of the history: "Accepted"."""
    return _WORDS[step][1]


_LABELS: dict[Step, str] = {
    Step.DRAFT: "Save draft",
    Step.REVISE: "Save draft",
    Step.REPORT_OVERDUE: "Report overdue",
    Step.SEND: "Send referral",
    Step.RECORD_RELUCTANCE: "Offer again later",
    Step.ACCEPT: "Accept",
    Step.DECLINE: "Decline",
    Step.WAITLIST: "Put on waiting list",
    Step.BOOK: "Book visit",
    Step.RESCHEDULE: "Move visit",
    Step.CANCEL_VISIT: "Cancel visit",
    Step.NO_SHOW: "Did not come",
    Step.VISIT_KEPT: "Came",
    Step.UNREACHABLE: "Could not reach",
    Step.PATIENT_DECLINED: "Patient said no",
    Step.INTERIM_NOTE: "Send interim note",
    Step.REPORT: "Write report",
    Step.AMEND_REPORT: "Amend report",
    Step.ACKNOWLEDGE: "Read report",
    Step.REQUEST_CANCELLATION: "Ask to cancel",
    Step.CONFIRM_CANCELLATION: "Confirm cancellation",
    Step.REROUTE: "Choose another practice",
    Step.WITHDRAW: "End referral",
    Step.PCP_ELSEWHERE: "Has primary care elsewhere",
    Step.REOPEN: "Open again",
}

_MAIN: dict[State, Step] = {
    State.DRAFT: Step.SEND,
    State.RELUCTANT: Step.SEND,
    State.SENT: Step.ACCEPT,
    State.WAITLISTED: Step.BOOK,
    State.ACCEPTED: Step.BOOK,
    State.SCHEDULED: Step.VISIT_KEPT,
    State.NO_SHOW: Step.BOOK,
    State.VISIT_CANCELLED: Step.BOOK,
    State.UNREACHABLE: Step.REROUTE,
    State.PATIENT_DECLINED: Step.WITHDRAW,
    State.SEEN: Step.REPORT,
    State.SEEN_NO_REPORT: Step.REPORT,
    State.REPORTED: Step.ACKNOWLEDGE,
    State.DECLINED: Step.REROUTE,
    State.CANCEL_REQUESTED: Step.CONFIRM_CANCELLATION,
}


def label(step: Step) -> str:
    """The button: verb and object."""
    return _LABELS[step]


def main_step(state: State) -> Step | None:
    """The one step that moves a referral on from ``state``; None when it has ended."""
    return _MAIN.get(state)
