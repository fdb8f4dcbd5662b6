"""Visits of a referral: booked, moved, missed, kept."""

from datetime import datetime, timedelta

from hallway import clock, ids
from hallway.consent.explaining.preview import preview
from hallway.directory.queries import works_at
from hallway.identity.requester import Requester
from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId, ReferralId
from hallway.loops import actions as loops
from hallway.loops import rules as loop_rules
from hallway.loops.tables.clocks import CLOCKS, LoopKind
from hallway.referral import refusals, rules
from hallway.referral.checking import check_code
from hallway.referral.models import Referral, Visit
from hallway.referral.moves import Move, new_id
from hallway.referral.resources import appointment, encounter
from hallway.referral.states import State, Step
from hallway.referral.stepping import stepping

_A_DAY = timedelta(days=1)


def book_visit(
    by: Requester,
    referral_id: ReferralId,
    *,
    expected_version: int,
    starts_at: datetime,
    minutes: int = 50,
    mode: str = "in_person",
    practitioner_id: PractitionerId = NOBODY,
) -> Referral:
    """Book a visit. Raises UNPROCESSABLE H-REF-010 for a time in the past or over a year away."""
    check_visit(starts_at, mode)
    with stepping(by, referral_id, Step.BOOK, expected_version=expected_version) as move:
        if practitioner_id and not works_at(practitioner_id, move.referral.receiver_org_id):
            raise refusals.unknown_receiver()
        add_visit(move, starts_at=starts_at, minutes=minutes, mode=mode, practitioner_id=practitioner_id)
    return move.referral


def add_visit(
    move: Move,
    *,
    starts_at: datetime,
    mode: str,
    minutes: int = 50,
    practitioner_id: PractitionerId = NOBODY,
    at_handoff: bool = False,
) -> Visit:
    """Add a booked visit to a step under way. The first acceptance is the booking's, where none was said before."""
    referral = move.referral
    _make_room(move)
    visit = Visit(
        id=ids.new_uuid(clock.now()),
        referral=referral,
        chart_id=referral.chart_id,
        practitioner_id=practitioner_id or referral.receiver_practitioner_id,
        starts_at=starts_at,
        minutes=minutes,
        mode=mode,
        is_first=referral.seen_at is None,
        booked_at_handoff=at_handoff,
        appointment_id=new_id(),
        source_org_id=referral.receiver_org_id,
        mask=referral.answer_mask,
        created_at=move.at,
    )
    referral.accepted_at = referral.accepted_at or move.at
    move.own.append(appointment(visit, referral, move.refs))
    move.subject_id = visit.id
    move.due_at = starts_at + _A_DAY if move.legal.to is State.SCHEDULED else None
    move.after.append(lambda: visit.save(force_insert=True))
    return visit


def _make_room(move: Move) -> None:
    """A referral has one booked visit at a time. One left from before it was reopened gives way to the new one."""
    old = _booked(move.referral)
    if old is not None and move.legal.to is not State.SCHEDULED:
        raise refusals.not_now(rules.title(Step.BOOK))
    if old is not None:
        _end_booked(move, Visit.Status.RESCHEDULED).save(update_fields=["status"])


def reschedule_visit(
    by: Requester, referral_id: ReferralId, *, expected_version: int, starts_at: datetime, mode: str = "in_person"
) -> Referral:
    """Move the booked visit; the old row stays as moved."""
    check_visit(starts_at, mode)
    with stepping(by, referral_id, Step.RESCHEDULE, expected_version=expected_version) as move:
        old = _end_booked(move, Visit.Status.RESCHEDULED)
        add_visit_after(move, old, starts_at=starts_at, mode=mode)
        if move.legal.to is State.SCHEDULED:
            move.after.append(
                lambda: loops.move_due(
                    referral_id=move.referral.id, kind=LoopKind.SEE_PATIENT, due_at=starts_at + _A_DAY
                )
            )
    return move.referral


def add_visit_after(move: Move, old: Visit, *, starts_at: datetime, mode: str) -> None:
    """The new time of a moved visit; the old row ends first, because a referral has one booked visit at a time."""
    old.save(update_fields=["status"])
    add_visit(
        move, starts_at=starts_at, mode=mode, minutes=old.minutes, practitioner_id=PractitionerId(old.practitioner_id)
    )


def cancel_visit(by: Requester, referral_id: ReferralId, *, expected_version: int) -> Referral:
    """Cancel the booked visit. After a missed one there may be none: the referral waits for a new time all the same."""
    with stepping(by, referral_id, Step.CANCEL_VISIT, expected_version=expected_version) as move:
        if move.legal.source is not State.NO_SHOW:
            _end_booked(move, Visit.Status.CANCELLED).save(update_fields=["status"])
    return move.referral


def record_no_show(by: Requester, referral_id: ReferralId, *, expected_version: int) -> Referral:
    """The patient did not come; a call is owed by tomorrow."""
    with stepping(by, referral_id, Step.NO_SHOW, expected_version=expected_version) as move:
        _end_booked(move, Visit.Status.NO_SHOW).save(update_fields=["status"])
    return move.referral


def record_visit_kept(by: Requester, referral_id: ReferralId, *, expected_version: int, minutes: int = 50) -> Referral:
    """The patient came; with the first visit the report clock starts."""
    with stepping(by, referral_id, Step.VISIT_KEPT, expected_version=expected_version) as move:
        referral = move.referral
        visit = _end_booked(move, Visit.Status.KEPT)
        visit.minutes = minutes
        visit.encounter_id = new_id()
        visit.save(update_fields=["status", "minutes", "encounter_id"])
        move.own.append(encounter(visit, referral, move.refs))
        if referral.seen_at is None:
            referral.seen_at = came_at = min(visit.starts_at, move.at)
            move.due_at = loop_rules.due_at(CLOCKS[LoopKind.REPORT], came_at)
            move.after.append(lambda: _sender_may_wait(referral))
    return move.referral


def _sender_may_wait(referral: Referral) -> None:
    """Where the sender may know that the patient came, their own 30-day clock starts anew for the report."""
    if sender_is_told(referral):
        row = CLOCKS[LoopKind.CLOSE_OR_REROUTE]
        due = loop_rules.due_at(row, clock.now())
        loops.move_due(referral_id=referral.id, kind=row.kind, due_at=due, from_at=due)


def sender_is_told(referral: Referral) -> bool:
    """May the sender know now what happens at the receiver's?"""
    said = preview(
        chart_id=ChartId(referral.chart_id),
        discloser_practitioner=PractitionerId(referral.receiver_practitioner_id),
        discloser_org=OrganizationId(referral.receiver_org_id),
        recipient_practitioner=PractitionerId(referral.sender_practitioner_id),
        recipient_org=OrganizationId(referral.sender_org_id),
        classes=referral.answer_mask,
    )
    return said.flows


def check_visit(starts_at: datetime, mode: str) -> None:
    """Refuse a visit that cannot be then (H-REF-010): past, too far away, without a time zone; or in no known way."""
    check_code("mode", mode, dict(Visit.Mode.choices))
    fault = rules.visit_time_fault(starts_at, clock.now()) if starts_at.tzinfo else "That time has no time zone."
    if fault:
        raise refusals.bad_time(fault)


def _booked(referral: Referral) -> Visit | None:
    return Visit.objects.filter(referral_id=referral.id, status=Visit.Status.BOOKED).first()


def _end_booked(move: Move, status: Visit.Status) -> Visit:
    visit = _booked(move.referral)
    if visit is None:
        raise refusals.no_visit()
    visit.status = status
    move.subject_id = visit.id
    move.own.append(appointment(visit, move.referral, move.refs))
    return visit
