"""Searches over every chart that the requester's grants open: the gate stands inside the query.

One statement picks the page on the index, opens its bodies and judges the rows themselves once more; the ledger line is
written in the same transaction. It names every chart in the answer, the grant by which each row flowed, and each
version that is given out: no position of the record could say what stood in many charts at once.
"""

from collections.abc import Mapping, Sequence
from typing import LiteralString, NamedTuple, cast

from hallway.consent import gate
from hallway.consent.queries import grant_is_for, grant_lateral, grant_parameters
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester
from hallway.ids import ChartId, OrganizationId, PractitionerId
from hallway.ledger import lines, plans
from hallway.record import crossing, finding, matching, statistics
from hallway.record.criteria import Query, Spans, Texts
from hallway.record.crossing import Way
from hallway.record.evidence import Clause, Purpose
from hallway.record.finding import Bound
from hallway.record.recount import Wanted, items_text
from hallway.record.stored import Stored
from hallway.storage.connection import Cursor, cursor, transaction

SORTS: Mapping[str, frozenset[str]] = {"Patient": frozenset({"family", "name", "birthdate"})}
"""Parameters by which a search over all charts may be sorted: those that have an index of their own."""
GRANT = """gate.source_org AS way_source, gate.allow & %(gate_mask)s::bigint AS way_allow,
    CASE gate.author WHEN -1 THEN %(gate_practitioner)s::int ELSE gate.author END AS way_author,
    gate.kinds AS way_kinds, gate.rule_ids AS way_rules, gate.consent_ids AS way_consents,
    gate.obligations AS way_obligations"""
"""The columns of a grant by which a row flows."""
CHARTS = f"SELECT DISTINCT gate.chart_id FROM consent_grant gate WHERE {grant_is_for()}"
"""The charts of which a grant may open something."""


def everywhere(row: str, as_uuid: str = "") -> str:
    """Whether every chart of a row of several is open to the requester."""
    there = grant_lateral("there", source="source_org", author="there.author", name="inner_gate")
    opened = f"""LEFT JOIN LATERAL (SELECT 1 AS open FROM
        (SELECT m.chart_id, {row}.mask, {row}.source_org, {row}.author) AS there {there}) AS open ON true"""
    return finding.everywhere(row, "open.open IS NULL", asked=opened, as_uuid=as_uuid)


_ON_INDEX = crossing.Gate(
    lateral=grant_lateral("t", source="source_org", author="t.author"),
    everywhere=everywhere("t"),
    charts=CHARTS,
    opened="(SELECT held FROM opened_charts)",
)
_OPENED = f"WITH opened_charts AS MATERIALIZED (SELECT ARRAY({CHARTS} ORDER BY 1) AS held)"
"""Every statement begins with it; it is not run where nothing asks for it."""
_ON_ROWS = grant_lateral("o", source="source_org", author="o.author", columns=GRANT)
PLANNED = "SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_memoize', 'off', true)"
"""One plan for any values: what an index should be asked is decided by ``crossing``, and planning takes long.

Answers of the gate are not kept within a statement: room for as many as the type has rows would be made first.
"""
UNPLANNED = "SELECT set_config('plan_cache_mode', 'auto', true), set_config('enable_memoize', 'on', true)"
"""What holds again after it."""


class Row(NamedTuple):
    """One resource that flows, the chart it lives in, and the way by which it does."""

    chart: ChartId
    several: bool
    way: Clause
    stored: Stored


def find_across(requester: Requester, query: Query, *, purpose: Purpose | None = None, route: str = "") -> list[Stored]:
    """Resources of any chart that meet every criterion and may flow to the requester, in the order asked for.

    Sort keys here are ``dated``, ``updated``, ``id``, and for Patient those of ``SORTS``. Raises HallwayError INCORRECT
    for another. At most ``query.limit + query.ahead``; those ahead stand in no line.
    """
    _refuse_sorts(query)
    bound = Bound()
    gated = grant_parameters(requester, query.kind, purpose)
    with transaction(), cursor() as opened:
        picked = finding.page(query, _rows(opened, query, bound, gated), bound)
        opened.execute(PLANNED)
        found = _read(opened, query, picked, {**bound.values, **gated, "kind": query.kind})
        opened.execute(UNPLANNED)
        others = other_ways(opened, [row for row in found if row.several], gated)
        told = found[: query.limit]
        stated = str(gate.purpose_for(requester, purpose) or "")
        lines.write(line_of(requester, Wanted.of(query).text(), told, others, stated=stated, route=route))
    return [row.stored for row in found]


def count_across(requester: Requester, query: Query, *, purpose: Purpose | None = None, route: str = "") -> int:
    """How many resources ``find_across`` would give in all its pages; it grows with the population.

    Its line names no chart: a number over all of them is told, and none is looked into.
    """
    bound, whole = Bound(), query._replace(after=None, sort=(), limit=0, ahead=0)
    gated = grant_parameters(requester, query.kind, purpose)
    with transaction(), cursor() as opened:
        rows = _rows(opened, whole, bound, gated, counted=True)
        statement = f"{_OPENED} SELECT count(*) FROM ({rows}) AS k"
        row = opened.execute(statement.encode(), {**bound.values, **gated, "kind": query.kind}).fetchone()
        stated = str(gate.purpose_for(requester, purpose) or "")
        lines.write(line_of(requester, Wanted.of(whole).text(), [], {}, stated=stated, route=route, act="count"))
    return int(row[0]) if row else 0


def _refuse_sorts(query: Query) -> None:
    allowed = SORTS.get(query.kind, frozenset[str]()) | matching.COLUMNS
    if any(one.by not in allowed for one in query.sort) or len(query.sort) > 1:
        raise HallwayError(
            Kind.INCORRECT,
            "H-CON-090",
            what="A search over all patients cannot be sorted by that.",
            undone="Nothing was searched.",
            to_do="Name one patient, or sort by one of _id, _lastUpdated, date or, for patients, name or birthdate.",
        )


def _rows(opened: Cursor, query: Query, bound: Bound, gated: Mapping[str, object], *, counted: bool = False) -> str:
    """The candidates, come by in the cheapest way."""
    wanted = matching.plain(query.kind, query.criteria)
    places = crossing.indexable(query.kind, wanted)
    found = {place: statistics.estimated(opened, query, wanted[place]) for place in places}
    through = min(found, key=lambda place: found[place], default=-1)
    counts = _counts(opened, query, gated, rarest=found.get(through))
    most = counts.of_kind if counted else query.limit + query.ahead
    taken = crossing.way(counts, int(most), has_index=through >= 0)
    if counted and taken is not Way.THROUGH:
        taken = Way.IN_ORDER
    if taken is Way.THROUGH and isinstance(wanted[through], Texts | Spans):
        counts = counts._replace(rarest=max(counts.rarest, crossing.OF_A_NAME))
    narrow = crossing.is_narrow(counts, int(most), taken)
    return crossing.rows(query, bound, _ON_INDEX, taken=taken, through=through, narrow=narrow)


def _counts(opened: Cursor, query: Query, gated: Mapping[str, object], *, rarest: float | None) -> crossing.Counts:
    of_kind = statistics.estimated(opened, query)
    counts = crossing.Counts(
        of_kind=of_kind,
        rarest=of_kind if rarest is None else min(rarest, of_kind),
        charts=statistics.charts(opened),
        open_charts=statistics.counted(opened, CHARTS, gated),
    )
    window = crossing.window(query)
    return counts if window is None else counts._replace(marked=statistics.estimated(opened, query, window[0]))


def _read(opened: Cursor, query: Query, picked: str, parameters: Mapping[str, object]) -> list[Row]:
    """The picked bodies, each judged once more where it lies."""
    statement = f"""{_OPENED}, picked AS MATERIALIZED ({picked})
SELECT o.chart_id, o.several, way_source, way_allow, way_author, way_kinds, way_rules, way_consents, way_obligations,
    o.kind, o.resource_id, o.version, o.updated_at, o.dated_at, o.source_org, o.author, o.mask, o.meta, o.body
FROM record_opened(%(kind)s::text, ARRAY(SELECT chart_id FROM picked), ARRAY(SELECT resource_id FROM picked)) AS o
{_ON_ROWS} WHERE {everywhere("o", "::uuid")} ORDER BY o.place"""
    rows = opened.execute(cast("LiteralString", statement), parameters).fetchall()
    return [Row(ChartId(row[0]), row[1], way_of(row[2:9]), Stored._make(row[9:])) for row in rows]


def way_of(row: Sequence[object]) -> Clause:
    """The way by which a row flows, from the columns of ``GRANT``."""
    source, allow, author, *lists = row
    kinds, rules, consents, obligations = (tuple(cast("list[str]", one)) for one in lists)
    return Clause(
        OrganizationId(cast("int", source)), cast("int", allow), PractitionerId(cast("int", author)), kinds, rules,
        consents, obligations,
    )  # fmt: skip


_OF_OTHERS = f"""
SELECT m.chart_id, way_source, way_allow, way_author, way_kinds, way_rules, way_consents, way_obligations
FROM unnest(%(homes)s::bigint[], %(kinds)s::text[], %(ids)s::uuid[], %(masks)s::bigint[], %(sources)s::int[],
    %(authors)s::int[]) AS r (home, kind, id, mask, source_org, author)
JOIN record_membership m ON m.home_chart_id = r.home AND m.kind = r.kind AND m.resource_id = r.id
    AND m.chart_id <> r.home
CROSS JOIN LATERAL (SELECT m.chart_id, r.mask, r.source_org, r.author) AS there
{grant_lateral("there", source="source_org", author="there.author", columns=GRANT)}"""


def other_ways(opened: Cursor, several: Sequence[Row], gated: Mapping[str, object]) -> dict[ChartId, list[Clause]]:
    """The ways by which resources of several charts flow from the charts they do not live in."""
    found: dict[ChartId, list[Clause]] = {}
    if several:
        stored = [row.stored for row in several]
        asked = {
            "homes": [row.chart for row in several], "kinds": [one.kind for one in stored],
            "ids": [one.id for one in stored], "masks": [one.mask for one in stored],
            "sources": [one.source_org for one in stored], "authors": [one.author for one in stored],
        }  # fmt: skip
        for chart, *way in opened.execute(_OF_OTHERS.encode(), {**gated, **asked}).fetchall():
            found.setdefault(ChartId(chart), []).append(way_of(way))
    return found


def line_of(
    requester: Requester, detail: str, told: Sequence[Row], others: Mapping[ChartId, Sequence[Clause]], *,
    stated: str, route: str, act: str = "search",
) -> lines.Line:  # fmt: skip
    """The line of an answer over many charts: ``detail`` says what was asked for, the items follow it."""
    ways: dict[ChartId, list[Clause]] = {}
    for row in told:
        ways.setdefault(row.chart, []).append(row.way)
    for chart, clauses in others.items():
        ways.setdefault(chart, []).extend(clauses)
    return lines.Line(
        account_id=requester.account_id,
        practitioner_id=requester.practitioner_id,
        organization_id=requester.organization_id,
        role=requester.role,
        act=act,
        purpose=stated,
        charts=tuple(ways),
        route=lines.by(requester, route),
        plan=plans.text_of(tuple(tuple(dict.fromkeys(one)) for one in ways.values())) if ways else "",
        detail=f"{detail}{items_text([row.stored for row in told])}",
    )
