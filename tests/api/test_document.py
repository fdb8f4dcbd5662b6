"""The OpenAPI document holds every address of programs and no other; its examples are asked and answered as it says."""

import json
import re
from pathlib import Path
from urllib.parse import urlencode

import jsonschema_rs
import pytest
from django.test import Client
from django.urls import get_resolver
from werkzeug.test import Client as Caller

from hallway.fhirapi import routes
from hallway.standards import openapi
from hallway.standards.openapi import JSON, Answered, Operation, Shows
from hallway.web.api import registry

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = json.loads(registry.document())
OPERATIONS = registry.operations()
RUNNING = ("hallway.web.health", "hallway.web.metrics")
NOT_FOUND = 404


def shape_of(path):
    return re.sub(r"\{\w+\}", "{}", path)


def views(resolver=None, prefix="/"):
    """Every address that Django answers, with its view."""
    for one in (resolver or get_resolver()).url_patterns:
        route = prefix + str(getattr(one.pattern, "_route", one.pattern))
        if hasattr(one, "url_patterns"):
            yield from views(one, route)
        else:
            yield shape_of(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)), one.callback


def is_for_programs(view):
    """Not a page: it takes what no page of ours sends, or anybody may ask it in a package that describes itself."""
    described = {module.__name__.rpartition(".")[0] for module in registry.DESCRIBED} - {"hallway.web"}
    is_open = view.__module__.rpartition(".")[0] in described and view.access.public
    return is_open or view.__module__ in RUNNING or getattr(view, "csrf_exempt", False)


def test_every_address_of_programs_is_described_and_nothing_is_invented():
    of_programs = {shape for shape, view in views() if is_for_programs(view)}
    assert {shape_of(one.path) for one in OPERATIONS if not one.path.startswith("/fhir/")} == of_programs


def test_what_is_described_at_the_fhir_door_stands_in_its_table():
    table = {(route.method, shape_of(route.shape)) for route in routes.ROUTES}
    described = {(one.method, shape_of(one.path)) for one in OPERATIONS if one.path.startswith("/fhir/")}
    assert described <= table


def test_what_stands_beside_the_routes_stands_in_the_registry():
    beside = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in (ROOT / "hallway").rglob("described.py")
    }
    assert beside == {module.__name__ for module in registry.DESCRIBED}


def test_an_address_takes_the_methods_that_are_described_and_no_other(fresh_db):
    for one in OPERATIONS:
        taken = {each.method for each in OPERATIONS if shape_of(each.path) == shape_of(one.path)}
        for method in {"GET", "POST", "DELETE"} - taken:
            # The addresses of SMART answer any method that a library may try: GET and POST, and OPTIONS for browsers.
            if one.path.startswith("/fhir/") or one.name == "health" or one.group == "SMART":
                continue
            answered = getattr(Client(), method.lower())(re.sub(r"\{\w+\}", "patient-view", one.path))
            assert answered.status_code == 405, (one.name, method)


def test_the_document_is_served_to_anybody_and_is_openapi(fresh_db):
    answered = Client().get("/api/openapi.json")
    assert answered.headers["Content-Type"] == JSON
    found = answered.json()
    assert found == DOCUMENT
    assert found["openapi"] == "3.1.0"
    for schema in found["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema)
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', answered.content.decode()))
    assert names == set(found["components"]["schemas"])


def test_every_example_is_answered_as_the_document_says(network):
    for one in OPERATIONS:
        for example in one.examples:
            answered = asked(one, example, network)
            where = f"{one.name}: {example.name}"
            assert answered.status_code == example.status, (where, answered.get_data())
            told = DOCUMENT["paths"][one.path][one.method.lower()]["responses"][str(example.status)]
            kind = answered.headers["Content-Type"].partition(";")[0]
            if "content" not in told:
                continue
            assert kind in told["content"], where
            schema = told["content"][kind].get("schema")
            if schema:
                jsonschema_rs.validate(schema | {"components": DOCUMENT["components"]}, json.loads(answered.get_data()))


def asked(one, example, network):
    path = re.sub(r"\{(\w+)\}", lambda found: example.values[found[1]], one.path)
    query = {name: value for name, value in example.values.items() if f"{{{name}}}" not in one.path}
    shown = {"Authorization": f"Bearer {network.credential}"} if one.shows is Shows.CREDENTIAL else {}
    sent = json.dumps(example.sent) if one.takes_kind == JSON else urlencode(example.sent or {})
    body = {} if one.takes is None else {"data": sent, "content_type": one.takes_kind}
    return Caller(network.application).open(path, method=one.method, query_string=query, headers=shown, **body)


def test_each_operation_has_an_example():
    assert [one.name for one in OPERATIONS if not one.examples] == []


def test_two_operations_at_one_address_are_refused():
    one = Operation("a", "GET", "/a", "g", "s", "t", Shows.NOTHING, (Answered(200, "x"),))
    with pytest.raises(ValueError, match="one name or one address"):
        openapi.document([one, one], title="t", version="1", told="")
