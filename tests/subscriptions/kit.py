"""What the worker does for subscribers, in a test."""

import contextvars
import threading

from django.db import connections

from hallway.worker.running import run_jobs


def hear():
    """Run the queued jobs, under this test's clock.

    On a thread of its own: a journey in the same process leaves a loop running on this one, for its browser.
    """

    def work():
        run_jobs(threading.Event(), wait=False)
        connections.close_all()

    working = threading.Thread(target=contextvars.copy_context().run, args=(work,))
    working.start()
    working.join()
