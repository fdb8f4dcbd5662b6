from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
import pytest

from hallway import clock
from hallway.errors import HallwayError
from hallway.ledger import lines
from hallway.storage.connection import cursor, transaction


@dataclass(frozen=True)
class Somebody:
    account_id: int = 7
    practitioner_id: int = 8
    organization_id: int = 9
    role: str = "pcp"


WHO = Somebody()
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_a_step_leaves_its_line_with_who_what_and_when(fresh_db):
    with clock.stopped_at(NOON), transaction():
        lines.write(lines.step_line(WHO, "referral.accepted", charts=(3, 4), detail="ServiceRequest/1"))
    with cursor() as opened:
        opened.execute("SELECT at, account_id, role, act, charts, xid IS NOT NULL, position <> '' FROM ledger_answer")
        assert opened.fetchall() == [(NOON, 7, "pcp", "referral.accepted", [3, 4], True, True)]


def test_a_line_falls_with_its_transaction(fresh_db):
    def step_that_fails():
        with transaction():
            lines.write(lines.step_line(WHO, "x", charts=()))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        step_that_fails()
    with cursor() as opened:
        opened.execute("SELECT count(*) FROM ledger_answer")
        assert opened.fetchone() == (0,)


@pytest.mark.parametrize("table", ["ledger_answer", "ledger_chain", "ledger_head"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET hash = NULL"])
def test_the_application_cannot_alter_what_is_written(fresh_db, table, statement):
    with cursor() as opened, pytest.raises(psycopg.errors.InsufficientPrivilege):
        opened.execute(
            statement.format(table).replace("SET hash", "SET act" if table == "ledger_answer" else "SET hash")
        )


def test_a_line_with_a_control_character_is_refused():
    with pytest.raises(HallwayError, match="H-LED-001"):
        lines.step_line(WHO, "x", charts=(), detail="a\x1fb").parameters()
