"""Where a patient's day begins: what one can do here, and an emergency access first if there was one."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hallway.consent import queries, standing
from hallway.consent.looks import chart_of
from hallway.identity.requester import Requester, Role
from hallway.web.access import PageRequest, page

MINE = Role.PATIENT
EITHER = (Role.PATIENT, Role.REPRESENTATIVE)


def name_of(requester: Requester) -> str:
    """The name on the chart, as the gate gives it to this person."""
    chart_id = chart_of(requester)
    header = queries.headers(requester, [chart_id]).get(chart_id)
    return header.name if header else "Your record"


@page(*EITHER)
@require_GET
def home(request: PageRequest) -> HttpResponse:
    """The first page of the patient's side."""
    mine = request.requester.role is MINE
    values = {
        "name": name_of(request.requester),
        "is_mine": mine,
        "emergencies": standing.emergencies_about(request.requester)[:1] if mine else [],
    }
    return render(request, "my/home.html", values)
