"""When the other side's care is to be offered. Pure: from what may flow to the reader, never from the rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hallway.triggers.tables.reasons import OFFER_ANSWERS

OTHER_SIDE = {"bh": "pc", "pc": "bh"}
SIDE_NAMES = {"pc": "primary care", "bh": "behavioral health care"}
STILL_SEEN = timedelta(days=550)
"""A side that wrote nothing for longer than this is not one that treats; the time of the chart's own team list."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The last answer of a patient at this practice. ``again_on`` is when the offer may be made again."""

    side: str
    answer: str
    reason: str
    at: datetime
    again_on: date | None
    by: str = ""
    is_owed: bool = False
    """They want it, and the referral has not gone yet."""


def side_to_offer(own_side: str) -> str:
    """The other side of the hall; empty where a practice stands on neither."""
    return OTHER_SIDE.get(own_side, "")


def is_seen_by(side: str, seen: Iterable[tuple[str, date | None]], *, today: date) -> bool:
    """Whether somebody of ``side`` treats, as ``seen`` tells: (side, day) of each fact that may flow to the reader."""
    return any(one == side and on is not None and today - on <= STILL_SEEN for one, on in seen)


def is_due(last: Answered | None, *, is_seen: bool, today: date) -> bool:
    """Offer now? Not to one who is seen there already, nor before the day that the last answer set."""
    if is_seen or (last is not None and last.is_owed):
        return False
    return last is None or last.again_on is None or today >= last.again_on


def again_on(answer: str, today: date, chosen: date | None = None) -> date:
    """The day of the next offer: as chosen, else as the row of the answer says."""
    return chosen or today + timedelta(days=OFFER_ANSWERS[answer].again_days)


def is_day_wrong(chosen: date | None, today: date) -> bool:
    """A day that has passed, or lies beyond two years."""
    return chosen is not None and not today < chosen <= today + timedelta(days=730)
