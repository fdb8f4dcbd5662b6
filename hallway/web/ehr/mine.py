"""The end of one's own tie to an EHR."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from hallway.exchange.ehr_launch import actions
from hallway.identity.login import Login
from hallway.web import errors
from hallway.web.access import page


@page()
@require_POST
def end(request: HttpRequest, tie_id: int) -> HttpResponseBase:
    """That EHR signs this person in no more; sessions that came by it end."""
    login: Login = request.login  # type: ignore[attr-defined]
    if not actions.untie(tie_id, login):
        return errors.not_found(request, None)
    return redirect("/settings/?kept=1")
