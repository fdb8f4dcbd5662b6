"""Who is due today: the patients of today's appointments and of the worklist, what to ask each, and why."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from hallway import clock
from hallway.consent import queries as consent
from hallway.identity.requester import CLINICIANS, Role
from hallway.record.stored import PatientHeader
from hallway.screening.asking import queries as sittings
from hallway.screening.asking.standing import is_known
from hallway.screening.instruments import library
from hallway.screening.instruments.shapes import Instrument
from hallway.screening.models import Sitting
from hallway.screening.schedule import queries
from hallway.screening.schedule.rules import Due
from hallway.screening.sheets import Sheet
from hallway.web.access import PageRequest, page
from hallway.web.typed import place_in_list
from hallway.web.words import day

ASKERS = (*sorted(CLINICIANS), Role.FRONT_DESK)
"""Who may put questions to patients."""
PAGE_SIZE = 15
_FIRST = "not asked before"


@dataclass(frozen=True, slots=True)
class ToAsk:
    """One instrument to put to one patient. ``instead_of`` names the one whose words may not ship."""

    instrument: Instrument
    why: str
    since: str
    verified: bool
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One patient of the list. ``open_now``: questions that were put and wait for answers.

    ``not_whole``: instruments whose last answers are not whole, so that nothing due is no all clear.
    """

    header: PatientHeader
    starts_at: datetime | None
    asks: tuple[ToAsk, ...]
    open_now: tuple[Sitting, ...]
    ask_url: str
    not_whole: tuple[Sheet, ...] = ()

    @property
    def named(self) -> tuple[ToAsk, ...]:
        """What has a reason of its own, or was asked before: a line each."""
        return tuple(one for one in self.asks if one.since != _FIRST)

    @property
    def first_time(self) -> tuple[ToAsk, ...]:
        """What was never asked: one line together."""
        return tuple(one for one in self.asks if one.since == _FIRST)


@page(*ASKERS)
@require_GET
def today(request: PageRequest) -> HttpResponse:
    """Today's list. The desk sees who comes and what was put to them: what is due rests on charts it does not read."""
    requester, first = request.requester, place_in_list(request.GET.get("from", ""))
    expected = queries.expected(requester)
    shown = expected[first : first + PAGE_SIZE]
    waiting = _waiting(sittings.sittings_open(requester))
    is_clinician = requester.role in CLINICIANS
    if is_clinician:
        asked = [made for one in shown if (made := queries.due_of(requester, one)) is not None]
        rows = [_row(one.header, one.starts_at, one.dues, waiting, not_whole=one.not_whole) for one in asked]
    else:
        headers = consent.headers(requester, [one.chart_id for one in shown])
        rows = [_row(headers[one.chart_id], one.starts_at, (), waiting) for one in shown if one.chart_id in headers]
    values = {
        "due": [row for row in rows if row.asks],
        "others": [row for row in rows if not row.asks],
        "more": first + PAGE_SIZE if len(expected) > first + PAGE_SIZE else 0,
        "is_clinician": is_clinician,
        "now": clock.now(),
    }
    return render(request, "screening/today.html", values)


def _waiting(rows: list[Sitting]) -> dict[int, tuple[Sitting, ...]]:
    found: dict[int, tuple[Sitting, ...]] = {}
    for one in rows:
        found[one.chart_id] = (*found.get(one.chart_id, ()), one)
    return found


def _row(
    header: PatientHeader,
    starts_at: datetime | None,
    dues: tuple[Due, ...],
    waiting: dict[int, tuple[Sitting, ...]],
    *,
    not_whole: tuple[Sheet, ...] = (),
) -> Row:
    asks = to_ask(dues)
    query = urlencode([("i", one.instrument.key) for one in asks])
    url = reverse("screening:ask", args=[header.chart_id])
    open_now = waiting.get(int(header.chart_id), ())
    return Row(header, starts_at, asks, open_now, f"{url}?{query}" if query else url, not_whole)


def to_ask(dues: tuple[Due, ...] | list[Due]) -> tuple[ToAsk, ...]:
    """What is due as what can be put: where an instrument's words may not ship, the one that stands for it."""
    made: dict[str, ToAsk] = {}
    for due in dues:
        if not is_known(due.instrument):
            continue
        named = library.instrument(due.instrument)
        chosen = named if named.has_text or not due.instead else library.instrument(due.instead)
        since = f"due since {day(due.due_on, clock.today())}" if due.due_on else _FIRST
        instead = named.name if chosen is not named else ""
        if chosen.has_text:
            made.setdefault(chosen.key, ToAsk(chosen, due.why, since, due.verified, instead))
    return tuple(made.values())
