"""One step of a referral, whole or not at all: lock, gate, version, table; then row, history, resources, clocks, line.

Every use case of ``actions`` goes through ``stepping``. Nothing else writes a referral's state.
"""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from hallway import clock
from hallway.consent import actions as consent
from hallway.directory.models import Organization, Practitioner
from hallway.identity.requester import CLINICIANS, Requester, Role, system
from hallway.ids import ChartId, OrganizationId, PractitionerId
from hallway.ledger import lines
from hallway.loops import actions as loops
from hallway.loops import rules as loop_rules
from hallway.loops.tables.clocks import CLOCKS
from hallway.referral import refusals, resources, rules
from hallway.referral.events import ReferralStepped
from hallway.referral.judging import known_receiver, labelled, step_label
from hallway.referral.models import Referral, ReferralStep
from hallway.referral.moves import Move, refs_of
from hallway.referral.sight import Sight, look
from hallway.referral.states import TERMINAL, Side, State, Step, Tells, transition
from hallway.referral.tables.owed import OPEN, Duty
from hallway.storage import outbox
from hallway.storage.connection import transaction

DESK_STEPS = frozenset(
    {
        Step.ACCEPT,
        Step.DECLINE,
        Step.WAITLIST,
        Step.BOOK,
        Step.RESCHEDULE,
        Step.CANCEL_VISIT,
        Step.NO_SHOW,
        Step.VISIT_KEPT,
        Step.UNREACHABLE,
        Step.PATIENT_DECLINED,
        Step.CONFIRM_CANCELLATION,
        Step.PCP_ELSEWHERE,
        Step.SEND,
        Step.REROUTE,
    }
)
"""What the front desk may do for its practice; the rest is a clinician's."""


@contextmanager
def stepping(
    by: Requester, referral_id: UUID, step: Step, *, expected_version: int, reason_code: str = ""
) -> Generator[Move]:
    """Begin ``step``; the body fills the move; leaving the body writes everything in one transaction."""
    with transaction():
        sight = look(by, referral_id, lock=True)
        _check_role(by, step)
        if expected_version != sight.version:
            raise _acted_first(sight, by)
        move = _begin(sight, by, step, sight.side)
        move.reason_code = reason_code
        yield move
        _finish(move)


@contextmanager
def stepping_at_the_door(
    by: Requester, referral_id: UUID, step: Step, author: tuple[int, int, int, str]
) -> Generator[Move]:
    """A receiver's step that ``author`` agreed to in person; either of the two may press. Both sides know it."""
    with transaction():
        move = _begin(look(by, referral_id, lock=True), by, step, Side.RECEIVER)
        move.tells = Tells.REQUEST
        move.attributed = author
        yield move
        _finish(move)


@contextmanager
def stepping_by_clock(referral: Referral, step: Step) -> Generator[Move]:
    """A deadline's own step. ``referral`` is locked by the caller; no person acts and no release is asked."""
    by = system("clock")
    steps = tuple(referral.steps.order_by("position"))  # type: ignore[attr-defined]
    sight = Sight(referral, None, Side.CLOCK, steps)  # type: ignore[arg-type]
    move = _begin(sight, by, step, Side.CLOCK)
    yield move
    _finish(move)


def first_step(referral: Referral, by: Requester, words: resources.Words) -> None:
    """Write a referral that does not exist yet as a draft, inside the caller's transaction."""
    legal = transition(None, Step.DRAFT, Side.SENDER)
    assert legal is not None
    sight = Sight(referral, None, Side.SENDER, ())  # type: ignore[arg-type]
    move = Move(sight, by, legal, clock.now(), refs_of(referral, by), words=words)
    _finish(move, is_new=True)


def _check_role(by: Requester, step: Step) -> None:
    if by.role in CLINICIANS or (by.role is Role.FRONT_DESK and step in DESK_STEPS):
        return
    raise refusals.not_your_step()


def _begin(sight: Sight, by: Requester, step: Step, side: Side) -> Move:
    # The page offered what its reader may know; the table is asked about what is true. Where they differ, every step
    # that such a reader is offered is legal from both (states.TRANSITIONS), so the answer is the same.
    legal = transition(State(sight.referral.state), step, side)
    if legal is None:
        raise refusals.not_now(rules.title(step))
    return Move(sight, by, legal, clock.now(), refs_of(sight.referral, by))


def _acted_first(sight: Sight, by: Requester) -> Exception:
    last = sight.steps[-1]
    zone = Organization.objects.get(id=by.organization_id).timezone
    own = bool(by.practitioner_id) and last.by_practitioner_id == by.practitioner_id
    return refusals.acted_first("You" if own else name_of(last), rules.verb(Step(last.step)), last.at, zone=zone)


def name_of(step: ReferralStep) -> str:
    """Who took a step, as people say it."""
    person = Practitioner.objects.filter(id=step.by_practitioner_id).first()
    if person is not None:
        return person.short_name
    place = Organization.objects.filter(id=step.by_org_id).first()
    return place.name if place is not None else "Hallway’s clock"


def _finish(move: Move, *, is_new: bool = False) -> None:
    referral, legal = move.referral, move.legal
    resources_of = labelled(move, is_new=is_new)
    referral.state = legal.to.value
    referral.version += 1
    referral.custody = rules.custody_after(legal.step, referral.custody, referral.expected_role)
    referral.closed_at = move.at if legal.to in TERMINAL else None
    referral.save(force_insert=is_new)
    _write_history(move)
    consent.store(resources_of, by=move.by)
    _turn_clocks(move)
    detail = f"{referral.id} {legal.to.value}"
    lines.write(lines.step_line(move.by, f"referral.{legal.step.value}", charts=[referral.chart_id], detail=detail))
    for effect in move.after:
        effect()
    outbox.announce(ReferralStepped(referral.id, referral.chart_id, legal.event, referral.version))


def _write_history(move: Move) -> None:
    referral, legal = move.referral, move.legal
    account, person, place, role = move.author
    ReferralStep.objects.create(
        referral=referral,
        chart_id=referral.chart_id,
        position=referral.version,
        interval=referral.interval,
        step=legal.step.value,
        from_state=legal.source.value if legal.source else "",
        to_state=legal.to.value,
        reason_code=move.reason_code,
        side=legal.side.value,
        at=move.at,
        by_account_id=account,
        by_practitioner_id=person,
        by_org_id=place,
        by_role=role,
        subject_id=move.subject_id,
        **step_label(referral, move.whose),
    )


def _turn_clocks(move: Move) -> None:
    referral, state = move.referral, move.legal.to
    running = loops.running_kinds(referral.id)
    change = rules.clock_change(state, running)
    loops.close_loops(referral_id=referral.id, closed_as=move.legal.step.value, keep=change.keep)
    for duty in change.start:
        if duty is OPEN:
            due = loop_rules.due_at(CLOCKS[duty.kind], move.at)
            loops.open_loop(owed(referral, duty, due_at=due, from_at=due))
        else:
            due, start = move.due_at, move.from_at
            loops.open_loop(owed(referral, duty, due_at=due, from_at=start, subject_id=move.subject_id))


def owed(
    referral: Referral,
    duty: Duty,
    *,
    due_at: datetime | None = None,
    from_at: datetime | None = None,
    subject_id: UUID | None = None,
) -> loops.Owed:
    """A duty of this referral as something owed, labelled with the fact it follows."""
    marks = step_label(referral, duty.follows)
    sender = (OrganizationId(referral.sender_org_id), PractitionerId(referral.sender_practitioner_id))
    told = marks["source_org_id"] != referral.receiver_org_id or referral.receiver_org_id == referral.sender_org_id
    person = known_receiver(referral) if told else referral.receiver_practitioner_id
    receiver = (OrganizationId(referral.receiver_org_id), PractitionerId(person))
    owner, other = (sender, receiver) if duty.side is Side.SENDER else (receiver, sender)
    return loops.Owed(
        chart_id=ChartId(referral.chart_id),
        kind=duty.kind,
        owner_org=owner[0],
        owner_practitioner=owner[1],
        for_org=other[0],
        for_practitioner=other[1],
        source_org=OrganizationId(marks["source_org_id"]),
        mask=marks["mask"],
        referral_id=referral.id,
        subject_id=subject_id,
        due_at=due_at,
        from_at=from_at,
    )
