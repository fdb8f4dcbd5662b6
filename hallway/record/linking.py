"""Charts of one patient that were merged: links between them, and nothing moved. Part of the store.

A merged chart keeps its rows, its ids, its grants and its history. ``merged_into`` says that it is about the same
patient as another; a chart that others were merged into is merged into none, so a group has one head.
"""

from collections import defaultdict
from collections.abc import Sequence

from hallway.errors import HallwayError, Kind
from hallway.ids import ChartId
from hallway.record.store import lock_charts
from hallway.storage.connection import cursor, transaction

_LINKED = """
WITH asked AS (
    SELECT chart_id, coalesce(merged_into, chart_id) AS head FROM record_chart WHERE chart_id = ANY (%s::bigint[])
)
SELECT a.chart_id, m.chart_id FROM asked a JOIN record_chart m ON m.merged_into = a.head AND m.chart_id <> a.chart_id
UNION SELECT chart_id, head FROM asked WHERE head <> chart_id ORDER BY 1, 2
"""
_HEAD = "SELECT merged_into FROM record_chart WHERE chart_id = %s::bigint"
_LINK = "UPDATE record_chart SET merged_into = %s::bigint WHERE chart_id = %s::bigint"
_UNLINK = "UPDATE record_chart SET merged_into = NULL WHERE chart_id = %s::bigint AND merged_into = %s::bigint"


def linked(chart_ids: Sequence[ChartId]) -> dict[ChartId, list[ChartId]]:
    """The other charts of the same patient, for those that have any. It says that they exist: for the gate alone."""
    found: defaultdict[ChartId, list[ChartId]] = defaultdict(list)
    with cursor() as opened:
        rows = opened.execute(_LINKED, [[int(one) for one in chart_ids]]).fetchall()
    for chart, other in rows:
        found[ChartId(chart)].append(ChartId(other))
    return dict(found)


def link(source: ChartId, target: ChartId) -> None:
    """Say that ``source`` is about the patient of ``target``, whose head it joins. In the caller's transaction.

    Raises CONFLICT when either is linked already: one merge at a time can be undone exactly.
    """
    with transaction(), cursor() as opened:
        lock_charts(opened, [source, target])
        check_link(source, target)
        opened.execute(_LINK, [int(target), int(source)])


def unlink(source: ChartId, target: ChartId) -> None:
    """Take the link away. Raises CONFLICT when there is none."""
    with transaction(), cursor() as opened:
        lock_charts(opened, [source, target])
        check_unlink(source, target)
        opened.execute(_UNLINK, [int(source), int(target)])


def check_link(source: ChartId, target: ChartId) -> None:
    """Raise what ``link`` would: for looking first, the answer is the same."""
    if source == target or linked([source]) or _head_of(target) is not None:
        raise _linked_already()


def check_unlink(source: ChartId, target: ChartId) -> None:
    """Raise what ``unlink`` would."""
    if _head_of(source) != target:
        raise _linked_already()


def _head_of(chart_id: ChartId) -> ChartId | None:
    """The chart that this one was merged into."""
    with cursor() as opened:
        row = opened.execute(_HEAD, [int(chart_id)]).fetchone()
    return None if row is None or row[0] is None else ChartId(row[0])


def _linked_already() -> HallwayError:
    return HallwayError(
        Kind.CONFLICT,
        "H-REC-060",
        what="These two records are not as this asks: one is merged already, or they are not merged.",
        undone="Nothing was changed.",
        to_do="Look at both records. Undo the earlier merge first.",
    )
