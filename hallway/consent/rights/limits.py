"""Restrictions that a practice agreed to, and determinations that a discloser records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hallway import clock, ids
from hallway.consent import gate, refusals
from hallway.consent.grants.licences import licence_mask
from hallway.consent.grants.rebuilding import rebuild_grants
from hallway.consent.models import Determination, Restriction
from hallway.consent.tables.profiles import ALL_CLASSES
from hallway.directory.models import Organization
from hallway.identity.requester import CLINICIANS, PATIENT_SIDE, Requester, Role
from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId
from hallway.ledger import lines
from hallway.record.classes import DataClass
from hallway.storage.connection import transaction

ANY_ORGANIZATION = OrganizationId(0)
"""As recipient: everybody but the source. As source: the requester's own."""
BASES = ("164.522(a)(1)(i)", "164.522(a)(1)(vi)", "2.26")
END_BASES = ("patient_written", "patient_oral")
SIX_FACTS = ("told_in_advance", "no_objection", "responsible", "necessary", "limited", "bound")
"""258 CMR 22.04(1): each must be true before a Massachusetts social worker tells a licensed colleague."""
FACTS_BY_NEED = {
    "six_facts": (frozenset(SIX_FACTS), int(DataClass.MA_SOCIAL_WORKER)),
    "clinician_determination": (frozenset({"needed_for_treatment"}), int(DataClass.CT_PSYCHIATRIC)),
}


def restrict(
    chart_id: ChartId,
    *,
    by: Requester,
    classes: int = ALL_CLASSES,
    recipient_org: OrganizationId = ANY_ORGANIZATION,
    recipient_practitioner: PractitionerId = NOBODY,
    source_org: OrganizationId = ANY_ORGANIZATION,
    basis: str = "164.522(a)(1)(i)",
) -> UUID:
    """Record a restriction that the requester's practice agreed to; recipient 0 is everybody but the source.

    A practice binds its own records only: ``source_org`` 0 means its own, and another one is FORBIDDEN.
    """
    gate.release(by, chart_id)
    if by.role in PATIENT_SIDE or source_org not in (ANY_ORGANIZATION, by.organization_id):
        raise refusals.not_yours()
    if basis not in BASES:
        raise refusals.unknown_code("basis")
    now = clock.now()
    row = Restriction(
        id=ids.new_uuid(now),
        chart_id=chart_id,
        source_org_id=by.organization_id,
        recipient_org_id=recipient_org,
        recipient_practitioner_id=recipient_practitioner,
        classes=int(classes) & ALL_CLASSES,
        basis=basis,
        agreed_at=now,
        agreed_by=by.practitioner_id,
        agreed_org_id=by.organization_id,
    )
    with transaction():
        row.save(force_insert=True)
        rebuild_grants([chart_id])
        lines.write(lines.step_line(by, "restriction.agreed", charts=[chart_id], detail=f"restriction/{row.id}"))
    return row.id


def end_restriction(restriction_id: UUID, basis: str, *, by: Requester) -> None:
    """End it; ``basis`` is one of END_BASES. A self-pay restriction ends by the patient's word only, as all do here."""
    if basis not in END_BASES:
        raise refusals.unknown_code("basis")
    with transaction():
        row = Restriction.objects.select_for_update().filter(id=restriction_id, ended_at=None).first()
        if row is None or (by.role is not Role.PATIENT and row.agreed_org_id != by.organization_id):
            raise gate.not_found()
        gate.release(by, ChartId(row.chart_id))
        row.ended_at, row.ended_by, row.ended_basis = clock.now(), by.account_id, basis
        row.save()
        rebuild_grants([ChartId(row.chart_id)])
        lines.write(lines.step_line(by, "restriction.ended", charts=[row.chart_id], detail=f"restriction/{row.id}"))


@dataclass(frozen=True, slots=True)
class Kept:
    """A restriction that holds, as the patient reads it: whose records, from whom, of which classes, since when."""

    id: UUID
    organization: str
    recipient: str
    classes: int
    agreed_at: datetime


def restrictions_of(by: Requester) -> list[Kept]:
    """The restrictions on the patient's own record that hold now, newest first. Raises NOT_FOUND for anybody else."""
    if by.role is not Role.PATIENT or by.chart_id is None:
        raise gate.not_found()
    release = gate.release(by, by.chart_id)
    rows = list(Restriction.objects.filter(chart_id=by.chart_id, ended_at=None).order_by("-agreed_at"))
    wanted = {row.source_org_id for row in rows} | {row.recipient_org_id for row in rows}
    names = dict(Organization.objects.filter(id__in=wanted).values_list("id", "name"))
    lines.write(lines.line_for(release, "restrictions", route="my/kept"))
    return [
        Kept(
            row.id,
            names.get(row.source_org_id, "Every practice"),
            names.get(row.recipient_org_id, "everybody outside that practice"),
            row.classes,
            row.agreed_at,
        )
        for row in rows
    ]


def record_determination(
    chart_id: ChartId,
    *,
    by: Requester,
    recipient_org: OrganizationId,
    need: str,
    facts: Sequence[str],
    patient_informed: bool,
) -> UUID:
    """A discloser's own judgement that opens a licence rule: ``clinician_determination`` (CT) or ``six_facts`` (MA).

    It opens the discloser's own communications only. Raises UNPROCESSABLE unless every fact is there and the patient
    was told, FORBIDDEN for whoever does not hold the licence.
    """
    gate.release(by, chart_id)
    wanted, classes = FACTS_BY_NEED.get(need, (frozenset[str](), 0))
    if not classes:
        raise refusals.unknown_code("need")
    if by.role not in CLINICIANS or not licence_mask(by.practitioner_id, by.organization_id) & classes:
        raise refusals.not_yours()
    if not patient_informed or not wanted <= set(facts):
        raise refusals.not_informed()
    now = clock.now()
    row = Determination(
        id=ids.new_uuid(now),
        chart_id=chart_id,
        discloser_org_id=by.organization_id,
        discloser_practitioner_id=by.practitioner_id,
        recipient_org_id=recipient_org,
        classes=classes,
        need=need,
        facts=sorted(wanted),
        made_at=now,
        patient_informed_at=now,
    )
    with transaction():
        row.save(force_insert=True)
        rebuild_grants([chart_id])
        lines.write(lines.step_line(by, "determination.made", charts=[chart_id], detail=f"determination/{row.id}"))
    return row.id
