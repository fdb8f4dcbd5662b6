"""The decision service over HTTP. Errors are OperationOutcomes; nothing that was sent comes back but the items' ids."""

import logging
from collections.abc import Callable

import psycopg
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from hallway.errors import HallwayError, Kind
from hallway.exchange.cds_hooks import actions as hooks
from hallway.exchange.cds_hooks import callers, calls, feedback
from hallway.exchange.cds_hooks import resources as cds_hooks
from hallway.exchange.cds_hooks.tables import services
from hallway.exchange.decisions import actions, asked, resources
from hallway.exchange.decisions.resources import Json
from hallway.exchange.ehr_launch import queries as ehrs
from hallway.identity import clients
from hallway.identity.requester import Requester
from hallway.identity.shown import KNOWN
from hallway.loops.views import LoopRow
from hallway.web.access import public

_log = logging.getLogger("hallway.gateways")
_DOTS_OF_A_TOKEN = 2


@public
@csrf_exempt
@require_POST
def decisions(request: HttpRequest) -> HttpResponse:
    """One or many items: permit, deny or no consent, each by its id."""
    return _answered(request, lambda by, body: resources.answer(actions.decide(asked.parse(body), by=by)))


@public
@require_GET
def discovery(request: HttpRequest) -> HttpResponse:
    """The services of CDS Hooks that are offered here; the same for everybody."""
    return JsonResponse(services.discovery())


@public
@csrf_exempt
@require_POST
def consult(request: HttpRequest) -> HttpResponse:
    """The CDS Hooks service ``patient-consent-consult``."""

    def cards(by: Requester, body: bytes) -> Json:
        call = cds_hooks.parse(body)
        return cds_hooks.cards(actions.decide(call, by=by), by_label=cds_hooks.asks_by_label(call))

    return _answered(request, cards)


@public
@csrf_exempt
@require_POST
def hook(request: HttpRequest, service: str) -> HttpResponse:
    """A service of CDS Hooks: cards on what is owed. In time, or none; a call that cannot be read is refused."""
    asked_for = _service(service)
    if asked_for is None:
        return _refusal(_no_service())

    def cards(by: Requester, body: bytes) -> Json:
        home = request.build_absolute_uri("/")
        places = hooks.Places(
            home=home, link=lambda row: _next(request, row), launch=lambda: f"{home}launch" if _launches(by) else ""
        )  # fmt: skip
        return hooks.answer(asked_for, calls.parse(body, service=service), by=by, places=places)

    return _answered(request, cards)


@public
@csrf_exempt
@require_POST
def told(request: HttpRequest, service: str) -> HttpResponse:
    """What became of the cards of a service. An unknown card is taken without a word."""
    asked_for = _service(service)
    if asked_for is None:
        return _refusal(_no_service())

    def keep(by: Requester, body: bytes) -> Json:
        hooks.take_feedback(feedback.parse(body), asked_for, by=by)
        return {}

    return _answered(request, keep)


def _service(name: str) -> services.Service | None:
    return services.SERVICES.get(name)


def _launches(by: Requester) -> bool:
    """Whether who calls is an EHR that launches Hallway."""
    number = callers.system_of(by)
    return number != 0 and ehrs.launches(number)


def _next(request: HttpRequest, row: LoopRow) -> str:
    """The page of a loop's next step; the worklist where there is none."""
    path = reverse(row.next_url, args=[row.next_id]) if row.next_id else reverse("worklist:worklist")
    return request.build_absolute_uri(path)


def _answered(request: HttpRequest, answer: Callable[[Requester, bytes], Json]) -> HttpResponse:
    """The answer for a registered client; a refusal that names the element for everything else."""
    try:
        by = _client(request)
        return JsonResponse(answer(by, _body(request)))
    except HallwayError as error:
        return _refusal(error)
    except (psycopg.OperationalError, DatabaseError):
        return _refusal(_no_database())
    except Exception as error:
        _log.error("decision failed", extra={"fields": {"kind": type(error).__name__}})
        return _refusal(_fault())


def _refusal(error: HallwayError) -> HttpResponse:
    response = JsonResponse(resources.outcome(error), status=error.status)
    if error.kind is Kind.UNAUTHENTICATED:
        response["WWW-Authenticate"] = 'Bearer realm="Hallway"'
    return response


def _client(request: HttpRequest) -> Requester:
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    shown = credential.strip() if scheme.lower() == "bearer" else ""
    if shown.count(".") == _DOTS_OF_A_TOKEN:
        return callers.requester_of(shown, audience=_addresses(request))
    by = clients.requester_of(shown)
    if by is None:
        raise HallwayError(
            Kind.UNAUTHENTICATED,
            "H-XCH-005",
            what="No registered client shows that credential.",
            undone="Nothing was decided.",
            to_do="Send the credential of a registered client as a bearer token.",
        )
    request.META[KNOWN] = True
    return by


def _addresses(request: HttpRequest) -> set[str]:
    """The addresses that a token for this request may name: the one called, and for feedback its service's."""
    called = request.build_absolute_uri(request.path)
    return {called, called.removesuffix("/feedback")}


def _body(request: HttpRequest) -> bytes:
    if request.content_type not in ("application/json", "application/fhir+json"):
        raise asked.no_json()
    try:
        return request.body
    except RequestDataTooBig:
        raise asked.too_large() from None


def _no_service() -> HallwayError:
    return HallwayError(
        Kind.NOT_FOUND,
        "H-XCH-009",
        what="There is no such service.",
        undone="Nothing was answered.",
        to_do="Ask for one that the discovery lists.",
    )


def _fault() -> HallwayError:
    return HallwayError(
        Kind.FAULT,
        "H-XCH-007",
        what="Hallway failed while deciding.",
        undone="Nothing was decided: take it for a no.",
        to_do="Try again, and report it if it stays so.",
    )


def _no_database() -> HallwayError:
    return HallwayError(
        Kind.UNAVAILABLE,
        "H-XCH-006",
        what="The database does not answer.",
        undone="Nothing was decided: take it for a no.",
        to_do="Try again.",
    )
