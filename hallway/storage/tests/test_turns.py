"""What ends a right goes before what reads, in each process, and never holds a read up for good."""

import threading
import time

from hallway.storage import turns


def aside(finished):
    thread = threading.Thread(target=lambda: (turns.stand_aside(), finished.append(time.monotonic())))
    thread.start()
    return thread


def test_a_read_begins_at_once_where_nothing_goes_first():
    begun = time.monotonic()
    turns.stand_aside()
    assert time.monotonic() - begun < 0.1


def test_a_read_waits_until_the_last_change_is_over():
    finished = []
    with turns.first():
        with turns.first():
            thread = aside(finished)
            time.sleep(0.05)
        time.sleep(0.05)
        assert not finished
        over = time.monotonic()
    thread.join(2)
    assert finished[0] >= over


def test_a_change_that_hangs_or_fails_holds_no_read_up_for_good(monkeypatch):
    monkeypatch.setattr(turns, "MOST_SECONDS", 0.05)
    finished = []
    with turns.first():
        aside(finished).join(2)
        assert finished
    monkeypatch.setattr(turns, "MOST_SECONDS", 60)
    try:
        with turns.first():
            raise ValueError
    except ValueError:
        turns.stand_aside()
