"""The time a hook may take. An EHR waits for the answer with a person before it, so an overrun answers nothing.

The wall is watched between steps, and every statement is cut off by the database at what is left.
"""

import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from hallway.storage.connection import cursor

SECONDS = 0.5
"""What CDS Hooks 2.0 names as the time within which a service should answer."""

_allowed: ContextVar[float] = ContextVar("hallway_cds_seconds", default=SECONDS)


class OverrunError(Exception):
    """The time is spent; nothing may be answered any more."""


class Budget:
    """Counts from its making."""

    def __init__(self) -> None:
        """The clock starts."""
        self._ends = time.monotonic() + _allowed.get()

    def go_on(self) -> None:
        """Give the next statements what is left. Raises OverrunError when that is nothing."""
        left = int((self._ends - time.monotonic()) * 1000)
        if left <= 0:
            raise OverrunError
        with cursor() as opened:
            opened.execute("SELECT set_config('statement_timeout', %s, true)", [f"{left}ms"])

    def refuse_overrun(self) -> None:
        """Raise OverrunError when the time is spent."""
        if time.monotonic() >= self._ends:
            raise OverrunError


@contextmanager
def seconds(allowed: float) -> Generator[None]:
    """Allow another time in this context: a proof must not depend on how busy its machine is."""
    token = _allowed.set(allowed)
    try:
        yield
    finally:
        _allowed.reset(token)
