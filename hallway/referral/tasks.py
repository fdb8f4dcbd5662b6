"""Jobs of the outbox: news is heard after its commit, at least once, and listeners bear it twice."""

from collections.abc import Callable, Mapping

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

Listener = Callable[[Mapping[str, str | int]], None]
LISTENERS: list[Listener] = []
"""Filled in the worker by ``hallway.app.wiring``; empty elsewhere."""


_AGAIN = RetryStrategy(max_attempts=5, exponential_wait=3)
"""After 3, 9, 27, 81 and 243 seconds: a right that changed meanwhile or a database that went away costs no news."""


@app.task(name="hallway.heard", retry=_AGAIN)
def heard(**references: str | int) -> None:
    """Tell every listener of one event, by its references."""
    for listener in LISTENERS:
        listener(references)
