"""Under which releases the answer that is being made was given: noted where content is read, asked before each part.

A web server collects them for one request. Nobody else needs to, and then nothing is noted.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from hallway.record.evidence import Release

_given: ContextVar[list[tuple[Release, ...]] | None] = ContextVar("hallway_given", default=None)


@contextmanager
def collected() -> Generator[list[tuple[Release, ...]]]:
    """The releases of every read in this context, in their order."""
    found: list[tuple[Release, ...]] = []
    token = _given.set(found)
    try:
        yield found
    finally:
        _given.reset(token)


def note(releases: Sequence[Release]) -> None:
    """Content is about to be read under these."""
    found = _given.get()
    if found is not None:
        found.append(tuple(releases))


def take_back() -> None:
    """What was noted last gave nothing: its releases were stale."""
    found = _given.get()
    if found:
        found.pop()


def each_once(found: Sequence[Sequence[Release]]) -> tuple[Release, ...]:
    """Every release among them that may change apart from the others: by chart, epoch and end."""
    return tuple({(one.chart_id, one.epoch, one.until): one for releases in found for one in releases}.values())
