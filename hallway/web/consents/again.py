"""A form that ends, or whose last day is over, is prepared again: the composer filled from it, with a new end."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from hallway.consent.forms import standing
from hallway.consent.forms.composing import NOTE_FORMS
from hallway.consent.forms.standing import Standing
from hallway.identity.requester import Role
from hallway.ids import ConsentId
from hallway.loops.renewals import AHEAD
from hallway.web.access import PageRequest, page
from hallway.web.consents.composing import COMPOSERS, NOTE_KEEPERS
from hallway.web.consents.questions import ONE_CLASS_FORMS

FOR_THEM_ALONE = (*ONE_CLASS_FORMS, "part2_tpo")
"""Forms that only the practice that gives can prepare here."""


@page(*COMPOSERS, patient=True)
@require_GET
def again(request: PageRequest, consent_id: UUID) -> HttpResponse:
    """To the composer, filled from this form; the address names the form and nothing that stands on it."""
    form = standing.consent_for(request.requester, ConsentId(consent_id))
    if not _may_prepare(form, request.requester.role):
        return HttpResponseRedirect(reverse("consents:copy", args=[form.id]))
    address = reverse("consents:compose", args=[form.chart_id])
    return HttpResponseRedirect(f"{address}?{urlencode({'again': str(form.id)})}")


def may_again(form: Standing, role: Role, at: datetime) -> bool:
    """Whether its last day is over or near. One that ended by an event or by the patient's word is not offered."""
    if form.expires_at is None or form.expires_event or not _may_prepare(form, role):
        return False
    if form.state == "signed":
        return form.expires_at <= at + AHEAD
    return form.state == "expired" or (form.state == "draft" and form.expires_at <= at)


def _may_prepare(form: Standing, role: Role) -> bool:
    """Whether this reader's composer makes such a form: one for notes of sessions where they are, by who keeps them."""
    if not form.is_discloser and (form.kind in FOR_THEM_ALONE or not form.is_receiving_desk):
        return False
    return form.kind not in NOTE_FORMS or role in NOTE_KEEPERS
