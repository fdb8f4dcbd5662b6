"""One chart's people who act: write down, end, decline, note the minor's own word; and care that is a minor's own."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hallway import clock
from hallway.consent import refusals
from hallway.consent.rights import acting, asks, minors
from hallway.directory.models import Organization
from hallway.errors import HallwayError
from hallway.identity.requester import CLINICIANS
from hallway.ids import ChartId
from hallway.web import typed
from hallway.web.access import PageRequest, page
from hallway.web.acting.forms import AGAINST_WORDS, ENDINGS, EntryForm, MinorForm
from hallway.web.chart import board
from hallway.web.chart.reading import open_chart

KEEPERS = sorted(acting.KEEPERS)


@page(*KEEPERS, patient=True)
@require_http_methods(["GET", "POST"])
def acting_people(request: PageRequest, chart_id: int) -> HttpResponse:
    """Who acts, and what may be done about it in this role."""
    chart, reader = ChartId(chart_id), request.requester
    opened = open_chart(reader, chart, kinds=("Patient",), route="acting")
    adding = request.method == "POST" and request.POST.get("do", "") == "add"
    form = EntryForm(request.POST) if adding else EntryForm()
    error: HallwayError | None = None
    if request.method == "POST":
        try:
            if not adding or form.is_valid():
                _do(request, chart, form)
                return HttpResponseRedirect(reverse("acting:list", args=[chart]))
        except HallwayError as wrong:
            error = wrong
    values = {
        "chart_id": chart,
        "header": opened.header,
        "who": board.pronouns(opened.header),
        "rows": acting.acting_for(reader, chart),
        "wish": asks.contact_wish(reader, chart),
        "form": form,
        "error": error,
        "endings": ENDINGS,
        "against": AGAINST_WORDS,
        "is_clinician": reader.role in CLINICIANS,
        "own": reader.organization_id,
        "is_minor": _age(opened.header.birth_date) < minors.OF_AGE,
    }
    return render(request, "acting/list.html", values, status=422 if error or form.errors else 200)


def _age(born: object) -> int:
    from datetime import date

    return minors.years(born, clock.today()) if isinstance(born, date) else minors.OF_AGE


def _do(request: PageRequest, chart: ChartId, form: EntryForm) -> None:
    sent, by = request.POST, request.requester
    do, number = sent.get("do", ""), _number(sent.get("id", ""))
    if do == "add":
        acting.add_representative(chart, form.entry(), by=by)
    elif do == "end":
        acting.end_representative(number, sent.get("ended_as", ""), by=by)
    elif do == "against":
        acting.decide_against(number, sent.get("kind", ""), sent.get("reason", ""), by=by)
    elif do == "agreed":
        acting.agree_as_minor(number, by=by, organization=by.organization_id, witness_of=sent.get("paper", ""))
    elif do == "undo":
        acting.end_decision(_uuid(sent.get("id", "")), by=by)
    elif do == "sign_in":
        acting.make_sign_in(number, sent.get("login", ""), sent.get("password", ""), by=by, demo=bool(settings.DEMO))
    else:
        raise refusals.unknown_code("do")


def _number(text: str) -> int:
    return typed.number(text) or 0


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise refusals.unknown_code("id") from None


@page(*sorted(CLINICIANS), patient=True)
@require_http_methods(["GET", "POST"])
def minors_own(request: PageRequest, chart_id: int) -> HttpResponse:
    """Write down that care is the young person's own; what this clinician writes from then on is kept from a parent."""
    chart, reader = ChartId(chart_id), request.requester
    opened = open_chart(reader, chart, kinds=("Patient",), route="acting/minor")
    state = Organization.objects.filter(id=reader.organization_id).values_list("state", flat=True).first() or ""
    form = MinorForm(state, data=request.POST if request.method == "POST" else None)
    control, error = None, None
    if request.method == "POST" and form.is_valid():
        kept = form.cleaned_data
        try:
            control = minors.keep_as_minors_own(
                chart, by=reader, header=opened.header, service=kept["service"], facts=kept["facts"]
            )
        except HallwayError as wrong:
            error = wrong
    values = {
        "chart_id": chart,
        "header": opened.header,
        "who": board.pronouns(opened.header),
        "form": form,
        "control": control,
        "error": error,
        "rows": minors.for_young_people().get(state, []),
        "state": state,
        "held": minors.held_by(reader, chart),
    }
    return render(request, "acting/minor.html", values, status=422 if error or form.errors else 200)
