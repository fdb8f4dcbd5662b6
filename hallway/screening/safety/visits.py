"""Whose visit it is today: the clinician with whom the patient is, or is expected."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from hallway import clock
from hallway.directory.models import Practitioner, PractitionerRole
from hallway.identity.requester import CLINICIANS
from hallway.ids import NOBODY, OrganizationId, PractitionerId
from hallway.record import queries as record
from hallway.record.evidence import Release
from hallway.record.stored import Stored
from hallway.screening.schedule.queries import STANDING
from hallway.standards.fhir import r4

NEAR = timedelta(hours=12)
"""A visit within so many hours is the one the answer belongs to."""
_KEPT = STANDING | {"fulfilled"}
_NOT_KEPT = frozenset({"cancelled", "entered-in-error"})


def clinician(person: int, organization: OrganizationId) -> PractitionerId:
    """The person, where they are a clinician there today; else nobody in particular."""
    today = clock.today()
    held = PractitionerRole.objects.filter(
        practitioner_id=person, organization_id=organization, role__in=[str(one) for one in CLINICIANS]
    )
    works = held.filter(from_on__lte=today).exclude(until_on__lt=today).exists()
    return PractitionerId(person) if person and works else NOBODY


def clinician_of_visit(release: Release, organization: OrganizationId) -> PractitionerId:
    """The clinician of the visit nearest to now at this practice, where one is booked or running: whom it is with.

    Who wrote it down says so for an encounter alone: an appointment is booked by anybody.
    """
    now = clock.now()
    found = record.read_chart(release, kinds=["Appointment", "Encounter"], since=now - NEAR, route="safety/visit")
    near = [one for one in found if one.source_org == organization and one.dated_at and one.dated_at <= now + NEAR]
    for one in sorted(near, key=lambda one: abs((now - (one.dated_at or now)).total_seconds())):
        for person in _people(one):
            if who := clinician(person, organization):
                return who
    return NOBODY


def _people(stored: Stored) -> Iterator[int]:
    if stored.kind == "Appointment":
        booked = stored.view(r4.Appointment)
        if booked.status in _KEPT:
            yield from _named(one.actor for one in booked.participant if one.status != "declined")
        return
    visit = stored.view(r4.Encounter)
    if visit.status not in _NOT_KEPT:
        yield from _named(one.individual for one in visit.participant)
        yield stored.author


def _named(references: Iterable[r4.Reference | None]) -> Iterator[int]:
    """Practitioners of the directory among what is named, in its order."""
    for one in references:
        kind, _, key = (one.reference or "" if one else "").rpartition("/")
        if kind == "Practitioner":
            yield from Practitioner.objects.filter(fhir_id=key).values_list("id", flat=True)
        if kind == "PractitionerRole":
            yield from PractitionerRole.objects.filter(fhir_id=key).values_list("practitioner_id", flat=True)
