"""What must be done within seconds waits for nothing that may take minutes. Order is tested, and no time."""

import threading

from hallway.worker import running
from hallway.worker.ticks import TICKS, Tick

LONGEST = 30.0
"""Seconds until a test that would wait for ever gives up."""


def test_short_ticks_go_on_while_a_long_one_runs():
    stopping, begun, passed = threading.Event(), threading.Event(), threading.Event()
    order: list[str] = []

    def long() -> int:
        begun.set()
        passed.wait(LONGEST)
        order.append("long")
        stopping.set()
        return 0

    def short() -> int:
        if begun.is_set():
            order.append("short")
        if len(order) >= 3:
            passed.set()
        return 0

    running.run_ticks(stopping, [Tick("long", 60, long, is_long=True), Tick("short", 0, short)])
    assert order[:3] == ["short", "short", "short"]


def test_a_long_tick_that_fails_comes_again(monkeypatch):
    monkeypatch.setattr(running, "_AFTER_FAULT_SECONDS", 0.0)
    stopping = threading.Event()
    runs: list[int] = []

    def fails_once() -> int:
        runs.append(1)
        if len(runs) == 1:
            raise RuntimeError
        stopping.set()
        return 0

    running.run_ticks(stopping, [Tick("long", 0, fails_once, is_long=True)])
    assert len(runs) >= 2


def test_looks_at_charts_run_beside_sealing_and_escalation():
    assert {tick.name for tick in TICKS if tick.is_long} == {"charts whose time has come"}
    assert {"seal the ledger", "escalate loops"} <= {tick.name for tick in TICKS if not tick.is_long}
