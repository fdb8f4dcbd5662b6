"""An EHR opens Hallway: to the EHR and back, who that is here, and to the chart, if this reader may open it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from hallway.errors import HallwayError
from hallway.exchange.ehr_launch import actions, queries, refusals
from hallway.exchange.ehr_launch.models import Ehr
from hallway.identity import actions as identity
from hallway.identity import queries as logins
from hallway.identity import rules
from hallway.identity.login import Hat, Login
from hallway.ids import AccountId
from hallway.web import errors
from hallway.web.access import PageRequest, page, public
from hallway.web.chart.page import READERS
from hallway.web.programs.protocol import place_of, sent_to
from hallway.web.sign_in.hats import hats_of
from hallway.web.sign_in.views import come_in

COOKIE = "hallway_launch"
"""Binds an answer of the EHR to the browser that was sent there; it opens nothing by itself."""
LONGEST_QUERY = 8000


@public
@require_GET
def launch(request: HttpRequest) -> HttpResponse:
    """The address that an EHR opens: on to that EHR, where it is a registered one."""
    told = _told(request)
    if not {"iss", "launch"} <= set(told):
        raise refusals.unreadable()
    begun = actions.begin(told["iss"], told["launch"], root=place_of(request).root)
    answer = sent_to(begun.address)
    answer.set_cookie(
        COOKIE, begun.browser, httponly=True, samesite="Lax", secure=request.is_secure(), path="/launch",
        max_age=int(rules.ASK_LIMIT.total_seconds()),
    )  # fmt: skip
    return answer


def _told(request: HttpRequest) -> dict[str, str]:
    """What the address says, each once."""
    if len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY:
        raise refusals.unreadable()
    told = request.GET.dict()
    if any(len(values) != 1 for _, values in request.GET.lists()):
        raise refusals.unreadable()
    return {name: str(value) for name, value in told.items()}


@public
@require_GET
def back(request: HttpRequest, ehr_id: int) -> HttpResponseBase:
    """The EHR sends the browser back: whoever is tied comes in, anybody else is asked to tie themselves once."""
    found = actions.come_back(ehr_id, _told(request), request.COOKIES.get(COOKIE, ""))
    if found.account_id is None:
        return redirect("ehr:connect", ticket=found.ticket)
    return _let_in(request, found.ehr, found.account_id, onward=f"/launch/chart/{found.ticket}")


def _let_in(request: HttpRequest, ehr: Ehr, account_id: AccountId, *, onward: str) -> HttpResponseBase:
    """In the session that is open, where it is this person's; else in a new one that the EHR vouches for."""
    login: Login | None = request.login  # type: ignore[attr-defined]
    account = logins.account(account_id)
    hats = _hats(ehr, account_id)
    if login is not None and login.account_id == account_id and login.requester is not None:
        if login.requester.organization_id == ehr.organization_id:
            return redirect(onward)
        if len(hats) == 1 and login.held_to in (0, ehr.organization_id):
            identity.wear(login.session_id, hats[0])
            return redirect(onward)
    opened = identity.open_vouched(account, ehr_id=ehr.id, held_to=ehr.organization_id, demo=bool(settings.DEMO))
    if login is not None:
        identity.sign_out(login.session_id)
    return come_in(request, opened, onward=onward)


def _hats(ehr: Ehr, account_id: AccountId) -> list[Hat]:
    """The account's roles at the EHR's own practice. Raises H-XCH-076 where there is none today."""
    hats = hats_of(logins.account(account_id), only_at=ehr.organization_id)
    if not hats:
        raise refusals.not_of_this_practice()
    return hats


@page()
@require_http_methods(["GET", "POST"])
def connect(request: PageRequest, ticket: str) -> HttpResponseBase:
    """Is this you? Asked once, of somebody signed in by their own means, in the browser that came from the EHR."""
    login: Login = request.login  # type: ignore[attr-defined]
    browser = request.COOKIES.get(COOKIE, "")
    row = queries.waiting(ticket, browser)
    if row is None:
        return errors.not_found(request, None)
    _hats(row.ehr, login.account_id)
    failure = None
    if request.method == "POST" and request.POST.get("do") == "no":
        return redirect("/")
    if request.method == "POST":
        try:
            actions.tie(ticket, browser, login)
            return _let_in(request, row.ehr, login.account_id, onward=f"/launch/chart/{ticket}")
        except HallwayError as error:
            failure = error
    context = {"row": row, "ehr": row.ehr, "failure": failure, "is_vouched": bool(login.ehr_id)}
    return render(request, "ehr/connect.html", context, status=failure.status if failure else 200)


@page(*READERS, patient=True)
@require_GET
def chart(request: PageRequest, ticket: str) -> HttpResponseBase:
    """To the chart of the patient whom the EHR had open: unknown, hidden and never there are one answer."""
    found = queries.about(ticket, request.requester.account_id)
    if found is None:
        return errors.not_found(request, None)
    ehr, known = found
    if known.go:
        return redirect(known.go)
    if not known.is_named:
        return redirect("/")
    chart_id = queries.chart_of(ehr, known, request.requester)
    return errors.not_found(request, None) if chart_id is None else redirect("chart:overview", chart_id)
