"""A tablet is handed over: the session of whoever handed it ends in that browser, and on the server."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from hallway.identity import actions as identity
from hallway.identity.login import Login
from hallway.screening.asking.actions import Asked
from hallway.web.middleware import COOKIE

CLEARED = '"cache"'
"""What a browser forgets (Clear-Site-Data). Its storage stays: there wait the answers that could not be sent yet, and
the page that comes next removes drafts itself."""


def is_signed_in(request: HttpRequest) -> bool:
    """Whether this browser holds somebody's login session."""
    return _login(request) is not None


def without_session(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The answer, after the session has ended: nobody gets back into the charts from this browser unless they sign in.

    Pages that were shown before are not to be had from its memory either.
    """
    login = _login(request)
    if login is not None:
        identity.sign_out(login.session_id)
    answer.delete_cookie(COOKIE)
    answer["Clear-Site-Data"] = CLEARED
    return answer


def hand_over(request: HttpRequest, asked: Asked) -> HttpResponse:
    """From the page of whoever asked to the first page for the patient, on this very device."""
    return without_session(request, redirect(reverse("questions:ask", args=[asked.secret])))


def _login(request: HttpRequest) -> Login | None:
    return getattr(request, "login", None)
