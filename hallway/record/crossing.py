"""The SQL of searches over many charts: how candidates are come by, for a gate that stands inside the same query.

The gate's text comes from ``consent``; here stand the ways to walk. Which way is taken is decided by counted costs
(``way``), not by the planner, whose guess about a gate it cannot see into flips between good and a hundred times worse.
Opens to ``record`` and ``consent`` only.
"""

from collections.abc import Sequence
from enum import StrEnum
from math import inf
from typing import NamedTuple

from hallway.ids import is_ours
from hallway.record import criteria, finding, matching
from hallway.record.criteria import Criterion, Query
from hallway.record.finding import Bound
from hallway.standards.fhir import search


class Way(StrEnum):
    """How candidates are come by."""

    THROUGH = "through"
    """By one rare criterion, through its own index; then sorted."""
    IN_ORDER = "in order"
    """Along the index of the order asked for, until the page is full."""
    BY_DAY = "by day"
    """The same along the index of days, between the bounds of a date that is looked for."""
    BY_CHART = "by chart"
    """Chart by chart of the few that are open; then merged."""


class Counts(NamedTuple):
    """What is known before a search: rows of the type, of them those that one criterion finds, charts, open ones."""

    of_kind: float
    rarest: float
    """Rows of the type that the rarest criterion finds by its own index; as many as ``of_kind`` where none can."""
    charts: float
    open_charts: float
    marked: float = -1
    """Rows of the type of which the bounds of a date that is looked for say nothing; below zero without such bounds."""


_THROUGH_COST, _ORDER_COST, _CHART_COST, _CHART_ROW_COST = 14.0, 8.0, 60.0, 3.0
"""Microseconds a candidate, a step along an order, a chart looked into, and a row of it."""


def way(counts: Counts, wanted: int, *, has_index: bool) -> Way:
    """The cheapest way to ``wanted`` rows. Pure."""
    a_chart = counts.of_kind / max(counts.charts, 1)
    steps = _steps(counts, wanted)
    # Without its bounds a walk first passes whatever is newer: a quarter of all, for want of better knowledge.
    passed = counts.of_kind / 4 if counts.marked >= 0 else 0
    costs = {
        Way.IN_ORDER: _ORDER_COST * min(steps + passed, counts.of_kind),
        Way.BY_CHART: counts.open_charts * (_CHART_COST + _CHART_ROW_COST * a_chart),
    }
    if has_index:
        costs[Way.THROUGH] = _THROUGH_COST * counts.rarest
    if counts.marked >= 0:
        costs[Way.BY_DAY] = _ORDER_COST * min(steps, counts.of_kind) + _THROUGH_COST * counts.marked
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
        case criteria.Spans(code, _):
            return kind == "Patient" and code == "birthdate"
        case _:
            return isinstance(one, criteria.Updated)


def _of_kind(query: Query) -> str:
    """A patient's own indexes are of that type alone: the planner must see the word. Any other type is a value."""
    return "t.kind = 'Patient'" if query.kind == "Patient" else "t.kind = %(kind)s::text"


def candidates(query: Query, bound: Bound, one: Criterion | None) -> str:
    """A query for what one criterion finds by its index, to be counted by the planner's statistics."""
    tests = [_of_kind(query)]
    if one is not None:
        tests.append(finding.conditions([one], bound, through=0)[0])
    return f"SELECT 1 FROM record_token t WHERE {' AND '.join(tests)}"


class Gate(NamedTuple):
    """The gate's texts: joins for a row ``t`` and for its other charts, and the charts that may be open.

    ``opened`` is these charts as one array in ascending order; it is asked for where a walk is narrow.
    """

    lateral: str
    everywhere: str
    charts: str
    opened: str

    @property
    def may_be_open(self) -> str:
        """Whether the chart of ``t`` is one of them.

        By ``width_bucket``, a binary search: of all the ways to ask a set, this one makes it once for all partitions.
        In ``coalesce``, so that the planner does not guess how few they are.
        """
        return f"coalesce({self.opened}[width_bucket(t.chart_id, {self.opened})] = t.chart_id, false)"


def _behind(opened: str, tests: Sequence[str]) -> list[str]:
    """The tests, each asked only of what may be open: a look at tokens costs more than the planner thinks."""
    if not opened or not tests:
        return [opened] if opened else list(tests)
    return [f"CASE WHEN {opened} THEN {' AND '.join(tests)} ELSE false END"]


def is_narrow(counts: Counts, wanted: int, taken: Way) -> bool:
    """Whether to ask first if a chart may be open at all: making the array costs less than it saves. Pure."""
    met = counts.rarest if taken is Way.THROUGH else _steps(counts, wanted)
    return _GATE_COST * met > _SET_COST * counts.open_charts and counts.open_charts < counts.charts / 2


_GATE_COST, _SET_COST = 4.0, 1.0
"""Microseconds a row that the gate turns down, and an open chart in the array of them."""
OF_A_NAME = 1_000
"""Patients whose name begins so, or who were born then: many more than the planner guesses."""


def _steps(counts: Counts, wanted: int) -> float:
    """Rows that a walk meets until it has as many as are wanted."""
    share = max(min(counts.rarest / max(counts.of_kind, 1), 1), 1e-9)
    is_open = max(min(counts.open_charts / max(counts.charts, 1), 1), 1e-9)
    return min(wanted / (share * is_open), counts.of_kind)


def rows(query: Query, bound: Bound, gate: Gate, *, taken: Way, through: int, narrow: bool = False) -> str:
    """Rows that are looked for and flow, ready for ``finding.page``. ``narrow`` as ``is_narrow`` says."""
    wanted = matching.plain(query.kind, query.criteria)
    place = through if taken is Way.THROUGH else -1
    found = finding.conditions(wanted, bound, through=place)
    if query.updated_before is not None:
        found.append(f"t.updated_at < {bound.put(query.updated_before, 'timestamptz')}")
    # What an index may bound stands by itself: the criterion that leads, and instants.
    first = {n for n, one in enumerate(wanted) if n == place or isinstance(one, criteria.Updated)} | {len(wanted)}
    opened = gate.may_be_open if narrow else ""
    led = [test for n, test in enumerate(found) if n in first]
    rest = _behind(opened, [test for n, test in enumerate(found) if n not in first])
    tests = [_of_kind(query), "t.chart_id > 0", *led, *rest]
    parts = _Parts(query, bound, gate, finding.keyed(query), " AND ".join(tests))
    if taken is Way.THROUGH:
        return _through(parts, wanted[through])
    if taken is Way.BY_CHART:
        one_chart = f"{parts.walk('record_token t')} AND t.chart_id = o.chart_id OFFSET 0"
        return f"SELECT k.* FROM ({gate.charts}) AS o CROSS JOIN LATERAL ({parts.few(one_chart)}) AS k"
    if taken is Way.BY_DAY:
        return _by_day(parts, opened)
    return parts.walk(_walked(query))


class _Parts(NamedTuple):
    """What every way is made of."""

    query: Query
    bound: Bound
    gate: Gate
    columns: str
    test: str

    def walk(self, place: str) -> str:
        """Rows of a place, each gated as it is met."""
        gated = f"{self.gate.lateral} WHERE {self.test} AND {self.gate.everywhere}"
        return f"SELECT {self.columns} FROM {place} {gated}"

    def apart(self) -> str:
        """The test, with the type kept from the index: what is rare is not to be looked up among all of its type."""
        of_kind = _of_kind(self.query)
        return self.test.replace(of_kind, f"(({of_kind}) IS TRUE)", 1)

    def few(self, rows: str) -> str:
        """As many of these rows as can stand on the page."""
        query = self.query
        beyond, order = finding.beyond(query, self.bound), finding.ordered(query)
        names = ", ".join(("chart_id", "resource_id", *(f"k{place}" for place in range(len(matching.sorts(query))))))
        return f"SELECT {names} FROM ({rows}) AS k WHERE {beyond} ORDER BY {order} LIMIT {query.limit + query.ahead}"

    def sorted(self, place: str, test: str) -> str:
        """Candidates of a place in order first, then the gate, until the page is full; OFFSET 0 keeps them apart."""
        columns = f"{self.columns}, t.kind, t.mask, t.source_org, t.author, t.several"
        order = finding.ordered(self.query)
        found = f"SELECT {columns} FROM {place} WHERE {test}"
        found = f"SELECT * FROM ({found}) AS k WHERE {finding.beyond(self.query, self.bound)} ORDER BY {order} OFFSET 0"
        return f"SELECT t.* FROM ({found}) AS t {self.gate.lateral} WHERE {self.gate.everywhere}"


def window(query: Query) -> tuple[criteria.Tokens, float, float] | None:
    """The bounds of a walk along the days, and what marks the rows of which they say nothing; None without any."""
    if matching.sorts(query)[0].by != "dated":
        return None
    found: tuple[criteria.Tokens, float, float] | None = None
    for one in matching.plain(query.kind, query.criteria):
        ends = finding.window(one) if isinstance(one, criteria.Spans) and one.code in search.DAYS else None
        if isinstance(one, criteria.Spans) and ends:
            marks = criteria.Tokens((f"{search.WIDE}{query.kind}.{one.code}",))
            if found is None:
                found = marks, *ends
            elif found[0] == marks:
                found = marks, max(found[1], ends[0]), min(found[2], ends[1])
    return found


def _by_day(parts: _Parts, opened: str) -> str:
    """Along the days between the bounds; and beside them, by their mark, the rows whose day says nothing."""
    marks, low, high = window(parts.query) or (criteria.Tokens(()), -inf, inf)
    first, last = (parts.bound.put(finding.instant(end), "timestamptz") for end in (low, high))
    [marked] = finding.conditions([marks], parts.bound, through=0)
    [unmarked] = finding.conditions([marks._replace(none=True)], parts.bound)
    [only] = _behind(opened, [unmarked])
    days = f"{parts.walk('record_token t')} AND t.dated_at BETWEEN {first} AND {last} AND {only}"
    beside = parts.sorted("record_token t", f"{parts.apart()} AND {marked}")
    return f"({parts.few(days)}) UNION ALL ({parts.few(beside)})"


def _walked(query: Query) -> str:
    """Where the order is walked: ids in the order of their own index, else the tokens' indexes by type."""
    if matching.sorts(query)[0].by != "id":
        return "record_token t"
    return (
        "record_id i JOIN record_token t ON t.chart_id = i.chart_id AND t.kind = i.kind"
        " AND t.resource_id = i.resource_id AND i.kind = %(kind)s::text"
    )


_UNDATED = "'-infinity'::timestamptz"


def _through(parts: _Parts, one: Criterion) -> str:
    """The candidates first, whatever the planner thinks of what follows."""
    if isinstance(one, criteria.Spans) and finding.is_one_day(one) and not parts.query.sort:
        # The index of birth dates gives those of one day in the order of their ids; no Patient is dated.
        return parts._replace(columns=parts.columns.replace("t.dated_at", _UNDATED)).walk("record_token t")
    if not isinstance(one, criteria.Ids):
        by_tokens = isinstance(one, criteria.Tokens | criteria.Texts)
        return parts.sorted("record_token t", parts.apart() if by_tokens else parts.test)
    named = "{" + ",".join(one for one in one.any_of if is_ours(one)) + "}"
    place = (
        "record_id i JOIN record_token t ON t.chart_id = i.chart_id AND t.kind = i.kind"
        f" AND t.resource_id = i.resource_id AND i.resource_id = ANY ({parts.bound.put(named, 'uuid[]')})"
        " AND i.kind = %(kind)s::text"
    )
    return parts.sorted(place, parts.test)
