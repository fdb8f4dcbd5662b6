"""A form is taken back, whole or for one recipient, by any channel; who was already served is told."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from hallway.consent import actions, refusals
from hallway.consent.forms import standing
from hallway.consent.forms.standing import Standing
from hallway.directory.models import Organization
from hallway.errors import HallwayError, Kind
from hallway.ids import ConsentId, OrganizationId
from hallway.storage.connection import transaction
from hallway.web.access import PageRequest, page
from hallway.web.chart.reading import open_chart
from hallway.web.consents.composing import COMPOSERS
from hallway.web.consents.signing import number, shown


@page(*COMPOSERS, patient=True)
@require_http_methods(["GET", "POST"])
def revoke(request: PageRequest, consent_id: UUID) -> HttpResponse:
    """Take a form back: at once, to every exit."""
    form = standing.consent_for(request.requester, ConsentId(consent_id))
    if not form.holds:
        raise _no_longer()
    if request.method == "POST":
        return _taken_back(request, form)
    opened = open_chart(request.requester, form.chart_id, kinds=("Patient",), route="consents/revoke")
    values = {
        **shown(form, opened),
        "served": standing.served_under(request.requester, form.id) if form.is_discloser else [],
        "recipients": _recipients(request, form) if form.names_everybody else [],
    }
    return render(request, "consents/revoke.html", values)


def _taken_back(request: PageRequest, form: Standing) -> HttpResponse:
    only, page_file, paper_id = only_for(request.POST.get("for", "")), request.FILES.get("paper"), None
    with transaction():
        if page_file is not None:
            paper_id = actions.keep_paper(form.chart_id, page_file.read(), purpose="revocation", by=request.requester)
        actions.revoke_consent(
            form.id,
            request.POST.get("channel", ""),
            by=request.requester,
            expected_version=number(request.POST.get("version", "")),
            recipient_org=only,
            paper_id=paper_id,
        )
    return HttpResponseRedirect(reverse("chart:consents", args=[form.chart_id]))


def only_for(text: str) -> OrganizationId | None:
    """The one it is taken back for; None is everybody. Raises UNPROCESSABLE for what names neither."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise refusals.unknown_code("for")
    return OrganizationId(int(text))


def _recipients(request: PageRequest, form: Standing) -> list[Organization]:
    """Practices on Hallway that a form for all who treat could be taken back for: all, so the list tells nothing."""
    others = Organization.objects.filter(on_hallway=True).exclude(id=request.requester.organization_id)
    return list(others.exclude(name__in=form.not_for).order_by("name"))


@page(*COMPOSERS, patient=True)
@require_POST
def occurred(request: PageRequest, consent_id: UUID) -> HttpResponse:
    """The event that ends the form is known to have occurred."""
    form = standing.consent_for(request.requester, ConsentId(consent_id))
    expected = number(request.POST.get("version", ""))
    actions.event_occurred(form.id, form.expires_event, by=request.requester, expected_version=expected)
    return HttpResponseRedirect(reverse("consents:copy", args=[form.id]))


def _no_longer() -> HallwayError:
    return HallwayError(
        Kind.CONFLICT,
        "H-CHT-003",
        what="This form does not hold any more.",
        undone="Nothing was changed.",
        to_do="Open the consents again and see what holds today.",
    )
