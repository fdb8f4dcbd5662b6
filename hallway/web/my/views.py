"""Where a patient's day begins: what one can do here, and an emergency access first if there was one."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hallway.consent import gate, queries
from hallway.consent.explaining.looks import chart_of
from hallway.consent.forms import standing
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester, Role
from hallway.web.access import PageRequest, page

MINE = Role.PATIENT
EITHER = (Role.PATIENT, Role.REPRESENTATIVE)


def name_of(requester: Requester) -> str:
    """The name on the chart, as the gate gives it to this person."""
    chart_id = chart_of(requester)
    header = queries.headers(requester, [chart_id]).get(chart_id)
    return header.name if header else "Your record"


def refused(request: PageRequest, wrong: HallwayError) -> HttpResponse:
    """Whoever acts and may see nothing now is told the lawful least: that it is so, and what they may do.

    One page for every cause, so that it tells none. Raises ``wrong`` again for everybody else.
    """
    if request.requester.role is not Role.REPRESENTATIVE or wrong.kind is not Kind.NOT_FOUND:
        raise wrong
    return render(request, "my/refused.html", status=404)


@page(*EITHER)
@require_GET
def home(request: PageRequest) -> HttpResponse:
    """The first page of the patient's side."""
    mine = request.requester.role is MINE
    if not mine:
        try:
            gate.release(request.requester, chart_of(request.requester))
        except HallwayError as wrong:
            return refused(request, wrong)
    values = {
        "name": name_of(request.requester),
        "is_mine": mine,
        "emergencies": standing.emergencies_about(request.requester)[:1] if mine else [],
    }
    return render(request, "my/home.html", values)
