"""The one clock. Every instant is aware and in UTC; tests and the demo generator may stand it still.

Nothing else in Hallway may ask the machine what time it is: two-worlds proofs and replayed ledgers need one source.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta

_stopped: ContextVar[datetime | None] = ContextVar("hallway_clock", default=None)
_behind = timedelta(0)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _stopped.get() or datetime.now(UTC) - _behind


def today() -> date:
    """The present date in UTC."""
    return now().date()


def microseconds(at: datetime) -> int:
    """An aware instant as microseconds since 1970, exact."""
    return (at - _EPOCH) // _MICROSECOND


def instant_of(microseconds: int) -> datetime:
    """The instant so many microseconds after 1970. Raises OverflowError beyond the calendar."""
    return _EPOCH + timedelta(microseconds=microseconds)


def run_behind(by: timedelta) -> None:
    """Let the running clock of this process stay behind the machine's. For the demo alone: its network has its day."""
    global _behind
    _behind = by


def is_stopped() -> bool:
    """Whether the clock stands still here, as in tests and while the demo is generated."""
    return _stopped.get() is not None


@contextmanager
def stopped_at(instant: datetime) -> Generator[None]:
    """Stand the clock still at an aware instant, for this context only.

    Raises ValueError for a naive instant: a time without a zone is a guess.
    """
    if instant.tzinfo is None:
        raise ValueError("The clock takes an aware instant. Nothing was changed. Give it a time zone.")
    token = _stopped.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _stopped.reset(token)
