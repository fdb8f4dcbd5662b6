"""People who act for me, their limits, and the young person's own word."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hallway.consent import refusals
from hallway.consent.rights import acting
from hallway.consent.rights.limits import ANY_ORGANIZATION
from hallway.web import typed
from hallway.web.access import PageRequest, page
from hallway.web.my.views import MINE, name_of


@page(MINE)
@require_http_methods(["GET", "POST"])
def people(request: PageRequest) -> HttpResponse:
    """Who acts, since when, by what right; a young person may open more to a parent, and shut it again."""
    if request.method == "POST":
        _said(request)
        return HttpResponseRedirect(reverse("my:people"))
    values = {"name": name_of(request.requester), "rows": acting.acting_for(request.requester)}
    return render(request, "my/people.html", values)


def _said(request: PageRequest) -> None:
    wish, sent = request.POST.get("wish", ""), request.POST.get("id", "")
    number = typed.number(sent)
    if wish == "agree" and number is not None:
        acting.agree_as_minor(number, by=request.requester, organization=ANY_ORGANIZATION)
    elif wish == "shut":
        acting.end_decision(uuid_of(sent), by=request.requester)
    else:
        raise refusals.unknown_code("wish")


def uuid_of(text: str) -> UUID:
    """The id in a sent form. Raises UNPROCESSABLE for what is none."""
    try:
        return UUID(text)
    except ValueError:
        raise refusals.unknown_code("id") from None
