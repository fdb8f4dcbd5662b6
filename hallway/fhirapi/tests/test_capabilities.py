"""The capability statement says what is served: nothing less and nothing more."""

import json
from datetime import UTC, datetime

import pytest

from hallway.errors import HallwayError
from hallway.fhirapi import routes
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.composed import table
from hallway.fhirapi.interactions import capabilities
from hallway.fhirapi.search import filters, parsing, registry
from hallway.fhirapi.search.filters import Near
from hallway.identity.requester import system
from hallway.standards.fhir.validation import validate

BASE = "http://127.0.0.1:8000/fhir"
NEAR = Near(BASE, datetime(2026, 11, 22, tzinfo=UTC))
VALUES = {
    "token": "word", "reference": "Patient/01a1fdfa-4600-731a-b163-7f1a09e7b6c3", "string": "word", "uri": "urn:x",
    "date": "2026", "number": "1", "quantity": "1",
}  # fmt: skip
OF_COMMON = {"_security": "R"}
OF_MODIFIER = {"missing": "true", "in": "http://hl7.org/fhir/ValueSet/administrative-gender", "of-type": "a|b|c"}
OF_MODIFIER["not-in"] = OF_MODIFIER["in"]


@pytest.fixture(scope="module")
def statement():
    asked = Asked(system("nobody"), {}, [], BASE, "GET /fhir/metadata")
    return json.loads(capabilities.answer(routes.names, asked).body)


def resources(statement):
    return {one["type"]: one for one in statement["rest"][0]["resource"]}


def value_of(one, modifier=""):
    if one["name"] in OF_COMMON:
        return OF_COMMON[one["name"]]
    if modifier in registry.KINDS:
        return f"{modifier}/01a1fdfa-4600-731a-b163-7f1a09e7b6c3"
    if one["type"] == "composite":
        second = registry.COMPOSITES[one["name"]]
        return f"word${VALUES[second]}"
    return OF_MODIFIER.get(modifier, VALUES[one["type"]])


def test_it_is_a_capability_statement(statement):
    assert [one for one in validate(statement) if one.severity == "error"] == []


def test_every_parameter_that_is_named_is_served_with_every_modifier(statement):
    for kind in registry.KINDS:
        for parameter in resources(statement)[kind]["searchParam"]:
            behind = parameter.get("documentation", "").removeprefix("Modifiers: ")
            for modifier in ["", *(word[1:] for word in behind.split(", ") if word)]:
                name = f"{parameter['name']}:{modifier}" if modifier else parameter["name"]
                assert filters.filter_of(kind, name, value_of(parameter, modifier), NEAR), (kind, name)


def test_every_parameter_that_is_served_is_named(statement):
    for kind in registry.KINDS:
        named = {one["name"] for one in resources(statement)[kind]["searchParam"]}
        assert named == set(registry.known(kind)), kind


def test_what_is_composed_promises_no_more_than_its_own_addresses_take(statement):
    found = {kind: row for kind, row in resources(statement).items() if kind not in registry.KINDS}
    assert set(found) == set(table.SEARCHED)
    for kind, row in found.items():
        assert [one["name"] for one in row["searchParam"]] == list(table.SEARCHED[kind])
        assert row["conditionalRead"] == "not-supported"
        assert not {"searchInclude", "searchRevInclude"} & set(row), kind
    assert [found[kind]["versioning"] for kind in ("Group", "Subscription")] == ["no-version", "versioned"]


def test_every_path_to_include_is_served(statement):
    for kind, one in resources(statement).items():
        asked = [("_include", path) for path in one.get("searchInclude", [])[:2]]
        asked += [("_revinclude", path) for path in one.get("searchRevInclude", [])[:10]]
        for pair in asked:
            assert parsing.search_of(kind, [pair], NEAR), pair


def test_a_type_that_is_not_named_is_not_searched(statement):
    assert "StructureMap" not in resources(statement)
    with pytest.raises(HallwayError):
        filters.filter_of("StructureMap", "url", "x", NEAR)


def test_what_is_written_is_named_and_nothing_else(statement):
    codes = {kind: {one["code"] for one in row.get("interaction", [])} for kind, row in resources(statement).items()}
    assert {"create", "update", "patch", "delete", "read", "vread", "search-type"} <= codes["Condition"]
    assert "create" not in codes["Organization"]
    assert {"create", "update", "read", "search-type"} <= codes["ValueSet"]
    assert codes["Group"] == {"read", "search-type"}
    assert {one["code"] for one in statement["rest"][0]["interaction"]} >= {"search-system"}


def test_operations_are_those_of_the_table_of_routes(statement):
    named = {one["name"] for one in resources(statement)["Patient"]["operation"]}
    assert "everything" in named
    assert {one["name"] for one in resources(statement)["Group"]["operation"]} == {"export", "validate"}


def test_a_conditional_write_is_promised_where_its_verb_is(statement):
    names = {"conditionalCreate": "create", "conditionalUpdate": "update", "conditionalDelete": "delete"}
    for kind, row in resources(statement).items():
        codes = {one["code"] for one in row.get("interaction", [])}
        for name, code in names.items():
            assert (name in row) is (code in codes and kind != "Subscription"), (kind, name)
    assert resources(statement)["Observation"]["conditionalDelete"] == "single"


def test_types_with_addresses_of_their_own_are_told_by_these(statement):
    told = resources(statement)
    codes = {kind: [one["code"] for one in row.get("interaction", [])] for kind, row in told.items()}
    assert codes["Subscription"] == ["read", "search-type", "create", "update", "delete"]
    for kind, row in told.items():
        if row.get("readHistory"):
            assert {"vread", "history-instance"} <= set(codes[kind]), kind
    assert (told["Subscription"]["readHistory"], told["Observation"]["readHistory"]) == (False, True)
