"""Older versions and deletions over many charts: their places in time for a gate to look at, and their bodies behind it.

``record_past`` shows of each version in history where, when, whose and under which label, and no content; it is read with
its owner's rights, as ``record_token`` is without a policy. A version counts as strict as the newest of its resource,
whose own label, source and author stand beside it: a version flows only where the newest does too.
"""

import importlib

from django.db import migrations

reads = importlib.import_module("hallway.record.migrations.0002_reads")

INDEX = "CREATE INDEX record_history_updated ON record_history (kind, updated_at DESC, resource_id DESC)"

PAST = """CREATE VIEW record_past AS
    SELECT h.chart_id, h.kind, h.resource_id, h.version, h.updated_at, h.source_org, h.author, h.deleted,
        h.mask | n.mask AS mask, h.several OR n.several AS several,
        n.mask AS newest_mask, n.source_org AS newest_source, n.author AS newest_author
    FROM record_history h CROSS JOIN LATERAL (
        SELECT v.mask, v.several, v.source_org, v.author FROM (
            SELECT t.mask, t.several, t.source_org, t.author, 2147483647 AS version FROM record_token t
            WHERE t.chart_id = h.chart_id AND t.kind = h.kind AND t.resource_id = h.resource_id
            UNION ALL SELECT l.mask, l.several, l.source_org, l.author, l.version FROM record_history l
            WHERE l.chart_id = h.chart_id AND l.kind = h.kind AND l.resource_id = h.resource_id) AS v
        ORDER BY v.version DESC LIMIT 1) AS n"""

COLUMNS = (
    """chart_id, kind, resource_id, version, updated_at, dated_at, source_org, author, mask, several, meta, body"""
)


def each(where: str, columns: str = COLUMNS) -> str:
    """Rows of the versions that stand and of those before."""
    return f"""SELECT {columns} FROM record_resource v WHERE {where}
            UNION ALL SELECT {columns} FROM record_history v WHERE {where}"""


ONE = "v.chart_id = w.home AND v.kind = p_kind AND v.resource_id = w.id"
OPENED = f"""CREATE FUNCTION record_opened_versions(p_kind text, p_homes bigint[], p_ids uuid[], p_ats timestamptz[])
    RETURNS TABLE (chart_id bigint, several boolean, place bigint, newest_mask bigint, newest_source integer,
        newest_author integer, own_mask bigint, {reads.ROW})
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
    #variable_conflict use_column
    BEGIN
        PERFORM set_config('hallway.charts', p_homes::text, true);
        RETURN QUERY SELECT r.chart_id, r.several OR n.several, w.place, n.mask, n.source_org, n.author, r.mask,
            r.kind, r.resource_id::text, r.version, r.updated_at, r.dated_at, r.source_org, r.author,
            r.mask | n.mask, r.meta, r.body
            FROM unnest(p_homes, p_ids, p_ats) WITH ORDINALITY AS w (home, id, at, place)
            CROSS JOIN LATERAL ({each(f"{ONE} AND v.updated_at = w.at")}) AS r
            CROSS JOIN LATERAL (SELECT * FROM (
                {each(ONE, "mask, several, source_org, author, version")}) AS v ORDER BY v.version DESC LIMIT 1) AS n
            ORDER BY w.place;
        PERFORM set_config('hallway.charts', '', true);
        RETURN;
    END $$"""
"""The versions of these instants. The statement around it, which is the gate's, judges each once more."""


class Migration(migrations.Migration):
    dependencies = [("record", "0010_key_of_words")]
    operations = [
        migrations.RunSQL(
            [
                INDEX,
                PAST,
                "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON record_past FROM hallway_app",
                OPENED,
            ],
            [
                "DROP FUNCTION record_opened_versions(text, bigint[], uuid[], timestamptz[])",
                "DROP VIEW record_past",
                "DROP INDEX record_history_updated",
            ],
        )
    ]
