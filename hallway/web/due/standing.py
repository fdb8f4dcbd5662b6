"""What of ``due`` stands on a chart's own pages."""

from collections.abc import Sequence
from uuid import UUID

from hallway.loops.tables.clocks import LoopKind
from hallway.loops.views import LoopRow
from hallway.triggers.offering import queries
from hallway.triggers.queries import firings_of
from hallway.web.chart.reading import Opened, roster_of_ids
from hallway.web.due import offers, showing
from hallway.web.due.offering import OFFERERS


def offer(opened: Opened) -> offers.Offer | None:
    """The offer of the other side's care on this chart, for those who may make it."""
    side = offers.side_of(opened)
    if opened.reader.role not in OFFERERS or not side:
        return None
    return offers.offer_of(opened, queries.last_answer(opened.reader, opened.chart_id, side))


def sentences(opened: Opened, rows: Sequence[LoopRow]) -> dict[UUID, str]:
    """The finding behind each row of this chart that is owed by a rule, in one sentence; nothing is read for none."""
    if not any(row.kind == LoopKind.COORDINATE.value and row.is_mine for row in rows):
        return {}
    found = firings_of(opened.reader, opened.chart_id)
    authors = {cause.author for view in found for cause in view.causes}
    people = {int(key): one.short_name for key, one in roster_of_ids(set(), authors).people.items()}
    return {view.id: showing.finding(view, showing.facts_of(view), people, now=opened.at).heading for view in found}
