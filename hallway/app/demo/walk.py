"""Three years of referrals, told as stories that run side by side in order of time.

A story is a generator: it yields the instant of its next step, and takes that step when the clock has come to it. Each
step is the action that a page calls, with the clock stood still at that instant; nothing is written around them.
"""

import heapq
from collections.abc import Generator, Iterable, Iterator
from datetime import datetime, time, timedelta
from itertools import count
from random import Random

from hallway import clock
from hallway.errors import HallwayError

Story = Generator[datetime, None, None]


def run(stories: Iterable[Story], *, until: datetime, tick: "Tick") -> tuple[int, list[str]]:
    """Run every story up to ``until``, in order of time; how many steps were taken and which were refused (by code).

    A story that an action refuses ends there: its referral stays in the state it has reached, as in life.
    """
    order = count()
    waiting: list[tuple[datetime, int, Story]] = []
    for story in stories:
        _queue(waiting, order, story)
    taken, refused = 0, list[str]()
    while waiting and waiting[0][0] <= until:
        at, _, story = heapq.heappop(waiting)
        tick.until(at)
        with clock.stopped_at(at):
            try:
                _queue(waiting, order, story)
                taken += 1
            except HallwayError as error:
                refused.append(error.code)
    tick.until(until)
    return taken, refused


def _queue(waiting: list[tuple[datetime, int, Story]], order: Iterator[int], story: Story) -> None:
    following = next(story, None)
    if following is not None:
        heapq.heappush(waiting, (following, next(order), story))


class Tick:
    """What the worker does by itself, once a simulated week and at the end: clocks run out, consents expire."""

    def __init__(self, start: datetime) -> None:
        """Begin counting weeks at ``start``."""
        self.next_at = start

    def until(self, at: datetime) -> None:
        """Catch up with every week that has passed."""
        from hallway.app.demo.network import BY
        from hallway.consent import actions as consent
        from hallway.loops import actions as loops
        from hallway.referral import actions as referral

        while self.next_at <= at:
            with clock.stopped_at(self.next_at):
                referral.run_clocks(self.next_at)
                loops.escalate_due(self.next_at)
                consent.expire_consents(self.next_at, by=BY)
            self.next_at += timedelta(days=7)


def office_hours(random: Random, at: datetime) -> datetime:
    """The same day or the next working day, at a minute when a practice is open (UTC afternoon is their morning)."""
    day = at
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return datetime.combine(day.date(), time(13 + random.randint(0, 7), random.randint(0, 59)), at.tzinfo)
