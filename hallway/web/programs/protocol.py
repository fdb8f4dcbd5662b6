"""What programs call by themselves: who we are, and the OAuth endpoints. No cookie counts here, so any origin may ask.

The endpoints that change something take a form that proves the program; the one that a browser is sent to changes
nothing but the list of questions that wait.
"""

import logging
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from hallway.errors import HallwayError, Kind
from hallway.exchange.smart import answering, asking, capabilities, endpoints
from hallway.exchange.smart.places import Place
from hallway.identity import granting
from hallway.identity.shown import KNOWN
from hallway.web import typed
from hallway.web.access import public

FORM = "application/x-www-form-urlencoded"
_STYLE = {
    "color_background": "#ffffff",
    "color_error": "#a3200d",
    "color_highlight": "#e4eff5",
    "color_modal_backdrop": "",
    "color_success": "#1c6b3c",
    "color_text": "#1b1f23",
    "dim_border_radius": "4px",
    "dim_font_size": "16px",
    "dim_spacing_size": "16px",
    "font_family_body": "'Source Sans 3', sans-serif",
    "font_family_heading": "'Source Sans 3', sans-serif",
}
_log = logging.getLogger("hallway.apps")
View = Callable[[HttpRequest], HttpResponse]
Marked = Callable[..., HttpResponseBase]


def place_of(request: HttpRequest) -> Place:
    """Us, as the caller knows us. Django has refused a host that is not one of ours."""
    return Place(f"{request.scheme}://{request.get_host()}")


def _shared(view: View) -> Marked:
    """Programs in browsers may ask from anywhere: no cookie is looked at, so there is nothing to borrow."""

    @csrf_exempt
    @require_http_methods(["GET", "POST", "OPTIONS"])
    def asked(request: HttpRequest) -> HttpResponse:
        answer = HttpResponse(status=204) if request.method == "OPTIONS" else view(request)
        answer["Access-Control-Allow-Origin"] = "*"
        answer["Access-Control-Expose-Headers"] = "X-Request-Id"
        if request.method == "OPTIONS":
            answer["Access-Control-Allow-Methods"] = "GET, POST"
            answer["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Accept, X-Request-Id, traceparent"
        return answer

    return public(asked)


@_shared
def configuration(request: HttpRequest) -> HttpResponse:
    """``.well-known/smart-configuration``."""
    return JsonResponse(capabilities.configuration(place_of(request)))


@_shared
def openid(request: HttpRequest) -> HttpResponse:
    """``.well-known/openid-configuration``."""
    return JsonResponse(capabilities.openid(place_of(request)))


@_shared
def jwks(request: HttpRequest) -> HttpResponse:
    """Our public keys."""
    return JsonResponse(capabilities.key_set())


@_shared
def style(request: HttpRequest) -> HttpResponse:
    """How our pages look, for a program that wants to look alike."""
    return JsonResponse(_STYLE)


def _endpoint(name: str) -> View:
    def asked(request: HttpRequest) -> HttpResponse:
        told = _form(request)
        if told is None:
            return JsonResponse({"error": "invalid_request", "error_description": "Post one form."}, status=400)
        status, body, headers = endpoints.answered(
            name, place_of(request), told, request.headers.get("Authorization", "")
        )
        if status == HTTPStatus.OK:
            request.META[KNOWN] = True
        answer = JsonResponse(body, status=status)
        for header, value in headers:
            answer[header] = value
        return answer

    return asked


def _form(request: HttpRequest) -> list[tuple[str, str]] | None:
    """The form, in its order. None for anything else, and for secrets in an address."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if request.method != "POST" or kind != FORM or request.META.get("QUERY_STRING"):
        return None
    body = request.body
    if len(body) > endpoints.LONGEST:
        return None
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=30, errors="strict")
    except ValueError:
        return None


token = _shared(_endpoint("token"))
revoke = _shared(_endpoint("revoke"))
introspect = _shared(_endpoint("introspect"))


@_shared
def userinfo(request: HttpRequest) -> HttpResponse:
    """Who the person behind an access token is."""
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    told = answering.told_of(shown.strip(), place_of(request)) if scheme.lower() == "bearer" else None
    if told is None:
        answer = JsonResponse({"error": "invalid_token"}, status=401)
        answer["WWW-Authenticate"] = 'Bearer realm="Hallway", error="invalid_token"'
        return answer
    request.META[KNOWN] = True
    return JsonResponse(told)


@public
@csrf_exempt
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """A program sends the browser here. What it asks is checked and kept; then the person is asked, on our page.

    It is no form of ours, so it carries no token of ours; nothing is granted here.
    """
    if max(len(request.META.get("QUERY_STRING", "")), _length(request)) > endpoints.LONGEST:
        raise _too_long()
    told: QueryDict = request.POST if request.method == "POST" else request.GET
    pairs = [(name, value) for name, values in told.lists() for value in values]
    try:
        ask = granting.keep_ask(asking.checked(pairs, place_of(request)))
    except asking.Back as back:
        return sent_to(back.location())
    return sent_to(f"/apps/ask/{ask}")


def _length(request: HttpRequest) -> int:
    """Bytes that the body is said to have; no more than these are ever read. Whoever does not say sends none."""
    said = typed.number(request.META.get("CONTENT_LENGTH") or "0")
    return endpoints.LONGEST + 1 if said is None else said


def _too_long() -> HallwayError:
    return HallwayError(
        Kind.INCORRECT,
        "H-XCH-062",
        what="What the program asks is longer than any question may be.",
        undone="Nobody was asked, and nothing was sent to it.",
        to_do="Go back to the program. If it happens again, tell your network's administrator.",
    )


def sent_to(address: str) -> HttpResponse:
    """The browser goes there by GET. Django would not go to a private scheme; ours are registered ones."""
    return HttpResponse(status=303, headers={"Location": address, "Cache-Control": "no-store"})
