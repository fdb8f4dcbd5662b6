"""Who stands at the FHIR door: the same login session as the pages, by its cookie or as a bearer token."""

from http.cookies import CookieError, SimpleCookie

from hallway.identity import actions, queries
from hallway.identity.requester import Requester

SESSION_COOKIE = "hallway_session"
"""The name the pages give it; a test compares the two."""


def requester_of(cookie: str, authorization: str) -> Requester | None:
    """The requester of a living session who has chosen a role, or None. Looked up anew for every request."""
    login = queries.login_of(_token(cookie, authorization))
    if login is None or login.requester is None:
        return None
    actions.touch(login)
    return login.requester


def _token(cookie: str, authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    try:
        morsel = SimpleCookie(cookie).get(SESSION_COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""
