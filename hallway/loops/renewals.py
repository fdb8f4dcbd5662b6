"""Forms that end soon become something owed, and stop being so when they are renewed, ended or taken back.

A practice is asked to renew only what it prepared itself, so the row tells it nothing that it did not know.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

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
    ending = ending.exclude(id__in=asked).exclude(composed_org_id=0).exclude(_renewed())
    opened = 0
    # Those of patients who asked not to be asked stay in this list: it is walked on, so they keep none behind them out.
    for row in ending.order_by("expires_at", "id").iterator(_BATCH):
        if opened == _BATCH:
            break
        if not _is_at_rest(row, now):
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
    """Whatever has ended, however many run ahead of it."""
    running = Loop.objects.filter(kind=LoopKind.RENEW_CONSENT.value, closed_at=None)
    rows = Consent.objects.filter(id__in=running.values("subject_id")).annotate(is_renewed=_renewed())
    over = rows.filter(~Q(state=ConsentState.SIGNED) | Q(is_renewed=True)).values_list("id", "state", "is_renewed")
    ended: defaultdict[str, list[UUID]] = defaultdict(list)
    for key, state, is_renewed in over:
        ended["renewed" if is_renewed else state].append(key)
    return sum(running.filter(subject_id__in=keys).update(closed_at=now, closed_as=how) for how, keys in ended.items())


def _renewed() -> Exists:
    """Whether a later form of the same kind between the same two holds for longer than a form does."""
    later = Consent.objects.filter(
        Q(recipient_practitioner_id=0) | Q(recipient_practitioner_id=OuterRef("recipient_practitioner_id")),
        Q(expires_at=None) | Q(expires_at__gt=OuterRef("expires_at")),
        chart_id=OuterRef("chart_id"),
        kind=OuterRef("kind"),
        state=ConsentState.SIGNED,
        discloser_org_id=OuterRef("discloser_org_id"),
        recipient_org_id=OuterRef("recipient_org_id"),
        signed_at__gt=OuterRef("signed_at"),
    )
    return Exists(later)
