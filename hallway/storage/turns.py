"""Who goes first in a process whose threads share one processor: what ends a right goes before what reads.

A right is taken back in some fifty short statements. Between any two of them a busy process runs its other threads, so
under load the change waits fifty times, and everybody is shown for longer what was withdrawn. So reads that have not
begun yet stand aside for as long as a change is under way here, and never longer than ``MOST_SECONDS``.
"""

import threading
from collections.abc import Generator
from contextlib import contextmanager

MOST_SECONDS = 0.5
"""How long one read stands aside at most: a change that hangs holds nobody up for good."""

_free = threading.Condition()
_under_way = 0


@contextmanager
def first() -> Generator[None]:
    """Reads of this process that have not begun wait until this is over."""
    global _under_way
    with _free:
        _under_way += 1
    try:
        yield
    finally:
        with _free:
            _under_way -= 1
            if not _under_way:
                _free.notify_all()


def stand_aside() -> None:
    """Wait until nothing that goes first is under way here. To be called by a read before it begins."""
    if _under_way:
        with _free:
            _free.wait_for(lambda: not _under_way, MOST_SECONDS)
