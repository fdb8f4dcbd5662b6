"""Whose subscription it is, and whether they may still be told anything: asked at each delivery."""

from dataclasses import replace

import msgspec
from django.db.models import Q

from hallway import clock
from hallway.consent import gate
from hallway.directory.models import PractitionerRole
from hallway.exchange.subscriptions.models import Subscription
from hallway.identity import granted
from hallway.identity.models import Account
from hallway.identity.requester import PATIENT_SIDE, Requester, Role


def may_subscribe(requester: Requester) -> bool:
    """Whether this requester may own one: who works at a practice in a role that sees charts, or its program."""
    works = bool(requester.organization_id) and requester.role not in PATIENT_SIDE
    return works and gate.purpose_for(requester, None) is not None


def may_be_mailed(requester: Requester, address: str) -> bool:
    """Whether a mail about what this requester is told may go there: to the address they sign in with, and no other."""
    rows = Account.objects.filter(id=requester.account_id, ended_at__isnull=True, login_name=address.lower())
    return bool(requester.account_id) and rows.exists()


def standing(row: Subscription) -> Requester | None:
    """The owner as they stand now, or None when they left, lost the role, or their program may no longer so much."""
    asker = msgspec.json.decode(bytes(row.asker), type=Requester)
    if asker.account_id and not Account.objects.filter(id=asker.account_id, ended_at__isnull=True).exists():
        return None
    if row.channel == Subscription.Channel.MAIL and not may_be_mailed(asker, row.endpoint):
        return None
    if asker.app and not granted.still_holds(asker):
        return None
    if asker.role is Role.SYSTEM:
        return asker
    held = _role(asker)
    return None if held is None else replace(asker, sud_duty=held.sud_duty)


def _role(asker: Requester) -> PractitionerRole | None:
    today = clock.today()
    rows = PractitionerRole.objects.filter(
        practitioner_id=asker.practitioner_id, organization_id=asker.organization_id, role=asker.role
    )
    return rows.filter(from_on__lte=today).filter(Q(until_on__isnull=True) | Q(until_on__gte=today)).first()
