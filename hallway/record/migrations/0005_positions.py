"""Which versions an answer held can be told from its ledger line: the record's position, and what stood there.

Every write draws one number after it has locked its charts and leaves it on the charts and on what it wrote, so the
versions of a chart are in the order of these numbers. A reading function sees the very snapshot in which the line's
position was read (STABLE); as VOLATILE it took a later one of its own.
"""

import importlib

from django.db import migrations

reads = importlib.import_module("hallway.record.migrations.0002_reads")

TABLES = [
    "CREATE SEQUENCE record_position AS bigint",
    "ALTER TABLE record_chart ADD COLUMN position bigint NOT NULL DEFAULT 0",
    "ALTER TABLE record_resource ADD COLUMN position bigint NOT NULL DEFAULT 0",
    "ALTER TABLE record_history ADD COLUMN position bigint NOT NULL DEFAULT 0",
    "ALTER TABLE record_membership ADD COLUMN position bigint NOT NULL DEFAULT 0",
]
DEFAULTS = [
    f"ALTER TABLE record_{table} ALTER COLUMN position SET DEFAULT currval('record_position')"
    for table in ("resource", "history", "membership")
]
"""A write has drawn its number before it writes; one that has not fails here."""

PLAN = "bigint, bigint[], integer[], bigint[], integer[], text[]"
STABLE = [
    f"ALTER FUNCTION record_{name}({PLAN}{rest}) STABLE"
    for name, rest in (
        ("read", ", text[], timestamptz, bigint"),
        ("read_one", ", text, uuid"),
        ("read_versions", ", text, uuid"),
        ("search", ", text, text[], timestamptz, uuid, bigint"),
        ("count", ", text[]"),
    )
]

VERSION = "chart_id, kind, resource_id, version, updated_at, dated_at, source_org, author, mask, several, meta, body"


def then(chart: str, only: str = "true") -> str:
    """The versions of a chart that stood at ``p_at``."""
    return f"""(SELECT {VERSION}, false AS deleted FROM record_resource v
            WHERE chart_id = {chart} AND position <= p_at AND {only}
        UNION ALL SELECT {VERSION}, deleted FROM record_history v
            WHERE chart_id = {chart} AND position <= p_at AND {only})"""


ELSEWHERE = then("own.home_chart_id", "v.kind = own.kind AND v.resource_id = own.resource_id")
FLOWS = f"""{reads.ALLOWED} AND {reads.ALL_CHARTS_ALLOW}""".replace("r.mask", "r.high").replace(
    "WHERE m.home_chart_id", "WHERE m.position <= p_at AND m.home_chart_id"
)
AT = reads.function(
    "record_at",
    ", p_at bigint",
    f"TABLE ({reads.ROW}, is_newest boolean)",
    f"""RETURN QUERY SELECT {reads.COLUMNS}, r.version = r.newest AND NOT r.deleted
        FROM (SELECT held.*, max(held.version) OVER of_one AS newest,
                held.mask | first_value(held.mask) OVER (of_one ORDER BY held.version DESC) AS high
            FROM (SELECT * FROM {then("p_chart")} AS here UNION ALL
                SELECT there.* FROM record_membership own CROSS JOIN LATERAL {ELSEWHERE} AS there
                WHERE own.chart_id = p_chart AND own.home_chart_id <> p_chart AND own.position <= p_at) AS held
            WINDOW of_one AS (PARTITION BY held.kind, held.resource_id)) AS r
        WHERE {FLOWS};""",
)
"""Every version that stood at a position and flows under a plan; which of them was the current one.

An older version flows only as the newest of that time did.
"""


class Migration(migrations.Migration):
    dependencies = [("record", "0004_labels_in_time")]
    operations = [
        migrations.RunSQL([*TABLES, *DEFAULTS, *STABLE, AT, f"ALTER FUNCTION record_at({PLAN}, bigint) STABLE"])
    ]
