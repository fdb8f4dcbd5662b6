"""Whom one may ask: practices and clinicians of the directory. Directory rows tell nothing about any patient."""

from dataclasses import dataclass

from django.db.models import Q

from hallway import clock
from hallway.directory.models import Organization, OrganizationKind, PractitionerRole
from hallway.identity.requester import BH_CLINICIANS, Requester, Role
from hallway.ids import OrganizationId, PractitionerId
from hallway.referral.tables.codes import RECIPIENT_TYPES
from hallway.web.referrals.parts import Option, Options

ASKABLE = (Role.THERAPIST, Role.PSYCHIATRIST, Role.BH_CARE_MANAGER, Role.MEDICAL_SPECIALIST, Role.PCP)
_KINDS: dict[str, str] = {
    OrganizationKind.BEHAVIORAL_HEALTH: "therapist",
    OrganizationKind.SUD_PROGRAM: "sud_program",
    OrganizationKind.PRIMARY_CARE: "primary_care",
    OrganizationKind.OUTSIDE: "primary_care",
}
_ROLES: dict[str, str] = {
    Role.THERAPIST: "therapist",
    Role.BH_CARE_MANAGER: "therapist",
    Role.PSYCHIATRIST: "psychiatrist",
    Role.PCP: "primary_care",
}
_ORDER = {
    OrganizationKind.BEHAVIORAL_HEALTH: 0,
    OrganizationKind.SUD_PROGRAM: 1,
    OrganizationKind.MEDICAL_SPECIALTY: 2,
    OrganizationKind.PRIMARY_CARE: 3,
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """A practice, or a person in it, that may be asked. ``value`` is how a form names it: "12" or "12-34"."""

    organization: OrganizationId
    practitioner: PractitionerId
    label: str
    kind: str
    practice: str
    side: str

    @property
    def value(self) -> str:
        """As ``stepping.recipient_of`` reads it."""
        return f"{self.organization}-{self.practitioner}" if self.practitioner else str(self.organization)


def recipients(requester: Requester) -> list[Recipient]:
    """Everybody one may ask, other practices only, those on the other side of the hall first."""
    own = requester.organization_id
    today = clock.today()
    held = (
        PractitionerRole.objects.filter(role__in=[role.value for role in ASKABLE], from_on__lte=today)
        .filter(Q(until_on__isnull=True) | Q(until_on__gt=today), accepting_new=True)
        .exclude(organization_id=own)
        .select_related("practitioner", "organization")
        .order_by("organization__name", "practitioner__family", "practitioner__given")
    )
    people: dict[int, list[Recipient]] = {}
    for role in held:
        people.setdefault(role.organization_id, []).append(_person(role))
    found: list[Recipient] = []
    for practice in _practices(own, wants_primary=requester.role in BH_CLINICIANS):
        found.append(_practice(practice))
        found.extend(people.get(practice.pk, ()))
    return found


def _practices(own: OrganizationId, *, wants_primary: bool) -> list[Organization]:
    kinds = [*_ORDER, OrganizationKind.OUTSIDE]
    rows = Organization.objects.filter(kind__in=kinds, accepts_new=True).exclude(pk=own)

    def place(row: Organization) -> tuple[bool, int, str]:
        is_primary = row.kind == OrganizationKind.PRIMARY_CARE
        return (not (wants_primary and is_primary), _ORDER.get(OrganizationKind(row.kind), 9), row.name)

    return sorted(rows, key=place)


def _practice(row: Organization) -> Recipient:
    name = row.name if row.on_hallway else f"{row.name} (not on Hallway)"
    kind = _KINDS.get(row.kind, "other_specialty")
    return Recipient(OrganizationId(row.pk), PractitionerId(0), f"Anybody at {name}", kind, row.name, row.side)


def _person(role: PractitionerRole) -> Recipient:
    specialty = role.specialty.lower() if role.specialty.lower() in RECIPIENT_TYPES else "other_specialty"
    kind = _ROLES.get(role.role, specialty)
    kind = "sud_program" if role.organization.kind == OrganizationKind.SUD_PROGRAM else kind
    said = f"{role.practitioner.full_name}{_what(role)}"
    return Recipient(
        OrganizationId(role.organization_id),
        PractitionerId(role.practitioner_id),
        said,
        kind,
        role.organization.name,
        role.organization.side,
    )


def _what(role: PractitionerRole) -> str:
    return f", {role.specialty.lower()}" if role.specialty else ""


def grouped(found: list[Recipient], *, chosen: str) -> tuple[Options, ...]:
    """The choices of the "To" field, one group a practice."""
    groups: dict[str, list[Option]] = {}
    for one in found:
        groups.setdefault(one.practice, []).append(Option(one.value, one.label, is_on=one.value == chosen))
    return tuple(Options(practice, tuple(options)) for practice, options in groups.items())
