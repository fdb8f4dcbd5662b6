import os
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
import pytest

from hallway import clock
from hallway.errors import HallwayError
from hallway.ledger import lines, plans, queries
from hallway.storage.connection import cursor, transaction


@dataclass(frozen=True)
class Somebody:
    account_id: int = 7
    practitioner_id: int = 8
    organization_id: int = 9
    role: str = "pcp"
    app: str = ""


WHO = Somebody()
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_a_step_leaves_its_line_with_who_what_and_when(fresh_db):
    with clock.stopped_at(NOON), transaction():
        lines.write(lines.step_line(WHO, "referral.accepted", charts=(3, 4), detail="ServiceRequest/1"))
    with cursor() as opened:
        opened.execute("SELECT at, account_id, role, act, charts, position, detail FROM ledger_answer")
        assert opened.fetchall() == [(NOON, 7, "pcp", "referral.accepted", [3, 4], 0, "ServiceRequest/1")]


def test_who_asked_and_the_plan_are_written_once_and_again_after_a_rollback(fresh_db):
    def leave(*, falls: bool):
        with transaction():
            lines.write(lines.step_line(WHO, "first", charts=(3,)))
            if falls:
                raise RuntimeError

    with pytest.raises(RuntimeError):
        leave(falls=True)
    for _ in range(3):
        leave(falls=False)
    with cursor() as opened:
        opened.execute("SELECT count(*), count(DISTINCT id) FROM ledger_way")
        assert opened.fetchone() == (1, 1)
        opened.execute("SELECT act FROM ledger_answer")
        assert opened.fetchall() == [("first",)] * 3


def test_two_that_write_the_same_way_for_the_first_time_do_not_wait_for_each_other(fresh_db):
    with psycopg.connect(os.environ["HALLWAY_DATABASE_URL"], autocommit=True) as other, other.transaction():
        with other.cursor() as opened:
            opened.execute(lines.INSERT_LINE, lines.step_line(WHO, "both", charts=()).bound(opened))
        with transaction(), cursor() as opened:
            opened.execute("SET LOCAL lock_timeout = '1s'")
            lines.write(lines.step_line(WHO, "both", charts=()))
    with cursor() as opened:
        opened.execute("SELECT act FROM ledger_answer")
        assert opened.fetchall() == [("both",)] * 2


def test_the_lines_of_a_chart_are_found_also_where_it_stands_beside_others(fresh_db):
    with transaction():
        for charts in ((1,), (2, 1), (2, 11), ()):
            lines.write(lines.step_line(WHO, "x", charts=charts))
    assert [line.charts for line in queries.lines_of(1)] == [(2, 1), (1,)]


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


COLUMN = {"ledger_line": "detail", "ledger_way": "act", "ledger_plan": "plan", "ledger_head": "hash"}


@pytest.mark.parametrize("table", COLUMN)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET {} = NULL"])
def test_the_application_cannot_alter_what_is_written(fresh_db, table, statement):
    with cursor() as opened, pytest.raises(psycopg.errors.InsufficientPrivilege):
        opened.execute(statement.format(table, COLUMN[table]))


def test_a_line_with_a_control_character_is_refused(fresh_db):
    with pytest.raises(HallwayError, match="H-LED-001"):
        lines.write(lines.step_line(WHO, "x", charts=(), detail="a\x1fb"))


def test_a_plan_reads_back_as_it_was_written():
    way = plans.Way(3, 2**26 + 5, 7, ("Condition",), ("US-1", "CT-2"), ("a-b",), ("PART2/notice:P2-2024-S1",))
    assert plans.parse(plans.text_of(((way,), ()))) == ((way,), ())
    assert plans.parse("") == ()


@pytest.mark.parametrize("text", ["{}", "[1]", "[[[1,2,3]]]", "e3 5:1f=US-1"])
def test_what_is_no_plan_is_refused(text):
    with pytest.raises(ValueError):
        plans.parse(text)
