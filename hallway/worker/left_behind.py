"""Jobs of workers that died in the middle: nobody else would ever take them up."""

from hallway.storage.connection import cursor

_SILENT_SECONDS = 60
# By the database's own clock, as the queue writes the heartbeats of its workers: one in ten seconds.
_TAKE = """
SELECT procrastinate_retry_job_v1(gone.id, NULL, NULL, NULL, NULL) FROM (
    SELECT j.id FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
    WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %(seconds)s))
    ORDER BY j.id FOR UPDATE OF j SKIP LOCKED
) gone
"""


def take_up_again() -> int:
    """Let the jobs of workers that have fallen silent wait again; how many. Whoever hears one twice bears it."""
    with cursor() as opened:
        return len(opened.execute(_TAKE, {"seconds": _SILENT_SECONDS}).fetchall())
