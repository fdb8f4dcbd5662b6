"""The index carries what its gate and its order look at: a search finds and filters without a look at any body.

Copies of day, instant, source, author and label stand in each row of ``record_token``, and both ends of every date,
number and quantity. They are written with the row they copy, by the same statements. Bodies are then opened one by one,
behind the wall, where the plan is applied again.
"""

import importlib

from django.db import migrations

reads = importlib.import_module("hallway.record.migrations.0002_reads")

COLUMNS = [
    """ALTER TABLE record_token
        ADD COLUMN updated_at timestamptz NOT NULL DEFAULT '-infinity',
        ADD COLUMN dated_at timestamptz NOT NULL DEFAULT '-infinity',
        ADD COLUMN source_org integer NOT NULL DEFAULT 0,
        ADD COLUMN author integer NOT NULL DEFAULT 0,
        ADD COLUMN mask bigint NOT NULL DEFAULT -1,
        ADD COLUMN several boolean NOT NULL DEFAULT false,
        ADD COLUMN range_codes text[],
        ADD COLUMN lows float8[],
        ADD COLUMN highs float8[],
        ADD COLUMN units text[]""",
    """UPDATE record_token t SET updated_at = r.updated_at, dated_at = coalesce(r.dated_at, '-infinity'),
            source_org = r.source_org, author = r.author, mask = r.mask, several = r.several
        FROM record_resource r WHERE r.chart_id = t.chart_id AND r.kind = t.kind AND r.resource_id = t.resource_id""",
    """ALTER TABLE record_token ALTER COLUMN updated_at DROP DEFAULT, ALTER COLUMN source_org DROP DEFAULT,
        ALTER COLUMN mask DROP DEFAULT, ALTER COLUMN author DROP DEFAULT, ALTER COLUMN several DROP DEFAULT,
        ALTER COLUMN dated_at DROP DEFAULT""",
    "CREATE INDEX record_token_dated ON record_token (kind, dated_at DESC, resource_id DESC)",
    "CREATE INDEX record_token_updated ON record_token (kind, updated_at DESC, resource_id DESC)",
]
"""A row without its copies would be one of every class (mask -1): it never flows."""

VERSION = [
    """CREATE TABLE record_index (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), version integer NOT NULL)""",
    "INSERT INTO record_index (version) VALUES (0)",
    "REVOKE INSERT, DELETE, TRUNCATE ON record_index FROM hallway_app",
]
"""By which version of the extraction the rows were written; ``hallway reindex`` writes them anew."""

FOUND = reads.function(
    "record_found",
    ", p_kind text, p_homes bigint[], p_ids uuid[]",
    f"TABLE ({reads.ROW})",
    f"""RETURN QUERY SELECT {reads.COLUMNS}
        FROM unnest(p_homes, p_ids) WITH ORDINALITY AS w (home, id, place)
        JOIN record_resource r ON r.chart_id = w.home AND r.kind = p_kind AND r.resource_id = w.id
        WHERE {reads.FLOWS} ORDER BY w.place;""",
)
"""The bodies that a search has picked, in its order, once more under the plan."""

OPENED = f"""CREATE FUNCTION record_opened(p_kind text, p_homes bigint[], p_ids uuid[])
    RETURNS TABLE (chart_id bigint, several boolean, place bigint, {reads.ROW})
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
    #variable_conflict use_column
    BEGIN
        PERFORM set_config('hallway.charts', p_homes::text, true);
        RETURN QUERY SELECT r.chart_id, r.several, w.place, {reads.COLUMNS}
            FROM unnest(p_homes, p_ids) WITH ORDINALITY AS w (home, id, place)
            JOIN record_resource r ON r.chart_id = w.home AND r.kind = p_kind AND r.resource_id = w.id;
        PERFORM set_config('hallway.charts', '', true);
        RETURN;
    END $$"""
"""The same where many charts are searched: the statement around it, which is the gate's, judges the rows once more."""

PLAN = "bigint, bigint[], integer[], bigint[], integer[], text[]"


class Migration(migrations.Migration):
    dependencies = [("record", "0005_positions")]
    operations = [
        migrations.RunSQL(
            [
                *COLUMNS,
                *VERSION,
                FOUND,
                f"ALTER FUNCTION record_found({PLAN}, text, bigint[], uuid[]) STABLE",
                OPENED,
            ]
        )
    ]
