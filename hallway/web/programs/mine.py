"""The programs that a person has let in, and the end of each."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from hallway.exchange.smart import wording
from hallway.identity import granted, granting
from hallway.identity.login import Login
from hallway.identity.requester import Role
from hallway.web import errors
from hallway.web.access import page
from hallway.web.context import ROLE_LABELS


@page()
@require_GET
def list_page(request: HttpRequest) -> HttpResponse:
    """Which programs, what each may do, since when and until when."""
    login: Login = request.login  # type: ignore[attr-defined]
    rows = [
        {"one": one, "role": ROLE_LABELS[Role(one.grant.role)], "lines": wording.lines(granting.wanted_of(one.grant))}
        for one in granted.let_in_by(login.account_id)
    ]
    return render(request, "programs/mine.html", {"rows": rows, "ended": request.GET.get("ended") == "1"})


@page()
@require_POST
def end(request: HttpRequest, grant_id: int) -> HttpResponseBase:
    """End one: its tokens open nothing from the next request on."""
    login: Login = request.login  # type: ignore[attr-defined]
    if not granting.end_grant(grant_id, "ended by the person", of=login.account_id):
        return errors.not_found(request, None)
    return redirect("/apps/mine?ended=1")
