"""The directory: who takes this plan, speaks this language, is free now."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hallway import clock
from hallway.directory import queries
from hallway.directory.queries import Need
from hallway.identity.requester import CLINICIANS, Role
from hallway.talking.naming import reached
from hallway.talking.tables import library
from hallway.web.access import page
from hallway.web.context import ROLE_LABELS
from hallway.web.directory import presenters

READERS = (*sorted(CLINICIANS), Role.FRONT_DESK, Role.PRACTICE_LEADER, Role.NETWORK_ADMINISTRATOR, Role.PRIVACY_OFFICER)


@page(*READERS)
@require_GET
def directory(request: HttpRequest) -> HttpResponse:
    """Clinicians who fit; with ``chart``, each can be referred to at once. The patient is not read here."""
    asked = {name: request.GET.get(name, "")[:80] for name in ("kind", "plan", "language", "state")}
    need, today = Need(**asked), clock.today()
    found = queries.clinicians(need, today)
    entries = presenters.entries_of(found, reached([one.practitioner for one in found]))
    chart = request.GET.get("chart", "")
    chart_id = chart if chart.isascii() and chart.isdigit() and len(chart) < 19 else ""
    wider = [] if entries else presenters.widenings(need, lambda other: len(queries.clinicians(other, today)))
    context = {
        "need": need,
        "entries": entries,
        "finding": presenters.finding(entries, need),
        "choices": queries.choices(today),
        "kinds": [(str(role), ROLE_LABELS[role]) for role in presenters.KINDS],
        "chart_id": chart_id,
        "payer": library.payer_of(need.plan),
        "wider": [(one, "?" + urlencode({**asked, one.query: "", "chart": chart_id})) for one in wider],
        "may_refer": request.requester.role in CLINICIANS,  # type: ignore[attr-defined]
    }
    return render(request, "directory/directory.html", context)
