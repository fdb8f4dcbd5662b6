"""The form in the person's own hand: read it, draw or type a name, or say no. And taking it back."""

import base64
import binascii
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from hallway.consent import actions, gate, standing
from hallway.consent.actions import Signature
from hallway.consent.standing import Standing
from hallway.errors import HallwayError, Kind
from hallway.ids import ChartId, ConsentId
from hallway.storage.connection import transaction
from hallway.web.access import PageRequest, page
from hallway.web.chart import board
from hallway.web.chart.reading import Opened, open_chart
from hallway.web.consents import words
from hallway.web.consents.composing import COMPOSERS

MOST_FORMS = 12
PNG = "data:image/png;base64,"


@page(*COMPOSERS, patient=True)
@require_http_methods(["GET", "POST"])
def sign(request: PageRequest) -> HttpResponse:
    """Several forms of one choice, one signature; or no, or later."""
    forms = _forms(request)
    if not forms:
        raise gate.not_found()
    opened = open_chart(request.requester, forms[0].chart_id, kinds=("Patient",), route="consents/sign")
    error: HallwayError | None = None
    if request.method == "POST":
        try:
            return _signed(request, forms)
        except HallwayError as wrong:
            if wrong.kind is not Kind.UNPROCESSABLE:
                raise
            error = wrong
    return render(request, "consents/sign.html", _values(request, forms, opened, error), status=422 if error else 200)


def _signed(request: PageRequest, forms: list[Standing]) -> HttpResponse:
    answer, reader = request.POST.get("answer", ""), request.requester
    versions = dict(zip(request.POST.getlist("form"), request.POST.getlist("version"), strict=False))
    with transaction():
        for form in forms:
            expected = _number(versions.get(str(form.id), ""))
            if answer == "sign":
                hand = _signature(request)
                actions.sign_consent(form.id, hand, by=reader, expected_version=expected, witness_later=True)
            elif answer == "no":
                reason = request.POST.get("reason", "") or "does_not_want"
                actions.decline_consent(form.id, reason, by=reader, expected_version=expected)
    return HttpResponseRedirect(_after(request, forms[0].chart_id))


def _signature(request: PageRequest) -> Signature:
    """What the hand left: a drawing, else a typed name.

    No witness is taken from here: a number in a form would be the word of the one whom a witness is there to check.
    """
    drawn, typed = request.POST.get("drawn", ""), request.POST.get("typed", "").strip()
    signer = "representative" if request.POST.get("signer") == "representative" else "patient"
    if drawn.startswith(PNG):
        try:
            return Signature("drawn", base64.b64decode(drawn[len(PNG) :], validate=True), signer)
        except (binascii.Error, ValueError):
            pass
    return Signature("typed", typed.encode(), signer)


def _forms(request: PageRequest) -> list[Standing]:
    sent = request.POST if request.method == "POST" else request.GET
    named = list(dict.fromkeys(sent.getlist("form")))[:MOST_FORMS]
    forms = [standing.consent_for(request.requester, _consent_id(text)) for text in named]
    if len({form.chart_id for form in forms}) > 1:
        raise gate.not_found()
    return forms


def _consent_id(text: str) -> ConsentId:
    try:
        return ConsentId(UUID(text))
    except ValueError:
        raise gate.not_found() from None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _after(request: PageRequest, chart_id: ChartId) -> str:
    """Where the composer was asked to go on to; never another host."""
    wanted = request.POST.get("after", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("chart:consents", args=[chart_id])


def _values(
    request: PageRequest, forms: list[Standing], opened: Opened, error: HallwayError | None
) -> dict[str, object]:
    sent = request.POST if request.method == "POST" else request.GET
    return {
        **_shown(forms[0], opened),
        "forms": forms,
        "signable": all(one.state == "draft" for one in forms),
        "after": sent.get("after", ""),
        "typed": sent.get("typed", ""),
        "error": error,
        "needs_witness": any(one.is_receiving_desk for one in forms),
    }


@page(*COMPOSERS, patient=True)
def copy(request: PageRequest, consent_id: UUID) -> HttpResponse:
    """The form as it was signed, declined or taken back, to read and to print for the person."""
    form = standing.consent_for(request.requester, ConsentId(consent_id))
    opened = open_chart(request.requester, form.chart_id, kinds=("Patient",), route="consents/copy")
    return render(request, "consents/copy.html", {**_shown(form, opened), "state": words.STATE_WORDS[form.state]})


@page(*COMPOSERS, patient=True)
@require_http_methods(["GET", "POST"])
def revoke(request: PageRequest, consent_id: UUID) -> HttpResponse:
    """Take a form back: at once, to every exit."""
    form = standing.consent_for(request.requester, ConsentId(consent_id))
    if not form.holds:
        raise _no_longer()
    if request.method == "POST":
        actions.revoke_consent(
            form.id,
            request.POST.get("channel", ""),
            by=request.requester,
            expected_version=_number(request.POST.get("version", "")),
        )
        return HttpResponseRedirect(reverse("chart:consents", args=[form.chart_id]))
    opened = open_chart(request.requester, form.chart_id, kinds=("Patient",), route="consents/revoke")
    return render(request, "consents/revoke.html", _shown(form, opened))


def _shown(form: Standing, opened: Opened) -> dict[str, object]:
    """One form in plain words."""
    who = board.pronouns(opened.header)
    return {
        "form": form,
        "header": opened.header,
        "who": who,
        "pronoun": who.key,
        "what": words.kinds_words(form, who),
        "until": words.until_words(form),
        "purposes": words.purposes_words(form),
        "chart_id": form.chart_id,
    }


def _no_longer() -> HallwayError:
    return HallwayError(
        Kind.CONFLICT,
        "H-CHT-003",
        what="This form does not hold any more.",
        undone="Nothing was changed.",
        to_do="Open the consents again and see what holds today.",
    )
