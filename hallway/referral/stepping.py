"""One step of a referral, whole or not at all: lock, gate, version, table; then row, history, resources, clocks, line.

Every use case of ``actions`` goes through ``stepping``. Nothing else writes a referral's state.
"""

import dataclasses
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from hallway import clock, ids
from hallway.consent import actions as consent
from hallway.directory.models import Organization, Practitioner
from hallway.identity.requester import CLINICIANS, Requester, Role, system
from hallway.ids import ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.labels.actions import label
from hallway.labels.source import Source
from hallway.ledger import lines
from hallway.loops import actions as loops
from hallway.loops import rules as loop_rules
from hallway.loops.tables.clocks import CLOCKS
from hallway.record import queries as record
from hallway.record.evidence import Labelled
from hallway.referral import refusals, resources, rules
from hallway.referral.events import HandOffChanged, ReferralStepped
from hallway.referral.models import Referral, ReferralStep
from hallway.referral.resources import Refs
from hallway.referral.sight import Sight, look
from hallway.referral.states import TERMINAL, Side, State, Step, Tells, Transition, transition
from hallway.referral.tables.owed import OPEN, Duty
from hallway.standards.fhir import r4
from hallway.storage import outbox
from hallway.storage.connection import transaction

_DESK_STEPS = frozenset(
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


@dataclass(slots=True)
class Move:
    """A step under way. A use case changes ``referral``, adds resources and names the subject; ``stepping`` writes it.

    ``own`` are resources whose source is the side that acts.
    """

    sight: Sight
    by: Requester
    legal: Transition
    at: datetime
    refs: Refs
    reason_code: str = ""
    subject_id: UUID | None = None
    due_at: datetime | None = None
    from_at: datetime | None = None
    output: tuple[str, ...] = ()
    words: resources.Words | None = None
    tells: Tells | None = None
    """Whose fact this step is, where it is not as the table says: a visit that the sender booked is the sender's."""
    attributed: tuple[int, int, int, str] | None = None
    """Account, person, practice, role of the step's author where somebody else pressed: an answer at the door."""
    own: list[r4.Part] = field(default_factory=list)
    after: list[Callable[[], object]] = field(default_factory=list)

    @property
    def referral(self) -> Referral:
        """The locked row."""
        return self.sight.referral

    @property
    def whose(self) -> Tells:
        """Whose fact this step is."""
        return self.tells or self.legal.tells

    @property
    def author(self) -> tuple[int, int, int, str]:
        """Account, person, practice and role that the history names."""
        by = self.by
        return self.attributed or (by.account_id, by.practitioner_id, by.organization_id, str(by.role))


def new_id() -> str:
    """A fresh FHIR id from the injected clock and entropy."""
    return str(ids.new_uuid(clock.now()))


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
    if by.role in CLINICIANS or (by.role is Role.FRONT_DESK and step in _DESK_STEPS):
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
    return refusals.acted_first(name_of(last), rules.verb(Step(last.step)), last.at, zone=zone)


def name_of(step: ReferralStep) -> str:
    """Who took a step, as people say it."""
    person = Practitioner.objects.filter(id=step.by_practitioner_id).first()
    if person is not None:
        return person.short_name
    place = Organization.objects.filter(id=step.by_org_id).first()
    return place.name if place is not None else "Hallway’s clock"


def refs_of(referral: Referral, by: Requester) -> Refs:
    """References of everybody concerned."""
    people = {p.id: p.fhir_id for p in Practitioner.objects.filter(id__in=_people(referral, by))}
    places = {o.id: o.fhir_id for o in Organization.objects.filter(id__in=_places(referral, by))}

    def who(practitioner: int, organization: int) -> str:
        if practitioner in people:
            return f"Practitioner/{people[practitioner]}"
        return f"Organization/{places[organization]}" if organization in places else "Device/clock"

    return Refs(
        patient=f"Patient/{record.patient_of(ChartId(referral.chart_id))}",
        sender=who(referral.sender_practitioner_id, referral.sender_org_id),
        receiver=who(referral.receiver_practitioner_id, referral.receiver_org_id),
        receiver_org=f"Organization/{places[referral.receiver_org_id]}",
        actor=who(by.practitioner_id, by.organization_id or referral.receiver_org_id),
    )


def _people(referral: Referral, by: Requester) -> list[int]:
    return [referral.sender_practitioner_id, referral.receiver_practitioner_id, by.practitioner_id]


def _places(referral: Referral, by: Requester) -> list[int]:
    return [referral.sender_org_id, referral.receiver_org_id, by.organization_id]


def sender_source(referral: Referral) -> Source:
    """Label source of what the sender says."""
    return Source(OrganizationId(referral.sender_org_id), PractitionerId(referral.sender_practitioner_id))


def receiver_source(referral: Referral) -> Source:
    """Label source of what happens at the receiver's."""
    return Source(OrganizationId(referral.receiver_org_id), PractitionerId(referral.receiver_practitioner_id))


def _finish(move: Move, *, is_new: bool = False) -> None:
    referral, legal = move.referral, move.legal
    labelled = _labelled(move, is_new=is_new)
    referral.state = legal.to.value
    referral.version += 1
    referral.custody = rules.custody_after(legal.step, referral.custody, referral.expected_role)
    referral.closed_at = move.at if legal.to in TERMINAL else None
    referral.save(force_insert=is_new)
    _write_history(move)
    consent.store(labelled, by=move.by)
    _turn_clocks(move)
    detail = f"{referral.id} {legal.to.value}"
    lines.write(lines.step_line(move.by, f"referral.{legal.step.value}", charts=[referral.chart_id], detail=detail))
    for effect in move.after:
        effect()
    announce(ReferralStepped(referral.id, referral.chart_id, legal.event, referral.version))


def announce(event: ReferralStepped | HandOffChanged) -> None:
    """Put the event into the outbox, in this transaction: it is heard after the commit, or never happened."""
    references = {key: str(value) for key, value in dataclasses.asdict(event).items()}
    outbox.defer("hallway.heard", references | {"event_type": type(event).__name__})


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
        **_step_label(referral, move.whose),
    )


def is_part2(organization_id: int) -> bool:
    """Is the organization a Part 2 program?"""
    return Organization.objects.filter(id=organization_id, is_part2=True).exists()


def _is_receivers(referral: Referral, tells: Tells) -> bool:
    """Is a fact of this kind the receiver's to tell?"""
    return tells is Tells.ATTENDANCE or (tells is Tells.ANSWER and is_part2(referral.receiver_org_id))


def _step_label(referral: Referral, tells: Tells) -> dict[str, int]:
    if _is_receivers(referral, tells):
        return {
            "source_org_id": referral.receiver_org_id,
            "author_id": referral.receiver_practitioner_id,
            "mask": referral.answer_mask,
        }
    return {
        "source_org_id": referral.source_org_id,
        "author_id": referral.sender_practitioner_id,
        "mask": referral.mask,
    }


def _labelled(move: Move, *, is_new: bool) -> list[Labelled]:
    """The step's resources, judged; the row takes its labels from theirs."""
    referral = move.referral
    _ensure_ids(referral)
    found = [_judge(part, sender_source(referral)) for part in _senders_parts(move)]
    answer = _judge(_answer(move), receiver_source(referral))
    referral.answer_mask = answer.mask
    if is_new or move.words is not None:
        referral.mask = next(part.mask for part in found if part.resource_type == "ServiceRequest")
    if referral.accepted_at is not None or _is_receivers(referral, move.whose):
        found.append(answer)
    source = sender_source(referral)
    if _is_receivers(referral, move.whose):
        # An appointment holds no clinical word, but that it was kept is as confidential as the rest of the answer.
        source = replace(receiver_source(referral), carries=answer.mask)
    found += [_judge(part, source) for part in move.own]
    targets = tuple(
        f"{part.resource_type}/{part.resource_id}" for part in found if part.source_org == source.organization
    )
    trace = resources.provenance(new_id(), targets, move.refs, move.at, rules.title(move.legal.step))
    return [*found, _judge(trace, source)]


def _judge(part: r4.Part, source: Source) -> Labelled:
    return label(r4.encode(part), source=source)


def _answer(move: Move) -> r4.Task:
    return resources.answer_task(move.referral, move.refs, move.legal.to, move.at, output=move.output)


def _senders_parts(move: Move) -> list[r4.Part]:
    """The sender's Task on every step both sides know, the request itself when its words or its status change."""
    referral, legal = move.referral, move.legal
    if _is_receivers(referral, move.whose):
        return []
    found: list[r4.Part] = [resources.request_task(referral, move.refs, legal.to, move.at)]
    was = resources.request_status(legal.source) if legal.source else ""
    changed = was != resources.request_status(legal.to)
    words = move.words or (read_words(move.sight) if changed else None)
    if words is not None:
        found.insert(0, resources.service_request(referral, words, move.refs, legal.to))
    return found


def read_words(sight: Sight) -> resources.Words | None:
    """The request's words, through the reader's own release; None where a deadline acts and nobody reads.

    A request that a deadline cancelled keeps its status; its Task says that it ended.
    """
    if sight.side is Side.CLOCK:
        return None
    request_id = ResourceId(sight.referral.service_request_id)
    stored = record.read_one(sight.release, "ServiceRequest", request_id, route="referral")
    return resources.words_of(stored.view(r4.ServiceRequest)) if stored is not None else None


def _ensure_ids(referral: Referral) -> None:
    referral.service_request_id = referral.service_request_id or new_id()
    referral.request_task_id = referral.request_task_id or new_id()
    referral.answer_task_id = referral.answer_task_id or new_id()


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
    marks = _step_label(referral, duty.follows)
    sender = (OrganizationId(referral.sender_org_id), PractitionerId(referral.sender_practitioner_id))
    receiver = (OrganizationId(referral.receiver_org_id), PractitionerId(referral.receiver_practitioner_id))
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
