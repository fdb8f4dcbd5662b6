"""Which roles an account may wear today, from the directory."""

from django.db.models import Q

from hallway import clock
from hallway.consent import queries
from hallway.directory.models import PractitionerRole, Representative
from hallway.identity.login import Hat
from hallway.identity.models import Account
from hallway.identity.requester import Requester, Role
from hallway.ids import NOBODY, AccountId, ChartId, OrganizationId


def hats_of(account: Account, *, only_at: int = 0) -> list[Hat]:
    """The roles in force today; a patient has their own record, and whoever acts for patients one hat a patient.

    Empty for an account without a role. ``only_at`` other than 0: roles at this organization alone, as a session has
    them that this organization's EHR vouched for.
    """
    if only_at:
        return [hat for hat in hats_of(account) if hat.organization_id == only_at]
    if account.chart_id is not None or not account.practitioner_id:
        return [*_own(account), *_acting(account)]
    today = clock.today()
    held = (
        PractitionerRole.objects.filter(practitioner_id=account.practitioner_id, from_on__lte=today)
        .filter(Q(until_on__isnull=True) | Q(until_on__gte=today))
        .select_related("organization")
        .order_by("id")
    )
    return [_hat(role) for role in held]


def _own(account: Account) -> list[Hat]:
    return [] if account.chart_id is None else [Hat(0, Role.PATIENT, OrganizationId(0), "My own record")]


def _acting(account: Account) -> list[Hat]:
    """One hat for every patient for whom this person may act now: the gate says so, and gives the patient's name."""
    rows = Representative.objects.filter(account_id=account.id, ended_at=None).order_by("id")
    return [hat for row in rows if (hat := _for(row, account)) is not None]


def _for(row: Representative, account: Account) -> Hat | None:
    chart = ChartId(row.chart_id)
    requester = Requester(
        AccountId(account.id),
        NOBODY,
        OrganizationId(0),
        Role.REPRESENTATIVE,
        chart_id=chart,
        name=account.name,
        representative_id=row.id,
    )
    header = queries.headers(requester, [chart]).get(chart)
    if header is None:
        return None
    return Hat(
        practitioner_role_id=-row.id,
        role=Role.REPRESENTATIVE,
        organization_id=OrganizationId(0),
        organization_name=f"For {header.name}"[:200],
        chart_id=chart,
        representative_id=row.id,
    )


def _hat(held: PractitionerRole) -> Hat:
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
        until_on=held.until_on,
    )
