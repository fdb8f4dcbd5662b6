"""Whom a form may name: those who share the care first, then everybody else on Hallway."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from hallway.consent.explaining.reach import Recipient
from hallway.directory.models import Organization, OrganizationKind, PractitionerRole
from hallway.identity.requester import CLINICIANS, Role
from hallway.ids import OrganizationId, PractitionerId
from hallway.record.evidence import Purpose
from hallway.web.consents.picture import Column

ROLE_WORDS = {
    Role.PCP: "primary care",
    Role.THERAPIST: "therapist",
    Role.PSYCHIATRIST: "psychiatrist",
    Role.BH_CARE_MANAGER: "care manager",
    Role.MEDICAL_SPECIALIST: "specialist",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody a form may name. ``key`` is what the form sends back."""

    organization: OrganizationId
    practitioner: PractitionerId
    name: str
    short: str
    place: str
    side: str
    role: Role
    sud_duty: bool

    @property
    def key(self) -> str:
        """ "1-11": organization and person."""
        return f"{self.organization}-{self.practitioner}"

    @property
    def pair(self) -> tuple[int, int]:
        """The same as numbers."""
        return int(self.organization), int(self.practitioner)

    def column(self) -> Column:
        """How the picture of the form shows them."""
        purpose = Purpose.PAYMENT if self.role is Role.BILLER else Purpose.TREATMENT
        about = "payment" if purpose is Purpose.PAYMENT else ROLE_WORDS.get(self.role, "")
        recipient = Recipient(self.organization, self.practitioner, self.role, purpose, self.sud_duty)
        return Column(self.short, about, recipient)


SIDE_ROLES = {"pc": Role.PCP, "bh": Role.THERAPIST}
"""As whom the picture shows a practice that is named without a person."""


def candidates(*, but: OrganizationId, whole: Collection[int] = ()) -> list[Candidate]:
    """Every clinician of another practice on Hallway, and every health plan, by practice and name.

    ``whole`` are practices that are named without a person, as an earlier form or a denial names them.
    """
    held = (
        PractitionerRole.objects.filter(role__in=[str(role) for role in CLINICIANS], until_on=None)
        .exclude(organization_id=but)
        .filter(organization__on_hallway=True)
        .select_related("practitioner", "organization")
        .order_by("organization__name", "practitioner__family", "id")
    )
    found = [
        Candidate(
            OrganizationId(one.organization.id),
            PractitionerId(one.practitioner.id),
            one.practitioner.full_name,
            one.practitioner.short_name,
            one.organization.name,
            one.organization.side,
            Role(one.role),
            one.sud_duty,
        )
        for one in held
    ]
    plans = Organization.objects.filter(kind=OrganizationKind.PAYER).order_by("name")
    found += [
        Candidate(
            OrganizationId(one.id), PractitionerId(0), one.name, one.name, "Health plan", "other", Role.BILLER, False
        )
        for one in plans
    ]
    found += [
        Candidate(
            OrganizationId(one.id), PractitionerId(0), "Whoever treats there", one.name, one.name, one.side,
            SIDE_ROLES.get(one.side, Role.MEDICAL_SPECIALIST), False,
        )
        for one in Organization.objects.filter(id__in=whole, on_hallway=True).exclude(id=but).order_by("name")
    ]  # fmt: skip
    return list({one.pair: one for one in reversed(found)}.values())[::-1]


def first_and_others(
    everybody: Iterable[Candidate], *, near: Iterable[tuple[int, int]]
) -> tuple[list[Candidate], list[Candidate]]:
    """Those named by ``near`` (pairs) in their order, and the others."""
    by_pair = {one.pair: one for one in everybody}
    first = [by_pair[pair] for pair in dict.fromkeys(near) if pair in by_pair]
    return first, [one for pair, one in by_pair.items() if pair not in {each.pair for each in first}]
