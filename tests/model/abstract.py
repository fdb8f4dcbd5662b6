"""The referral as the product's own tables move it, without a database: what the checker and the simulator explore.

Nothing of the lifecycle is restated here. Moves come from ``states.transition``, clocks from ``rules.clock_change``,
custody from ``rules.custody_after``; this file adds only what the database adds: the version that a page carries, and
that a step is committed whole or not at all.
"""

from dataclasses import dataclass, replace

from hallway.loops.tables.clocks import LoopKind
from hallway.referral import rules
from hallway.referral.states import TERMINAL, Side, State, Step, Tells, Transition, legal_steps, transition

NEEDS_VISIT = {Step.RESCHEDULE, Step.NO_SHOW, Step.VISIT_KEPT}
DROPS_VISITS = {Step.DECLINE, Step.PATIENT_DECLINED, Step.PCP_ELSEWHERE, Step.CONFIRM_CANCELLATION}
HIDDEN = {"told": frozenset(), "attendance": {Tells.ATTENDANCE}, "program": {Tells.ATTENDANCE, Tells.ANSWER}}
"""What the sender may not know: nothing, the attendance, or (a Part 2 program) the acceptance as well."""


@dataclass(frozen=True)
class Referral:
    """Everything that decides what may happen next.

    ``request_state`` and ``answer_state`` are where it stands for somebody who may know only what is about the request,
    or that and the acceptance. ``secret`` is what the sender may not know without the patient's consent; ``signed``
    whether the patient has consented now, which they may do and take back at any time.
    """

    state: State = State.DRAFT
    request_state: State = State.DRAFT
    answer_state: State = State.DRAFT
    custody: str = "sender"
    expected_role: str = "manage"
    accepted: bool = False
    seen: bool = False
    reported: bool = False
    acknowledged: bool = False
    booked: bool = False
    secret: str = "told"
    signed: bool = False
    running: frozenset[LoopKind] = frozenset()

    @property
    def hidden(self) -> str:
        """What the sender may not know now."""
        return "told" if self.signed else self.secret

    @property
    def seen_state(self) -> State:
        """Where the sender believes it stands."""
        return {"told": self.state, "attendance": self.answer_state, "program": self.request_state}[self.hidden]


def believed(referral: Referral, side: Side) -> State:
    """Where it stands for a side."""
    return referral.seen_state if side is Side.SENDER else referral.state


def refused(referral: Referral, step: Step) -> bool:
    """What a use case refuses beyond the table: a visit that is not there, or one too many."""
    if step in NEEDS_VISIT and not referral.booked:
        return True
    if step is Step.CANCEL_VISIT and not referral.booked and referral.state is not State.NO_SHOW:
        return True
    if step in {Step.REPORT, Step.AMEND_REPORT}:
        return referral.hidden != "told"  # the gate lets no report go to whom it may not be told
    return step is Step.BOOK and referral.booked and referral.seen


def take(referral: Referral, step: Step, side: Side) -> tuple[Referral, Transition] | None:
    """The referral after a committed step, or None where the product refuses."""
    legal = transition(referral.state, step, side)
    if legal is None or refused(referral, step):
        return None
    change = rules.clock_change(legal.to, referral.running)
    running = frozenset(k for k in referral.running if k in change.keep) | {duty.kind for duty in change.start}
    after = replace(
        referral,
        state=legal.to,
        request_state=legal.to if legal.tells is Tells.REQUEST else referral.request_state,
        answer_state=referral.answer_state if legal.tells is Tells.ATTENDANCE else legal.to,
        custody=rules.custody_after(step, referral.custody, referral.expected_role),
        running=running,
        **_marks(referral, step),
    )
    return after, legal


def _marks(referral: Referral, step: Step) -> dict[str, bool]:
    if step is Step.REOPEN:
        return {"accepted": False, "seen": False, "reported": False, "acknowledged": False}
    marks = {}
    if step in {Step.ACCEPT, Step.BOOK}:
        marks["accepted"] = True
    if step in {Step.BOOK, Step.RESCHEDULE}:
        marks["booked"] = True
    if step in {Step.CANCEL_VISIT, Step.NO_SHOW, Step.VISIT_KEPT} | DROPS_VISITS:
        marks["booked"] = False
    if step is Step.VISIT_KEPT:
        marks["seen"] = True
    if step is Step.REPORT:
        marks["reported"] = True
    if step is Step.ACKNOWLEDGE:
        marks["acknowledged"] = True
    return marks


def offered(referral: Referral, side: Side) -> tuple[Step, ...]:
    """What the page of a side offers: by the state it believes in."""
    return legal_steps(believed(referral, side), side)


def faults(referral: Referral) -> list[str]:
    """Every invariant that this state breaks."""
    found = []
    if referral.custody != "sender" and not referral.accepted:
        found.append("custody moved without acceptance")
    if referral.state is State.CLOSED and not (referral.reported and referral.acknowledged):
        found.append("closed without a report that was read")
    if referral.state not in TERMINAL and referral.state is not State.DRAFT and not referral.running:
        found.append("stuck: nobody owes anything")
    if referral.state in TERMINAL and referral.running:
        found.append("ended, and a clock still runs")
    if referral.state is State.SCHEDULED and not referral.booked:
        found.append("scheduled without a visit")
    if (referral.state in TERMINAL) != (referral.seen_state in TERMINAL):
        found.append("the sender does not know whether it has ended")
    return found
