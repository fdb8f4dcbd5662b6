"""The WSGI callable of the FHIR door: parse, find the route, find the requester, answer. No framework in between."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import psycopg
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from hallway.errors import HallwayError
from hallway.fhirapi import answers, door, negotiation, routes, sent
from hallway.fhirapi.addresses import Found, Route
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked, refused
from hallway.fhirapi.budget import too_costly
from hallway.fhirapi.sign_in import Caller, caller_of
from hallway.identity.requester import system
from hallway.identity.shown import KNOWN

Environ = dict[str, Any]
Start = Callable[[str, list[tuple[str, str]]], object]
WSGI = Callable[[Environ, Start], Iterable[bytes]]
_log = logging.getLogger("hallway.fhirapi")
ROUTE = "hallway.route"
"""Where the name of the route that answers is left, for counts and spans."""
_CROSS_ORIGIN = [
    ("Access-Control-Allow-Origin", "*"),
    (
        "Access-Control-Expose-Headers",
        "ETag, Location, Content-Location, Last-Modified, X-Progress, Retry-After, X-Request-Id",
    ),
]
"""A program in a browser may ask from anywhere with its token. ``*`` gives it no answer to a session's cookie."""
_MAY_ASK = [
    ("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE"),
    (
        "Access-Control-Allow-Headers",
        "Authorization, Content-Type, Accept, Prefer, If-Match, If-None-Match, If-None-Exist, If-Modified-Since, "
        "X-Request-Id, traceparent",
    ),
    ("Access-Control-Max-Age", "600"),
]
_CHALLENGE = (("WWW-Authenticate", 'Bearer realm="Hallway"'),)
_UNAUTHENTICATED = replace(answers.of_error(answers.NOBODY_SIGNED_IN), headers=_CHALLENGE)


def in_front_of(pages: WSGI) -> WSGI:
    """The root callable: ``/fhir`` is answered here, everything else by ``pages``."""

    def root(environ: Environ, start: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/fhir" or path.startswith("/fhir/"):
            return fhir(environ, start)
        return pages(environ, start)

    return root


def fhir(environ: Environ, start: Start) -> Iterable[bytes]:
    """Answer one request. An error while deciding is a denial; an unforeseen one tells nothing and is logged bare."""
    if environ["REQUEST_METHOD"] == "OPTIONS":
        start("204 No Content", [*_CROSS_ORIGIN, *_MAY_ASK])
        return []
    try:
        answer = _answer(environ)
    except HallwayError as error:
        answer = answers.of_error(error)
    except psycopg.OperationalError:
        answer = answers.UNAVAILABLE
    except Exception as error:
        _log.error("fhir request failed", extra={"fields": {"kind": type(error).__name__}})
        answer = answers.FAULT
    shared = _CROSS_ORIGIN if environ.get("HTTP_ORIGIN") else []
    start(f"{answer.status} {answers.REASONS[answer.status]}", [*answer.wsgi_headers(), *shared])
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else answer.body]


def _answer(environ: Environ) -> Answer:
    """The answer on a connection of the pool; once more when the database was restarted under the connection."""
    try:
        with door.opened():
            return _route(environ)
    except psycopg.errors.QueryCanceled as error:
        raise too_costly("It took longer than one request may.") from error
    except psycopg.OperationalError:
        door.check()
        with door.opened():
            return _route(environ)


def _route(environ: Environ) -> Answer:
    if settings.BEHIND_TLS and not _came_by_tls(environ):
        raise refused("This address answers over TLS alone.", "Ask again with https.")
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    found = routes.find(method, path)
    if found is not None:
        environ[ROUTE] = found[0].name
    if found is not None and found[0].public:
        return _answered(found[0], _asked(environ, found, None))
    caller = caller_of(environ.get("HTTP_COOKIE", ""), environ.get("HTTP_AUTHORIZATION", ""))
    if caller is None:
        return _UNAUTHENTICATED
    environ[KNOWN] = True
    if found is None:
        methods = routes.methods_of(path)
        if methods or method not in {"GET", "HEAD"}:
            return answers.not_allowed(methods)
        return answers.NOT_FOUND
    if caller.by_cookie and found[0].method != "GET":
        sent.refuse_foreign_page(environ, _base(environ))
    return _answered(found[0], _asked(environ, found, caller))


def _answered(route: Route, asked: Asked) -> Answer:
    """The answer in the form that was asked for. A form that we do not speak is refused before anything is read."""
    negotiation.check(asked)
    return negotiation.shaped(asked, route.answer(asked))


def _asked(environ: Environ, found: Found, caller: Caller | None) -> Asked:
    """The request as the interactions take it."""
    route, parts = found
    return Asked(
        caller.requester if caller else system("nobody"),
        parts,
        sent.query_of(environ.get("QUERY_STRING", "")),
        _base(environ),
        route.name,
        method=route.method,
        headers=sent.headers_of(environ),
        body=sent.body_of(environ, route.takes),
        scopes=caller.scopes if caller else None,
        shown=caller.shown if caller else b"",
    )


def _base(environ: Environ) -> str:
    """Our own address as the caller knows it. Raises INCORRECT for a host that is not one of ours."""
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        raise refused("The host is not one that Hallway answers for.", "Ask at the address that you were given.")
    scheme = "https" if _came_by_tls(environ) else environ["wsgi.url_scheme"]
    return f"{scheme}://{host}/fhir"


def _came_by_tls(environ: Environ) -> bool:
    """Whether the server in front says so; believed only where the operator has put one there."""
    return settings.BEHIND_TLS and environ.get("HTTP_X_FORWARDED_PROTO") == "https"
