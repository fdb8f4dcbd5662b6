"""Labels in time: what nobody has judged yet is found by an index; an older version flows only as the newest does.

The function that lists what waits runs as the owner of the tables and gives out no content: kind, id, day, label and
the rows behind it. An older version keeps the label it had; but once somebody has said that the content is stricter,
the version before must not say it more freely, so the newest label counts too.
"""

from importlib import import_module

from django.db import migrations

reads = import_module("hallway.record.migrations.0002_reads")

UNCLASSIFIED = 1 << 14

INDEX = f"""CREATE INDEX record_resource_waiting ON record_resource (source_org, author)
    WHERE mask & {UNCLASSIFIED} <> 0"""

WAITING = f"""CREATE FUNCTION record_waiting(p_org integer, p_author integer, p_charts bigint[], p_shutting text[],
        p_limit bigint)
    RETURNS TABLE (chart_id bigint, kind text, resource_id text, version integer, dated_at timestamptz,
        updated_at timestamptz, author integer, mask bigint, basis text[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT r.chart_id, r.kind, r.resource_id::text, r.version, r.dated_at, r.updated_at, r.author, r.mask, r.basis
    FROM record_resource r
    WHERE r.mask & {UNCLASSIFIED} <> 0 AND r.source_org = p_org AND (p_author = 0 OR r.author = p_author)
      AND (p_charts IS NULL OR r.chart_id = ANY (p_charts)) AND r.basis && p_shutting
    ORDER BY r.updated_at, r.resource_id LIMIT p_limit $$"""

OWN = "record_history r WHERE r.chart_id = p_chart AND r.kind = p_kind AND r.resource_id = p_id"
HIGH = f"""(SELECT r.*, r.mask | coalesce(
        (SELECT n.mask FROM record_resource n
         WHERE n.chart_id = p_chart AND n.kind = p_kind AND n.resource_id = p_id),
        (SELECT n.mask FROM record_history n
         WHERE n.chart_id = p_chart AND n.kind = p_kind AND n.resource_id = p_id ORDER BY n.version DESC LIMIT 1)
    ) AS high FROM {OWN}) AS r"""
FLOWS_NOW = reads.FLOWS.replace("r.mask", "r.high")

READ_VERSIONS = reads.function(
    "record_read_versions",
    ", p_kind text, p_id uuid",
    f"TABLE ({reads.ROW})",
    f"""RETURN QUERY SELECT * FROM (
        {reads.both(reads.COLUMNS, "r.kind = p_kind AND r.resource_id = p_id")}
        UNION ALL
        SELECT {reads.COLUMNS} FROM {HIGH} WHERE {FLOWS_NOW}
    ) AS found ORDER BY found.version DESC;""",
).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("record", "0003_bodies_as_they_are")]
    operations = [
        migrations.RunSQL(
            [
                INDEX,
                WAITING,
                "REVOKE EXECUTE ON FUNCTION record_waiting FROM PUBLIC",
                "GRANT EXECUTE ON FUNCTION record_waiting TO hallway_app",
                READ_VERSIONS,
            ]
        )
    ]
