"""Times, spans and lateness in the words of a clinic. Pure: the instant "now" is always given."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
"""The demo's states lie in one zone; a practice elsewhere brings its own from the directory."""

SOON = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Due:
    """How a due time is said: ``text`` with ``tone`` ("late", "soon" or nothing) and the icon that goes with it."""

    text: str
    tone: str
    icon: str


def local(at: datetime, zone: ZoneInfo = ZONE) -> datetime:
    """The instant on the practice's wall clock."""
    return at.astimezone(zone)


def clock(at: datetime) -> str:
    """ "4:42 pm"."""
    wall = local(at)
    return f"{wall.hour % 12 or 12}:{wall.minute:02d} {'am' if wall.hour < 12 else 'pm'}"


def day(on: date, *, now: datetime) -> str:
    """ "Jun 9", with the year when it is not this one."""
    year = "" if on.year == local(now).year else f", {on.year}"
    return f"{on:%b} {on.day}{year}"


def day_of(at: datetime, *, now: datetime) -> str:
    """The practice's calendar day of an instant, "Today" for today."""
    on = local(at).date()
    return "Today" if on == local(now).date() else day(on, now=now)


def day_and_clock(at: datetime, *, now: datetime) -> str:
    """ "Jun 9, 4:42 pm"."""
    return f"{day_of(at, now=now)}, {clock(at)}"


def weekday(on: date, *, now: datetime) -> str:
    """ "Tue, Jun 2"."""
    return f"{on:%a}, {day(on, now=now)}"


def span(length: timedelta) -> str:
    """A duration as a person says it: "19 minutes", "3 hours", "6 days"; never negative, never two units."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 90:
        return plural(minutes, "minute") if minutes else "less than a minute"
    if minutes < 36 * 60:
        return plural(round(minutes / 60), "hour")
    return plural(days_between(length), "day")


def days_between(length: timedelta) -> int:
    """Whole days, rounded to the nearest: a clock of 47 hours says 2 days."""
    return round(length.total_seconds() / 86_400)


def plural(count: int, noun: str) -> str:
    """ "1 day", "2 days"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def due(at: datetime, *, now: datetime) -> Due:
    """When something is due, or how late it is; late and soon always come with a shape."""
    if at < now:
        return Due(f"{span(now - at)} late", "late", "late")
    on, today = local(at).date(), local(now).date()
    if on == today:
        return Due("Today", "soon", "clock")
    if on - today <= timedelta(days=6):
        return Due(weekday(on, now=now), "", "clock")
    return Due(day(on, now=now), "", "clock")


def left(at: datetime, *, now: datetime) -> Due:
    """How much of a clock is left: "1 day left", "2 days late", a date when it is over a fortnight."""
    if at < now:
        return Due(f"{span(now - at)} late", "late", "late")
    if at - now > timedelta(days=14):
        return Due(day(local(at).date(), now=now), "", "clock")
    return Due(f"{span(at - now)} left", "soon" if at - now <= SOON else "", "clock")


def used(since: datetime, until: datetime, *, now: datetime) -> int:
    """Percent of a clock that has run, 0 to 100."""
    whole = (until - since).total_seconds()
    run = (now - since).total_seconds()
    return max(0, min(100, round(100 * run / whole))) if whole > 0 else 100


def age(born: date | None, *, now: datetime) -> str:
    """Years lived, or nothing when the birth date is not known."""
    if born is None:
        return ""
    today = local(now).date()
    return str(today.year - born.year - ((today.month, today.day) < (born.month, born.day)))


def birth(born: date | None) -> str:
    """ "03/14/1955"."""
    return f"{born:%m/%d/%Y}" if born else ""


def number_word(count: int) -> str:
    """ "Nine" up to twelve, then figures: headings are sentences."""
    words = "No One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split()
    return words[count] if count < len(words) else f"{count:,}"
