"""After an emergency access: the patient is told, somebody reads every opening, an author of counseling notes calls."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hallway.consent import actions, gate
from hallway.consent.emergency import search
from hallway.consent.forms import standing
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS, Role
from hallway.loops import hearing
from hallway.web.access import PageRequest, page
from hallway.web.chart import board
from hallway.web.chart.reading import open_chart
from hallway.web.emergency.views import NATURES

OUTCOMES = (
    ("justified", "It was right"),
    ("not_justified", "It was not right"),
    ("follow_up", "I follow it up"),
)


@page(Role.PRIVACY_OFFICER, Role.PRACTICE_LEADER)
@require_http_methods(["GET", "POST"])
def reviews(request: PageRequest) -> HttpResponse:
    """Every emergency access of the practice, those without a finding first, and searches that found nobody."""
    if request.method == "POST":
        actions.review_emergency(request.requester, _id(request), request.POST.get("outcome", ""))
        return HttpResponseRedirect(reverse("emergency:reviews"))
    rows = standing.emergencies_to_review(request.requester)
    values = {
        "waiting": [row for row in rows if row.reviewed_at is None],
        "done": [row for row in rows if row.reviewed_at is not None],
        "attempts": search.attempts_at(request.requester),
        "natures": dict(NATURES),
        "outcomes": OUTCOMES,
    }
    return render(request, "emergency/reviews.html", values)


@page(*sorted(CLINICIANS))
def mine(request: PageRequest) -> HttpResponse:
    """What one opened oneself, those whose patient was not told yet first."""
    return render(request, "emergency/mine.html", {"rows": standing.own_emergencies(request.requester)})


@page(*sorted(CLINICIANS), patient=True)
@require_http_methods(["GET", "POST"])
def tell(request: PageRequest, emergency_id: UUID) -> HttpResponse:
    """Say that the patient was told."""
    access = standing.emergency_for(request.requester, emergency_id)
    if request.method == "POST":
        actions.tell_patient(request.requester, emergency_id)
        return HttpResponseRedirect(reverse("emergency:mine"))
    return render(request, "emergency/tell.html", {"access": access, "nature": dict(NATURES).get(access.nature, "")})


@page(*sorted(CLINICIANS), patient=True)
@require_http_methods(["GET", "POST"])
def call(request: PageRequest, emergency_id: UUID) -> HttpResponse:
    """Whom to call: for an author of counseling notes, which open for nobody else, not in an emergency either."""
    if not hearing.is_owed_a_call(request.requester, emergency_id):
        raise gate.not_found()
    if request.method == "POST":
        hearing.called(request.requester, emergency_id)
        return HttpResponseRedirect("/worklist/")
    found = standing.whom_to_call(emergency_id)
    if found is None:
        raise gate.not_found()
    access, phone = found
    opened = open_chart(request.requester, access.chart_id, kinds=("Patient",), route="emergency/call")
    values = {"access": access, "phone": phone, "header": opened.header, "who": board.pronouns(opened.header)}
    return render(request, "emergency/call.html", values)


def _id(request: PageRequest) -> UUID:
    try:
        return UUID(request.POST.get("id", ""))
    except ValueError:
        raise HallwayError(
            Kind.INCORRECT,
            "H-CHT-004",
            what="We could not read which access you meant.",
            undone="Nothing was kept.",
            to_do="Load the page again and choose once more.",
        ) from None
