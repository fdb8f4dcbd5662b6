"""Programs that ask by themselves: each is bound to one organization and shows a credential told once."""

from dataclasses import dataclass
from datetime import datetime

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.identity import keys
from hallway.identity.models import Client
from hallway.identity.requester import Requester, Role
from hallway.ids import NOBODY, AccountId, OrganizationId

LONGEST_CREDENTIAL = 100
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Registered:
    """A client just registered, with its credential: told once, kept by nobody but the client."""

    client_id: int
    credential: str


@dataclass(frozen=True, slots=True)
class Known:
    """A client as a list shows it."""

    client_id: int
    name: str
    organization_id: OrganizationId
    created_at: datetime
    ended_at: datetime | None


def register(name: str, organization_id: OrganizationId, *, by: AccountId | None = None) -> Registered:
    """Register a client of an organization. Raises H-IDN-020 for a name that is empty, too long or not printable."""
    named = name.strip()
    if not named or len(named) > LONGEST_NAME or not named.isprintable():
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-IDN-020",
            what=f"A client needs a name of at most {LONGEST_NAME} characters.",
            undone="No client was registered.",
            to_do="Name the program as its own people call it.",
            field="name",
        )
    credential = keys.new_token()
    row = Client.objects.create(
        name=named,
        organization_id=organization_id,
        token_hash=keys.token_hash(credential),
        created_at=clock.now(),
        created_by=by or 0,
    )
    return Registered(row.id, credential)


def requester_of(credential: str) -> Requester | None:
    """The system principal of a credential, or None for one that is unknown or ended. Looked up at every request."""
    if not credential or len(credential) > LONGEST_CREDENTIAL or "\x00" in credential:
        return None
    row = Client.objects.filter(token_hash=keys.token_hash(credential), ended_at__isnull=True).first()
    if row is None:
        return None
    organization = OrganizationId(row.organization_id)
    return Requester(AccountId(0), NOBODY, organization, Role.SYSTEM, name=f"client/{row.id}")


def end(client_id: int) -> bool:
    """End a client: its credential opens nothing from the next request on. False when there was none running."""
    return bool(Client.objects.filter(id=client_id, ended_at__isnull=True).update(ended_at=clock.now()))


def known() -> list[Known]:
    """Every client, oldest first; never a credential."""
    return [
        Known(row.id, row.name, OrganizationId(row.organization_id), row.created_at, row.ended_at)
        for row in Client.objects.order_by("id")
    ]
