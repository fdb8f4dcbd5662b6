"""Searches of the record: a typed ``Query`` against one chart's Release, or among the shared resources of chart 0.

The index says what is found and in which order; the plan is applied there and once more where the bodies lie. Gate,
ledger line and rows are one statement.
"""

from collections.abc import Sequence
from typing import LiteralString, cast

from hallway.ids import OrganizationId
from hallway.ledger.lines import line_for
from hallway.record import finding, store
from hallway.record.criteria import Query
from hallway.record.evidence import Release
from hallway.record.finding import Bound
from hallway.record.recount import Wanted
from hallway.record.stored import Stored
from hallway.storage.connection import cursor

_SHARED_COLUMNS = """r.kind, r.resource_id::text, r.version, r.updated_at, r.dated_at, r.source_org, r.author, r.mask,
    r.meta, r.body"""


def find(release: Release, query: Query, *, route: str = "", also: Sequence[Release] = ()) -> list[Stored]:
    """Resources of one chart that meet every criterion and may flow, in the order asked for.

    At most ``query.limit + query.ahead``; those ahead are not given out and stand in no line. ``also`` as in
    ``queries``. Raises StaleRelease, and HallwayError INCORRECT for a sort key that there is none of.
    """
    bound = Bound()
    statement = finding_in_chart(query, bound, several=bool(also))
    return store.stored_rows(_released(release, statement, query, bound, act="search", route=route, also=also))


def finding_in_chart(query: Query, bound: Bound, *, several: bool) -> str:
    """The statement of ``find``: gate, ledger line and rows in one. Its values go to ``bound``."""
    picked = finding.page(query, finding.in_chart(query, bound, several=several), bound)
    call = (
        f"record_found({store.PLAN}, %(kind)s::text, ARRAY(SELECT chart_id FROM picked),"
        " ARRAY(SELECT resource_id FROM picked))"
    )
    return f"""{store.GATE}{store.LINE} RETURNING 1), picked AS MATERIALIZED ({picked})
SELECT found.* FROM line LEFT JOIN LATERAL {call} AS found ON true"""


def count_found(release: Release, query: Query, *, route: str = "", also: Sequence[Release] = ()) -> int:
    """How many resources ``find`` would give in all its pages."""
    bound, whole = Bound(), query._replace(after=None, limit=0, ahead=0, sort=())
    rows = finding.in_chart(whole, bound, several=bool(also))
    statement = f"""{store.GATE}{store.LINE} RETURNING 1)
SELECT found.total FROM line LEFT JOIN LATERAL (SELECT count(*) AS total FROM ({rows}) AS k) AS found ON true"""
    return cast("int", _released(release, statement, whole, bound, act="count", route=route, also=also)[0][0])


def _released(
    release: Release, statement: str, query: Query, bound: Bound, *, act: str, route: str, also: Sequence[Release]
) -> list[tuple[object, ...]]:
    """Run a searching statement behind the gate, with its line."""
    parameters = store.plan_parameters((release, *also))
    line = line_for(release, act, route=route, detail=Wanted.of(query).text(), also=also)
    return store.released(cast("LiteralString", statement), {**parameters, **bound.values, "kind": query.kind}, line)


def find_shared(query: Query, *, of: Sequence[OrganizationId] | None = None) -> list[Stored]:
    """Resources of chart 0 that meet every criterion. No release: they speak of no patient.

    ``of`` narrows to what these organizations have written; None is for what anybody signed in may read.
    """
    bound = Bound()
    picked = finding.page(query, finding.shared(query, bound, of), bound)
    statement = f"""WITH picked AS MATERIALIZED ({picked})
SELECT {_SHARED_COLUMNS} FROM (SELECT p.*, row_number() OVER () AS place FROM picked p) AS k
JOIN record_resource r ON r.chart_id = 0 AND r.kind = %(kind)s::text AND r.resource_id = k.resource_id
ORDER BY k.place"""
    with cursor() as opened:
        rows = opened.execute(statement.encode(), {**bound.values, "kind": query.kind, "chart": 0}).fetchall()
    return [Stored._make(row) for row in rows]


def count_shared(query: Query, *, of: Sequence[OrganizationId] | None = None) -> int:
    """How many resources ``find_shared`` would give in all its pages."""
    bound, whole = Bound(), query._replace(after=None, limit=0, ahead=0, sort=())
    statement = f"SELECT count(*) FROM ({finding.shared(whole, bound, of)}) AS k"
    with cursor() as opened:
        row = opened.execute(statement.encode(), {**bound.values, "kind": query.kind, "chart": 0}).fetchone()
    return int(row[0]) if row else 0
