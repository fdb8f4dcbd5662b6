"""A job and its cause are committed together or not at all, and the worker runs it once."""

import threading

import pytest
from django.db import connection

from hallway.referral import tasks
from hallway.storage import outbox
from hallway.storage.connection import transaction
from hallway.worker import running


def jobs() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, status::text FROM procrastinate_jobs ORDER BY id")
        return cursor.fetchall()


def test_a_job_is_there_once_its_cause_is_committed(fresh_db: str):
    with transaction():
        outbox.defer("hallway.heard", {"referral": "r-1"}, lock="r-1")
        assert jobs() == [("hallway.heard", "todo")]
    assert jobs() == [("hallway.heard", "todo")]


def test_a_job_goes_with_a_cause_that_failed(fresh_db: str):
    def fail() -> None:
        with transaction():
            outbox.defer("hallway.heard", {"referral": "r-1"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert jobs() == []


def test_the_worker_runs_a_job_with_its_references(fresh_db: str, monkeypatch: pytest.MonkeyPatch):
    heard: list[dict[str, str]] = []
    done = threading.Event()

    def listen(references: dict[str, str]) -> None:
        heard.append(dict(references))
        done.set()

    monkeypatch.setattr(tasks, "LISTENERS", [listen])
    with transaction():
        outbox.defer("hallway.heard", {"referral": "r-1"})
    stopping = threading.Event()
    worker = threading.Thread(target=running.run_jobs, args=(stopping,), kwargs={"wait": False}, daemon=True)
    worker.start()
    assert done.wait(60)
    stopping.set()
    worker.join(60)
    assert heard == [{"referral": "r-1"}]
    assert jobs() == [("hallway.heard", "succeeded")]
