"""The day of a score as exactly as somebody sent it. Pure: a FHIR dateTime in, a day with its precision out.

A part of a date orders by its first day and is never told as a day. A score whose day was not sent is kept by the day
it arrived here, because whoever looks for it must find it.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from hallway import ids
from hallway.zones import NETWORK_ZONE

ZONE = NETWORK_ZONE
NOT_SENT = "The day it was answered was not sent; the day it arrived here is shown."
"""What a page says of such a score."""


class Exact(StrEnum):
    """How exactly a day is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    ARRIVED = "arrived"
    """Not at all: it is the day on which the resource came."""


class Given(NamedTuple):
    """The day by which a score counts, and how exactly it is known."""

    on: date
    exact: Exact = Exact.DAY


def given_on(text: str) -> Given | None:
    """The calendar day of a FHIR dateTime in the network's zone, of a month or year its first; None for any other."""
    try:
        if "T" in text:
            at = datetime.fromisoformat(text)
            return Given(at.astimezone(ZONE).date() if at.tzinfo else at.date())
        if len(text) == len("2026"):
            return Given(date(int(text), 1, 1), Exact.YEAR)
        if len(text) == len("2026-05"):
            return Given(date.fromisoformat(f"{text}-01"), Exact.MONTH)
        return Given(date.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def given(text: str, resource_id: str, updated_at: datetime) -> Given:
    """The same, or the day on which the resource came: its id tells it, whatever was changed in it since."""
    arrived = ids.made_at(resource_id) or updated_at
    return given_on(text) or Given(arrived.astimezone(ZONE).date(), Exact.ARRIVED)


def as_sent(one: Given, day: str) -> str:
    """ "May 2026", "2026", "Jun 9 (arrived)", or ``day``, which is how the caller writes the whole day."""
    told = {
        Exact.MONTH: f"{one.on:%b %Y}",
        Exact.YEAR: f"{one.on:%Y}",
        Exact.ARRIVED: f"{day} (arrived)",
    }
    return told.get(one.exact, day)


def within(one: Given, day: str) -> str:
    """The same within a sentence: "on Jun 9", "in May 2026"."""
    return f"{'in' if one.exact in (Exact.MONTH, Exact.YEAR) else 'on'} {as_sent(one, day)}"
