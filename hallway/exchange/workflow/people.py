"""From references of a resource to rows of the directory, and the few readings of elements that several types share."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from hallway import clock
from hallway.directory.models import Organization, Practitioner, PractitionerRole
from hallway.exchange.workflow import refusals
from hallway.identity.requester import CLINICIANS
from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.record import queries as record
from hallway.standards.fhir import r4

Party = tuple[OrganizationId, PractitionerId]


def party(references: Sequence[r4.Reference], field: str) -> Party:
    """The one organization, and the person there where one is named. Raises UNPROCESSABLE for none or several."""
    places: set[int] = set()
    people: set[int] = set()
    for kind, one in map(split, references):
        if kind == "Organization":
            places.update(Organization.objects.filter(fhir_id=one).values_list("id", flat=True))
        elif kind == "Practitioner":
            people.update(Practitioner.objects.filter(fhir_id=one).values_list("id", flat=True))
        elif kind == "PractitionerRole":
            for role in _in_force().filter(fhir_id=one):
                places.add(role.organization_id)
                people.add(role.practitioner_id)
    if people and not places:
        places.update(_in_force().filter(practitioner_id__in=people).values_list("organization_id", flat=True))
    if len(places) != 1 or len(people) > 1:
        raise refusals.unknown_party(field)
    return OrganizationId(places.pop()), PractitionerId(people.pop()) if people else NOBODY


def is_elsewhere(references: Iterable[r4.Reference], organization: int) -> bool:
    """Whether any of these names a practice of the network other than this one, or somebody who works at one."""
    named: dict[str, list[str]] = {}
    for kind, one in map(split, references):
        named.setdefault(kind, []).append(one)
    places = Organization.objects.filter(fhir_id__in=named.get("Organization", [])).exclude(kind="outside")
    if places.exclude(id=organization).exists():
        return True
    roles = _in_force().exclude(organization_id=organization)
    people = named.get("Practitioner", [])
    return (
        roles.filter(practitioner__fhir_id__in=people).exists()
        or roles.filter(fhir_id__in=named.get("PractitionerRole", [])).exists()
    )


def _in_force():  # noqa: ANN202 - Django's own query set of these rows
    today = clock.today()
    held = PractitionerRole.objects.filter(role__in=[str(role) for role in CLINICIANS], from_on__lte=today)
    return held.exclude(until_on__lt=today)


def split(reference: r4.Reference) -> tuple[str, str]:
    """Type and id of a relative reference, be it to one version or to a part; both empty for any other."""
    kind, slash, one = (reference.reference or "").partition("#")[0].partition("/")
    one = one.partition("/_history/")[0]
    return (kind, one) if slash and "/" not in one else ("", "")


def chart_of(reference: r4.Reference | None, field: str) -> ChartId:
    """The chart of the patient named. Raises UNPROCESSABLE without one; that the writer sees them was asked before."""
    kind, one = split(reference) if reference is not None else ("", "")
    chart = record.chart_of(ResourceId(one)) if kind == "Patient" else None
    if chart is None:
        raise refusals.no_step("Name the patient.", field=field)
    return chart


def reason_code(concept: r4.CodeableConcept | None, table: Mapping[str, str], field: str) -> str:
    """The first code of the concept that the table has. Raises UNPROCESSABLE naming the codes when there is none."""
    for coding in concept.coding if concept is not None else ():
        if coding.code in table:
            return coding.code or ""
    raise refusals.reason_wanted(field, ", ".join(table))


def instant(text: str | None, field: str) -> datetime:
    """An instant with its zone. Raises UNPROCESSABLE for a text that is none."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise refusals.no_step("Give a date and time with its zone.", field=field)
    return found
