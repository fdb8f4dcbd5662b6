"""Who looks, and about whom: the caller's words held against the directory and the record, the patient by the gate."""

from dataclasses import replace

from django.db.models import Q

from hallway import clock
from hallway.directory.models import PractitionerRole
from hallway.exchange.cds_hooks.calls import Call
from hallway.exchange.matching.naming import chart_known_by
from hallway.identity.requester import CLINICIANS, Requester, Role
from hallway.ids import ChartId, PractitionerId, ResourceId, is_ours
from hallway.record import queries as record

NPI = "http://hl7.org/fhir/sid/us-npi"


def reader(call: Call, by: Requester) -> Requester | None:
    """For whom the gate decides: the person named by ``context.userId`` in their role at the caller's organization.

    By our id of a Practitioner or PractitionerRole, or by the NPI of the prefetched user. Whoever is unknown, works
    elsewhere, or holds several roles of which none is the one clinical, is nobody: None, and no card. Where no
    user is named at all the system asks for itself.
    """
    today = clock.today()
    held = PractitionerRole.objects.filter(organization_id=by.organization_id, from_on__lte=today).filter(
        Q(until_on__isnull=True) | Q(until_on__gte=today)
    )
    if not call.user and not call.user_identifiers:
        return by
    named = _named(call)
    chosen = _one(list(held.filter(named).order_by("id"))) if named else None
    if chosen is None:
        return None
    person = PractitionerId(chosen.practitioner_id)
    return replace(by, practitioner_id=person, role=Role(chosen.role), sud_duty=chosen.sud_duty)


def _named(call: Call) -> Q:
    kind, _, fhir_id = call.user.partition("/")
    numbers = sorted({one.value for one in call.user_identifiers if one.system == NPI and one.value})
    by = {"Practitioner": "practitioner__fhir_id", "PractitionerRole": "fhir_id"}.get(kind, "")
    named = Q(**{by: fhir_id}) if by and fhir_id else Q()
    return named | Q(practitioner__npi__in=numbers) if numbers else named


def _one(roles: list[PractitionerRole]) -> PractitionerRole | None:
    """The one role: a second person makes it nobody, and of several roles of one person only a single clinical one."""
    if len({one.practitioner_id for one in roles}) != 1:
        return None
    if len(roles) == 1:
        return roles[0]
    clinical = [one for one in roles if one.role in CLINICIANS]
    return clinical[0] if len(clinical) == 1 else None


def chart_of(call: Call, of: Requester) -> ChartId | None:
    """The one chart that the reader may open under this id or one of these identifiers.

    Unknown, hidden, ambiguous, and a birth date that contradicts are one answer: None.
    """
    by_id = record.chart_of(ResourceId(call.patient_id)) if is_ours(call.patient_id) else None
    numbers = [(one.system, one.value) for one in call.identifiers]
    return chart_known_by(numbers, call.birth_date, of=of, also=[] if by_id is None else [by_id])
