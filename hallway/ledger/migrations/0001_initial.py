"""Answers, their chains, the published heads. Plain SQL: no ORM type speaks ``xid8``, and nothing here is ever updated."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(
            [
                """
                CREATE TABLE ledger_answer (
                    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
                    at timestamptz NOT NULL,
                    account_id integer NOT NULL,
                    practitioner_id integer NOT NULL,
                    organization_id integer NOT NULL,
                    role text NOT NULL,
                    act text NOT NULL,
                    purpose text NOT NULL,
                    route text NOT NULL DEFAULT '',
                    charts bigint[] NOT NULL,
                    plan text NOT NULL DEFAULT '',
                    position text NOT NULL DEFAULT pg_current_snapshot()::text,
                    detail text NOT NULL DEFAULT ''
                )
                """,
                "CREATE INDEX ledger_answer_by_xid ON ledger_answer (xid, id)",
                """
                CREATE TABLE ledger_chain (
                    chart_id bigint NOT NULL,
                    seq bigint NOT NULL CHECK (seq > 0),
                    answer_id bigint NOT NULL,
                    head_number bigint NOT NULL,
                    prev bytea NOT NULL CHECK (octet_length(prev) = 32),
                    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
                    PRIMARY KEY (chart_id, seq)
                )
                """,
                "CREATE INDEX ledger_chain_by_head ON ledger_chain (head_number)",
                """
                CREATE TABLE ledger_head (
                    number bigint PRIMARY KEY CHECK (number > 0),
                    published_at timestamptz NOT NULL,
                    from_xid xid8 NOT NULL,
                    until_xid xid8 NOT NULL,
                    above_id bigint NOT NULL,
                    links bigint NOT NULL,
                    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
                    prev bytea NOT NULL CHECK (octet_length(prev) = 32),
                    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
                )
                """,
                """
                CREATE TABLE ledger_tip (
                    chart_id bigint PRIMARY KEY,
                    seq bigint NOT NULL,
                    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
                )
                """,
                "REVOKE UPDATE, DELETE, TRUNCATE ON ledger_answer, ledger_chain, ledger_head FROM hallway_app",
            ],
            reverse_sql=[
                "DROP TABLE ledger_answer",
                "DROP TABLE ledger_chain",
                "DROP TABLE ledger_head",
                "DROP TABLE ledger_tip",
            ],
        )
    ]
