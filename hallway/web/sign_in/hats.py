"""Which roles an account may wear today, from the directory."""

from django.db.models import Q

from hallway import clock
from hallway.directory.models import PractitionerRole
from hallway.identity.login import Hat
from hallway.identity.models import Account
from hallway.identity.requester import Role
from hallway.ids import OrganizationId


def hats_of(account: Account) -> list[Hat]:
    """The roles in force today; a patient has exactly one, at no organization. Empty for an account without a role."""
    if account.chart_id is not None:
        return [Hat(0, Role.PATIENT, OrganizationId(0), "My own record")]
    today = clock.today()
    held = (
        PractitionerRole.objects.filter(practitioner_id=account.practitioner_id, from_on__lte=today)
        .filter(Q(until_on__isnull=True) | Q(until_on__gte=today))
        .select_related("organization")
        .order_by("id")
    )
    return [_hat(role) for role in held] if account.practitioner_id else []


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
