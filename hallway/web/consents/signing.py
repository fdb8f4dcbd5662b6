"""The form in the person's own hand: read it, draw or type a name, or say no. Its copy. Its witness."""

from datetime import date, timedelta
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_http_methods, require_POST

from hallway import clock
from hallway.consent import actions, gate, refusals
from hallway.consent.forms import standing
from hallway.consent.forms.signing import is_under_age
from hallway.consent.forms.standing import Standing
from hallway.directory.models import Representative
from hallway.errors import HallwayError, Kind
from hallway.ids import ChartId, ConsentId
from hallway.record.stored import PatientHeader
from hallway.storage.connection import transaction
from hallway.web import typed
from hallway.web.access import PageRequest, page
from hallway.web.chart import board
from hallway.web.chart.reading import Opened, open_chart
from hallway.web.consents import again, hand, words
from hallway.web.consents.composing import COMPOSERS, form_id

MOST_FORMS = 12
REST_DAYS = {"30": 30, "90": 90, "180": 180, "365": 365}
"""How long a no rests before anybody is prompted again, as the person chooses; anything else: never by us."""


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
            return _signed(request, forms, opened)
        except HallwayError as wrong:
            if wrong.kind is not Kind.UNPROCESSABLE:
                raise
            error = wrong
    return render(request, "consents/sign.html", _values(request, forms, opened, error), status=422 if error else 200)


def _signed(request: PageRequest, forms: list[Standing], opened: Opened) -> HttpResponse:
    answer, reader = request.POST.get("answer", ""), request.requester
    versions = dict(zip(request.POST.getlist("form"), request.POST.getlist("version"), strict=False))
    if answer == "sign" and any(form.wants_initials for form in forms) and not request.POST.get("initials", "").strip():
        raise refusals.no_initials()
    with transaction():
        signature = hand.with_authority(request, forms[0].chart_id) if answer == "sign" else None
        for form in forms:
            expected = number(versions.get(str(form.id), ""))
            if signature is not None:
                actions.sign_consent(form.id, signature, by=reader, expected_version=expected, witness_later=True)
            elif answer == "no":
                reason = request.POST.get("reason", "") or "does_not_want"
                actions.decline_consent(
                    form.id, reason, by=reader, expected_version=expected, ask_again_on=_rest(request, opened.today)
                )
    onward = _after(request, forms[0].chart_id)
    if answer == "sign" and any(form.is_receiving_desk for form in forms):
        waiting = next(form for form in forms if form.is_receiving_desk)
        onward = f"{reverse('consents:copy', args=[waiting.id])}?{urlencode({'after': onward})}"
    return HttpResponseRedirect(onward)


def _rest(request: PageRequest, today: date) -> date | None:
    days = REST_DAYS.get(request.POST.get("again", ""))
    return today + timedelta(days=days) if days else None


def _forms(request: PageRequest) -> list[Standing]:
    sent = request.POST if request.method == "POST" else request.GET
    named = list(dict.fromkeys(sent.getlist("form")))[:MOST_FORMS]
    forms = [standing.consent_for(request.requester, form_id(text)) for text in named]
    if len({form.chart_id for form in forms}) > 1:
        raise gate.not_found()
    return forms


def number(text: str) -> int:
    """A version in a sent text; 0, which no form has, for anything else."""
    return typed.number(text) or 0


def _after(request: PageRequest, chart_id: ChartId) -> str:
    """Where the composer was asked to go on to; never another host."""
    wanted = request.POST.get("after", "") or request.GET.get("after", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("chart:consents", args=[chart_id])


def _values(
    request: PageRequest, forms: list[Standing], opened: Opened, error: HallwayError | None
) -> dict[str, object]:
    sent = request.POST if request.method == "POST" else request.GET
    read = "es" if request.GET.get("read") == "es" else ""
    return {
        **shown(forms[0], opened),
        "forms": forms,
        "papers": [standing.words_for(request.requester, form.id, language=read)[0] for form in forms],
        "signable": all(one.state == "draft" for one in forms),
        "over": [one for one in forms if again.may_again(one, request.requester.role, clock.now())],
        "after": sent.get("after", ""),
        "sent": request.POST,
        "read": read,
        "query": urlencode([("form", str(one.id)) for one in forms] + [("after", sent.get("after", ""))]),
        "error": error,
        "needs_witness": any(one.is_receiving_desk for one in forms),
        **who_signs(opened.header),
        "members": range(1, max(one.members_needed for one in forms) + 1),
        "wants_initials": any(one.wants_initials for one in forms),
    }


def who_signs(header: PatientHeader) -> dict[str, object]:
    """Whether the patient is known to be under eighteen, whether that may be, and by what rights others sign."""
    is_minor = is_under_age(header)
    return {
        "is_minor": is_minor,
        "may_be_minor": is_minor or header.birth_date is None,
        "rights": Representative.Authority.choices,
    }


@page(*COMPOSERS, patient=True)
def copy(request: PageRequest, consent_id: UUID) -> HttpResponse:
    """The form as it was signed, declined or taken back, to read and to print for the person."""
    form = standing.consent_for(request.requester, ConsentId(consent_id))
    opened = open_chart(request.requester, form.chart_id, kinds=("Patient",), route="consents/copy")
    paper, signed = standing.words_for(request.requester, form.id, language=request.GET.get("language", ""))
    values = {
        **shown(form, opened),
        "state": words.STATE_WORDS[form.state],
        "paper": paper,
        "hand": signed,
        "may_witness": may_witness(request, form),
        "again": again.may_again(form, request.requester.role, clock.now()),
        "served": standing.served_under(request.requester, form.id) if _tells_served(form) else [],
        "tells_served": _tells_served(form),
        "after": _after(request, form.chart_id) if request.GET.get("after") else "",
    }
    return render(request, "consents/copy.html", values)


def _tells_served(form: Standing) -> bool:
    """Whoever gave is told, once the form is taken back, who was served before."""
    return form.is_discloser and (form.state == "revoked" or bool(form.not_for))


def may_witness(request: PageRequest, form: Standing) -> bool:
    """Whether the reader may stand witness: another person at the desk that will receive."""
    reader = request.requester.practitioner_id
    return form.state == "witnessing" and form.is_receiving_desk and reader not in (0, form.explained_by)


@page(*COMPOSERS, patient=True)
def paper(request: PageRequest, consent_id: UUID) -> HttpResponse:
    """The form as tagged PDF, in the language and size asked for."""
    content = standing.paper_for(
        request.requester,
        ConsentId(consent_id),
        language=request.GET.get("language", ""),
        large=request.GET.get("size") == "large",
    )
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="form.pdf"'
    return answer


@page(*COMPOSERS, patient=True)
@require_POST
def witness(request: PageRequest, consent_id: UUID) -> HttpResponse:
    """A colleague confirms, from a sign-in of their own, having seen the person sign; or says that it was not so."""
    form = standing.consent_for(request.requester, ConsentId(consent_id))
    act = actions.witness_consent if request.POST.get("seen") == "yes" else actions.dispute_consent
    act(form.id, by=request.requester, expected_version=number(request.POST.get("version", "")))
    return HttpResponseRedirect(reverse("chart:consents", args=[form.chart_id]))


def shown(form: Standing, opened: Opened) -> dict[str, object]:
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
