"""My consents: what holds, what it opens, taking it back whole or for one; and who sees what today."""

from collections import Counter
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from hallway.consent import actions
from hallway.consent.explaining import reach
from hallway.consent.explaining.looks import chart_of
from hallway.consent.forms import standing
from hallway.consent.forms.standing import Standing
from hallway.directory.models import Organization
from hallway.ids import ConsentId, OrganizationId
from hallway.record.classes import AUTHOR_ONLY
from hallway.web import typed
from hallway.web.access import PageRequest, page
from hallway.web.chart.board import YOU
from hallway.web.chart.reading import open_chart
from hallway.web.consents import flows, people, questions, words
from hallway.web.consents.tab import KINDS
from hallway.web.consents.taking_back import only_for
from hallway.web.my import spanish
from hallway.web.my.views import MINE, name_of


def shown(form: Standing, language: str = "en") -> dict[str, object]:
    """One form in plain words, addressed to the patient: in Spanish, the words that are printed on such forms."""
    if language == "es":
        return {"form": form, **spanish.form_words(form)}
    return {
        "form": form,
        "name": questions.FORM_NAMES.get(form.kind, form.kind_label),
        "what": words.kinds_words(form, YOU),
        "purposes": words.purposes_words(form),
        "until": words.until_words(form),
        "state": words.STATE_WORDS[form.state],
    }


@page(MINE)
@require_GET
def sharing(request: PageRequest) -> HttpResponse:
    """Every form about this record, whoever holds it."""
    forms = standing.consents_of(request.requester, chart_of(request.requester))
    language = spanish.language_of(request, request.requester)
    told = [(form, shown(form, language)) for form in forms]
    waits = ("draft", "witnessing")
    values = {
        "language": language,
        "name": name_of(request.requester),
        "in_force": [one for form, one in told if form.holds],
        "waiting": [one for form, one in told if form.state in waits],
        "ended": [one for form, one in told if not form.holds and form.state not in waits],
    }
    return render(request, "my/es/sharing.html" if language == "es" else "my/sharing.html", values)


@page(MINE)
@require_http_methods(["GET", "POST"])
def form(request: PageRequest, consent_id: UUID) -> HttpResponse:
    """One form: read it, take it back for everybody or for one practice. It asks no reason."""
    one = standing.consent_for(request.requester, ConsentId(consent_id))
    if request.method == "POST":
        _take_back(request, one)
        return HttpResponseRedirect(reverse("my:form", args=[one.id]))
    language = spanish.language_of(request, request.requester)
    served = standing.served_under(request.requester, one.id) if one.signed_at else []
    values = {
        **shown(one, language),
        "language": language,
        "paper": standing.words_for(request.requester, one.id, language=language)[0] if language == "es" else None,
        "signed": spanish.day(one.signed_at, language),
        "person": name_of(request.requester),
        "others": _recipients(request, one),
        "served": served,
        "days": [
            (each.place, spanish.day(each.first_on, language), spanish.day(each.last_on, language)) for each in served
        ],
    }
    return render(request, "my/es/form.html" if language == "es" else "my/form.html", values)


def _take_back(request: PageRequest, one: Standing) -> None:
    whom = request.POST.get("recipient", "")
    actions.revoke_consent(
        one.id,
        "portal",
        by=request.requester,
        expected_version=typed.number(request.POST.get("version", "")) or 0,
        recipient_org=only_for(whom),
    )


def _recipients(request: PageRequest, one: Standing) -> list[Organization]:
    """The practices that a form for all who treat now reaches: each can be left out alone."""
    return standing.reached_by(request.requester, one.id) if one.holds else []


@page(MINE)
@require_GET
def now(request: PageRequest) -> HttpResponse:
    """Who sees what today: practice by practice, from the same grants that decide."""
    opened = open_chart(request.requester, chart_of(request.requester), kinds=KINDS, route="my/now")
    portions: dict[int, Counter[reach.Portion]] = {}
    for kind in KINDS:
        for one in opened.facts.stored(kind):
            if not one.mask & AUTHOR_ONLY:
                portions.setdefault(one.source_org, Counter())[reach.Portion(kind, one.author, one.mask)] += 1
    reaches = reach.whole(opened.chart_id)
    sources = [
        {"place": opened.roster.place(OrganizationId(source)), "flows": _flows(source, held, reaches(source))}
        for source, held in sorted(portions.items())
    ]
    values = {"name": opened.header.name, "sources": sources}
    return render(request, "my/now.html", values)


def _flows(source: int, held: Counter[reach.Portion], today: reach.Reach) -> list[flows.Flow]:
    reached = {organization for organization, _ in today.grantees()}
    near = [one for one in people.candidates(but=OrganizationId(source)) if one.organization in reached]
    return flows.flows(held, near, today)
