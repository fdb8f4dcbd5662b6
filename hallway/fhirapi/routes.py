"""The table of every address of the FHIR door. What is not in it does not exist; the proofs walk it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.interactions import (
    batch,
    capabilities,
    create,
    delete,
    everything,
    history,
    patch,
    read,
    search_type,
    smart_configuration,
    update,
    validate,
)
from hallway.fhirapi.operations import table
from hallway.fhirapi.sent import FORM, JSON, PATCH

ID = r"[0-9A-Za-z\-.]{1,64}"
_BASE = "/fhir"
TYPE = r"[A-Z][A-Za-z]{1,39}"


@dataclass(frozen=True, slots=True)
class Route:
    """One method, address pattern and the function that answers it; ``public`` needs nobody signed in.

    ``takes`` are the content types of a body, none where nothing is sent.
    """

    name: str
    method: str
    shape: str
    pattern: re.Pattern[str]
    answer: Callable[[Asked], Answer]
    public: bool = False
    takes: tuple[str, ...] = ()


def _route(
    shape: str,
    answer: Callable[[Asked], Answer],
    *,
    method: str = "GET",
    public: bool = False,
    takes: tuple[str, ...] = (),
) -> Route:
    text = re.escape(shape).replace(r"\{type\}", f"(?P<type>{TYPE})")
    for name in ("id", "version", "file"):
        text = text.replace(rf"\{{{name}\}}", f"(?P<{name}>{ID})")
    return Route(f"{method} {shape}", method, shape, re.compile(text), answer, public, takes)


OPERATIONS = tuple(_route(one.shape, one.answer, method=one.method, takes=one.takes) for one in table.OPERATIONS)
"""Operations, and what belongs to them."""

ROUTES = (
    *OPERATIONS,
    _route("/fhir/{type}/{id}", read.answer),
    _route("/fhir/Patient/{id}/$everything", everything.answer),
    _route("/fhir/{type}", search_type.answer),
    _route("/fhir/{type}/_search", search_type.answer, method="POST", takes=(FORM,)),
    _route("/fhir/Patient/{id}/{type}", search_type.answer_compartment),
    _route("/fhir/Patient/{id}/{type}/_search", search_type.answer_compartment, method="POST", takes=(FORM,)),
    _route("/fhir", search_type.answer_system),
    _route("/fhir/_search", search_type.answer_system, method="POST", takes=(FORM,)),
    _route("/fhir/{type}/{id}/_history", history.answer),
    _route("/fhir/{type}/{id}/_history/{version}", history.answer_version),
    _route("/fhir/{type}/_history", history.answer_type),
    _route("/fhir/_history", history.answer_system),
    _route("/fhir/metadata", capabilities.answer, public=True),
    _route("/fhir/.well-known/smart-configuration", smart_configuration.answer, public=True),
    # What writes:
    _route("/fhir", batch.answer, method="POST", takes=JSON),
    _route("/fhir/{type}", create.answer, method="POST", takes=JSON),
    _route("/fhir/{type}/{id}", update.answer, method="PUT", takes=JSON),
    _route("/fhir/{type}/{id}", patch.answer, method="PATCH", takes=PATCH),
    _route("/fhir/{type}/{id}", delete.answer, method="DELETE"),
    _route("/fhir/{type}/$validate", validate.answer, method="POST", takes=JSON),
    _route("/fhir/{type}/{id}/$validate", validate.answer),
    _route("/fhir/{type}/{id}/$validate", validate.answer, method="POST", takes=JSON),
    _route("/fhir/{type}", update.answer_condition, method="PUT", takes=JSON),
    _route("/fhir/{type}", patch.answer_condition, method="PATCH", takes=PATCH),
    _route("/fhir/{type}", delete.answer_condition, method="DELETE"),
)


def find(method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
    """The route of a request and the parts of its address, or None. HEAD is answered as GET.

    Many clients put a slash after the base: a Bundle sent to ``/fhir/`` is one sent to ``/fhir``.
    """
    path = _BASE if path == f"{_BASE}/" else path
    wanted = "GET" if method == "HEAD" else method
    for route in ROUTES:
        if route.method == wanted:
            match = route.pattern.fullmatch(path)
            if match:
                return route, match.groupdict()
    return None


def methods_of(path: str) -> tuple[str, ...]:
    """What an address may be asked by; empty for one that does not exist."""
    path = _BASE if path == f"{_BASE}/" else path
    found = dict.fromkeys(route.method for route in ROUTES if route.pattern.fullmatch(path))
    return (*found, "HEAD") if "GET" in found else tuple(found)
