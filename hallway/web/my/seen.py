"""Who saw my record, when and why; emergency accesses first and plain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from hallway import clock
from hallway.consent.explaining import looks
from hallway.consent.explaining.looks import Look
from hallway.consent.forms import standing
from hallway.web.access import PageRequest, page
from hallway.web.my import plain, spanish
from hallway.web.my.views import MINE, name_of

DAYS = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One look in plain words."""

    look: Look
    role: str
    saw: str
    why: str
    law: str
    on: str
    signed_on: str


@dataclass(frozen=True, slots=True)
class Month:
    """The looks of one month, newest first."""

    name: str
    key: str
    lines: tuple[Line, ...]


def line_of(look: Look, language: str = "en") -> Line:
    """A look in plain words. Pure."""

    def say(text: str) -> str:
        return spanish.said(text, language)

    return Line(
        look=look,
        role=say(plain.ROLE_WORDS.get(look.role, "Staff")),
        saw=say("Your name in a list") if look.was_listed_only else _capital(plain.kinds_words(look.kinds, say)),
        why=say(plain.WHY.get(look.purpose, "For your care.")),
        law=say(plain.LAW.get(look.purpose, "")),
        on=spanish.long_day(look.on, language),
        signed_on=spanish.day(look.signed_on, language),
    )


def months_of(found: Sequence[Look], language: str = "en") -> list[Month]:
    """Looks by month, newest first. Pure."""
    by_month: dict[tuple[int, int], list[Line]] = {}
    for look in sorted(found, key=lambda one: one.last_at, reverse=True):
        by_month.setdefault((look.on.year, look.on.month), []).append(line_of(look, language))
    return [
        Month(spanish.month(year, month, language), f"m{year}-{month:02d}", tuple(lines))
        for (year, month), lines in by_month.items()
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@page(MINE)
@require_GET
def seen(request: PageRequest) -> HttpResponse:
    """The last thirty days, or the thirty before a day the reader names."""
    zone = ZoneInfo(timezone.get_current_timezone_name())
    until = _until(request.GET.get("before", ""), zone)
    since = until - timedelta(days=DAYS)
    found = looks.looks_at(request.requester, since=since, until=until, zone=zone)
    opened = [look for look in found if not look.was_listed_only]
    language = spanish.language_of(request, request.requester)
    first, last = since.astimezone(zone).date(), (until.astimezone(zone) - timedelta(seconds=1)).date()
    values = {
        "language": language,
        "name": name_of(request.requester),
        "months": months_of(opened, language),
        "lists": [line_of(look, language) for look in found if look.was_listed_only],
        "people": len({(look.who, look.organization) for look in opened}),
        "since": first,
        "since_day": spanish.day(first, language),
        "until_day": spanish.day(last, language),
        "is_latest": not request.GET.get("before"),
        "emergencies": sum(look.is_emergency for look in opened),
    }
    return render(request, "my/es/seen.html" if language == "es" else "my/seen.html", values)


def _until(text: str, zone: ZoneInfo) -> datetime:
    """Midnight before the day named; a moment from now when none or a wrong one is."""
    try:
        named = date.fromisoformat(text)
        if date(2000, 1, 1) < named <= clock.today():
            return datetime.combine(named, time(), zone)
    except ValueError:
        pass
    return clock.now() + timedelta(seconds=1)


@page(MINE)
@require_GET
def emergencies(request: PageRequest) -> HttpResponse:
    """Every emergency access to this record: who, what, why, and what the review found."""
    rows = standing.emergencies_about(request.requester)
    return render(request, "my/emergencies.html", {"name": name_of(request.requester), "rows": rows})
