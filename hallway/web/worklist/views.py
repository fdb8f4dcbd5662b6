"""My worklist, the practice's, and the peek beside them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hallway import clock
from hallway.identity.requester import CLINICIANS, Requester, Role
from hallway.ids import ChartId
from hallway.loops import queries
from hallway.web import errors
from hallway.web.access import page
from hallway.web.worklist import presenters
from hallway.web.worklist.details import details_of

WORKERS = (*sorted(CLINICIANS), Role.FRONT_DESK)
OVERSEERS = (*WORKERS, Role.PRACTICE_LEADER)
PAGE_SIZE = 50
_TABS = [(key, label) for key, label in presenters.SHOWS.items() if key != "practice"]
PRACTICE_SIZE = 200


def _requester(request: HttpRequest) -> Requester:
    return request.requester  # type: ignore[attr-defined,no-any-return]


def _asked(request: HttpRequest) -> tuple[str, str]:
    """Which list and from where; an unknown word is the reader's own list."""
    show = request.GET.get("show", "mine")
    return (show if show in presenters.SHOWS else "mine"), request.GET.get("after", "")[:200]


@page(*WORKERS)
@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """What I owe, or what others owe me, in the order of harm, lateness, due time."""
    show, after = _asked(request)
    found = queries.worklist(_requester(request), show=show, limit=PAGE_SIZE, after=after)
    rows = presenters.rows_of(found.rows)
    context = {
        "show": show,
        "shows": [(key, label, presenters.badge(found.counts.get(key))) for key, label in _TABS],
        "practice_count": presenters.badge(found.counts.get("practice")),
        "finding": presenters.finding(show, found.counts.get(show, len(rows)), rows),
        "groups": presenters.groups_of(rows),
        "more": found.after,
        "now": clock.now(),
        "clinicians": CLINICIANS,
    }
    return render(request, "worklist/worklist.html", context)


@page(*OVERSEERS)
@require_GET
def practice(request: HttpRequest) -> HttpResponse:
    """Who carries what in my practice, what is late, what is nobody's."""
    found = queries.worklist(_requester(request), show="practice", limit=PRACTICE_SIZE)
    rows = presenters.rows_of(found.rows)
    nobodys, loads = presenters.loads_of(rows)
    context = {
        "finding": presenters.finding("practice", found.counts.get("practice", len(rows)), rows),
        "nobodys": nobodys,
        "loads": loads,
        "now": clock.now(),
        "is_leader": _requester(request).role is Role.PRACTICE_LEADER,
    }
    return render(request, "worklist/practice.html", context)


@page(*OVERSEERS, patient=True)
@require_GET
def peek(request: HttpRequest, chart_id: int, loop_id: UUID) -> HttpResponse:
    """Why one row is on the list: said, asked, due, who hears next. The same answer for gone and never there."""
    requester = _requester(request)
    found = queries.loop_of_chart(requester, ChartId(chart_id), loop_id)
    if found is None:
        return errors.not_found(request, None)
    (row,) = presenters.rows_of([found])
    context = {"row": row, "loop": row.loop, "details": details_of(requester, row.loop)}
    return render(request, "worklist/peek.html", context)
