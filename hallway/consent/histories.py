"""Histories over every chart that the requester's grants open: each version is judged inside the query.

One statement picks the page, opens its bodies and judges each once more; the line is written in the same transaction
and names every version that is given out.
"""

from collections.abc import Mapping, Sequence
from typing import LiteralString, NamedTuple, cast

from hallway.consent import gate
from hallway.consent.queries import grant_lateral, grant_parameters
from hallway.consent.searching import CHARTS, GRANT, PLANNED, UNPLANNED, Row, everywhere, line_of, other_ways, way_of
from hallway.identity.requester import Requester
from hallway.ids import ChartId
from hallway.ledger import lines
from hallway.record import crossing, queries, statistics, versions
from hallway.record.criteria import Query
from hallway.record.crossing import Way
from hallway.record.finding import Bound
from hallway.record.recount import Wanted
from hallway.record.stored import Stored
from hallway.record.versions import Period as Period
from hallway.record.versions import Versions as Versions
from hallway.record.versions import fits as fits
from hallway.storage.connection import Cursor, cursor, transaction


def _lateral(alias: str) -> str:
    return grant_lateral(alias, source="source_org", author=f"{alias}.author", name=f"released_{alias}")


_GATE = versions.Gate(lateral=_lateral, everywhere=everywhere, charts=CHARTS)
_ON_ROWS = f"""{grant_lateral("o", source="source_org", author="o.author", columns=GRANT)}
CROSS JOIN LATERAL (SELECT o.chart_id, o.newest_source AS source_org, o.newest_author AS author,
    o.newest_mask AS mask) AS newest {_lateral("newest")}
WHERE {everywhere("o", "::uuid")}"""


class _Judged(NamedTuple):
    """A version that flows; ``mask`` is the label by which it was judged, its own stands in ``row``."""

    row: Row
    mask: int


def across(requester: Requester, wanted: Versions, *, route: str = "") -> list[Stored]:
    """Versions of any chart that may flow to the requester, and one more than ``wanted.limit`` if there is one.

    A version without a body is a deletion. What is looked up ahead stands in no line.
    """
    with transaction(), cursor() as opened:
        found = _found(opened, requester, wanted)
        _note(opened, requester, wanted, found, route=route)
    return [one.row.stored for one in found]


def of_one(requester: Requester, wanted: Versions, *, route: str = "") -> list[Stored] | None:
    """The same of one resource; None when no version of it flows, whatever else was asked for."""
    assert wanted.id is not None
    homes = queries.charts_holding(wanted.kind, wanted.id)
    if not homes:
        return None
    wanted = wanted._replace(home=homes[0])
    with transaction(), cursor() as opened:
        found = _found(opened, requester, wanted)
        if not found and not _found(
            opened, requester, Versions(wanted.kind, wanted.criteria, home=homes[0], id=wanted.id)
        ):
            return None
        _note(opened, requester, wanted, found, route=route)
    return [one.row.stored for one in found]


def _found(opened: Cursor, requester: Requester, wanted: Versions) -> list[_Judged]:
    """One page and one more. Where criteria hold of some versions only, it is looked further until that is full."""
    gated = grant_parameters(requester, wanted.kind)
    by_chart = wanted.home is None and _is_by_chart(opened, wanted, gated)
    found: list[_Judged] = []
    while True:
        read = _read(opened, wanted, gated, by_chart=by_chart)
        found += [one for one in read if fits(wanted, one.row.stored)]
        if not wanted.criteria or len(read) <= wanted.limit or len(found) > wanted.limit:
            return found[: wanted.limit + 1]
        last = read[-1].row.stored
        wanted = wanted._replace(after=(last.updated_at, last.id))


def _is_by_chart(opened: Cursor, wanted: Versions, gated: Mapping[str, object]) -> bool:
    """Whether looking into each open chart costs less than a walk over all of the type."""
    of_kind = statistics.estimated(opened, Query(wanted.kind))
    counts = crossing.Counts(
        of_kind=of_kind,
        rarest=of_kind,
        charts=statistics.charts(opened),
        open_charts=statistics.counted(opened, CHARTS, gated),
    )
    return crossing.way(counts, wanted.limit + 1, has_index=False) is Way.BY_CHART


def _read(opened: Cursor, wanted: Versions, gated: Mapping[str, object], *, by_chart: bool) -> list[_Judged]:
    """The picked bodies, each judged once more where it lies."""
    bound = Bound()
    picked = versions.picked(wanted, bound, _GATE, by_chart=by_chart)
    statement = f"""WITH picked AS MATERIALIZED ({picked})
SELECT o.mask, o.chart_id, o.several, way_source, way_allow, way_author, way_kinds, way_rules, way_consents,
    way_obligations, o.kind, o.resource_id, o.version, o.updated_at, o.dated_at, o.source_org, o.author, o.own_mask,
    o.meta, o.body
FROM record_opened_versions(%(kind)s::text, ARRAY(SELECT chart_id FROM picked),
    ARRAY(SELECT resource_id FROM picked), ARRAY(SELECT updated_at FROM picked)) AS o
{_ON_ROWS} ORDER BY o.place"""
    opened.execute(PLANNED)
    asked = {**bound.values, **gated, "kind": wanted.kind}
    rows = opened.execute(cast("LiteralString", statement), asked).fetchall()
    opened.execute(UNPLANNED)
    return [_Judged(Row(ChartId(row[1]), row[2], way_of(row[3:10]), Stored._make(row[10:])), row[0]) for row in rows]


def _note(opened: Cursor, requester: Requester, wanted: Versions, found: Sequence[_Judged], *, route: str) -> None:
    """The line of what is given out."""
    told = found[: wanted.limit]
    several = [one.row._replace(stored=one.row.stored._replace(mask=one.mask)) for one in told if one.row.several]
    others = other_ways(opened, several, grant_parameters(requester, wanted.kind))
    stated = str(gate.purpose_for(requester, None) or "")
    detail = Wanted((wanted.kind,), limit=wanted.limit).text()
    rows = [one.row for one in told]
    lines.write(line_of(requester, detail, rows, others, stated=stated, route=route, act="history"))
