"""The network that comes packed with Hallway: whole, invented, and what a first start needs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from conftest import admin, point_django_at
from hallway.app.demo import cast, keeping, present
from hallway.referral.states import State
from hallway.storage import backup

FEW_ENOUGH = 25


@pytest.fixture(scope="module")
def packed() -> Iterator[str]:
    """A database with the packed network in it, at the present schema."""
    name = f"t_packed_{os.getpid()}"
    admin(f"CREATE DATABASE {name}")
    url = f"{os.environ['HALLWAY_TEST_SERVER']}/{name}"
    backup.restore(url, keeping.PACKED, replace=False)
    migrate = [sys.executable, "-m", "hallway.app.cli", "migrate"]
    subprocess.run(migrate, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "HALLWAY_DATABASE_URL": url})
    yield name
    admin(f"DROP DATABASE {name} WITH (FORCE)")


def ask(name: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(f"{os.environ['HALLWAY_TEST_SERVER']}/{name}") as connection:
        return connection.execute(question).fetchall()  # type: ignore[arg-type]


needs_18 = pytest.mark.skipif(os.environ.get("HALLWAY_TEST_PG") == "15", reason="packed by PostgreSQL 18's programs")


@needs_18
def test_it_holds_the_whole_network(packed: str):
    assert ask(packed, "SELECT count(*) FROM record_chart WHERE chart_id <> 0") == [(300,)]
    assert ask(packed, "SELECT count(*) FROM identity_account WHERE is_demo")[0][0] >= 25
    assert ask(packed, "SELECT count(*) FROM identity_account WHERE NOT is_demo") == [(0,)]
    assert ask(packed, "SELECT count(*) FROM directory_organization WHERE on_hallway")[0][0] >= 4
    assert {row[0] for row in ask(packed, "SELECT DISTINCT state FROM directory_organization")} == {"MA", "CT"}
    assert ask(packed, "SELECT count(*) FROM directory_organization WHERE is_part2")[0][0] >= 1


@needs_18
def test_referrals_stand_in_every_state_and_go_both_ways(packed: str):
    states = {str(row[0]) for row in ask(packed, "SELECT DISTINCT state FROM referral_referral")}
    # A clock makes or ends these within the day, so a given day may have none.
    assert {state.value for state in State} - states <= {"visit_cancelled", "cancel_requested", "pcp_elsewhere"}
    ways = {row[0] for row in ask(packed, "SELECT DISTINCT direction FROM referral_referral")}
    assert ways == {"to_bh", "to_pc", "to_medical"}


@needs_18
def test_its_ledger_verifies(packed: str, django_db_blocker: object, tmp_path: Path):
    from hallway.ledger import queries
    from hallway.ledger.standalone import Verified

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        point_django_at(packed)
        try:
            verified = Verified()
            assert list(queries.verify_database(verified, published=tmp_path / "none.jsonl")) == []
        finally:
            point_django_at("hallway_template")


def test_every_name_is_on_the_list_of_invented_ones():
    assert len(cast.PEOPLE) >= FEW_ENOUGH
    assert all(one.phone.startswith("555-01") for one in cast.ORGANIZATIONS)


def test_the_clock_of_a_network_put_back_later_runs_on_from_its_day(tmp_path: Path):
    from datetime import timedelta

    from hallway import clock

    try:
        generated_at = datetime.now(UTC) - timedelta(days=40, hours=3)
        present.keep(tmp_path, generated_at)
        assert clock.today() == (datetime.now(UTC) - timedelta(days=40)).date()
        assert present.behind(tmp_path) == timedelta(days=40)
    finally:
        clock.run_behind(timedelta(0))


def test_without_a_demo_the_clock_is_the_machines(tmp_path: Path):
    assert present.behind(tmp_path).total_seconds() == 0
