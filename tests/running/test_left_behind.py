"""A worker that is killed in the middle of a job, or fails in it, loses nothing and does nothing twice."""

import io
import logging

import psycopg
import pytest
from django.db import connection

from hallway import clock
from hallway.app import logs
from hallway.loops.models import Loop
from hallway.referral import tasks
from hallway.storage import outbox
from hallway.storage.connection import transaction
from hallway.triggers import hearing, keeping, looking
from hallway.triggers.models import Firing, Watch
from hallway.triggers.tests import charts
from hallway.triggers.tests.charts import MH, NOW, lithium, look, put
from hallway.worker import left_behind
from hallway.worker.ticks import TICKS
from tests.subscriptions.kit import hear

SECRET = "Zanzibarwort"


class Killed(BaseException):
    """Nothing catches it, as nothing catches a signal."""


@pytest.fixture
def chart(fresh_db, monkeypatch):
    """One new drug of which another practice is owed a word, and the job that tells the rules of it."""
    with clock.stopped_at(NOW):
        world = charts.world()
        monkeypatch.setattr(looking, "ROWS", charts.only("T1"))
        put(world.chart, world.bh, lithium(NOW), mask=MH)
    monkeypatch.setattr(tasks, "LISTENERS", [_rules_alone])
    return world.chart


def _rules_alone(references):
    if references["event_type"] == "ChartsChanged":
        with clock.stopped_at(NOW):
            hearing.charts_changed(references)


def sql(text):
    with connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchall() if cursor.description else []


def taken_by_a_worker_that_falls_silent():
    """Every job is taken, and the worker's heart has not beaten for two minutes."""
    sql("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '2 minutes')")
    while sql("SELECT id FROM procrastinate_fetch_job_v2(NULL, (SELECT max(id) FROM procrastinate_workers))")[0][0]:
        pass


def _killed_before(chart, monkeypatch):
    """Nothing was looked at."""


def _killed_amid(chart, monkeypatch):
    """The firing is written, and the transaction is not at its end."""
    real = keeping.keep

    def keep(seen):
        real(seen)
        raise Killed

    with monkeypatch.context() as planted:
        planted.setattr(keeping, "keep", keep)
        with pytest.raises(Killed):
            look(chart)
    assert not Firing.objects.exists()
    assert not Watch.objects.exists()


def _killed_after(chart, monkeypatch):
    """The look is kept; that the job is done is not."""
    look(chart)


@pytest.mark.parametrize("killed", [_killed_before, _killed_amid, _killed_after], ids=lambda one: one.__name__)
def test_a_worker_killed_before_amid_or_after_a_look_costs_no_firing_and_makes_none_twice(chart, monkeypatch, killed):
    taken_by_a_worker_that_falls_silent()
    killed(chart, monkeypatch)
    hear()
    assert Firing.objects.count() == (killed is _killed_after), "nobody takes what another is at"
    tick = next(one for one in TICKS if one.name == "jobs that a worker left behind")
    assert tick.run() >= 1
    hear()
    assert Firing.objects.get().state == "open"
    assert Loop.objects.filter(kind="coordinate").count() == 1
    assert sql("SELECT DISTINCT status::text FROM procrastinate_jobs") == [("succeeded",)]
    assert left_behind.take_up_again() == 0


def test_a_job_of_a_worker_that_lives_is_left_to_it(chart):
    sql("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    sql("SELECT procrastinate_fetch_job_v2(NULL, (SELECT max(id) FROM procrastinate_workers))")
    assert left_behind.take_up_again() == 0


@pytest.fixture
def written():
    """What the handlers of the running product would write."""
    to = io.StringIO()
    handler = logging.StreamHandler(to)
    handler.setFormatter(logs.PlainLines())
    logging.getLogger().addHandler(handler)
    yield to
    logging.getLogger().removeHandler(handler)


def test_news_that_could_not_be_heard_is_told_again_and_the_log_does_not_say_of_whom(chart, monkeypatch, written):
    """The queue's own words hold a job's references: which patient's answer was urgent."""
    asked: list[object] = []

    def failing(references):
        asked.append(references)
        raise psycopg.errors.UniqueViolation(f"Key (words)=({SECRET}) already exists.")

    monkeypatch.setattr(tasks, "LISTENERS", [failing])
    with transaction():
        outbox.defer("hallway.heard", {"chart_id": 90210, "code": "44260-8", "level": "urgent"})
    sql("DELETE FROM procrastinate_jobs WHERE NOT args ? 'level'")
    hear()
    assert len(asked) == 1
    assert sql("SELECT status::text, scheduled_at > now() FROM procrastinate_jobs") == [("todo", True)]
    sql("UPDATE procrastinate_jobs SET attempts = 5, scheduled_at = NULL")
    hear()
    assert sql("SELECT status::text FROM procrastinate_jobs") == [("failed",)], "kept, and counted by the metrics"
    said = written.getvalue()
    assert "UniqueViolation" in said
    assert not [one for one in (SECRET, "90210", "44260-8", "urgent") if one in said], said


def test_a_look_that_fails_says_where_and_nothing_of_what_it_read(chart, monkeypatch, written):
    def failing(*_):
        raise psycopg.errors.CheckViolation(f"Failing row contains ({SECRET}, lithium).")

    monkeypatch.setattr(keeping, "keep", failing)
    look(chart)
    with clock.stopped_at(NOW.replace(hour=20)):
        looking.look_due(clock.now())
    said = written.getvalue()
    assert said.count("CheckViolation") >= 2
    assert not [one for one in (SECRET, "lithium", str(int(chart)) + ",") if one in said]
