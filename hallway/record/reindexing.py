"""Writes the index of resources that stand anew, when the way of extracting it has changed: chart by chart, online.

Each chart is one transaction under its write lock, so a write beside it waits or comes after. The labels that stand in
the index as tokens (what a resource names, what it was by itself) are kept.
"""

from collections.abc import Iterator

from hallway.ids import ChartId
from hallway.record.rising import NAMES, OWN
from hallway.record.store import lock_charts, shut_wall
from hallway.record.writing import range_columns
from hallway.standards.fhir import codec, search
from hallway.storage.connection import cursor, transaction

VERSION = 3
"""Raise it with every change of what ``standards.fhir.search`` extracts: stored rows are written anew then."""

_ROWS = """
SELECT r.kind, r.resource_id::text, r.meta, r.body, r.dated_at, t.tokens FROM record_resource r
JOIN record_token t ON t.chart_id = r.chart_id AND t.kind = r.kind AND t.resource_id = r.resource_id
WHERE r.chart_id = %s::bigint
"""
_PUT = """
UPDATE record_token SET tokens = %s::text[], range_codes = %s::text[], lows = %s::float8[], highs = %s::float8[],
    units = %s::text[]
WHERE chart_id = %s::bigint AND kind = %s::text AND resource_id = %s::uuid
"""


def is_behind() -> bool:
    """Whether rows stand that were indexed in an older way."""
    with cursor() as opened:
        row = opened.execute("SELECT version FROM record_index").fetchone()
    return row is None or int(row[0]) < VERSION


def reindex() -> Iterator[int]:
    """Index every chart anew; yields how many resources each held. The version is raised at the end."""
    with cursor() as opened:
        charts = opened.execute("SELECT chart_id FROM record_chart ORDER BY chart_id").fetchall()
    for (chart_id,) in charts:
        yield _reindex_chart(ChartId(chart_id))
    with transaction(), cursor() as opened:
        opened.execute("UPDATE record_index SET version = %s::int", [VERSION])


def _reindex_chart(chart_id: ChartId) -> int:
    with transaction(), cursor() as opened:
        lock_charts(opened, [chart_id])
        rows = opened.execute(_ROWS, [chart_id]).fetchall()
        for kind, resource_id, meta, body, dated_at, held in rows:
            tokens, found = search.index(kind, codec.decode(body), meta)
            marks = [token for token in held if token.startswith((NAMES, OWN))]
            marks += search.wide(kind, found, dated_at)
            opened.execute(_PUT, [[*tokens, *marks], *range_columns(found), chart_id, kind, resource_id])
        shut_wall(opened)
    return len(rows)
