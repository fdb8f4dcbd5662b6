"""Who asks. A ``Requester`` is built by the sign-in session or by a named system principal, and by nothing else."""

from dataclasses import dataclass
from enum import StrEnum

from hallway.identity.scopes import Scopes
from hallway.ids import AccountId, ChartId, OrganizationId, PractitionerId


class Role(StrEnum):
    """The hat a person wears now. A person may hold several and wears one at a time."""

    PCP = "pcp"
    THERAPIST = "therapist"
    PSYCHIATRIST = "psychiatrist"
    BH_CARE_MANAGER = "bh_care_manager"
    MEDICAL_SPECIALIST = "medical_specialist"
    FRONT_DESK = "front_desk"
    BILLER = "biller"
    PRACTICE_LEADER = "practice_leader"
    NETWORK_ADMINISTRATOR = "network_administrator"
    PRIVACY_OFFICER = "privacy_officer"
    PATIENT = "patient"
    REPRESENTATIVE = "representative"
    SYSTEM = "system"


CLINICIANS = frozenset({Role.PCP, Role.THERAPIST, Role.PSYCHIATRIST, Role.BH_CARE_MANAGER, Role.MEDICAL_SPECIALIST})
PATIENT_SIDE = frozenset({Role.PATIENT, Role.REPRESENTATIVE})
"""The person whom a chart is about, and whoever may act for them: each is held to that one chart."""
BH_CLINICIANS = frozenset({Role.THERAPIST, Role.PSYCHIATRIST, Role.BH_CARE_MANAGER})


@dataclass(frozen=True, slots=True)
class Requester:
    """A person (or named system principal) in one role at one organization.

    ``sud_duty`` is true for staff whose duties include substance use diagnosis, treatment or referral
    (42 CFR 2.12(c)(3)). ``chart_id`` is set on the patient's side only: a patient's own chart, or the chart of whom a
    representative acts for; ``representative_id`` then says under which of the directory's entries.

    ``app`` is the client id of the program through which they ask, empty for our own pages; ``scopes`` is what that
    program was granted, and the gate gives no other chart and no other kind than these open.
    """

    account_id: AccountId
    practitioner_id: PractitionerId
    organization_id: OrganizationId
    role: Role
    sud_duty: bool = False
    chart_id: ChartId | None = None
    name: str = ""
    representative_id: int = 0
    app: str = ""
    scopes: Scopes | None = None

    @property
    def is_hallway(self) -> bool:
        """Hallway's own work, as ``system`` names it. A program acts for an organization, and is asked as people."""
        return self.role is Role.SYSTEM and not self.organization_id


def owner_of(requester: Requester) -> str:
    """What two requests share that are the same owner's: person, practice, role and program.

    A system has no person: there the name of the principal tells two apart. For what is kept and asked for again.
    """
    who = (requester.account_id, requester.practitioner_id, requester.organization_id, requester.role)
    return "/".join(map(str, (*who, requester.app or (requester.name if not requester.practitioner_id else ""))))[:200]


def system(name: str) -> Requester:
    """A system principal with rules of its own: no skip-consent flag exists, so system work is somebody too."""
    return Requester(AccountId(0), PractitionerId(0), OrganizationId(0), Role.SYSTEM, name=name)


def by_link(chart_id: ChartId) -> Requester:
    """The patient who came by a signing link and named the right birth date: no account, one chart, no practitioner."""
    return Requester(
        AccountId(0), PractitionerId(0), OrganizationId(0), Role.PATIENT, chart_id=chart_id, name="signing link"
    )
