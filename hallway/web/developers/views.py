"""The page, and in the demo a client to try it with."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from hallway.directory.models import Organization
from hallway.identity import clients
from hallway.ids import OrganizationId
from hallway.web import errors, typed
from hallway.web.access import public
from hallway.web.api import registry
from hallway.web.developers import presenters

TRIAL = "Tried on the developers' page"


@public
@require_GET
def tried(request: HttpRequest) -> HttpResponse:
    """Every operation with a form that asks it, and FHIR with a builder of searches."""
    return _page(request)


@public
@require_POST
def client(request: HttpRequest) -> HttpResponseBase:
    """A client of one of the demo's practices, its credential shown once. Outside the demo this address is not there.

    A new one ends the one before, so that trying leaves no more than one behind.
    """
    chosen = Organization.objects.filter(id=_number(request), on_hallway=True).first() if settings.DEMO else None
    if chosen is None:
        return errors.not_found(request, None)
    for one in clients.known():
        if one.name == TRIAL and one.ended_at is None:
            clients.end(one.client_id)
    made = clients.register(TRIAL, OrganizationId(chosen.id))
    return _page(request, credential=made.credential, of=chosen.name)


def _number(request: HttpRequest) -> int:
    return typed.number(request.POST.get("organization", "")) or 0


def _page(request: HttpRequest, *, credential: str = "", of: str = "") -> HttpResponse:
    demo = bool(settings.DEMO)
    login = getattr(request, "login", None)
    practices = Organization.objects.filter(on_hallway=True).order_by("name") if demo else Organization.objects.none()
    context = {
        "groups": presenters.groups(registry.operations(), demo=demo),
        "seen_by": presenters.seen_by(login, demo=demo),
        "is_in": login is not None and login.requester is not None,
        "practices": list(practices),
        "credential": credential,
        "client_of": of,
    }
    return render(request, "developers/tried.html", context)
