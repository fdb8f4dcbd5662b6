"""What each step and state is called on a page, for the one who acts and for the other side. Rows only."""

from dataclasses import dataclass

from hallway.referral.states import State, Step


@dataclass(frozen=True, slots=True)
class StepWords:
    """``you`` when the reader did it, ``they`` (with the other's name) when not; ``detail`` says what it means."""

    you: str
    they: str
    detail: str = ""


STEP_WORDS: dict[Step, StepWords] = {
    Step.DRAFT: StepWords("You began the referral", "{who} began the referral", "Nothing has left yet"),
    Step.REVISE: StepWords("You changed the draft", "{who} changed the draft"),
    Step.SEND: StepWords("You sent the referral", "{who} sent the referral"),
    Step.RECORD_RELUCTANCE: StepWords("You kept the offer for later", "{who} kept the offer for later"),
    Step.ACCEPT: StepWords("You accepted", "{practice} accepted"),
    Step.DECLINE: StepWords("You declined", "{practice} declined"),
    Step.WAITLIST: StepWords("You put {them} on the waiting list", "{practice} put {them} on the waiting list"),
    Step.BOOK: StepWords("You booked a visit", "{practice} booked a visit"),
    Step.RESCHEDULE: StepWords("You moved the visit", "{practice} moved the visit"),
    Step.CANCEL_VISIT: StepWords("You canceled the visit", "{practice} canceled the visit"),
    Step.NO_SHOW: StepWords("{They} did not come", "{They} did not come", "A call is due within a day"),
    Step.VISIT_KEPT: StepWords("{They} came: visit kept", "{They} came: visit kept", "Report clock started: 7 days"),
    Step.UNREACHABLE: StepWords("You could not reach {them}", "{practice} could not reach {them}"),
    Step.PATIENT_DECLINED: StepWords("{They} said no, for now", "{They} said no, for now"),
    Step.INTERIM_NOTE: StepWords("You sent an interim note", "{who} sent an interim note"),
    Step.REPORT_OVERDUE: StepWords("The report is late", "The report is late", "Both sides and their leads are told"),
    Step.REPORT: StepWords("You sent the report", "Report sent"),
    Step.AMEND_REPORT: StepWords("You amended the report", "{who} amended the report"),
    Step.ACKNOWLEDGE: StepWords("You acknowledged the report", "{who} read and acknowledged", "The loop is closed"),
    Step.REQUEST_CANCELLATION: StepWords("You asked to cancel", "{who} asked to cancel"),
    Step.CONFIRM_CANCELLATION: StepWords("You confirmed: canceled", "{practice} confirmed: canceled"),
    Step.REROUTE: StepWords("You chose another practice", "{who} chose another practice"),
    Step.WITHDRAW: StepWords("You ended the referral", "{who} ended the referral"),
    Step.PCP_ELSEWHERE: StepWords("You recorded a PCP elsewhere", "{who} recorded a PCP elsewhere"),
    Step.REOPEN: StepWords("You opened it again", "{who} opened it again"),
}

TURN_WORDS: dict[State, tuple[str, str]] = {
    State.DRAFT: ("Finish and send", "Nothing has left. Finish the question and send."),
    State.RELUCTANT: ("Ask again", "{They} would rather not for now. Ask again on the day you chose."),
    State.SENT: ("Answer the referral", "Accept or decline it."),
    State.WAITLISTED: ("Offer a visit", "On the waiting list. Offer the first free visit."),
    State.ACCEPTED: ("Book the first visit", "Accepted. The first visit is to be offered within 10 business days."),
    State.SCHEDULED: ("Say whether {they} came", "The visit is booked."),
    State.NO_SHOW: ("Reach {them} and book again", "{They} did not come. One call today often saves the visit."),
    State.VISIT_CANCELLED: ("Book another visit", "The visit was canceled."),
    State.UNREACHABLE: ("Choose again, or end it", "Nobody could reach {them}."),
    State.PATIENT_DECLINED: (
        "Decide what comes next",
        "{They} said no for now. Choose another way, or end it with a reason.",
    ),
    State.SEEN: ("Write the report", "{They} came. The report is due within 7 days of the first visit."),
    State.SEEN_NO_REPORT: ("Send the report: it is late", "The referrer still waits for an answer to the question."),
    State.REPORTED: ("Acknowledge the report", "Read the report, act, acknowledge. Then the loop closes."),
    State.DECLINED: (
        "Choose again",
        "They cannot take it. Choose another practice, or end it with a reason.",
    ),
    State.CANCEL_REQUESTED: (
        "Confirm the cancellation",
        "The sender asks to cancel. Confirm when nothing is under way.",
    ),
}
"""Heading and sentence for the side whose turn it is."""

WAITING_WORDS: dict[State, str] = {
    State.SENT: "{practice} answers next.",
    State.WAITLISTED: "{practice} offers the first free visit.",
    State.ACCEPTED: "{practice} books the first visit.",
    State.SCHEDULED: "The visit is booked with {practice}.",
    State.NO_SHOW: "{practice} reaches out and books again.",
    State.VISIT_CANCELLED: "{practice} offers another visit.",
    State.UNREACHABLE: "{practice} decides what comes next.",
    State.PATIENT_DECLINED: "{practice} decides what comes next.",
    State.SEEN: "{practice} writes the report.",
    State.SEEN_NO_REPORT: "{practice} owes you the report. It is late; they and their lead were told.",
    State.REPORTED: "{practice} reads the report and answers.",
    State.DECLINED: "{practice} chooses another practice.",
    State.CANCEL_REQUESTED: "{practice} confirms the cancellation.",
    State.RELUCTANT: "{practice} asks again on the day agreed.",
}
"""For the side that waits: who acts next."""

END_WORDS: dict[State, str] = {
    State.CLOSED: "Closed. The report was read and acknowledged.",
    State.CANCELLED: "Canceled by both sides.",
    State.REROUTED: "Ended here and sent on to another practice.",
    State.WITHDRAWN: "Ended by the sender, with a reason.",
    State.PCP_ELSEWHERE: "The patient has a PCP elsewhere. Coordinated outside Hallway.",
}
"""Nobody's turn: how it ended."""

STATE_WORDS: dict[State, str] = {
    State.DRAFT: "Draft",
    State.RELUCTANT: "Ask again",
    State.SENT: "To answer",
    State.WAITLISTED: "Waiting list",
    State.ACCEPTED: "To book",
    State.SCHEDULED: "Booked",
    State.NO_SHOW: "Did not come",
    State.VISIT_CANCELLED: "To book again",
    State.UNREACHABLE: "Not reached",
    State.PATIENT_DECLINED: "Said no",
    State.SEEN: "Report owed",
    State.SEEN_NO_REPORT: "Report late",
    State.REPORTED: "Report here",
    State.DECLINED: "Declined",
    State.CANCEL_REQUESTED: "To cancel",
    State.CLOSED: "Closed",
    State.CANCELLED: "Canceled",
    State.REROUTED: "Sent on",
    State.WITHDRAWN: "Ended",
    State.PCP_ELSEWHERE: "PCP elsewhere",
}
"""One or two words for a column of a list."""
