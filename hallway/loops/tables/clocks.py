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
    REPORT = "report"
    ACKNOWLEDGE = "acknowledge"
    CHOOSE_AGAIN = "choose_again"
    CONFIRM_CANCELLATION = "confirm_cancellation"
    CLOSE_OR_REROUTE = "close_or_reroute"
    RE_OFFER = "re_offer"
    CALL_PATIENT = "call_patient"
    ANSWER_INTERIM = "answer_interim"
    TALK = "talk"
    REVIEW_EMERGENCY = "review_emergency"
    RENEW_CONSENT = "renew_consent"
    TELL_PATIENT = "tell_patient"
    CALL_IN_EMERGENCY = "call_in_emergency"
    PATIENT_ASK = "patient_ask"
    SEND_FORM = "send_form"
    COORDINATE = "coordinate"
    SAFETY = "safety"
    SAFETY_CALL = "safety_call"
    SAFETY_TOLD = "safety_told"
    SCREEN = "screen"
    ANSWER_MESSAGE = "answer_message"
    ANSWER_REQUEST = "answer_request"
    FILE_ANSWER = "file_answer"
    ASK_ELSEWHERE = "ask_elsewhere"
    LABS = "labs"
    REFER = "refer"


class Unit(StrEnum):
    """What ``amount`` counts."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"


@dataclass(frozen=True, slots=True)
class Clock:
    """``kind`` is due ``amount`` ``unit`` after it opens.

    ``harm`` orders worklists (4 danger at this minute, 3 danger to a person, 0 none). ``why`` says why it is on a
    list, ``ask`` is the verb of its next step. ``leader_after`` and ``both_after`` are ``rises`` (business days, or
    minutes where a person may be in danger) past due until the practice lead and then both sides hear; what is owed
    to nobody elsewhere rises within its own practice only. ``verified`` is false where the source gives no such figure.
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
    rises: Unit = Unit.BUSINESS_DAYS


_K, _D, _B = LoopKind, Unit.DAYS, Unit.BUSINESS_DAYS
_DESIGN, _AGREEMENT, _STUDY = ("design", False), ("P58", True), ("P111", True)

CLOCKS: dict[LoopKind, Clock] = {
    kind: Clock(kind, amount, unit, harm, why, ask, *source)
    for kind, amount, unit, harm, why, ask, source in (
        (_K.ACCEPT, 2, _B, 1, "A referral waits for an answer", "Answer", _AGREEMENT),
        (_K.OFFER_VISIT, 10, _D, 1, "No first visit is booked yet", "Book", _AGREEMENT),
        (_K.SEE_PATIENT, 28, _D, 1, "The first visit is to be kept", "Record visit", _AGREEMENT),
        (_K.RESCHEDULE, 1, _D, 2, "The first visit was missed", "Book again", _DESIGN),
        (_K.REPORT, 7, _D, 1, "The report on the first visit is owed", "Write report", _AGREEMENT),
        (_K.ACKNOWLEDGE, 2, _B, 1, "A report waits for your answer", "Read report", _DESIGN),
        (_K.CHOOSE_AGAIN, 2, _B, 2, "A referral was not taken up", "Choose again", _DESIGN),
        (_K.CONFIRM_CANCELLATION, 5, _B, 0, "A cancellation waits", "Confirm", _DESIGN),
        (_K.CLOSE_OR_REROUTE, 30, _D, 1, "A referral is still open", "Close or re-route", _DESIGN),
        (_K.RE_OFFER, 30, _D, 0, "Time to offer a referral again", "Offer again", _DESIGN),
        (_K.CALL_PATIENT, 2, _B, 2, "No hand-off today: a call is owed", "Call", _STUDY),
        (_K.ANSWER_INTERIM, 2, _B, 1, "An interim note waits", "Read note", _DESIGN),
        (_K.TALK, 1, _B, 1, "A colleague asks to talk about your report", "Call", _DESIGN),
        (_K.REVIEW_EMERGENCY, 2, _B, 2, "Emergency access to review", "Review", _DESIGN),
        (_K.SEND_FORM, 5, _B, 1, "Somebody asked, and a form would open it", "Send the form", _DESIGN),
        (_K.PATIENT_ASK, 10, _B, 0, "A patient asked your practice for something", "Answer", _DESIGN),
        (_K.TELL_PATIENT, 1, _B, 1, "The patient is to be told of your emergency access", "Say so", _DESIGN),
        (
            _K.CALL_IN_EMERGENCY,
            1,
            Unit.HOURS,
            3,
            "An emergency: a clinician may need what only you know",
            "Call",
            _DESIGN,
        ),
        (_K.COORDINATE, 3, _D, 1, "The other side is to be told", "Open", _DESIGN),
        (_K.SAFETY_CALL, 1, _D, 3, "A call after the safety steps is owed", "Call", _DESIGN),
        (_K.SCREEN, 1, _D, 1, "Answers have come in", "Read answers", _DESIGN),
        (_K.ANSWER_MESSAGE, 2, _B, 1, "A message waits for your answer", "Answer", _DESIGN),
        (_K.ANSWER_REQUEST, 10, _D, 1, "Somebody asks for information", "Answer", _DESIGN),
        (_K.FILE_ANSWER, 2, _B, 1, "An answer has come for the note", "Read and file", _DESIGN),
        (_K.ASK_ELSEWHERE, 2, _B, 1, "What you asked for was declined", "Choose what now", _DESIGN),
        (_K.LABS, 7, _D, 1, "Laboratory tests are to be ordered", "Open", _DESIGN),
        (_K.REFER, 2, _B, 1, "The patient wants care of the other side: a referral is owed", "Refer", _DESIGN),
        (_K.RENEW_CONSENT, 14, _D, 0, "A consent ends soon", "Prepare form", _DESIGN),
    )
} | {
    # The owner hears at once, the lead and every clinician of the practice within minutes: nobody waits for a day.
    _K.SAFETY: Clock(
        _K.SAFETY, 0, Unit.MINUTES, 4, "A person may be in danger: the safety steps are open", "Go on", *_DESIGN,
        leader_after=5, both_after=15, rises=Unit.MINUTES,
    ),
    _K.SAFETY_TOLD: Clock(
        _K.SAFETY_TOLD, 30, Unit.MINUTES, 3, "A practice tells you that a person may be in danger", "Read", *_DESIGN,
        leader_after=30, both_after=120, rises=Unit.MINUTES,
    ),
}  # fmt: skip
"""The clock of every kind of loop. The figures of P58 are one co-management agreement's, not law."""
