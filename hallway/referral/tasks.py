"""Jobs of the outbox: news of a referral is heard after its commit, once."""

from collections.abc import Callable, Mapping

from procrastinate.contrib.django import app

Listener = Callable[[Mapping[str, str | int]], None]
LISTENERS: list[Listener] = []
"""Filled by the wiring table of ``app``. Empty until a room above wants to hear."""


@app.task(name="hallway.heard")
def heard(**references: str | int) -> None:
    """Tell every listener of one event, by its references."""
    for listener in LISTENERS:
        listener(references)
