"""The SQL of histories over many charts: every version that stood, where a gate inside the same query lets it flow.

A version is judged by its own source and author under the stricter of its own label and its resource's newest, and the
newest itself must flow: what was relabelled or deleted out of sight is withheld with its whole past. Opens to
``record`` and ``consent`` only.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from hallway.ids import ChartId, ResourceId
from hallway.record import finding, matching
from hallway.record.criteria import Criterion
from hallway.record.finding import Bound
from hallway.record.stored import Stored


class Period(NamedTuple):
    """A time with what its precision leaves open: microseconds since 1970; both ends belong to it."""

    low: float
    high: float


class Versions(NamedTuple):
    """What of the past of one type is asked for.

    ``since`` is the first instant, in microseconds since 1970; ``at`` the period in which a version must have been the
    current one as far as its reader can see, or in which a deletion happened. ``criteria`` must hold of the resource as
    it stands and of the version: what is gone meets none. ``after`` are instant and id of the last one shown. ``home``
    and ``id`` name one resource.
    """

    kind: str
    criteria: tuple[Criterion, ...] = ()
    since: float | None = None
    at: Period | None = None
    descending: bool = True
    limit: int = 50
    after: tuple[datetime, ResourceId] | None = None
    home: ChartId | None = None
    id: ResourceId | None = None


class Gate(NamedTuple):
    """The gate's texts: joins for a row of an alias, the condition on its other charts, the charts that may be open."""

    lateral: Callable[[str], str]
    everywhere: Callable[[str], str]
    charts: str


def picked(wanted: Versions, bound: Bound, gate: Gate, *, by_chart: bool) -> str:
    """One page, and one more: chart, id and instant, in order.

    ``by_chart`` looks into each open chart; otherwise all of the type are walked along their instants.
    """
    if wanted.home is not None:
        charts = f"SELECT {bound.put(int(wanted.home), 'bigint')} AS chart_id"
    else:
        charts = gate.charts if by_chart else ""
    rows = f"({_standing(wanted, bound, gate, charts)}) UNION ALL ({_past(wanted, bound, gate, charts)})"
    if charts:
        rows = f"SELECT k.* FROM ({charts}) AS o CROSS JOIN LATERAL ({rows}) AS k"
    return f"SELECT k.chart_id, k.resource_id, k.updated_at FROM ({rows}) AS k {_page(wanted, 'k')}"


def _page(wanted: Versions, row: str) -> str:
    way = "DESC" if wanted.descending else "ASC"
    return f"ORDER BY {row}.updated_at {way}, {row}.resource_id {way} LIMIT {int(wanted.limit) + 1}"


def _standing(wanted: Versions, bound: Bound, gate: Gate, charts: str) -> str:
    """Versions that stand now."""
    tests = [*_bounds(wanted, bound, "t", charts), gate.everywhere("t")]
    tests += finding.conditions(matching.plain(wanted.kind, wanted.criteria), bound)
    return f"""SELECT t.chart_id, t.resource_id, t.updated_at FROM record_token t {gate.lateral("t")}
        WHERE {" AND ".join(tests)} {_page(wanted, "t")}"""


def _past(wanted: Versions, bound: Bound, gate: Gate, charts: str) -> str:
    """Versions before, and deletions."""
    tests = [*_bounds(wanted, bound, "past", charts), gate.everywhere("past")]
    if wanted.criteria:
        stands = finding.conditions(matching.plain(wanted.kind, wanted.criteria), bound)
        tests.append(f"EXISTS (SELECT 1 FROM record_token t WHERE {_same('t')} AND {' AND '.join(stands)})")
    if wanted.at is not None:
        low = bound.put(finding.instant(wanted.at.low), "timestamptz")
        later = f"""SELECT 1 FROM ({_LATER}) AS later {gate.lateral("later")}
            WHERE {_same("later")} AND later.updated_at > past.updated_at AND later.updated_at <= {low}
            AND {gate.everywhere("later")}"""
        tests.append(f"CASE WHEN past.deleted THEN past.updated_at >= {low} ELSE NOT EXISTS ({later}) END")
    return f"""SELECT past.chart_id, past.resource_id, past.updated_at FROM record_past past {gate.lateral("past")}
        CROSS JOIN LATERAL (SELECT past.chart_id, past.newest_source AS source_org, past.newest_author AS author,
            past.newest_mask AS mask) AS newest {gate.lateral("newest")}
        WHERE {" AND ".join(tests)} {_page(wanted, "past")}"""


_LATER = """SELECT chart_id, kind, resource_id, updated_at, mask, source_org, author, several FROM record_token
    UNION ALL SELECT chart_id, kind, resource_id, updated_at, mask, source_org, author, several FROM record_past"""


def _same(row: str) -> str:
    """Another version of the same resource."""
    return " AND ".join(f"{row}.{name} = past.{name}" for name in ("chart_id", "kind", "resource_id"))


def _bounds(wanted: Versions, bound: Bound, row: str, charts: str) -> list[str]:
    """Type, chart, id and instant of a row."""
    tests = [f"{row}.kind = %(kind)s::text", f"{row}.chart_id = o.chart_id" if charts else f"{row}.chart_id > 0"]
    if wanted.id is not None:
        tests.append(f"{row}.resource_id = {bound.put(wanted.id, 'uuid')}")
    if wanted.since is not None:
        tests.append(f"{row}.updated_at >= {bound.put(finding.instant(wanted.since), 'timestamptz')}")
    if wanted.at is not None:
        tests.append(f"{row}.updated_at <= {bound.put(finding.instant(wanted.at.high), 'timestamptz')}")
    if wanted.after is not None:
        at, last = bound.put(wanted.after[0], "timestamptz"), bound.put(wanted.after[1], "uuid")
        tests.append(f"({row}.updated_at, {row}.resource_id) {'<' if wanted.descending else '>'} ({at}, {last})")
    return tests


def fits(wanted: Versions, one: Stored) -> bool:
    """Whether a version itself meets every criterion; a deletion meets none. Pure."""
    if not wanted.criteria:
        return True
    return bool(one.body) and matching.meets(matching.found_of(one), matching.plain(wanted.kind, wanted.criteria))
