"""What a page knows of the person at the door: a ``Login``, and a ``Hat`` that they may wear."""

from dataclasses import dataclass
from datetime import date, datetime

from hallway.identity.requester import Requester, Role
from hallway.ids import AccountId, ChartId, OrganizationId
from hallway.zones import NETWORK


@dataclass(frozen=True, slots=True)
class Hat:
    """A role at an organization that an account may wear; filled from the directory by whoever may read that."""

    practitioner_role_id: int
    role: Role
    organization_id: OrganizationId
    organization_name: str
    side: str = "other"
    timezone: str = NETWORK
    sud_duty: bool = False
    is_part2: bool = False
    until_on: date | None = None
    chart_id: ChartId | None = None
    """On the patient's side: whose chart. A representative's differs from one child to the next."""
    representative_id: int = 0


@dataclass(frozen=True, slots=True)
class Login:
    """A living login session. ``requester`` is None until a role is worn (``stage`` is not ``open``)."""

    session_id: int
    account_id: AccountId
    name: str
    stage: str
    requester: Requester | None
    practitioner_id: int
    practitioner_role_id: int
    organization_name: str
    side: str
    is_part2: bool
    timezone: str
    theme: str
    density: str
    single_keys: bool
    is_demo: bool
    seen_at: datetime
    ends_at: datetime
    representative_id: int = 0
    ehr_id: int = 0
    """Other than 0: an EHR vouched for the person."""
    held_to: int = 0
    """Other than 0: the one organization whose roles may be worn."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just opened: the token for the cookie, told once, and how far the person has come."""

    token: str
    session_id: int
    stage: str
