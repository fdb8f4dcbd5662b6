"""Puts the oracle's plain facts into the tables, so that the product compiles its grants from the same facts."""

import uuid
from datetime import datetime, timedelta

from hallway.consent.models import Consent, Determination, EmergencyAccess, Restriction
from hallway.consent.tables.forms import form_rule
from hallway.directory.models import CareTeamMember, Organization
from hallway.identity.requester import Requester, Role
from hallway.ids import AccountId, ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.record import actions as record
from hallway.record.classes import DataClass
from hallway.record.evidence import Labelled
from hallway.storage import connection
from tests.gate.oracle import Asker, Emergency, Facts, Form, Thing

CATEGORY_BY_KINDS = {
    frozenset(): "everything",
    frozenset({"Patient", "Condition", "Procedure", "AllergyIntolerance"}): "conditions",
    frozenset({"Patient", "DocumentReference", "Composition", "ClinicalImpression"}): "notes",
}


A_YEAR = timedelta(days=365)
LONG_PREPARED = timedelta(days=366)
"""From the preparation of a form to its signature: the year that California allows counts from the signature."""


def _insert(model):
    """Insert in batches: one statement takes 65,535 parameters."""
    return lambda rows: model.objects.bulk_create(rows, batch_size=500)


def mask_of(classes) -> int:
    mask = 0
    for name in classes:
        mask |= DataClass[name]
    return int(mask)


def build_organizations(state: dict, programs: set) -> None:
    _insert(Organization)(
        Organization(id=number, fhir_id=f"o{number}", name=f"Place {number}", state=where, is_part2=number in programs)
        for number, where in state.items()
    )


def build(worlds: list[Facts]) -> None:
    """Facts into tables, without their grants. Chart numbers are those of the facts."""
    with connection.cursor() as opened:
        opened.executemany(
            "INSERT INTO record_chart (chart_id, patient_id, created_at) VALUES (%s::bigint, %s::uuid, now())",
            [[facts.chart, str(uuid.uuid4())] for facts in worlds],
        )
        opened.executemany(
            "INSERT INTO record_chart_source (chart_id, source_org) VALUES (%s::bigint, %s::int)",
            [[facts.chart, source] for facts in worlds for source in facts.sources],
        )
    _insert(CareTeamMember)(
        CareTeamMember(chart_id=facts.chart, organization_id=org, basis="referral", from_at=begins, until_at=ends)
        for facts in worlds
        for org, begins, ends in facts.treated
    )
    forms = [(facts, form) for facts in worlds for form in facts.forms]
    _insert(Consent)(_consent(facts, form, place) for place, (facts, form) in enumerate(forms))
    _insert(Determination)(
        Determination(
            id=uuid.UUID(one.id),
            chart_id=facts.chart,
            discloser_org_id=one.from_org,
            discloser_practitioner_id=one.from_person,
            recipient_org_id=one.to_org,
            classes=mask_of(one.classes),
            need=one.need,
            made_at=one.begins,
            ended_at=one.ends,
        )
        for facts in worlds
        for one in facts.judgements
    )
    _insert(Restriction)(_restriction(facts, limit) for facts in worlds for limit in facts.limits)
    openings = [(facts, one) for facts in worlds for one in facts.emergencies]
    _insert(EmergencyAccess)(_opening(facts, one, place) for place, (facts, one) in enumerate(openings))


def two_ends(ends: datetime, place: int) -> tuple[datetime, datetime | None]:
    """By term and by hand: what ends only by its term, is ended by hand before it, or once more after it."""
    later = ends + timedelta(hours=1)
    return ((ends, None), (later, ends), (ends, later))[place % 3]


def _opening(facts: Facts, one: Emergency, place: int) -> EmergencyAccess:
    term, closed = two_ends(one.ends, place)
    return EmergencyAccess(
        id=uuid.UUID(one.id),
        chart_id=facts.chart,
        organization_id=one.org,
        practitioner_id=one.person,
        account_id=one.person,
        category=CATEGORY_BY_KINDS[frozenset(one.kinds)],
        opened_at=one.begins,
        ends_at=term,
        closed_at=closed,
    )


def _consent(facts: Facts, form: Form, place: int) -> Consent:
    """A stored form: some were taken back, some prepared long before they were signed."""
    state = facts.state[form.from_org]
    statements = list(form_rule(form.kind, state).statements)
    term, taken_back = two_ends(form.ends, place) if form.ends else (None, None)
    return Consent(
        id=uuid.UUID(form.id),
        chart_id=facts.chart,
        kind=form.kind,
        state="revoked" if taken_back else "signed",
        discloser_org_id=form.from_org,
        discloser_state=state,
        discloser_practitioner_id=form.from_person,
        recipient_org_id=form.to_org,
        recipient_practitioner_id=form.to_person,
        classes=mask_of(form.classes),
        kinds=sorted(form.kinds),
        purposes=sorted(form.purposes),
        statements=statements if form.complete else statements[1:],
        composed_at=form.begins - LONG_PREPARED,
        composed_by=1,
        composed_org_id=form.from_org,
        expires_at=term,
        expires_event="" if term else "end_of_treatment",
        signer="patient",
        signature_kind="drawn",
        signature=b"<svg/>",
        signed_at=form.begins,
        explained_by=1,
        point_size=14,
        longer_asked=term is not None and term - form.begins > A_YEAR,
        revoked_at=taken_back,
        revoked_by=1 if taken_back else None,
        revocation_channel="written" if taken_back else "",
        not_for_orgs=sorted(form.not_for),
    )


def _restriction(facts: Facts, limit) -> Restriction:
    return Restriction(
        id=uuid.uuid4(),
        chart_id=facts.chart,
        source_org_id=limit.from_org,
        recipient_org_id=limit.to_org,
        recipient_practitioner_id=limit.to_person,
        classes=mask_of(limit.classes),
        basis="2.26",
        agreed_at=limit.begins,
        agreed_by=1,
        agreed_org_id=limit.from_org or 1,
        ended_at=limit.ends,
        ended_by=1 if limit.ends else None,
        ended_basis="patient_written" if limit.ends else "",
    )


def requester(asker: Asker) -> Requester:
    """Somebody who acts for a patient is named by the number of their entry in ``person``."""
    acts = asker.role == "representative"
    return Requester(
        account_id=AccountId(asker.person),
        practitioner_id=PractitionerId(0 if acts else asker.person),
        organization_id=OrganizationId(asker.org),
        role=Role(asker.role),
        sud_duty=asker.duty,
        chart_id=ChartId(asker.chart) if acts or asker.role == "patient" else None,
        representative_id=asker.person if acts else 0,
    )


def put(chart: int, things: list[Thing], by: Requester) -> dict[str, Thing]:
    """Things as resources of the chart; resource id -> thing."""
    placed = {str(uuid.uuid4()): thing for thing in things}
    record.write(
        [
            Labelled(
                resource_type=thing.kind,
                resource_id=ResourceId(resource_id),
                charts=(ChartId(chart),),
                source_org=OrganizationId(thing.source),
                author=PractitionerId(thing.author),
                mask=mask_of(thing.classes),
                body=f'{{"resourceType":"{thing.kind}"}}'.encode(),
            )
            for resource_id, thing in placed.items()
        ],
        by=by,
    )
    return placed
