"""Jobs of the outbox: news is heard after its commit, once."""

from collections.abc import Callable, Mapping

from procrastinate.contrib.django import app

Listener = Callable[[Mapping[str, str | int]], None]
LISTENERS: list[Listener] = []
"""Filled in the worker by ``hallway.app.wiring``; empty elsewhere."""


@app.task(name="hallway.heard")
def heard(**references: str | int) -> None:
    """Tell every listener of one event, by its references."""
    for listener in LISTENERS:
        listener(references)
