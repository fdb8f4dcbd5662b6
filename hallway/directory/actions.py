"""Every write of the directory's rows. Rows are a projection of shared resources; a feed never overrules a person.

Enrolment of care team members is ``consent.actions``'; this room only says who and where people are.
"""

from collections.abc import Iterable

from hallway.directory.models import Location, Organization, OrganizationKind, Practitioner
from hallway.ids import OrganizationId
from hallway.standards.fhir import r4

_NPI = "http://hl7.org/fhir/sid/us-npi"


def outside_organization(name: str = "Outside records") -> OrganizationId:
    """The organization that stands for a feed whose sender nobody named. Made once a name."""
    found, _ = Organization.objects.get_or_create(
        fhir_id=f"feed-{name.lower().replace(' ', '-')}"[:64],
        defaults={"name": name, "kind": OrganizationKind.OUTSIDE, "on_hallway": False, "accepts_new": False},
    )
    return OrganizationId(found.pk)


def organization_called(name_or_id: str) -> OrganizationId | None:
    """The organization of this exact name, FHIR id or number, or None when none or several answer to it."""
    found = list(Organization.objects.filter(name=name_or_id)[:2]) or list(
        Organization.objects.filter(fhir_id=name_or_id)[:2]
    )
    if not found and name_or_id.isdecimal():
        found = list(Organization.objects.filter(pk=int(name_or_id))[:2])
    return OrganizationId(found[0].pk) if len(found) == 1 else None


def project_organizations(resources: Iterable[r4.Organization]) -> None:
    """Rows for organizations that a feed names, known by FHIR id. Those already there are left as people keep them."""
    rows = [
        Organization(
            fhir_id=one.id,
            name=(one.name or "Unnamed organization")[:200],
            kind=OrganizationKind.OUTSIDE,
            state=_state(one.address[0]) if one.address else "",
            city=(one.address[0].city or "")[:80] if one.address else "",
            address=(one.address[0].line[0] if one.address and one.address[0].line else "")[:200],
            phone=_phone(one.telecom),
            on_hallway=False,
            accepts_new=False,
        )
        for one in resources
    ]
    Organization.objects.bulk_create(rows, ignore_conflicts=True)


def project_practitioners(resources: Iterable[r4.Practitioner]) -> None:
    """Rows for practitioners that a feed names. Licence is never taken from a feed: somebody must look at it."""
    rows: list[Practitioner] = []
    for one in resources:
        name = one.name[0] if one.name else r4.HumanName()
        rows.append(
            Practitioner(
                fhir_id=one.id,
                family=(name.family or name.text or "Unnamed")[:120],
                given=" ".join(name.given)[:120],
                prefix=(name.prefix[0] if name.prefix else "")[:20],
                suffix=", ".join(name.suffix)[:40],
                npi=next((i.value or "" for i in one.identifier if i.system == _NPI), "")[:10],
            )
        )
    Practitioner.objects.bulk_create(rows, ignore_conflicts=True)


def project_locations(resources: Iterable[r4.Location]) -> None:
    """Rows for locations whose managing organization is in the directory; the others stay in the record alone."""
    wanted = list(resources)
    names = {_id_of(one.managing_organization) for one in wanted}
    known = dict(Organization.objects.filter(fhir_id__in=names).values_list("fhir_id", "pk"))
    rows = [
        Location(
            fhir_id=one.id,
            organization_id=known[_id_of(one.managing_organization)],
            name=(one.name or "Unnamed location")[:200],
            address=(one.address.line[0] if one.address and one.address.line else "")[:200],
            city=(one.address.city or "")[:80] if one.address else "",
            state=_state(one.address) if one.address else "",
        )
        for one in wanted
        if _id_of(one.managing_organization) in known
    ]
    Location.objects.bulk_create(rows, ignore_conflicts=True)


def _id_of(reference: r4.Reference | None) -> str:
    return (reference.reference or "").rpartition("/")[2] if reference else ""


def _state(address: r4.Address) -> str:
    """A state's two letters; any longer form is left out rather than cut."""
    text = (address.state or "").strip().upper()
    return text if len(text) == 2 else ""


def _phone(telecom: Iterable[r4.ContactPoint]) -> str:
    return next((one.value or "" for one in telecom if one.system == "phone"), "")[:40]
