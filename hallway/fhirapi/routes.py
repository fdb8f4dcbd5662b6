"""The table of every address of the FHIR door. What is not in it does not exist; the proofs walk it."""

from functools import partial

from hallway.fhirapi import addresses
from hallway.fhirapi.addresses import Found, route
from hallway.fhirapi.composed import table as composed
from hallway.fhirapi.interactions import (
    batch,
    capabilities,
    create,
    delete,
    history,
    patch,
    read,
    search_type,
    smart_configuration,
    update,
)
from hallway.fhirapi.operations import table as operations
from hallway.fhirapi.sent import FORM, JSON, PATCH


def find(method: str, path: str) -> Found | None:
    """The route of a request and the parts of its address, or None."""
    return addresses.find(ROUTES, method, path)


def methods_of(path: str) -> tuple[str, ...]:
    """What an address may be asked by; empty for one that does not exist."""
    return addresses.methods_of(ROUTES, path)


def names() -> frozenset[str]:
    """The names of all routes."""
    return frozenset(one.name for one in ROUTES)


ROUTES = (
    *operations.OPERATIONS,
    *composed.ROUTES,
    route("/fhir/{type}/{id}", read.answer),
    route("/fhir/{type}", search_type.answer),
    route("/fhir/{type}/_search", search_type.answer, method="POST", takes=(FORM,)),
    route("/fhir/Patient/{id}/{type}", search_type.answer_compartment),
    route("/fhir/Patient/{id}/{type}/_search", search_type.answer_compartment, method="POST", takes=(FORM,)),
    route("/fhir", search_type.answer_system),
    route("/fhir/_search", search_type.answer_system, method="POST", takes=(FORM,)),
    route("/fhir/{type}/{id}/_history", history.answer),
    route("/fhir/{type}/{id}/_history/{version}", history.answer_version),
    route("/fhir/{type}/_history", history.answer_type),
    route("/fhir/_history", history.answer_system),
    route("/fhir/metadata", partial(capabilities.answer, names), public=True),
    route("/fhir/.well-known/smart-configuration", smart_configuration.answer, public=True),
    # What writes:
    route("/fhir", partial(batch.answer, find), method="POST", takes=JSON),
    route("/fhir/{type}", create.answer, method="POST", takes=JSON),
    route("/fhir/{type}/{id}", update.answer, method="PUT", takes=JSON),
    route("/fhir/{type}/{id}", patch.answer, method="PATCH", takes=PATCH),
    route("/fhir/{type}/{id}", delete.answer, method="DELETE"),
    route("/fhir/{type}", update.answer_condition, method="PUT", takes=JSON),
    route("/fhir/{type}", patch.answer_condition, method="PATCH", takes=PATCH),
    route("/fhir/{type}", delete.answer_condition, method="DELETE"),
)
