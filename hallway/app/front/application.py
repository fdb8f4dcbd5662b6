"""The outermost callable: each request gets its id, is held to its limits, counted and traced, then answered."""

import time
from collections.abc import Iterable

import msgspec
from django.conf import settings

from hallway.app import logs
from hallway.app.front import counting, limits, request_ids
from hallway.app.front.limits import Limits, Refusal
from hallway.app.front.tracing import Traces
from hallway.fhirapi import answers
from hallway.fhirapi.application import ROUTE, WSGI, Environ, Start
from hallway.fhirapi.sign_in import SESSION_COOKIE
from hallway.identity.shown import KNOWN


class _Head:
    """Passes status and headers on, with the id among them; remembers the status."""

    __slots__ = ("request_id", "start", "status")

    def __init__(self, start: Start, request_id: str) -> None:
        self.start, self.request_id, self.status = start, request_id, 0

    def __call__(self, status: str, headers: list[tuple[str, str]], *_: object) -> object:
        self.status = int(status[:3])
        headers.append((request_ids.HEADER, self.request_id))
        return self.start(status, headers)


def identified(inner: WSGI) -> WSGI:
    """``inner``, whose requests have an id each: in its environment, in its log lines and in its answers."""

    def application(environ: Environ, start: Start) -> Iterable[bytes]:
        request_id = request_ids.of(environ.get(request_ids.KEY, ""))
        environ[request_ids.KEY] = request_id
        logs.REQUEST_ID.set(request_id)
        return inner(environ, _Head(start, request_id))

    return application


def watched(inner: WSGI, *, limited: Limits, traces: Traces | None = None) -> WSGI:
    """``inner`` held to limits, counted, and traced where traces are on."""

    def application(environ: Environ, start: Start) -> Iterable[bytes]:
        begun = time.perf_counter()
        head = _Head(start, request_ids.of(environ.get(request_ids.KEY, "")))
        environ[request_ids.KEY] = head.request_id
        logs.REQUEST_ID.set(head.request_id)
        span = traces.begin(environ) if traces else None
        try:
            return _held(inner, environ, head, limited)
        finally:
            route, status, method = _route(environ), head.status or 500, environ["REQUEST_METHOD"]
            method = method if method in counting.METHODS else "OTHER"
            counting.count(route, method, status, time.perf_counter() - begun)
            if span:
                span.end(route, method, status)

    return application


def _held(inner: WSGI, environ: Environ, head: _Head, limited: Limits) -> Iterable[bytes]:
    """The answer, or the refusal of a request that comes too soon at a door of programs."""
    door = limits.door_of(environ.get("PATH_INFO", ""))
    if not door:
        return inner(environ, head)
    credential, now = _credential(environ), time.monotonic()
    address = limits.address_of(environ, behind_tls=settings.BEHIND_TLS)
    refusal = limited.ask(door, credential, address, now)
    if refusal is not None:
        environ[ROUTE] = counting.REFUSED
        return _refused(refusal, head)
    answer = inner(environ, head)
    limited.tell(credential, address, now, has_failed=head.status == 401, has_worked=KNOWN in environ)
    return answer


def _credential(environ: Environ) -> str:
    """What the caller shows, or the session that a browser sends along."""
    shown = environ.get("HTTP_AUTHORIZATION", "")
    cookie = "" if shown else environ.get("HTTP_COOKIE", "")
    return shown or (cookie.partition(f"{SESSION_COOKIE}=")[2].partition(";")[0] if cookie else "")


def _refused(refusal: Refusal, head: _Head) -> Iterable[bytes]:
    counting.count_too_soon(refusal.door)
    error = limits.too_soon(refusal)
    answer = answers.of_error(error)
    headers = [(name, value) for name, value in answer.wsgi_headers() if name not in {"Content-Type", "Content-Length"}]
    body, kind = answer.body, answers.FHIR_JSON
    if refusal.door == "token":
        # OAuth's own form of an error (RFC 6749, 5.2), which its libraries read.
        told = {"error": "temporarily_unavailable", "error_description": str(error)}
        body, kind = msgspec.json.encode(told), "application/json"
    head(
        f"429 {answers.REASONS[429]}",
        [("Content-Type", kind), ("Content-Length", str(len(body))), ("Retry-After", str(refusal.seconds)), *headers],
    )
    return [body]


def _route(environ: Environ) -> str:
    """The name of the route that answered; never the address that was asked."""
    named = environ.get(ROUTE)
    if named:
        return str(named)
    return counting.STATIC if environ.get("PATH_INFO", "").startswith("/static/") else counting.NOWHERE
