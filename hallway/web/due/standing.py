"""What of ``due`` stands on a chart's own pages."""

from hallway.triggers.offering import queries
from hallway.web.chart.reading import Opened
from hallway.web.due import offers
from hallway.web.due.offering import OFFERERS


def offer(opened: Opened) -> offers.Offer | None:
    """The offer of the other side's care on this chart, for those who may make it."""
    side = offers.side_of(opened)
    if opened.reader.role not in OFFERERS or not side:
        return None
    return offers.offer_of(opened, queries.last_answer(opened.reader, opened.chart_id, side))
