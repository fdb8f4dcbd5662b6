"""The list of forms that wait for an answer at this practice."""

from django.http import HttpResponse
from django.shortcuts import render

from hallway.consent import queries as consent_queries
from hallway.consent.forms import standing
from hallway.web.access import PageRequest, page
from hallway.web.consents.composing import COMPOSERS
from hallway.web.consents.questions import FORM_NAMES
from hallway.web.consents.signing import may_witness


@page(*COMPOSERS)
def waiting(request: PageRequest) -> HttpResponse:
    """Forms that were prepared here and not answered yet, and those that wait for a witness at this desk."""
    forms = standing.consents_at(request.requester)
    headers = consent_queries.headers(request.requester, sorted({form.chart_id for form in forms}))
    rows = [
        {
            "form": form,
            "may_witness": may_witness(request, form),
            "name": FORM_NAMES.get(form.kind, form.kind_label),
            "header": headers[form.chart_id],
        }
        for form in forms
        if form.chart_id in headers
    ]
    return render(request, "consents/waiting.html", {"rows": rows})
