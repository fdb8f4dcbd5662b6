"""Passkeys at the door: a challenge is given, an answer is taken, both as JSON for the browser's own dialog."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from hallway.errors import HallwayError
from hallway.identity import passkeys, queries
from hallway.identity.login import Login
from hallway.web.access import public
from hallway.web.middleware import WAITING_ROOM
from hallway.web.sign_in.views import come_in, set_cookie

COOKIE = "hallway_challenge"
LIMIT = 20_000
"""Longest answer taken, in bytes; real ones have about two thousand."""


def site(request: HttpRequest) -> passkeys.Site:
    """Who we are to the browser: host without port, and the origin it must name."""
    host = request.get_host()
    return passkeys.Site(host.rsplit(":", 1)[0] if not host.endswith("]") else host, f"{request.scheme}://{host}")


def said(error: HallwayError) -> JsonResponse:
    """An error as the script shows it."""
    return JsonResponse({"error": f"{error.what} {error.undone} {error.to_do}"}, status=error.status)


@public
@require_POST
def challenge(request: HttpRequest) -> HttpResponse:
    """A fresh challenge: to sign in, or to add a passkey for whoever is in or must set up a second factor."""
    login: Login | None = request.login  # type: ignore[attr-defined]
    adding = request.headers.get("X-Passkey") == "add"
    if adding and (login is None or login.stage not in {"open", "enrol"}):
        return HttpResponse(status=401)
    account = queries.account(login.account_id) if adding and login else None
    given = passkeys.give_challenge(site(request), account=account)
    response = HttpResponse(given.options, content_type="application/json")
    response.set_cookie(COOKIE, given.token, httponly=True, samesite="Strict", secure=request.is_secure(), max_age=300)
    return response


@public
@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """Take the browser's answer: open a session, or keep a new passkey."""
    login: Login | None = request.login  # type: ignore[attr-defined]
    if len(request.body) > LIMIT:
        return HttpResponse(status=413)
    token, text = request.COOKIES.get(COOKIE, ""), request.body.decode("utf-8", "replace")
    try:
        if request.headers.get("X-Passkey") == "add":
            return _add(login, site(request), token, text)
        opened = passkeys.sign_in(site(request), token, text)
    except HallwayError as error:
        return said(error)
    onward = come_in(request, opened)
    response = JsonResponse({"go": onward.headers["Location"]})
    set_cookie(response, request, opened.token)
    return response


def _add(login: Login | None, at: passkeys.Site, token: str, text: str) -> HttpResponse:
    if login is None or login.stage not in {"open", "enrol"}:
        return HttpResponse(status=401)
    passkeys.keep(at, login, token, text)
    if login.stage == "enrol":
        return JsonResponse({"go": WAITING_ROOM["role"]})
    return JsonResponse({"go": "/settings/"})
