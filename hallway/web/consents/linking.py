"""The desk makes a link to sign by: a picture to scan and a short address, shown once."""

import base64
from io import BytesIO
from uuid import UUID

import segno
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from hallway.consent import actions, gate
from hallway.consent.forms import standing
from hallway.consent.forms.links import LASTS, TRIES
from hallway.identity.requester import Role
from hallway.web.access import PageRequest, page
from hallway.web.chart.reading import open_chart
from hallway.web.consents.composing import COMPOSERS, form_id
from hallway.web.consents.signing import MOST_FORMS, shown


@page(*COMPOSERS, patient=True)
@require_POST
def make(request: PageRequest) -> HttpResponse:
    """A link for these forms. The token stands on this page and nowhere else; asked again, a new one replaces it."""
    named = [form_id(text) for text in dict.fromkeys(request.POST.getlist("form"))][:MOST_FORMS]
    if not named or request.requester.role is Role.PATIENT:
        raise gate.not_found()
    form = standing.consent_for(request.requester, named[0])
    made = actions.make_link(named, by=request.requester)
    opened = open_chart(request.requester, form.chart_id, kinds=("Patient",), route="consents/link")
    address = request.build_absolute_uri(reverse("by_link:sign", args=[made.token]))
    values = {
        **shown(form, opened),
        "link_id": made.id,
        "address": address,
        "spelled": " ".join(made.token[at : at + 4] for at in range(0, len(made.token), 4)),
        "picture": _picture(address),
        "hours": int(LASTS.total_seconds() // 3600),
        "tries": TRIES,
        "forms": len(named),
    }
    return render(request, "consents/link.html", values)


def _picture(address: str) -> str:
    """The QR picture of an address as a data address."""
    out = BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=5, border=2, xmldecl=False, svgns=True)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()


@page(*COMPOSERS, patient=True)
@require_POST
def shut(request: PageRequest, link_id: UUID) -> HttpResponse:
    """Shut a link before it was used."""
    actions.shut_link(link_id, by=request.requester)
    return HttpResponseRedirect(reverse("consents:list"))
