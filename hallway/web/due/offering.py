"""The page of an offer: four answers of equal weight, kept with their date."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hallway.consent import gate
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS, Role
from hallway.ids import ChartId
from hallway.referral.tables.codes import RELUCTANCE_REASONS
from hallway.triggers.offering import actions, queries, wishes
from hallway.triggers.offering.actions import OfferSaid
from hallway.triggers.tables.reasons import NO_REFERRAL, OFFER_ANSWERS
from hallway.web.access import PageRequest, page
from hallway.web.chart.board import pronouns
from hallway.web.chart.reading import ALWAYS, open_chart
from hallway.web.due import offers

OFFERERS = (*sorted(CLINICIANS), Role.FRONT_DESK)
KINDS = (*dict.fromkeys((*ALWAYS, *offers.SEEN_IN)),)


@page(*OFFERERS, patient=True)
@require_http_methods(["GET", "POST"])
def offer(request: PageRequest, chart_id: int) -> HttpResponse:
    """Offer the other side's care, and keep what the patient said."""
    chart, wrong = ChartId(chart_id), None
    if request.method == "POST":
        try:
            return _kept(request, chart)
        except HallwayError as error:
            if error.kind is not Kind.UNPROCESSABLE:
                raise
            wrong = error
    return _page(request, chart, wrong)


def _kept(request: PageRequest, chart: ChartId) -> HttpResponse:
    if "end" in request.POST:
        wishes.end_for(chart, reason=request.POST.get("end", ""), by=request.requester)
        return HttpResponseRedirect(reverse("chart:overview", args=[chart]))
    said = said_of(request.POST)
    actions.record_offer(chart, said, by=request.requester)
    refers = said.answer == "wants" and request.requester.role in CLINICIANS
    return HttpResponseRedirect(reverse("referrals:new" if refers else "chart:overview", args=[chart]))


def said_of(post: Mapping[str, str]) -> OfferSaid:
    """The answer as posted; a day that is none counts as none chosen."""
    try:
        again_on = date.fromisoformat(post.get("again_on", ""))
    except ValueError:
        again_on = None
    return OfferSaid(
        answer=post.get("answer", ""),
        reason=post.get("reason", ""),
        again_on=again_on,
        name=post.get("name", ""),
        phone=post.get("phone", ""),
    )


def _page(request: PageRequest, chart: ChartId, wrong: HallwayError | None) -> HttpResponse:
    opened = open_chart(request.requester, chart, kinds=KINDS, route="due/offer")
    side = offers.side_of(opened)
    if not side:
        raise gate.not_found()
    last = queries.last_answer(request.requester, chart, side)
    who = pronouns(opened.header)
    values = {
        "header": opened.header,
        "who": who,
        "offer": offers.offer_of(opened, last),
        "name": offers.NAMES[side],
        "last": offers.last_words(last, today=opened.today),
        "is_owed": last is not None and last.is_owed,
        "refer_url": reverse("referrals:new", args=[chart]) if request.requester.role in CLINICIANS else "",
        "endings": list(NO_REFERRAL.items()),
        "answers": list(OFFER_ANSWERS.values()),
        "reasons": list(RELUCTANCE_REASONS.items()),
        "again_on": opened.today + timedelta(days=OFFER_ANSWERS["not_now"].again_days),
        "chart_url": reverse("chart:overview", args=[chart]),
        "wrong": wrong,
    }
    return render(request, "due/offer.html", values, status=wrong.status if wrong else 200)
