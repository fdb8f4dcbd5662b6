"""How long each thing owed may take, and who hears next. Rows: change one here and every worklist follows.

Business days are Monday to Friday; federal holidays are not yet rows, so a clock may run out a day early.
"""

from dataclasses import dataclass
from enum import StrEnum


class LoopKind(StrEnum):
    """Everything one clinician may owe another."""

    ACCEPT = "accept"
    OFFER_VISIT = "offer_visit"
    SEE_PATIENT = "see_patient"
    RESCHEDULE = "reschedule"
    REACH_PATIENT = "reach_patient"
    REPORT = "report"
    ACKNOWLEDGE = "acknowledge"
    CHOOSE_AGAIN = "choose_again"
    CONFIRM_CANCELLATION = "confirm_cancellation"
    CLOSE_OR_REROUTE = "close_or_reroute"
    RE_OFFER = "re_offer"
    CALL_PATIENT = "call_patient"
    ANSWER_INTERIM = "answer_interim"
    REVIEW_EMERGENCY = "review_emergency"
    RENEW_CONSENT = "renew_consent"


class Unit(StrEnum):
    """What ``amount`` counts."""

    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"


@dataclass(frozen=True, slots=True)
class Clock:
    """``kind`` is due ``amount`` ``unit`` after it opens.

    ``harm`` orders worklists (3 danger to a person, 0 none). ``why`` says why it is on a list, ``ask`` is the verb of
    its next step. ``leader_after`` and ``both_after`` are business days past due until the practice lead and then both
    sides hear. ``verified`` is false where the source gives no such figure.
    """

    kind: LoopKind
    amount: int
    unit: Unit
    harm: int
    why: str
    ask: str
    source: str
    verified: bool
    leader_after: int = 1
    both_after: int = 3


CLOCKS: dict[LoopKind, Clock] = {
    clock.kind: clock
    for clock in (
        Clock(LoopKind.ACCEPT, 2, Unit.BUSINESS_DAYS, 1, "A referral waits for an answer", "Answer", "P58", True),
        Clock(LoopKind.OFFER_VISIT, 10, Unit.DAYS, 1, "No first visit is booked yet", "Book", "P58", True),
        Clock(LoopKind.SEE_PATIENT, 28, Unit.DAYS, 1, "The first visit is to be kept", "Record visit", "P58", True),
        Clock(LoopKind.RESCHEDULE, 1, Unit.DAYS, 2, "The first visit was missed", "Book again", "design", False),
        Clock(
            LoopKind.REACH_PATIENT, 2, Unit.BUSINESS_DAYS, 1, "Nobody has reached the patient", "Call", "design", False
        ),
        Clock(LoopKind.REPORT, 7, Unit.DAYS, 1, "The report on the first visit is owed", "Write report", "P58", True),
        Clock(
            LoopKind.ACKNOWLEDGE,
            2,
            Unit.BUSINESS_DAYS,
            1,
            "A report waits for your answer",
            "Read report",
            "design",
            False,
        ),
        Clock(
            LoopKind.CHOOSE_AGAIN,
            2,
            Unit.BUSINESS_DAYS,
            2,
            "A referral was not taken up",
            "Choose again",
            "design",
            False,
        ),
        Clock(
            LoopKind.CONFIRM_CANCELLATION, 5, Unit.BUSINESS_DAYS, 0, "A cancellation waits", "Confirm", "design", False
        ),
        Clock(
            LoopKind.CLOSE_OR_REROUTE,
            30,
            Unit.DAYS,
            1,
            "A referral is still open",
            "Close or re-route",
            "design",
            False,
        ),
        Clock(LoopKind.RE_OFFER, 30, Unit.DAYS, 0, "Time to offer a referral again", "Offer again", "design", False),
        Clock(
            LoopKind.CALL_PATIENT, 2, Unit.BUSINESS_DAYS, 2, "No hand-off today: a call is owed", "Call", "P111", True
        ),
        Clock(LoopKind.ANSWER_INTERIM, 2, Unit.BUSINESS_DAYS, 1, "An interim note waits", "Read note", "design", False),
        Clock(
            LoopKind.REVIEW_EMERGENCY, 2, Unit.BUSINESS_DAYS, 2, "Emergency access to review", "Review", "design", False
        ),
        Clock(LoopKind.RENEW_CONSENT, 14, Unit.DAYS, 0, "A consent ends soon", "Prepare form", "design", False),
    )
}
"""The clock of every kind of loop. The figures of P58 are one co-management agreement's, not law."""
