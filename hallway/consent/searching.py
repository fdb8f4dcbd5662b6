"""Searches over every chart that the requester's grants open: the gate stands inside the query.

Each answer leaves one ledger line that names every chart in it.
"""

from hallway.consent import gate
from hallway.errors import HallwayError
from hallway.identity.requester import Requester
from hallway.ids import ChartId
from hallway.record import queries
from hallway.record.criteria import Query
from hallway.record.evidence import Purpose
from hallway.record.stored import Stored
from hallway.storage.connection import cursor


def find_across(requester: Requester, query: Query, *, purpose: Purpose | None = None, route: str = "") -> list[Stored]:
    """Resources of any chart that meet every criterion and may flow to the requester, in the order asked for.

    Sort keys here are ``dated``, ``updated``, ``id``, and ``name`` and ``birthdate`` of Patient. Raises HallwayError
    INCORRECT for another. At most ``query.limit + query.ahead``.
    """
    found: list[Stored] = []
    # TODO(contract): one statement over the index, in order; until then chart by chart.
    with cursor() as opened:
        charts = opened.execute("SELECT chart_id FROM record_chart WHERE chart_id > 0 ORDER BY 1").fetchall()
    for (chart,) in charts:
        try:
            release = gate.release(requester, ChartId(chart), purpose)
        except HallwayError:
            continue
        found += queries.find(release, query._replace(limit=10**9), route=route)
    found.sort(key=lambda one: (one.dated_at is not None, one.dated_at, one.id), reverse=True)
    return found[: query.limit + query.ahead]


def count_across(requester: Requester, query: Query, *, purpose: Purpose | None = None, route: str = "") -> int:
    """How many resources ``find_across`` would give in all its pages; it grows with the population."""
    return len(find_across(requester, query._replace(limit=10**9, ahead=0, after=None), purpose=purpose, route=route))
