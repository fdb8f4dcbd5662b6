"""Open a program from a chart: it learns which patient, and then asks like any other."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from hallway.identity import addresses, granted, granting
from hallway.identity.app_models import App
from hallway.identity.granting import About
from hallway.identity.login import Login
from hallway.identity.requester import CLINICIANS
from hallway.ids import ChartId
from hallway.record import queries as record
from hallway.web import errors
from hallway.web.access import PageRequest, page
from hallway.web.chart.reading import Opened, open_chart
from hallway.web.programs.protocol import place_of, sent_to

KINDS = ("Patient", "Encounter")
MOST_VISITS = 10


@page(*sorted(CLINICIANS), patient=True)
@require_http_methods(["GET", "POST"])
def open_page(request: PageRequest, chart_id: int) -> HttpResponse:
    """The programs that may be opened from this chart; a press opens one."""
    login: Login = request.login  # type: ignore[attr-defined]
    opened = open_chart(request.requester, ChartId(chart_id), kinds=KINDS, route="apps/open")
    apps = granted.launchable(request.requester.organization_id)
    visits = [(row.id, row.dated_at) for row in opened.facts.stored("Encounter")[:MOST_VISITS] if row.dated_at]
    if request.method == "POST":
        app = next((one for one in apps if str(one.id) == request.POST.get("app")), None)
        about = _about(opened, request.POST.get("encounter", ""), {str(one) for one, _ in visits})
        if app is None or about is None:
            return errors.not_found(request, None)
        return sent_to(_address(request, app, granting.open_launch(app, login, about)))
    context = {"apps": apps, "header": opened.header, "chart_id": chart_id, "visits": visits}
    answer = render(request, "programs/open.html", context)
    origins = {addresses.origin_of(one.launch_url) for one in apps if not one.launch_url.startswith("/")}
    answer._csp_update = {"form-action": sorted(origins)} if origins else {}  # type: ignore[attr-defined]
    return answer


def _about(opened: Opened, encounter: str, known: set[str]) -> About | None:
    patient_id = record.patient_of(opened.chart_id)
    if patient_id is None or (encounter and encounter not in known):
        return None
    return About(opened.chart_id, patient_id, encounter)


def _address(request: HttpRequest, app: App, launch: str) -> str:
    """Where the program begins, with our FHIR server and the word for this chart."""
    told = urlencode({"iss": place_of(request).fhir, "launch": launch})
    return f"{app.launch_url}{'&' if '?' in app.launch_url else '?'}{told}"
