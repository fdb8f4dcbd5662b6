"""The last answer to an offer, as the practice that made it may know: no other practice reads it."""

from hallway.consent import gate
from hallway.directory.models import Practitioner
from hallway.identity.requester import Requester
from hallway.ids import ChartId
from hallway.loops.actions import is_owed_by
from hallway.loops.tables.clocks import LoopKind
from hallway.triggers.models import Offer
from hallway.triggers.offering.rules import Answered


def last_answer(requester: Requester, chart_id: ChartId, side: str) -> Answered | None:
    """What the patient last answered here when ``side`` was offered. Raises NOT_FOUND where the chart is not theirs."""
    gate.release(requester, chart_id)
    rows = Offer.objects.filter(chart_id=chart_id, side=side, organization_id=requester.organization_id)
    row = rows.order_by("-at", "-id").first()
    if row is None:
        return None
    by = Practitioner.objects.filter(pk=row.practitioner_id).first()
    owed = row.answer == "wants" and is_owed_by(chart_id, kind=LoopKind.REFER, owner_org=requester.organization_id)
    return Answered(row.side, row.answer, row.reason, row.at, row.again_on, by.short_name if by else "", owed)
