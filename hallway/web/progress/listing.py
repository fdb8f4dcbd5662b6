"""Per clinician and practice: who is not improving, who is overdue, who was lost, in that order, with the reason."""

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hallway import clock
from hallway.directory.models import Practitioner
from hallway.identity.requester import CLINICIANS
from hallway.screening.instruments import library
from hallway.screening.targets import queries
from hallway.web.access import PageRequest, page
from hallway.web.chart.words import ZONE
from hallway.web.progress import presenters
from hallway.web.typed import place_in_list

PAGE_SIZE = 40


@page(*sorted(CLINICIANS))
@require_GET
def listing(request: PageRequest) -> HttpResponse:
    """The list, by groups. Every count is of what flows to the reader."""
    show = "practice" if request.GET.get("show") == "practice" else "mine"
    first = place_in_list(request.GET.get("from", ""))
    today = clock.now().astimezone(ZONE).date()
    found, is_cut = queries.treated(request.requester, today=today, only_mine=show == "mine")
    names = {one.key: one.name for one in library.all_instruments()}
    people = Practitioner.objects.in_bulk({int(one.practitioner) for one in found})
    owners = {int(key): one.short_name for key, one in people.items()}
    rows = presenters.rows(found, today=today, names=names, owners=owners)
    shown = rows[first : first + PAGE_SIZE]
    counts = {group.value: sum(row.group is group for row in rows) for group in presenters.Group}
    values = {
        "show": show,
        "shows": (("mine", "Mine"), ("practice", "My practice")),
        "finding": f"Of the {queries.MOST} targets set first: {_finding(rows, show)}"
        if is_cut
        else _finding(rows, show),
        "most": queries.MOST if is_cut else 0,
        "groups": [(name, list(own), counts[name]) for name, own in groupby(shown, key=lambda row: row.group.value)],
        "more": first + PAGE_SIZE if len(rows) > first + PAGE_SIZE else 0,
        "now": clock.now(),
    }
    return render(request, "progress/list.html", values)


def _finding(rows: list[presenters.Row], show: str) -> str:
    """ "2 are not improving, 1 is overdue"."""
    if not rows:
        return "Nobody here is treated to a target yet" if show == "practice" else "You treat nobody to a target yet"
    told = [
        f"{count} {'is' if count == 1 else 'are'} {words}"
        for group, words in (
            (presenters.Group.NOT_IMPROVING, "not improving"),
            (presenters.Group.OVERDUE, "overdue"),
            (presenters.Group.LOST, "lost"),
        )
        if (count := sum(row.group is group for row in rows))
    ]
    return ", ".join(told) if told else "Everybody is on the way or there"
