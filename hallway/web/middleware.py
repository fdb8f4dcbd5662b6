"""Who is at the door, may they use this page, and what a failure looks like."""

import zoneinfo
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from hallway.errors import HallwayError, Kind
from hallway.identity import actions, queries
from hallway.identity.login import Login
from hallway.web import errors
from hallway.web.access import Access

Next = Callable[[HttpRequest], HttpResponse]
COOKIE = "hallway_session"
LARGEST_NUMBER = 2**63 - 1
"""The largest number that PostgreSQL's bigint holds."""
WAITING_ROOM = {"factor": "/sign-in/code", "enrol": "/sign-in/second-factor", "role": "/role"}
"""Where a session goes that is not wholly in yet, by its stage."""


class SessionMiddleware:
    """Finds the login session, and refuses every view that the person may not use, before it runs.

    A view without an access line is refused for everybody: forgetting it closes a page, it never opens one.
    """

    def __init__(self, get_response: Next) -> None:
        """Keep the next in the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set ``request.login`` and ``request.requester``, run the page in the person's own time zone."""
        token = request.COOKIES.get(COOKIE, "")
        login = queries.login_of(token) if token else None
        request.login = login  # type: ignore[attr-defined]
        request.requester = login.requester if login else None  # type: ignore[attr-defined]
        if login is None:
            return _sealed(self.get_response(request))
        with timezone.override(zoneinfo.ZoneInfo(login.timezone)):
            return _sealed(self.get_response(request))

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """None lets the view run; an answer takes its place."""
        access: Access | None = getattr(view, "access", None)
        # The name of the route, for counts and spans in front of the pages: never the address.
        if request.resolver_match is not None:
            request.META["hallway.route"] = request.resolver_match.view_name
        login: Login | None = request.login  # type: ignore[attr-defined]
        if login is not None and not (access and access.passive):
            actions.touch(login)
        if access is None:
            return errors.render(request, errors.NO_ACCESS_LINE)
        if access.public:
            return None
        if login is None:
            return to_the_door(request)
        if login.requester is None:
            return _onward(request, WAITING_ROOM[login.stage])
        if (access.roles and login.requester.role not in access.roles) or _names_nobody(kwargs):
            return errors.not_found(request, None)
        return None


def _names_nobody(kwargs: Mapping[str, object]) -> bool:
    """Whether a number in the address is beyond any that a row can have: then it is not there, like any other."""
    return any(isinstance(value, int) and value > LARGEST_NUMBER for value in kwargs.values())


def _sealed(response: HttpResponse) -> HttpResponse:
    """No page about anybody stays in a cache."""
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "no-store"
    return response


def to_the_door(request: HttpRequest) -> HttpResponseBase:
    """Ask for a sign-in and come back to the same page afterwards; a form that was sent is not repeated by itself."""
    asked = request.path if request.method == "GET" and not request.htmx else ""  # type: ignore[attr-defined]
    query = urlencode({"next": asked}) if asked not in {"", "/"} else ""
    return _onward(request, f"/sign-in?{query}" if query else "/sign-in")


def _onward(request: HttpRequest, path: str) -> HttpResponseBase:
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=401, headers={"HX-Redirect": path})
    return redirect(path)


class ErrorMiddleware:
    """Turns every ``HallwayError`` into a page or a region of three sentences with the right status."""

    def __init__(self, get_response: Next) -> None:
        """Keep the next in the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """The answer for an error of ours; None leaves defects to Django's 500."""
        if not isinstance(exception, HallwayError):
            return None
        if exception.kind is Kind.UNAUTHENTICATED:
            return to_the_door(request)
        return errors.render(request, exception)
