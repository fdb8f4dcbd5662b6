"""The people and places of a proof: a small network, and one signed-in person for each role."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hallway.app.prove.facts import new_id
from hallway.directory.models import (
    Licence,
    Location,
    Organization,
    OrganizationKind,
    Practitioner,
    PractitionerRole,
    Side,
)
from hallway.identity import actions as identity
from hallway.identity import queries as logins
from hallway.identity.login import Hat
from hallway.identity.models import Account, LoginSession
from hallway.identity.requester import Requester, Role
from hallway.ids import AccountId, ChartId, OrganizationId, PractitionerId, ResourceId

ORGANIZATIONS = (
    ("millbrook", "Millbrook Family Medicine", Side.PRIMARY_CARE, OrganizationKind.PRIMARY_CARE, "MA"),
    ("northgate", "Northgate Behavioral Health", Side.BEHAVIORAL_HEALTH, OrganizationKind.BEHAVIORAL_HEALTH, "MA"),
    ("harbor", "Harbor Recovery Program", Side.BEHAVIORAL_HEALTH, OrganizationKind.SUD_PROGRAM, "MA"),
    ("bridge", "Bridge House", Side.BEHAVIORAL_HEALTH, OrganizationKind.SUD_PROGRAM, "MA"),
    ("elm", "Elm Street Primary Care", Side.PRIMARY_CARE, OrganizationKind.PRIMARY_CARE, "CT"),
    ("valley", "Valley Cardiology", Side.OTHER, OrganizationKind.MEDICAL_SPECIALTY, "MA"),
    ("oak", "Oak Hill Internal Medicine", Side.PRIMARY_CARE, OrganizationKind.PRIMARY_CARE, "MA"),
    ("network", "Walk Network", Side.OTHER, OrganizationKind.NETWORK, "MA"),
)
PEOPLE = (
    ("pcp", "Paula", "Primaria", "millbrook", Role.PCP, Licence.PHYSICIAN),
    ("desk", "Dora", "Deskwell", "millbrook", Role.FRONT_DESK, Licence.NONE),
    ("biller", "Bill", "Billings", "millbrook", Role.BILLER, Licence.NONE),
    ("leader", "Lena", "Leadbetter", "millbrook", Role.PRACTICE_LEADER, Licence.NONE),
    ("privacy", "Piet", "Privatier", "millbrook", Role.PRIVACY_OFFICER, Licence.NONE),
    ("manager", "Mona", "Careman", "millbrook", Role.BH_CARE_MANAGER, Licence.NURSE),
    ("therapist", "Theo", "Talker", "northgate", Role.THERAPIST, Licence.SOCIAL_WORKER),
    ("psychiatrist", "Sita", "Mindwell", "northgate", Role.PSYCHIATRIST, Licence.PSYCHIATRIST),
    ("cardiologist", "Carla", "Heartley", "valley", Role.MEDICAL_SPECIALIST, Licence.PHYSICIAN),
    ("administrator", "Ada", "Netter", "network", Role.NETWORK_ADMINISTRATOR, Licence.NONE),
    # Nobody signs in as these: what they write is what the others may not know.
    ("colleague", "Quinn", "Quietly", "northgate", Role.THERAPIST, Licence.PSYCHOLOGIST),
    ("counselor", "Harriet", "Harborer", "harbor", Role.THERAPIST, Licence.COUNSELOR),
    ("bridger", "Bella", "Bridger", "bridge", Role.THERAPIST, Licence.COUNSELOR),
    ("stranger", "Stanley", "Strange", "elm", Role.PCP, Licence.PHYSICIAN),
    ("outsider", "Olga", "Oakes", "oak", Role.PCP, Licence.PHYSICIAN),
)
MARKER = "Zanzibarwort"
"""Stands in every hidden name and text, so that a leak of it is a leak one can search for."""
PLACE_OF = {key: place for key, _, _, place, _, _ in PEOPLE}
SILENT = frozenset({"colleague", "counselor", "bridger", "stranger", "outsider"})


@dataclass(slots=True)
class Cast:
    """Everything a proof needs to know by name. ``tokens`` are login sessions, ``callers`` who they belong to,
    ``sessions`` their rows as they were when everybody had just signed in.
    """

    organizations: dict[str, OrganizationId] = field(default_factory=dict[str, OrganizationId])
    practitioners: dict[str, PractitionerId] = field(default_factory=dict[str, PractitionerId])
    roles: dict[str, int] = field(default_factory=dict[str, int])
    callers: dict[str, Requester] = field(default_factory=dict[str, Requester])
    tokens: dict[str, str] = field(default_factory=dict[str, str])
    sessions: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    accounts: dict[str, AccountId] = field(default_factory=dict[str, AccountId])
    patients: dict[str, ResourceId] = field(default_factory=dict[str, ResourceId])
    charts: dict[str, ChartId] = field(default_factory=dict[str, ChartId])
    known: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    kinds: dict[str, str] = field(default_factory=dict[str, str])
    versions: dict[str, str] = field(default_factory=dict[str, str])

    def know(self, name: str, value: object) -> None:
        """Note a value that an address part called ``name`` may take."""
        self.known.setdefault(name, []).append(str(value))


def people(today: date) -> Cast:
    """Organizations, practitioners and roles; nobody has an account yet."""
    cast = Cast()
    for key, name, side, kind, state in ORGANIZATIONS:
        row = Organization.objects.create(
            fhir_id=new_id(), name=name, side=side, kind=kind, state=state,
            is_part2=kind == OrganizationKind.SUD_PROGRAM,
            specialty="Cardiology" if key == "valley" else "",
            health_plans=["Commonwealth Plan"], languages=["English"],
        )  # fmt: skip
        cast.organizations[key] = OrganizationId(row.id)
        cast.know("practice", row.fhir_id)
        Location.objects.create(fhir_id=new_id(), organization=row, name=f"{name}, main door", state=state)
    for key, given, family, org, role, licence in PEOPLE:
        person = Practitioner.objects.create(
            fhir_id=new_id(), given=given, family=family, licence=licence, licence_state="MA"
        )
        held = PractitionerRole.objects.create(
            fhir_id=new_id(), practitioner=person, organization_id=cast.organizations[org], role=role,
            sud_duty=org in {"harbor", "bridge"}, from_on=date(today.year - 3, 1, 1),
        )  # fmt: skip
        cast.practitioners[key] = PractitionerId(person.id)
        if key not in SILENT:
            cast.know(f"user_of_{org}", person.fhir_id)
        cast.roles[key] = held.id
        cast.callers[key] = Requester(
            AccountId(0), PractitionerId(person.id), cast.organizations[org], role, sud_duty=held.sud_duty, name=given
        )
    return cast


def sign_in(cast: Cast, key: str, *, chart_id: ChartId | None = None, hat: Hat | None = None) -> str:
    """A login session in the person's role, on an account of their own that is made the first time; its token."""
    account = Account.objects.filter(id=cast.accounts.get(key, 0)).first() or identity.create_account(
        f"{key}@example.org",
        key.title(),
        practitioner_id=cast.practitioners.get(key, PractitionerId(0)),
        chart_id=chart_id,
    )
    opened = identity.open_verified(account)
    identity.wear(opened.session_id, hat or _hat(cast, key))
    login = logins.login_of(opened.token)
    assert login is not None and login.requester is not None  # noqa: PT018
    cast.accounts[key] = AccountId(account.id)
    cast.callers[key] = login.requester
    cast.tokens[key] = opened.token
    cast.sessions += LoginSession.objects.filter(id=opened.session_id).values()
    return opened.token


def _hat(cast: Cast, key: str) -> Hat:
    if key not in cast.roles:
        return Hat(0, Role.PATIENT, OrganizationId(0), "My own record")
    held = PractitionerRole.objects.select_related("organization").get(id=cast.roles[key])
    place = held.organization
    return Hat(
        practitioner_role_id=held.id,
        role=Role(held.role),
        organization_id=OrganizationId(place.id),
        organization_name=place.name,
        side=place.side,
        timezone=place.timezone,
        sud_duty=held.sud_duty,
        is_part2=place.is_part2,
    )
