"""A new referral: the form, its saved draft, the gate's sentences, and the walk down the hall."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS
from hallway.ids import ChartId, ReferralId
from hallway.referral import actions, queries
from hallway.referral.states import State
from hallway.referral.views import ReferralView
from hallway.web.access import PageRequest, page
from hallway.web.referrals import at_the_desk, conflict, drafting, filling, stepping, walk_views
from hallway.web.referrals.drafting import NewReferral, Written


@page(*CLINICIANS, patient=True)
@require_http_methods(["GET", "POST"])
def new(request: PageRequest, chart_id: int) -> HttpResponse:
    """A referral that is not saved yet, filled in from the chart."""
    chart = ChartId(chart_id)
    if request.method == "POST":
        return _posted(request, chart, None)
    said = Written(to=request.GET.get("to", ""))
    return _page(request, filling.fill(request.requester, chart, said, None))


@page(*CLINICIANS, patient=True)
@require_http_methods(["GET", "POST"])
def draft(request: PageRequest, referral_id: UUID) -> HttpResponse:
    """A saved draft, with the walk down the hall under way."""
    view = queries.referral_for(request.requester, ReferralId(referral_id))
    if view.state not in (State.DRAFT, State.RELUCTANT):
        return HttpResponseRedirect(reverse("referrals:show", args=[referral_id]))
    if request.method == "POST":
        return _posted(request, view.header.chart_id, view)
    return _page(request, filling.fill(request.requester, view.header.chart_id, None, view))


@page(*CLINICIANS, patient=True)
@require_GET
def gate(request: PageRequest, chart_id: int) -> HttpResponse:
    """The gate's two sentences for the recipient chosen in the form."""
    requester, chart = request.requester, ChartId(chart_id)
    header = filling.header_of(requester, chart)
    there, back = filling.gates(requester, header, request.GET.get("to", ""))
    return render(request, "referrals/_gates.html", {"there": there, "back": back})


@page(*CLINICIANS, patient=True)
@require_http_methods(["GET", "POST"])
def hand_off(request: PageRequest, referral_id: UUID) -> HttpResponse:
    """The walk under way: asked for anew while a knock is open, and the steps of a walk after sending."""
    by, referral = request.requester, ReferralId(referral_id)
    if request.method == "POST":
        name, _, whom = request.POST.get("act", "").partition(":")
        if name == "ask":
            walk_views.ask(by, referral, whom)
        elif name in walk_views.ACTS:
            walk_views.act(by, name, request.POST)
        return _gone_to(referral_id)
    view = queries.referral_for(by, referral)
    answer = render(request, "referrals/_hand_off.html", {"walk": filling.walk_of(by, view)})
    if view.handoff is None or view.handoff.state != "asked":
        answer["HX-Refresh"] = "true"  # the recipient and the gate's sentences have changed with the answer
    return answer


def _posted(request: PageRequest, chart: ChartId, view: ReferralView | None) -> HttpResponse:
    said = drafting.written(request.POST, request.POST.getlist("part"))
    act, _, whom = request.POST.get("act", "save").partition(":")
    try:
        return _act(request, chart, view, said, act=act, whom=whom)
    except HallwayError as error:
        if error.kind is Kind.CONFLICT and view is not None:
            return _conflicted(request, view, error)
        if error.kind not in (Kind.UNPROCESSABLE, Kind.INCORRECT, Kind.CONFLICT):
            raise
        filled = filling.fill(request.requester, chart, said, view)
        return _page(request, filling.with_mistake(filled, error), status=error.status)


def _act(
    request: PageRequest, chart: ChartId, view: ReferralView | None, said: Written, *, act: str, whom: str
) -> HttpResponse:
    by, ticked = request.requester, request.POST.getlist("part")
    ask = filling.request_of(by, chart, drafting.to_whoever_accepted(said, view), ticked)
    if act == "self":
        return _gone_to(actions.open_self_referral(by, ask).pk)
    if view is None:
        saved = actions.draft_referral(by, ask)
    else:
        version = stepping.version_of(request.POST)
        saved = actions.revise_draft(by, ReferralId(view.id), expected_version=version, request=ask)
    return _next(request, ReferralId(saved.pk), saved.version, act=act, whom=whom)


def _next(request: PageRequest, referral: ReferralId, version: int, *, act: str, whom: str) -> HttpResponse:
    by, post = request.requester, request.POST
    if act == "ask":
        walk_views.ask(by, referral, whom)
    elif act in walk_views.ACTS:
        walk_views.act(by, act, post)
    elif act == "sign":
        return HttpResponseRedirect(at_the_desk.prepare(by, referral))
    elif act in ("send", "send_and_book"):
        actions.send_referral(by, referral, expected_version=version)
        if act == "send_and_book":
            walk_views.act(by, "book", post)
        return _gone_to(referral)
    elif act == "reluctance":
        _keep_for_later(request, referral, version, post)
        return _gone_to(referral)
    elif act == "elsewhere":
        actions.record_pcp_elsewhere(by, referral, expected_version=version, name=post.get("elsewhere", ""))
        return _gone_to(referral)
    return HttpResponseRedirect(reverse("referrals:draft", args=[referral]))


def _keep_for_later(request: PageRequest, referral: ReferralId, version: int, post: QueryDict) -> None:
    actions.record_reluctance(
        request.requester,
        referral,
        expected_version=version,
        reason_code=post.get("reluctance", ""),
        re_offer_on=stepping.day_of(post, "reoffer_on"),
    )


def _gone_to(referral: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("referrals:show", args=[referral]))


def _conflicted(request: PageRequest, view: ReferralView, error: HallwayError) -> HttpResponse:
    now = queries.referral_for(request.requester, ReferralId(view.id))
    found = conflict.conflict(error, post=request.POST, url=reverse("referrals:show", args=[view.id]))
    if now.state is not State.DRAFT and now.steps and max(now.steps, key=lambda one: one.position).is_readers:
        return _gone_to(view.id)
    return render(request, "referrals/conflict.html", {"page": found}, status=error.status)


def _page(request: PageRequest, found: NewReferral, *, status: int = 200) -> HttpResponse:
    saved = clock.now() if found.draft else None
    return render(request, "referrals/new.html", {"page": replace(found), "now": saved}, status=status)
