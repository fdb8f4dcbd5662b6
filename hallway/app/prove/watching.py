"""The rules look at the charts that the callers share, as the worker does once it hears of a change.

Each practice's look draws from a seed of its own: that another practice looked too, and what it found, must not show.
"""

from datetime import datetime

from hallway.app.prove.cast import Cast
from hallway.app.prove.worlds import injected
from hallway.triggers import looking

CHARTS = ("marisol", "otto")


def look(cast: Cast, seed: str, at: datetime, *, is_forced: bool = False) -> None:
    """Every practice looks at what changed (at everything, where it is forced), at one instant."""
    for key in CHARTS:
        for practice in looking.practices(cast.charts[key]):
            with injected(f"{seed}/{key}/{practice.id}", at):
                looking.look_for(practice, cast.charts[key], is_forced=is_forced)
