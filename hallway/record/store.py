"""The resource store: its SQL, and the one function that locks charts. Opens to ``record`` and ``consent`` only.

A reading statement is gate, line, rows: the gate compares epochs and ends, the ledger line is inserted only behind a
passed gate, and rows are read only behind a written line. No row of the result at all means the release is stale.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import LiteralString

from hallway import clock
from hallway.ids import ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.ledger.lines import Line, insert_line
from hallway.ledger.plans import Way
from hallway.record import given
from hallway.record.evidence import Clause, Release
from hallway.record.stored import StaleRelease, Stored
from hallway.storage.connection import Cursor, cursor, transaction

PARTITIONS = 8
Parameters = dict[str, object]

GATE = """
WITH gate AS (
    SELECT coalesce(max(held.position) FILTER (WHERE held.chart_id = %(chart)s::bigint), 0) AS position
    FROM unnest(%(gate_charts)s::bigint[], %(gate_epochs)s::bigint[]) AS asked (chart, epoch)
    LEFT JOIN record_chart held ON held.chart_id = asked.chart AND held.epoch = asked.epoch
    HAVING count(*) = count(held.chart_id)
), line AS (
"""
LINE = insert_line(position="gate.position", behind="FROM gate")
PLAN = (
    "%(chart)s::bigint, %(plan_charts)s::bigint[], %(plan_orgs)s::int[], %(plan_allows)s::bigint[],"
    " %(plan_authors)s::int[], %(plan_narrow)s::text[]"
)


def _reading(call: LiteralString) -> LiteralString:
    """The statement around one reading function."""
    return f"{GATE}{LINE} RETURNING 1)\nSELECT found.* FROM line LEFT JOIN LATERAL {call} AS found ON true"


PART = f"{GATE}{LINE} RETURNING 1)\nSELECT 1 FROM line"
READ = _reading(f"record_read({PLAN}, %(kinds)s::text[], %(since)s::timestamptz, %(limit)s::bigint)")
READ_ONE = _reading(f"record_read_one({PLAN}, %(kind)s::text, %(id)s::uuid)")
READ_VERSIONS = _reading(f"record_read_versions({PLAN}, %(kind)s::text, %(id)s::uuid)")
COUNT = _reading(f"record_count({PLAN}, %(kinds)s::text[])")
SOURCES = (
    f"{GATE}{LINE} RETURNING 1)\nSELECT DISTINCT found.source_org FROM line LEFT JOIN LATERAL"
    f" record_read({PLAN}, NULL, NULL, NULL) AS found ON true"
)
AT = f"SELECT found.* FROM record_at({PLAN}, %(position)s::bigint) AS found"  # noqa: S608 - our own words
VERSIONS_NAMED = """SELECT v.resource_id::text, v.version, v.source_org, v.author, v.mask FROM (
        SELECT chart_id, kind, resource_id, version, source_org, author, mask FROM record_resource
        UNION ALL SELECT chart_id, kind, resource_id, version, source_org, author, mask FROM record_history) AS v
    WHERE v.chart_id = ANY (%s::bigint[]) AND v.kind = %s::text
        AND (v.resource_id, v.version) IN (SELECT * FROM unnest(%s::uuid[], %s::int[]))"""
READ_SHARED = """SELECT kind, resource_id::text, version, updated_at, dated_at, source_org, author, mask, meta, body
    FROM record_resource WHERE chart_id = 0 AND kind = %(kind)s::text AND resource_id = %(id)s::uuid"""

OPEN_CHART = "INSERT INTO record_chart (chart_id, patient_id, created_at) VALUES (%s::bigint, %s::uuid, %s)"
BUMP_EPOCHS = """UPDATE record_chart SET epoch = epoch + 1 WHERE chart_id IN (SELECT chart_id FROM record_chart
    WHERE chart_id = ANY (%s::bigint[]) ORDER BY chart_id FOR NO KEY UPDATE)"""
"""Rows are taken in the order of their charts, so two writers wait for each other instead of meeting crosswise."""

ADVANCE = """WITH here AS (SELECT nextval('record_position') AS position)
    UPDATE record_chart held SET position = here.position FROM here
    WHERE held.chart_id = ANY (%s::bigint[])"""


def _array(values: Sequence[object]) -> str:
    """A PostgreSQL array literal; its type is cast in the statement, so every call shares one prepared statement."""
    return "{" + ",".join(str(value) for value in values) + "}"


@lru_cache(maxsize=4096)
def _plan(charts: tuple[ChartId, ...], clauses: tuple[tuple[Clause, ...], ...]) -> Parameters:
    """The plan parameters of one or several releases."""
    flat = [(chart, clause) for chart, own in zip(charts, clauses, strict=True) for clause in own]
    return {
        "chart": int(charts[0]),
        # The wall stays shut for a chart without a clause, but the array must name the chart for the setting.
        "plan_charts": _array([chart for chart, _ in flat]),
        "plan_orgs": _array([clause.source_org for _, clause in flat]),
        "plan_allows": _array([int(clause.allow) for _, clause in flat]),
        "plan_authors": _array([clause.author for _, clause in flat]),
        "plan_narrow": _array(['"' + ",".join(clause.kinds) + '"' for _, clause in flat]),
    }


def rows_at(charts: Sequence[ChartId], ways: Sequence[Sequence[Way]], position: int) -> list[tuple[object, ...]]:
    """Rows of ``record_at``: every version that stood at a position and flows under a former plan. For ``recount``."""
    clauses = tuple(
        tuple(Clause(OrganizationId(way[0]), way[1], PractitionerId(way[2]), way[3]) for way in own) for own in ways
    )
    with cursor() as opened:
        return opened.execute(AT, {**_plan(tuple(charts), clauses), "position": position}).fetchall()


def rows_named(charts: Sequence[int], kind: str, items: Sequence[tuple[str, int]]) -> list[tuple[object, ...]]:
    """Id, version, source, author and label of named versions. The wall is opened for the charts and shut again."""
    ids, versions = [one for one, _ in items], [version for _, version in items]
    with transaction(), cursor() as opened:
        opened.execute("SELECT set_config('hallway.charts', %s, true)", [_array(charts)])
        rows = opened.execute(VERSIONS_NAMED, [_array(charts), kind, _array(ids), _array(versions)]).fetchall()
        opened.execute("SELECT set_config('hallway.charts', '', true)")
    return rows


def plan_parameters(releases: Sequence[Release]) -> Parameters:
    """Plan and gate parameters for ``releases``; the first is of the chart that is read.

    Raises StaleRelease when one has ended by time.
    """
    now = clock.now()
    if any(release.until is not None and release.until <= now for release in releases):
        raise StaleRelease
    given.note(releases)
    charts = tuple(release.chart_id for release in releases)
    plan = _plan(charts, tuple(release.clauses for release in releases))
    return {
        **plan,
        "gate_charts": _array(charts),
        "gate_epochs": _array([release.epoch for release in releases]),
    }


def released(statement: LiteralString, parameters: Parameters, line: Line) -> list[tuple[object, ...]]:
    """Run a reading statement; its rows. Raises StaleRelease when the gate did not pass."""
    with cursor() as opened:
        opened.execute(statement, {**parameters, **line.bound(opened)})
        rows = opened.fetchall()
    if not rows:
        given.take_back()
        raise StaleRelease
    return rows


def stored_rows(rows: Sequence[tuple[object, ...]]) -> list[Stored]:
    """Rows of a reading function as Stored, without the empty one that stands for "passed, nothing found"."""
    return [] if rows[0][0] is None else list(map(Stored._make, rows))


def lock_charts(opened: Cursor, chart_ids: Sequence[ChartId]) -> None:
    """Take the write locks of these charts in ascending order, for the rest of the transaction, and open the wall.

    The only place that locks charts: locks in arrival order ran at 1.25 transactions a second, sorted at 964.
    """
    wanted = sorted(set(chart_ids))
    opened.execute(
        "SELECT chart_id FROM record_chart WHERE chart_id = ANY (%s::bigint[]) ORDER BY chart_id FOR NO KEY UPDATE",
        [_array(wanted)],
    )
    opened.fetchall()
    opened.execute("SELECT set_config('hallway.charts', %s, true)", [_array(wanted)])


def advance(opened: Cursor, chart_ids: Sequence[ChartId]) -> None:
    """Draw the number of this write and leave it on its charts, whose locks are held: what follows is written at it."""
    opened.execute(ADVANCE, [_array(sorted(set(chart_ids)))])


def shut_wall(opened: Cursor) -> None:
    """Shut the wall that ``lock_charts`` opened: what follows reads through a release or not at all."""
    opened.execute("SELECT set_config('hallway.charts', '', true)")


def shared_row(kind: str, resource_id: ResourceId) -> Stored | None:
    """A resource of chart 0."""
    with cursor() as opened:
        row = opened.execute(READ_SHARED, {"kind": kind, "id": resource_id}).fetchone()
    return None if row is None else Stored._make(row)


def sources_of(chart_id: ChartId) -> list[OrganizationId]:
    """Organizations that have written into the chart, ascending."""
    with cursor() as opened:
        rows = opened.execute(
            "SELECT source_org FROM record_chart_source WHERE chart_id = %s::bigint ORDER BY source_org", [chart_id]
        ).fetchall()
    return [OrganizationId(row[0]) for row in rows]


def one_value(statement: LiteralString, parameters: Sequence[object]) -> object | None:
    """The first column of the first row, or None."""
    with cursor() as opened:
        row = opened.execute(statement, parameters).fetchone()
    return None if row is None else row[0]


def charts_of(patient_ids: Sequence[ResourceId]) -> dict[ResourceId, ChartId]:
    """Chart of each known Patient id; a merged chart keeps its own."""
    with cursor() as opened:
        rows = opened.execute(
            "SELECT patient_id::text, chart_id FROM record_chart WHERE patient_id = ANY (%s::uuid[])",
            [_array(patient_ids)],
        ).fetchall()
    return {ResourceId(row[0]): ChartId(row[1]) for row in rows}


def standing(chart_ids: Sequence[ChartId]) -> dict[ChartId, tuple[int, int]]:
    """Epoch and position of each known chart."""
    with cursor() as opened:
        rows = opened.execute(
            "SELECT chart_id, epoch, position FROM record_chart WHERE chart_id = ANY (%s::bigint[])",
            [_array(chart_ids)],
        ).fetchall()
    return {ChartId(row[0]): (row[1], row[2]) for row in rows}


def patients_of(chart_ids: Sequence[ChartId]) -> dict[ChartId, ResourceId]:
    """The Patient id of each known chart."""
    with cursor() as opened:
        rows = opened.execute(
            "SELECT chart_id, patient_id::text FROM record_chart WHERE chart_id = ANY (%s::bigint[]) AND chart_id <> 0",
            [_array(chart_ids)],
        ).fetchall()
    return {ChartId(row[0]): ResourceId(row[1]) for row in rows}


def charts_called(family_key: str, given_key: str, birth_on: date) -> list[int]:
    """Charts by folded name and birth date, merged ones left out; at most two, because two are as good as none."""
    with cursor() as opened:
        rows = opened.execute(
            "SELECT h.chart_id FROM record_header h JOIN record_chart c ON c.chart_id = h.chart_id"
            " WHERE h.birth_on = %s::date AND h.family_key = %s::text AND c.merged_into IS NULL"
            " AND (h.given_key = %s::text OR starts_with(h.given_key, %s::text || ' ')) ORDER BY h.chart_id LIMIT 2",
            [birth_on, family_key, given_key, given_key],
        ).fetchall()
    return [row[0] for row in rows]


def charts_holding(kind: str, resource_id: ResourceId) -> list[ChartId]:
    """The chart where a resource is stored, then every other chart it belongs to."""
    with cursor() as opened:
        rows = opened.execute(
            "SELECT i.chart_id, 0 FROM record_id i WHERE i.resource_id = %(id)s::uuid AND i.kind = %(kind)s::text"
            " UNION SELECT m.chart_id, 1 FROM record_id i JOIN record_membership m ON m.home_chart_id = i.chart_id"
            " AND m.kind = i.kind AND m.resource_id = i.resource_id AND m.chart_id <> i.chart_id"
            " WHERE i.resource_id = %(id)s::uuid AND i.kind = %(kind)s::text ORDER BY 2, 1",
            {"id": resource_id, "kind": kind},
        ).fetchall()
    return [ChartId(row[0]) for row in rows]


def waiting(
    organization: int, *, author: int, charts: Sequence[int] | None, shutting: Sequence[str], limit: int
) -> list[tuple[object, ...]]:
    """Rows of ``record_waiting``: what nobody could judge, oldest first, without content."""
    with cursor() as opened:
        return opened.execute(
            "SELECT chart_id, kind, resource_id, version, dated_at, updated_at, author, mask, basis"
            " FROM record_waiting(%s::int, %s::int, %s::bigint[], %s::text[], %s::bigint)",
            [organization, author, None if charts is None else _array(charts), list(shutting), limit],
        ).fetchall()


def masks_of(chart_ids: Sequence[ChartId], keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Label masks of named resources; the wall is opened for these charts and shut again."""
    with transaction(), cursor() as opened:
        opened.execute("SELECT set_config('hallway.charts', %s, true)", [_array(chart_ids)])
        rows = opened.execute(
            "SELECT kind, resource_id::text, mask FROM record_resource"
            " WHERE chart_id = ANY (%s::bigint[]) AND resource_id = ANY (%s::uuid[])",
            [_array(chart_ids), _array([key[1] for key in keys])],
        ).fetchall()
        opened.execute("SELECT set_config('hallway.charts', '', true)")
    return {(row[0], row[1]): row[2] for row in rows}


def subjects_known_by(tokens: Sequence[str]) -> list[tuple[object, ...]]:
    """Chart, birth date and whether deceased, of every patient whose identifier is one of the tokens."""
    with cursor() as opened:
        return opened.execute(
            "SELECT DISTINCT c.chart_id, h.birth_on, h.deceased FROM record_token t"
            " JOIN record_chart c ON c.chart_id = t.chart_id"
            " JOIN record_header h ON h.chart_id = c.chart_id"
            " WHERE t.kind = 'Patient' AND t.tokens && %s::text[] ORDER BY 1",
            [list(tokens)],
        ).fetchall()
