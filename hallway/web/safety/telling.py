"""Who may be told what, before it is told; and the page of a practice that was told."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hallway.consent.tables import disclosures as words
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS
from hallway.ids import ChartId
from hallway.screening.safety import actions, queries
from hallway.screening.safety import telling as tellings
from hallway.screening.safety.rows import Recipient
from hallway.screening.safety.sight import Sight, look
from hallway.screening.safety.states import Step
from hallway.web.access import PageRequest, page
from hallway.web.chart.reading import open_chart
from hallway.web.chart.writing import id_of, new_token
from hallway.web.safety.forms import TellForm
from hallway.web.safety.views import ACTING, KNOWING, person
from hallway.web.typed import number, refuse


@page(*ACTING, patient=True)
@require_http_methods(["GET", "POST"])
def tell(request: PageRequest, safety_id: UUID) -> HttpResponse:
    """Everybody one may have to tell, with the law's sentence for each; a POST tells one of them."""
    by = request.requester
    sight = look(by, safety_id)
    chart_id = ChartId(sight.safety.chart_id)
    form, status = None, 200
    if request.method == "POST":
        form, status = TellForm(request.POST), 422
        if form.is_valid():
            try:
                once = str(id_of(form.cleaned_data["token"], by, chart_id))
                actions.take_step(by, safety_id, Step.TOLD, form.said(once))
            except HallwayError as error:
                if error.kind not in {Kind.CONFLICT, Kind.UNPROCESSABLE}:
                    raise
                refuse(form, error)
                status = error.status
            else:
                return HttpResponseRedirect(f"{reverse('safety:show', args=[safety_id])}#told")
    opened = open_chart(by, chart_id, kinds=("Patient",), route="safety/tell")
    here, elsewhere = tellings.practices(by, sight)
    values = {
        "safety_id": safety_id,
        "form": form,
        "practices": [_practice(request, sight, one) for one in _chosen(request, here)],
        "to_call": elsewhere,
        "others": tellings.everybody(by),
        "outside": [_outside(request, sight, one) for one in tellings.recipients()],
        "summary": tellings.summary(sight),
        "program": tellings.programs_words(by),
        "token": new_token(by, chart_id),
        **person(opened),
    }
    return render(request, "safety/tell.html", values, status=status)


def _chosen(request: PageRequest, seen: list[tellings.Organization]) -> list[tellings.Organization]:
    """The one that was picked from the directory, then those that one sees on the chart."""
    by, picked = request.requester, number(request.GET.get("to", ""))
    return [*(one for one in tellings.everybody(by) if one.id == picked and one not in seen), *seen]


def _practice(request: PageRequest, sight: Sight, place: tellings.Organization) -> dict[str, object]:
    said = tellings.asked_of_the_gate(request.requester, sight, place.id)
    asked = urlencode([("kind", said.form_kind), ("to", f"{place.id}-0")])
    form = f"{reverse('consents:compose', args=[sight.safety.chart_id])}?{asked}" if said.form_kind else ""
    return {
        "id": place.id,
        "name": place.name,
        "phone": place.phone,
        "side": place.side,
        "said": said,
        "may": said.flows,
        "form": form,
    }


def _outside(request: PageRequest, sight: Sight, row: Recipient) -> dict[str, object]:
    verdict = tellings.judged(request.requester, sight, row, has_stated=True)
    return {
        "row": row,
        "verdict": verdict,
        "may": verdict.permits,
        "stated": [words.plain("fact", one) for one in row.stated],
        "duties": [words.plain("obligation", one) for one in verdict.obligations],
        "cited": ", ".join(verdict.citations),
    }


@page(*KNOWING, patient=True)
@require_http_methods(["GET", "POST"])
def told(request: PageRequest, told_id: UUID) -> HttpResponse:
    """What another practice told this one; reading it and saying so stops the clock."""
    found = queries.word(request.requester, told_id)
    is_clinician = request.requester.role in CLINICIANS
    if request.method == "POST" and is_clinician:
        actions.read_word(request.requester, told_id)
        return HttpResponseRedirect(reverse("chart:overview", args=[found.chart_id]))
    opened = open_chart(request.requester, found.chart_id, kinds=("Patient",), route="safety/told")
    values = {"found": found, "is_clinician": is_clinician, **person(opened)}
    return render(request, "safety/told.html", values)
