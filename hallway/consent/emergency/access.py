"""Emergency access: one category, with a reason, for thirty minutes, told to the patient and reviewed afterwards."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from hallway import clock, ids
from hallway.consent import gate, refusals
from hallway.consent.events import EmergencyOpened, PatientTold
from hallway.consent.grants.rebuilding import rebuild_grants
from hallway.consent.models import EmergencyAccess
from hallway.consent.tables.emergency import categories
from hallway.directory.models import Organization, OrganizationKind, Practitioner
from hallway.identity.requester import CLINICIANS, Requester, Role
from hallway.ids import ChartId
from hallway.ledger import lines
from hallway.record import queries as record
from hallway.storage import outbox
from hallway.storage.connection import transaction

TERM = timedelta(minutes=30)
NATURES = ("unconscious", "overdose", "suicide_risk", "severe_reaction", "acute_illness", "other_danger")
OUTCOMES = ("justified", "not_justified", "follow_up")
REVIEWERS = frozenset({Role.PRIVACY_OFFICER, Role.PRACTICE_LEADER})
MIN_REASON = 10
MAX_REASON = 500


def open_emergency(by: Requester, chart_id: ChartId, *, category: str, nature: str, reason: str) -> UUID:
    """Open one category for 30 minutes, the five fields of 42 CFR 2.51 stored before anything shows.

    Same answer whether or not there is anything more to see. Raises NOT_FOUND for a chart the requester could not open
    at all, FORBIDDEN for whoever is no clinician, UNPROCESSABLE without a category, nature or reason.
    """
    refuse_unfit(by, category, nature, reason)
    gate.release(by, chart_id)
    return opened(by, chart_id, category=category, nature=nature, reason=reason.strip())


def opened(by: Requester, chart_id: ChartId, *, category: str, nature: str, reason: str) -> UUID:
    """Store the access, its grants, its line and the news of it in one transaction. For this room's own callers."""
    row = _opening(by, chart_id, category=category, nature=nature, reason=reason)
    with transaction():
        row.save(force_insert=True)
        rebuild_grants([chart_id])
        lines.write(_line(by, "emergency.opened", row))
        outbox.announce(EmergencyOpened(row.id, int(chart_id), row.organization_id, row.practitioner_id))
    return row.id


def refuse_unfit(by: Requester, category: str, nature: str, reason: str) -> None:
    """Refuse whoever is no clinician, and an opening without its category, nature or reason."""
    if by.role not in CLINICIANS or not by.practitioner_id:
        raise refusals.not_yours()
    if category not in categories():
        raise refusals.unknown_code("category")
    if nature not in NATURES:
        raise refusals.unknown_code("nature")
    if not MIN_REASON <= len(reason.strip()) <= MAX_REASON or "\x00" in reason:
        raise refusals.no_reason()


def _opening(by: Requester, chart_id: ChartId, *, category: str, nature: str, reason: str) -> EmergencyAccess:
    now = clock.now()
    sources = Organization.objects.filter(id__in=record.sources_of(chart_id)).order_by("id")
    facility = Organization.objects.filter(id=by.organization_id).values_list("name", flat=True).first() or ""
    person = Practitioner.objects.filter(id=by.practitioner_id).first()
    return EmergencyAccess(
        id=ids.new_uuid(now),
        chart_id=chart_id,
        organization_id=by.organization_id,
        practitioner_id=by.practitioner_id,
        account_id=by.account_id,
        category=category,
        recipient_name=person.full_name[:200] if person else by.name[:200],
        recipient_facility=facility,
        discloser_name=", ".join(sources.values_list("name", flat=True))[:200],
        nature=nature,
        reason=reason,
        opened_at=now,
        ends_at=now + TERM,
    )


def close_emergency(by: Requester, emergency_id: UUID) -> None:
    """End it now. Closing what has ended changes nothing."""
    with transaction():
        row = _mine(by, emergency_id)
        if row.closed_at is None and clock.now() < row.ends_at:
            row.closed_at = clock.now()
            row.save()
            rebuild_grants([ChartId(row.chart_id)])
            lines.write(_line(by, "emergency.closed", row))


def tell_patient(by: Requester, emergency_id: UUID) -> None:
    """Note that the patient was told of an emergency access."""
    with transaction():
        row = _of_practice(by, emergency_id)
        if row.patient_told_at is None:
            row.patient_told_at = clock.now()
            row.save()
            lines.write(_line(by, "emergency.patient_told", row))
            outbox.announce(PatientTold(row.id))


def review_emergency(by: Requester, emergency_id: UUID, outcome: str) -> None:
    """The finding of a privacy officer or the practice's leader, one of OUTCOMES. Nobody reviews their own."""
    if by.role not in REVIEWERS:
        raise refusals.not_yours()
    if outcome not in OUTCOMES:
        raise refusals.unknown_code("outcome")
    with transaction():
        row = _of_practice(by, emergency_id)
        if row.practitioner_id == by.practitioner_id:
            raise refusals.not_yours()
        if row.reviewed_at is not None:
            raise refusals.stale(by_you=row.reviewed_by == by.account_id)
        row.reviewed_at, row.reviewed_by, row.review_outcome = clock.now(), by.account_id, outcome
        row.save()
        lines.write(_line(by, "emergency.reviewed", row))


def _mine(by: Requester, emergency_id: UUID) -> EmergencyAccess:
    own = EmergencyAccess.objects.filter(account_id=by.account_id, organization_id=by.organization_id)
    row = own.select_for_update().filter(id=emergency_id).first()
    if row is None:
        raise gate.not_found()
    return row


def watched_by(by: Requester) -> Q:
    """The accesses somebody answers for: their practice's own, or all of them at the network's desk."""
    network = Organization.objects.filter(id=by.organization_id, kind=OrganizationKind.NETWORK).exists()
    return Q() if network and by.role is Role.PRIVACY_OFFICER else Q(organization_id=by.organization_id)


def _of_practice(by: Requester, emergency_id: UUID) -> EmergencyAccess:
    row = EmergencyAccess.objects.select_for_update().filter(watched_by(by), id=emergency_id).first()
    if row is None:
        raise gate.not_found()
    return row


def _line(by: Requester, act: str, row: EmergencyAccess) -> lines.Line:
    return lines.step_line(by, act, charts=[row.chart_id], purpose="EMERG", detail=f"emergency/{row.id}")
