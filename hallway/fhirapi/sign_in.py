"""Who stands at the FHIR door: a login session of the pages, by its cookie or as a bearer token, or a program.

A program shows an access token in the header, and nowhere else: an address ends up in logs and histories.
"""

from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple

from hallway.identity import actions, granted, keys, queries
from hallway.identity.requester import Requester
from hallway.identity.scopes import Scopes

SESSION_COOKIE = "hallway_session"
"""The name the pages give it; a test compares the two."""


class Caller(NamedTuple):
    """Who asks, and what a program acting for them was granted; ``scopes`` is None for a person's own session.

    ``by_cookie`` is true where a browser sent the session along by itself: then a write must come from our own pages.
    ``shown`` is the hash of the token by which they came.
    """

    requester: Requester
    scopes: Scopes | None = None
    by_cookie: bool = False
    shown: bytes = b""


def caller_of(cookie: str, authorization: str) -> Caller | None:
    """The caller of a living session who has chosen a role, or a program's; None for neither. Looked up every time."""
    scheme, _, token = authorization.partition(" ")
    by_cookie = scheme.lower() != "bearer"
    if token.strip().startswith(granted.ACCESS_MARK) and not by_cookie:
        requester = granted.requester_of(token.strip())
        return requester and Caller(requester, requester.scopes, shown=keys.token_hash(token.strip()))
    session = _cookie(cookie) if by_cookie else token.strip()
    login = queries.login_of(session)
    if login is None or login.requester is None:
        return None
    actions.touch(login)
    return Caller(login.requester, by_cookie=by_cookie, shown=keys.token_hash(session))


def _cookie(cookie: str) -> str:
    try:
        morsel = SimpleCookie(cookie).get(SESSION_COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""
