"""The SQL of searches over many charts: how candidates are come by, for a gate that stands inside the same query.

The gate's text comes from ``consent``; here stand the ways to walk. Which way is taken is decided by counted costs
(``way``), not by the planner, whose guess about a gate it cannot see into flips between good and a hundred times worse.
Opens to ``record`` and ``consent`` only.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from hallway.record import criteria, finding, matching
from hallway.record.criteria import Criterion, Query
from hallway.record.finding import Bound


class Way(StrEnum):
    """How candidates are come by."""

    THROUGH = "through"
    """By one rare criterion, through its own index; then sorted."""
    IN_ORDER = "in order"
    """Along the index of the order asked for, until the page is full."""
    BY_CHART = "by chart"
    """Chart by chart of the few that are open; then merged."""


class Counts(NamedTuple):
    """What is known before a search: rows of the type, of them those that one criterion finds, charts, open ones."""

    of_kind: float
    rarest: float
    """Rows of the type that the rarest criterion finds by its own index; as many as ``of_kind`` where none can."""
    charts: float
    open_charts: float


_THROUGH_COST, _ORDER_COST, _CHART_COST, _CHART_ROW_COST = 14.0, 8.0, 60.0, 3.0
"""Microseconds a candidate, a step along an order, a chart looked into, and a row of it."""


def way(counts: Counts, wanted: int, *, has_index: bool) -> Way:
    """The cheapest way to ``wanted`` rows. Pure."""
    share = max(min(counts.rarest / max(counts.of_kind, 1), 1), 1e-9)
    is_open = max(min(counts.open_charts / max(counts.charts, 1), 1), 1e-9)
    a_chart = counts.of_kind / max(counts.charts, 1)
    costs = {
        Way.IN_ORDER: _ORDER_COST * min(wanted / (share * is_open), counts.of_kind),
        Way.BY_CHART: counts.open_charts * (_CHART_COST + _CHART_ROW_COST * a_chart),
    }
    if has_index:
        costs[Way.THROUGH] = _THROUGH_COST * counts.rarest
    return min(costs, key=lambda one: costs[one])


def indexable(kind: str, wanted: Sequence[Criterion]) -> list[int]:
    """The places of the plain criteria that an index of their own can find."""
    return [place for place, one in enumerate(wanted) if _is_indexable(kind, one)]


def _is_indexable(kind: str, one: Criterion) -> bool:
    match one:
        case criteria.Tokens(_, none):
            return not none
        case criteria.Texts(_, any_of, within):
            return kind == "Patient" and not within and all(any_of)
        case criteria.Ids():
            return True
        case _:
            return isinstance(one, criteria.Updated)


def candidates(query: Query, bound: Bound, through: int) -> str:
    """A query for the candidates of one criterion alone, to be counted by the planner's statistics."""
    wanted = matching.plain(query.kind, query.criteria)
    tests = ["t.kind = %(kind)s::text"]
    if through >= 0:
        tests.append(finding.conditions([wanted[through]], bound, through=0)[0])
    return f"SELECT 1 FROM record_token t WHERE {' AND '.join(tests)}"


class Gate(NamedTuple):
    """The gate's texts: joins for a row ``t`` and for its other charts, and the charts that may be open."""

    lateral: str
    everywhere: str
    charts: str


def rows(query: Query, bound: Bound, gate: Gate, *, taken: Way, through: int) -> str:
    """Rows that are looked for and flow, ready for ``finding.page``."""
    wanted = matching.plain(query.kind, query.criteria)
    place = through if taken is Way.THROUGH else -1
    # A patient's own indexes are of that type alone: the planner must see the word. Any other type is a value.
    of_kind = "t.kind = 'Patient'" if query.kind == "Patient" else "t.kind = %(kind)s::text"
    tests = [of_kind, "t.chart_id > 0", *finding.conditions(wanted, bound, through=place)]
    if query.updated_before is not None:
        tests.append(f"t.updated_at < {bound.put(query.updated_before, 'timestamptz')}")
    columns, test = finding.keyed(query), " AND ".join(tests)
    gated = f"{gate.lateral} WHERE {test} AND {gate.everywhere}"
    if taken is Way.THROUGH:
        found = _found(wanted[through], test, bound)
        return f"SELECT {columns} FROM ({found}) AS t {gate.lateral} WHERE {gate.everywhere}"
    if taken is Way.IN_ORDER:
        return f"SELECT {columns} FROM {_walked(query)} {gated}"
    one_chart = f"SELECT {columns} FROM record_token t {gated} AND t.chart_id = o.chart_id OFFSET 0"
    few = f"WHERE {finding.beyond(query, bound)} ORDER BY {finding.ordered(query)} LIMIT {query.limit + query.ahead}"
    return f"SELECT k.* FROM ({gate.charts}) AS o CROSS JOIN LATERAL (SELECT * FROM ({one_chart}) AS k {few}) AS k"


def _walked(query: Query) -> str:
    """Where the order is walked: ids in the order of their own index, else the tokens' indexes by type."""
    if matching.sorts(query)[0].by != "id":
        return "record_token t"
    return (
        "record_id i JOIN record_token t ON t.chart_id = i.chart_id AND t.kind = i.kind"
        " AND t.resource_id = i.resource_id AND i.kind = %(kind)s::text"
    )


def _found(one: Criterion, test: str, bound: Bound) -> str:
    """The candidates first, whatever the planner thinks of what follows; OFFSET 0 keeps the two apart."""
    if not isinstance(one, criteria.Ids):
        return f"SELECT t.* FROM record_token t WHERE {test} OFFSET 0"
    named = "{" + ",".join(one for one in one.any_of if finding.is_uuid(one)) + "}"
    return (
        "SELECT t.* FROM record_id i JOIN record_token t ON t.chart_id = i.chart_id AND t.kind = i.kind"
        f" AND t.resource_id = i.resource_id WHERE i.resource_id = ANY ({bound.put(named, 'uuid[]')})"
        f" AND i.kind = %(kind)s::text AND {test} OFFSET 0"
    )
