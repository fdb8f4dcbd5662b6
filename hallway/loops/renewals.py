"""Forms that end soon become something owed, and stop being so when they are renewed, ended or taken back.

A practice is asked to renew only what it prepared itself, so the row tells it nothing that it did not know.
"""

from datetime import datetime, timedelta

from hallway.consent.forms.talks import rests
from hallway.consent.models import Consent, ConsentState
from hallway.identity.requester import Requester, Role
from hallway.ids import NOBODY, AccountId, ChartId, OrganizationId
from hallway.loops.actions import Owed, open_loop
from hallway.loops.models import Loop
from hallway.loops.tables.clocks import LoopKind
from hallway.record.classes import DataClass
from hallway.storage.connection import transaction

AHEAD = timedelta(days=30)
"""How long before its end a form is owed a renewal."""
_BATCH = 500


def run_renewals(now: datetime) -> int:
    """Open what is due and close what is settled; how many changed. A tick of the worker runs it; may be repeated."""
    with transaction():
        return _settle(now) + _open_due(now)


def _open_due(now: datetime) -> int:
    asked = Loop.objects.filter(kind=LoopKind.RENEW_CONSENT.value).values("subject_id")
    ending = Consent.objects.filter(state=ConsentState.SIGNED, expires_at__gt=now, expires_at__lte=now + AHEAD)
    opened = 0
    for row in ending.exclude(id__in=asked).exclude(composed_org_id=0).order_by("expires_at", "id")[:_BATCH]:
        if not _is_renewed(row) and not _is_at_rest(row, now):
            open_loop(_owed(row))
            opened += 1
    return opened


def _owed(row: Consent) -> Owed:
    here = OrganizationId(row.composed_org_id)
    return Owed(
        chart_id=ChartId(row.chart_id),
        kind=LoopKind.RENEW_CONSENT,
        owner_org=here,
        for_org=here,
        source_org=here,
        mask=int(DataClass.GENERAL) | row.classes & int(DataClass.PART2),
        subject_id=row.id,
        due_at=row.expires_at,
    )


def _is_at_rest(row: Consent, now: datetime) -> bool:
    """Whether the patient asked that practice not to ask."""
    desk = Requester(AccountId(0), NOBODY, OrganizationId(row.composed_org_id), Role.FRONT_DESK)
    return rests(ChartId(row.chart_id), by=desk, today=now.date())


def _settle(now: datetime) -> int:
    running = {
        loop.subject_id: loop
        for loop in Loop.objects.filter(kind=LoopKind.RENEW_CONSENT.value, closed_at=None).order_by("id")[:_BATCH]
    }
    closed = 0
    for row in Consent.objects.filter(id__in=list(running)):
        how = "renewed" if _is_renewed(row) else "" if row.state == ConsentState.SIGNED else str(row.state)
        if how:
            loop = running[row.id]
            loop.closed_at, loop.closed_as = now, how
            loop.save(update_fields=["closed_at", "closed_as"])
            closed += 1
    return closed


def _is_renewed(row: Consent) -> bool:
    """Whether a later form of the same kind between the same two holds for longer."""
    later = Consent.objects.filter(
        chart_id=row.chart_id,
        kind=row.kind,
        state=ConsentState.SIGNED,
        discloser_org_id=row.discloser_org_id,
        recipient_org_id=row.recipient_org_id,
        recipient_practitioner_id__in=[0, row.recipient_practitioner_id],
        signed_at__gt=row.signed_at,
    )
    return any(one.expires_at is None or (row.expires_at and one.expires_at > row.expires_at) for one in later)
