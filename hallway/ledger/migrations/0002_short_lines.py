"""Short lines: who asked for what stands once in ``ledger_way``, the plan once in ``ledger_plan``, a line names both.

A line's digest covers what the two say, so neither can be changed unseen. Both are keyed by the hash of what they hold
and have no unique constraint on purpose: two that write the same row at once must not wait for each other.

A line's id is drawn only after its transaction has its number, so a sealer that has seen every transaction up to its
own end has seen every line up to the highest of that time. Links are arithmetic over the lines and are not stored; a
head holds which lines stand under it and a mark of each, so that one changed line is named and not only noticed.
"""

from django.db import migrations

TABLES = [
    "CREATE SEQUENCE ledger_line_id AS bigint",
    """CREATE TABLE ledger_line (
        at timestamptz NOT NULL,
        id bigint PRIMARY KEY
            DEFAULT CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('ledger_line_id') END,
        way bigint NOT NULL,
        plan bigint NOT NULL DEFAULT 0,
        chart_id bigint NOT NULL DEFAULT 0,
        position bigint NOT NULL DEFAULT 0,
        epoch integer NOT NULL DEFAULT 0,
        also text NOT NULL DEFAULT '',
        detail text NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX ledger_line_by_chart ON ledger_line (chart_id)",
    "CREATE INDEX ledger_line_also ON ledger_line USING gin (string_to_array(also, ',')) WHERE also <> ''",
    """CREATE TABLE ledger_way (
        id bigint NOT NULL, xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        account_id integer NOT NULL, practitioner_id integer NOT NULL, organization_id integer NOT NULL,
        role text NOT NULL, act text NOT NULL, purpose text NOT NULL, route text NOT NULL
    )""",
    "CREATE INDEX ledger_way_by_id ON ledger_way (id)",
    """CREATE TABLE ledger_plan (
        id bigint NOT NULL, xid xid8 NOT NULL DEFAULT pg_current_xact_id(), plan text NOT NULL
    )""",
    "CREATE INDEX ledger_plan_by_id ON ledger_plan (id)",
]

KEY = "('x' || encode(substring(sha256(convert_to({}, 'UTF8')) FOR 8), 'hex'))::bit(64)::bigint"
WAY = "concat_ws(chr(31), account_id, practitioner_id, organization_id, role, act, purpose, route)"

FORMER = [
    f"""INSERT INTO ledger_way (id, account_id, practitioner_id, organization_id, role, act, purpose, route)
        SELECT DISTINCT {KEY.format(WAY)}, account_id, practitioner_id, organization_id, role, act, purpose, route
        FROM ledger_answer""",
    f"INSERT INTO ledger_plan (id, plan) SELECT DISTINCT {KEY.format('plan')}, plan FROM ledger_answer WHERE plan <> ''",
    f"""INSERT INTO ledger_line (at, id, way, plan, chart_id, also, detail)
        SELECT at, id, {KEY.format(WAY)}, CASE WHEN plan = '' THEN 0 ELSE {KEY.format("plan")} END,
            coalesce(named[1], 0), array_to_string(named[2:], ','), detail
        FROM (SELECT *, array_remove(charts, 0::bigint) AS named FROM ledger_answer) AS a ORDER BY id""",
    "SELECT setval('ledger_line_id', (SELECT max(id) FROM ledger_line)) WHERE EXISTS (SELECT FROM ledger_line)",
    "DROP TABLE ledger_chain",
    "DROP TABLE ledger_head",
    "DROP TABLE ledger_answer",
    "TRUNCATE ledger_tip",
]

WHOLE = [
    """CREATE TABLE ledger_head (
        number bigint PRIMARY KEY CHECK (number > 0),
        published_at timestamptz NOT NULL,
        top_id bigint NOT NULL,
        lines bigint NOT NULL,
        digest bytea NOT NULL CHECK (octet_length(digest) = 32),
        tips bytea NOT NULL CHECK (octet_length(tips) = 32),
        prev bytea NOT NULL CHECK (octet_length(prev) = 32),
        hash bytea NOT NULL CHECK (octet_length(hash) = 32),
        ids bytea NOT NULL,
        marks bytea NOT NULL,
        gaps bigint[] NOT NULL DEFAULT '{}'
    )""",
    """CREATE VIEW ledger_answer AS
        SELECT l.id, l.at, w.account_id, w.practitioner_id, w.organization_id, w.role, w.act, w.purpose, w.route,
            CASE WHEN l.chart_id = 0 THEN '{}'::bigint[]
                ELSE l.chart_id || string_to_array(nullif(l.also, ''), ',')::bigint[] END AS charts,
            CASE WHEN l.plan = 0 THEN '' ELSE p.plan END AS plan, l.epoch, l.position, l.detail
        FROM ledger_line l
        LEFT JOIN LATERAL (SELECT * FROM ledger_way way WHERE way.id = l.way LIMIT 1) AS w ON true
        LEFT JOIN LATERAL (SELECT * FROM ledger_plan plan WHERE plan.id = l.plan LIMIT 1) AS p ON true""",
    "REVOKE UPDATE, DELETE, TRUNCATE ON ledger_line, ledger_way, ledger_plan, ledger_head FROM hallway_app",
    "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ledger_answer FROM hallway_app",
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL([*TABLES, *FORMER, *WHOLE])]
