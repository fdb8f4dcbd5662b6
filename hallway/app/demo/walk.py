"""Three years of referrals, told as stories that run side by side in order of time.

A story is a generator: it yields the instant of its next step, and takes that step when the clock has come to it. Each
step is the action that a page calls, with the clock stood still at that instant; nothing is written around them.

Two processes tell half of the stories each and meet at the end of every simulated week, so that what a deadline does
is done when everybody has come to it.
"""

import heapq
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count
from random import Random

from hallway import clock
from hallway.errors import HallwayError

Story = Generator[datetime, None, None]
WEEK = timedelta(days=7)


@dataclass(slots=True)
class Told:
    """How many steps were taken, and the codes of those that an action refused."""

    steps: int = 0
    refused: list[str] = field(default_factory=list[str])


def run(stories: Iterable[Story], *, start: datetime, until: datetime, meet: Callable[[datetime], None]) -> Told:
    """Run every story up to ``until``, in order of time; ``meet`` is called at the end of each week.

    A story that an action refuses ends there: its referral stays in the state it has reached, as in life.
    """
    order = count()
    waiting: list[tuple[datetime, int, Story]] = []
    for story in stories:
        _queue(waiting, order, story)
    told = Told()
    week_ends = start + WEEK
    while week_ends < until + WEEK:
        end = min(week_ends, until)
        _run_until(end, waiting, order, told)
        meet(end)
        week_ends += WEEK
    return told


def _run_until(end: datetime, waiting: list[tuple[datetime, int, Story]], order: Iterator[int], told: Told) -> None:
    while waiting and waiting[0][0] <= end:
        at, _, story = heapq.heappop(waiting)
        with clock.stopped_at(at):
            try:
                _queue(waiting, order, story)
                told.steps += 1
            except HallwayError as error:
                told.refused.append(error.code)


def _queue(waiting: list[tuple[datetime, int, Story]], order: Iterator[int], story: Story) -> None:
    following = next(story, None)
    if following is not None:
        heapq.heappush(waiting, (following, next(order), story))


def tick(at: datetime) -> None:
    """What the worker does by itself: clocks run out, consents expire."""
    from hallway.app.demo.network import BY
    from hallway.consent import actions as consent
    from hallway.loops import actions as loops
    from hallway.referral import actions as referral

    with clock.stopped_at(at):
        referral.run_clocks(at)
        loops.escalate_due(at)
        consent.expire_consents(at, by=BY)


def office_hours(random: Random, at: datetime) -> datetime:
    """The same day or the next working day, at a minute when a practice is open (UTC afternoon is their morning)."""
    day = at
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return datetime.combine(day.date(), time(13 + random.randint(0, 7), random.randint(0, 59)), at.tzinfo)
