"""Reading functions. Each opens the wall for the charts it was given a plan for, reads, and shuts it again.

They are functions because the setting that the policies compare must be in force before the scan begins, and a plain
statement promises no order between the two. A plan comes as parallel arrays, one element a clause: chart, source
organization, allowed mask, author (0: any), kinds ('': all, else comma-separated). A resource of several charts flows
only when the plan of every one of them allows it.
"""

from django.db import migrations

ROW = """kind text, resource_id text, version integer, updated_at timestamptz, dated_at timestamptz,
    source_org integer, author integer, mask bigint, meta bytea, body bytea"""
COLUMNS = """r.kind, r.resource_id::text, r.version, r.updated_at, r.dated_at, r.source_org, r.author, r.mask,
    r.meta, r.body"""
PLAN = "p_charts bigint[], p_orgs integer[], p_allows bigint[], p_authors integer[], p_narrow text[]"

CLAUSE = """c.org = r.source_org AND r.mask & ~c.allow = 0 AND (c.author = 0 OR c.author = r.author)
    AND (c.narrow = '' OR r.kind = ANY (string_to_array(c.narrow, ',')))"""
CLAUSES = "unnest(p_charts, p_orgs, p_allows, p_authors, p_narrow) AS c (chart, org, allow, author, narrow)"

ALLOWED = f"EXISTS (SELECT 1 FROM {CLAUSES} WHERE c.chart = p_chart AND {CLAUSE})"
ALL_CHARTS_ALLOW = f"""(NOT r.several OR NOT EXISTS (
    SELECT 1 FROM record_membership m
    WHERE m.home_chart_id = r.chart_id AND m.kind = r.kind AND m.resource_id = r.resource_id
      AND NOT EXISTS (SELECT 1 FROM {CLAUSES} WHERE c.chart = m.chart_id AND {CLAUSE})))"""
FLOWS = f"{ALLOWED} AND {ALL_CHARTS_ALLOW}"


def function(name: str, arguments: str, returns: str, body: str) -> str:
    """A reading function: open the wall, run ``body``, shut the wall."""
    return f"""CREATE FUNCTION {name}(p_chart bigint, {PLAN}{arguments}) RETURNS {returns}
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
    #variable_conflict use_column
    BEGIN
        PERFORM set_config('hallway.charts', p_charts::text, true);
        {body}
        PERFORM set_config('hallway.charts', '', true);
        RETURN;
    END $$"""


OWN = "record_resource r WHERE r.chart_id = p_chart"
ELSEWHERE = """record_membership own JOIN record_resource r
    ON r.chart_id = own.home_chart_id AND r.kind = own.kind AND r.resource_id = own.resource_id
    WHERE own.chart_id = p_chart AND own.home_chart_id <> p_chart"""
WANTED = """(p_kinds IS NULL OR r.kind = ANY (p_kinds))
    AND (p_since IS NULL OR r.dated_at >= p_since)"""


def both(columns: str, condition: str) -> str:
    """Rows that live in the chart, and those of several charts that live elsewhere."""
    return f"""SELECT {columns} FROM {OWN} AND {condition} AND {FLOWS}
        UNION ALL SELECT {columns} FROM {ELSEWHERE} AND {condition} AND {FLOWS}"""


READ = function(
    "record_read",
    ", p_kinds text[], p_since timestamptz, p_limit bigint",
    f"TABLE ({ROW})",
    f"""IF p_limit IS NULL THEN
        RETURN QUERY {both(COLUMNS, WANTED)};
    ELSE
        RETURN QUERY SELECT * FROM ({both(COLUMNS, WANTED)}) AS found
            ORDER BY found.dated_at DESC NULLS LAST, found.resource_id DESC LIMIT p_limit;
    END IF;""",
)

READ_ONE = function(
    "record_read_one",
    ", p_kind text, p_id uuid",
    f"TABLE ({ROW})",
    f"RETURN QUERY {both(COLUMNS, 'r.kind = p_kind AND r.resource_id = p_id')};",
)

READ_VERSIONS = function(
    "record_read_versions",
    ", p_kind text, p_id uuid",
    f"TABLE ({ROW})",
    f"""RETURN QUERY SELECT * FROM (
        {both(COLUMNS, "r.kind = p_kind AND r.resource_id = p_id")}
        UNION ALL
        SELECT {COLUMNS} FROM record_history r
        WHERE r.chart_id = p_chart AND r.kind = p_kind AND r.resource_id = p_id AND {FLOWS}
    ) AS found ORDER BY found.version DESC;""",
)

SEARCH = function(
    "record_search",
    ", p_kind text, p_tokens text[], p_after timestamptz, p_after_id uuid, p_limit bigint",
    f"TABLE ({ROW})",
    f"""RETURN QUERY SELECT {COLUMNS}
        FROM record_token t JOIN record_resource r
            ON r.chart_id = t.chart_id AND r.kind = t.kind AND r.resource_id = t.resource_id
        WHERE t.chart_id = p_chart AND t.kind = p_kind AND t.tokens @> p_tokens
          AND (p_after_id IS NULL
               OR (coalesce(r.dated_at, '-infinity'), r.resource_id) < (p_after, p_after_id))
          AND {FLOWS}
        ORDER BY coalesce(r.dated_at, '-infinity') DESC, r.resource_id DESC LIMIT p_limit;""",
)

COUNT = function(
    "record_count",
    ", p_kinds text[]",
    "TABLE (total bigint)",
    f"""RETURN QUERY SELECT count(*) FROM (
        {both("1", "(p_kinds IS NULL OR r.kind = ANY (p_kinds))")}) AS found;""",
)


class Migration(migrations.Migration):
    dependencies = [("record", "0001_initial")]
    operations = [migrations.RunSQL([READ, READ_ONE, READ_VERSIONS, SEARCH, COUNT])]
