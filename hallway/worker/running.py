"""The worker's loop: short ticks in turn on one connection; each long one, and queued jobs, in threads of their own."""

import logging
import signal
import threading
import time
from collections.abc import Sequence
from types import FrameType

from django.db import connections

from hallway.exchange.subscriptions import delivering
from hallway.worker.ticks import TICKS, Tick

_log = logging.getLogger("hallway.worker")
_LOOK_SECONDS = 0.1
_AFTER_FAULT_SECONDS = 2.0


def work_until_stopped() -> None:
    """Run ticks and jobs until SIGTERM or SIGINT."""
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    jobs = threading.Thread(target=run_jobs, args=(stopping,), name="jobs", daemon=True)
    jobs.start()
    for channel in ("rest-hook", "email"):
        # A slow mail server holds up no call.
        threading.Thread(target=delivering.run_until, args=(stopping, channel), name=channel, daemon=True).start()
    run_ticks(stopping, TICKS)


def run_ticks(stopping: threading.Event, ticks: Sequence[Tick]) -> None:
    """Run each tick when its time has come, until ``stopping`` is set.

    A long one has a thread of its own: nothing that must be done within seconds waits for its end.
    """
    for tick in ticks:
        if tick.is_long:
            threading.Thread(target=_take_turns, args=(stopping, [tick]), name=tick.name, daemon=True).start()
    _take_turns(stopping, [tick for tick in ticks if not tick.is_long])


def _take_turns(stopping: threading.Event, ticks: Sequence[Tick]) -> None:
    due = dict.fromkeys(ticks, 0.0)
    while not stopping.is_set():
        for tick in ticks:
            if time.monotonic() >= due[tick] and not stopping.is_set():
                pause = tick.seconds if _run(tick) else max(tick.seconds, _AFTER_FAULT_SECONDS)
                due[tick] = time.monotonic() + pause
        stopping.wait(_LOOK_SECONDS)


def _run(tick: Tick) -> bool:
    """Run one tick; False when it failed, after leaving a clean connection behind."""
    try:
        done = tick.run()
    except Exception:
        # The worker outlives any fault: the next round tries again.
        _log.exception("a tick failed", extra={"fields": {"tick": tick.name}})
        connections.close_all()
        return False
    if done and tick.is_told:
        _log.info("a tick did its work", extra={"fields": {"tick": tick.name, "count": done}})
    return True


def run_jobs(stopping: threading.Event, *, wait: bool = True) -> None:
    """Run queued jobs until ``stopping`` is set; with ``wait`` false, only those that are queued now."""
    from procrastinate.contrib.django import app

    while not stopping.is_set():
        try:
            with app.replace_connector(app.connector.get_worker_connector()) as working:  # pyright: ignore
                working.run_worker(install_signal_handlers=False, listen_notify=wait, wait=wait)
        except Exception:
            _log.exception("the queue of jobs does not answer")
        if not wait:
            return
        stopping.wait(_AFTER_FAULT_SECONDS)
