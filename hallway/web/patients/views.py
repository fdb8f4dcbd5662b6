"""Find the right person, the first time. Typed text is posted, so that it never stands in an address or a log."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from hallway.consent import queries
from hallway.identity.requester import CLINICIANS, Requester, Role
from hallway.ids import ChartId
from hallway.web import typed
from hallway.web.access import page
from hallway.web.patients import presenters, registering
from hallway.web.patients.forms import PatientForm, sought

SEARCHERS = (*sorted(CLINICIANS), Role.FRONT_DESK, Role.BILLER)
REGISTRARS = (*sorted(CLINICIANS), Role.FRONT_DESK)
PAGE_SIZE = 50


def _requester(request: HttpRequest) -> Requester:
    return request.requester  # type: ignore[attr-defined,no-any-return]


@page(*SEARCHERS)
@require_GET
def roster(request: HttpRequest) -> HttpResponse:
    """The patients one may open, by family name."""
    after = typed.number(request.GET.get("after", ""), digits=18)
    start = None if after is None else ChartId(after)
    found = queries.roster(_requester(request), limit=PAGE_SIZE + 1, after=start)
    shown = found[:PAGE_SIZE]
    context = {
        "matches": presenters.matches_of(shown),
        "more": shown[-1].chart_id if len(found) > PAGE_SIZE else None,
        "is_first": start is None,
        "may_create": _requester(request).role in REGISTRARS,
    }
    return render(request, "patients/roster.html", context)


@page(*SEARCHERS)
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponseBase:
    """Matches among those one may open; the same words whether there is none, or none for this reader."""
    if request.method == "GET":
        return redirect("/patients/")
    text = request.POST.get("text", "")
    asked = sought(text)
    empty = not asked.text and asked.birth_date is None
    found = [] if empty else queries.find_patients(_requester(request), asked.text, asked.birth_date)
    context = {
        "matches": presenters.matches_of(found),
        "text": text[:100],
        "is_empty": empty,
        "may_open_in_emergency": _requester(request).role in CLINICIANS,
        "may_create": _requester(request).role in REGISTRARS,
    }
    return render(request, "patients/found.html", context)


@page(*REGISTRARS)
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponseBase:
    """Write down a new patient; somebody who looks the same is shown first."""
    form = PatientForm(request.POST or None)
    if not (request.method == "POST" and form.is_valid()):
        return render(request, "patients/create.html", {"form": form}, status=422 if form.errors else 200)
    new = registering.NewPatient(**form.cleaned_data)
    mark = presenters.looked_at(new.family, new.given, new.birth_date)
    near = [] if request.POST.get("looked_at") == mark else registering.lookalikes(_requester(request), new)
    if near:
        context = {"form": form, "near": presenters.matches_of(near), "mark": mark}
        return render(request, "patients/create.html", context, status=409)
    chart_id = registering.register(new, by=_requester(request))
    return redirect(f"/charts/{chart_id}/")
