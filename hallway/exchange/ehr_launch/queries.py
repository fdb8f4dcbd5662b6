"""Every read of EHRs that launch Hallway, of whom they named, and of launches that wait."""

import msgspec

from hallway import clock
from hallway.exchange.ehr_launch.asking import Known
from hallway.exchange.ehr_launch.models import Ehr, EhrLaunch, EhrPerson
from hallway.exchange.matching.naming import chart_known_by
from hallway.identity import keys, rules
from hallway.identity.requester import Requester
from hallway.ids import AccountId, ChartId, OrganizationId

LONGEST_TOKEN = 100


def is_token(text: str) -> bool:
    """Whether a text can be one of our words at all."""
    return bool(text) and len(text) <= LONGEST_TOKEN and text.isascii() and text.isprintable()


def ehr_at(iss: str) -> Ehr | None:
    """The running EHR of an address, letter by letter."""
    if not iss or len(iss) > 300 or not iss.isprintable():
        return None
    return Ehr.objects.filter(iss=iss, ended_at__isnull=True).first()


def ehrs_of(organization_id: OrganizationId) -> list[Ehr]:
    """A practice's running EHRs, by name."""
    return list(Ehr.objects.filter(organization_id=organization_id, ended_at__isnull=True).order_by("name", "id"))


def ehr_of(ehr_id: int, organization_id: OrganizationId) -> Ehr | None:
    """One of a practice's running EHRs."""
    return Ehr.objects.filter(id=ehr_id, organization_id=organization_id, ended_at__isnull=True).first()


def launches(system_id: int) -> bool:
    """Whether a calling system is an EHR that launches Hallway: then its cards may."""
    return Ehr.objects.filter(system_id=system_id, ended_at__isnull=True).exclude(client_id="").exists()


def tied_to(account_id: AccountId) -> list[EhrPerson]:
    """By which EHRs an account may be signed in, oldest first."""
    rows = EhrPerson.objects.filter(account_id=account_id, ended_at__isnull=True, ehr__ended_at__isnull=True)
    return list(rows.select_related("ehr").order_by("id"))


def waiting(ticket: str, browser: str) -> EhrLaunch | None:
    """A launch that came back to this very browser with a person whom nobody has tied yet."""
    if not is_token(ticket) or not is_token(browser):
        return None
    found = EhrLaunch.objects.select_related("ehr").filter(
        ticket_hash=keys.token_hash(ticket), browser_hash=keys.token_hash(browser), account__isnull=True
    )
    return found.filter(created_at__gt=clock.now() - rules.ASK_LIMIT, ehr__ended_at__isnull=True).first()


def about(ticket: str, account_id: AccountId) -> tuple[Ehr, Known] | None:
    """About whom somebody's own launch is, while it is young; None for another's and for what never was."""
    if not is_token(ticket):
        return None
    found = EhrLaunch.objects.select_related("ehr").filter(ticket_hash=keys.token_hash(ticket), account_id=account_id)
    row = found.filter(created_at__gt=clock.now() - rules.ASK_LIMIT, ehr__ended_at__isnull=True).first()
    if row is None:
        return None
    return row.ehr, msgspec.json.decode(keys.unseal(row.about).encode(), type=Known)


def chart_of(ehr: Ehr, known: Known, reader: Requester) -> ChartId | None:
    """The one chart that the reader may open under the numbers that the EHR gave; see ``chart_known_by``."""
    named = [(ehr.identifier_system, value) for value in known.numbers]
    return chart_known_by(named, known.birth_date, of=reader)
