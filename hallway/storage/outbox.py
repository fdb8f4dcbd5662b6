"""Work to be done after commit, kept in the same transaction as its cause: both happen, or neither.

A job carries references only (ids), never content: the worker reads through a release of its own.
"""

import dataclasses
import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from hallway import clock
from hallway.storage.connection import cursor

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_DEFER = (
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW("
    "%(queue)s, %(task)s, %(priority)s, %(lock)s, NULL, %(references)s::jsonb, %(at)s)::procrastinate_job_to_defer_v1])"
)

_WAITING = """
SELECT (SELECT json_object_agg(status, count) FROM (
            SELECT status, count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed') GROUP BY status
        ) AS held),
       (SELECT min(coalesce(j.scheduled_at, e.at)) FROM procrastinate_jobs j
            JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'
            WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= %(now)s::timestamptz))
"""


class Waiting(NamedTuple):
    """``jobs`` by state (todo, doing, failed), and how long the oldest that is due has waited, in seconds."""

    jobs: dict[str, int]
    oldest_seconds: float


def waiting() -> Waiting:
    """How much work waits now. Counts and ages, and nothing of what it is about."""
    with cursor() as opened:
        row = opened.execute(_WAITING, {"now": clock.now()}).fetchone()
    held, oldest = row or (None, None)
    jobs: dict[str, int] = {"todo": 0, "doing": 0, "failed": 0, **(held or {})}
    return Waiting(jobs, max(0.0, (clock.now() - oldest).total_seconds()) if oldest else 0.0)


def defer(
    task: str,
    references: Mapping[str, str | int],
    *,
    lock: str | None = None,
    at: datetime | None = None,
    queue: str = "default",
    priority: int = 0,
) -> None:
    """Enqueue ``task`` in the caller's transaction. Jobs of one ``lock`` run one after another; ``at`` delays it.

    Of the jobs that wait, one of a higher ``priority`` runs first.
    """
    words: dict[str, object] = {"queue": queue, "task": task, "lock": lock, "at": at, "priority": priority}
    words["references"] = json.dumps(dict(references))
    with cursor() as opened:
        opened.execute(_DEFER, words)


def announce(event: "DataclassInstance", *, queue: str = "default") -> None:
    """Put an event of some room into the outbox, in this transaction: it is heard after the commit, or never happened.

    Every field travels as text, with the event's name as ``event_type``. Who hears it: ``hallway.app.wiring``. What is
    long to hear has a ``queue`` of its own, and is heard after everything else that waits.
    """
    references = {key: str(value) for key, value in dataclasses.asdict(event).items()}
    references["event_type"] = type(event).__name__
    defer("hallway.heard", references, queue=queue, priority=0 if queue == "default" else -1)
