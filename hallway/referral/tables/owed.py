"""What is owed in each state, as rows: entering a state starts its clocks and stops those it does not list.

``follows`` says whose fact the clock is; a clock that runs only because of a fact that may not be told is labelled with
that fact, and so does not exist for those who may not know it.
"""

from dataclasses import dataclass

from hallway.loops.tables.clocks import LoopKind
from hallway.referral.states import Side, State, Tells


@dataclass(frozen=True, slots=True)
class Duty:
    """``side`` owes ``kind`` to the other side."""

    kind: LoopKind
    side: Side
    follows: Tells


_ACCEPT = Duty(LoopKind.ACCEPT, Side.RECEIVER, Tells.ANSWER)
_OFFER = Duty(LoopKind.OFFER_VISIT, Side.RECEIVER, Tells.ATTENDANCE)
_SEE = Duty(LoopKind.SEE_PATIENT, Side.RECEIVER, Tells.ATTENDANCE)
_AGAIN = Duty(LoopKind.RESCHEDULE, Side.RECEIVER, Tells.ATTENDANCE)
_REPORT = Duty(LoopKind.REPORT, Side.RECEIVER, Tells.ATTENDANCE)
_READ = Duty(LoopKind.ACKNOWLEDGE, Side.SENDER, Tells.ATTENDANCE)
_CONFIRM = Duty(LoopKind.CONFIRM_CANCELLATION, Side.RECEIVER, Tells.REQUEST)
_CHOOSE = Duty(LoopKind.CHOOSE_AGAIN, Side.SENDER, Tells.REQUEST)
_CHOOSE_IF_TOLD = Duty(LoopKind.CHOOSE_AGAIN, Side.SENDER, Tells.ATTENDANCE)
_RE_OFFER = Duty(LoopKind.RE_OFFER, Side.SENDER, Tells.REQUEST)
OPEN = Duty(LoopKind.CLOSE_OR_REROUTE, Side.SENDER, Tells.REQUEST)
"""Runs from sending to the end, whatever happens on the other side: so the sender is never stuck, and never told."""

OWED: dict[State, tuple[Duty, ...]] = {
    State.DRAFT: (),
    State.RELUCTANT: (_RE_OFFER,),
    State.SENT: (_ACCEPT, OPEN),
    State.WAITLISTED: (_OFFER, OPEN),
    State.ACCEPTED: (_OFFER, OPEN),
    State.SCHEDULED: (_SEE, OPEN),
    State.NO_SHOW: (_AGAIN, OPEN),
    State.VISIT_CANCELLED: (_AGAIN, OPEN),
    State.UNREACHABLE: (_CHOOSE_IF_TOLD, OPEN),
    State.PATIENT_DECLINED: (_CHOOSE_IF_TOLD, OPEN),
    State.SEEN: (_REPORT, OPEN),
    State.SEEN_NO_REPORT: (_REPORT, OPEN),
    State.REPORTED: (_READ, OPEN),
    State.DECLINED: (_CHOOSE,),
    State.CANCEL_REQUESTED: (_CONFIRM,),
    State.CLOSED: (),
    State.CANCELLED: (),
    State.REROUTED: (),
    State.WITHDRAWN: (),
    State.PCP_ELSEWHERE: (),
}
"""Every open state owes something to somebody by a time: that is what "never stuck" means here."""

BESIDE_THE_STATE = (LoopKind.CALL_PATIENT, LoopKind.ANSWER_INTERIM)
"""Clocks that no state starts: the call stops with the first visit, both stop when a referral ends."""
