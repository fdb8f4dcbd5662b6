"""Instants and clocks in the words of ``web.words``, on the practice's wall clock. Pure: "now" is always given."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hallway.web import words
from hallway.zones import NETWORK_ZONE

ZONE = NETWORK_ZONE
"""The demo's states lie in one zone; a practice elsewhere brings its own from the directory."""

SHORT = timedelta(minutes=90)


@dataclass(frozen=True, slots=True)
class Due:
    """How a due time is said: ``text`` with ``tone`` ("late", "soon" or nothing) and the icon that goes with it."""

    text: str
    tone: str
    icon: str


NO_DUE = Due("", "", "clock")


def local(at: datetime) -> datetime:
    """The instant on the practice's wall clock."""
    return at.astimezone(ZONE)


def clock(at: datetime) -> str:
    """ "4:42 pm"."""
    return words.time_of_day(local(at))


def day(on: date, *, now: datetime) -> str:
    """ "Jun 9", with the year when it is not this one."""
    return words.day(on, local(now).date())


def day_of(at: datetime, *, now: datetime) -> str:
    """The practice's calendar day of an instant, "Today" for today."""
    on, today = local(at).date(), local(now).date()
    return "Today" if on == today else words.day(on, today)


def day_and_clock(at: datetime, *, now: datetime) -> str:
    """ "Jun 9, 4:42 pm"; "today, 4:42 pm"."""
    return f"{day_of(at, now=now)}, {clock(at)}".replace("Today", "today")


def plural(count: int, noun: str) -> str:
    """ "1 day", "2 days"."""
    return words.count(count, noun)


def span(length: timedelta) -> str:
    """A duration as a person says it."""
    return words.duration(length)


def due(at: datetime, *, now: datetime) -> Due:
    """When something is due, or how late it is."""
    text, tone = words.due(local(at), local(now))
    return Due(text, tone, "late" if tone == "late" else "clock")


def left(at: datetime, *, now: datetime) -> Due:
    """How much of a clock is left, or how late it is."""
    text, tone = words.left(local(at), local(now))
    return Due(text, tone, "late" if tone == "late" else "clock")


def age(born: date | None, *, now: datetime) -> str:
    """Age today, or nothing when the birth date is not known."""
    return words.age(born, local(now).date()) if born else ""


def birth(born: date | None) -> str:
    """ "03/14/1955"."""
    return words.birth_date(born) if born else ""


def number_word(count: int) -> str:
    """ "Nine" up to twelve, then figures: headings are sentences."""
    return words.number(count)
