"""Who may use which page. A view without an access line does not start: the route test and the middleware refuse it.

Access is the function (may this role use this page); what of a patient it shows is the gate's business, not this one's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from hallway.identity.requester import Requester, Role

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Access:
    """``roles`` that may use the page; empty and ``public`` for the door itself.

    ``patient`` marks pages about one person, whose "not there" and "not for you" are one and the same answer.
    ``passive`` marks what a page asks for by itself: it does not keep a session alive that nobody uses.
    """

    roles: frozenset[Role]
    public: bool = False
    patient: bool = False
    passive: bool = False


class PageRequest(HttpRequest):
    """A request after sign-in: ``requester`` is always there on a page that is not public."""

    requester: Requester


def page(*roles: Role, patient: bool = False, passive: bool = False) -> Callable[[Any], View]:
    """Mark a view as a page for ``roles``; the session middleware enforces it before the view runs."""

    def mark(view: Any) -> View:
        view.access = Access(frozenset(roles), patient=patient, passive=passive)
        return view

    return mark


def public(view: Any) -> View:
    """Mark a view as open to nobody in particular: sign-in, health, the parts page of the demo."""
    view.access = Access(frozenset(), public=True)
    return view
