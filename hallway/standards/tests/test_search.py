import gzip
import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from math import inf

import pytest

from hallway.clock import microseconds
from hallway.standards.fhir import definitions, ranges, search
from hallway.standards.fhir.fhirpath import NotSupportedError, compile_expression

DAY = 24 * 3600 * 1_000_000
DAY_2020 = 18262 * DAY
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition"


def test_every_search_parameter_of_r4_compiles():
    compiled = {(kind, code) for kind in search.kinds() for code in search.parameters(kind)}
    assert len(compiled) == 1699 + 6  # of R4, and of US Core
    assert all(search.parameters(kind)[code].alternatives for kind, code in compiled)


@pytest.mark.parametrize(
    "expression", ["Patient.name.first()", "Patient.name + 1", "Patient.name.ofType(x)", "%x", "("]
)
def test_what_the_compiler_does_not_know_it_refuses(expression):
    with pytest.raises(NotSupportedError):
        compile_expression(expression, {})


@pytest.mark.parametrize(
    ("kind", "resource", "token"),
    [
        ("Observation", {"code": {"coding": [{"system": "s", "code": "c"}]}}, "code=s|c"),
        ("Observation", {"code": {"coding": [{"system": "s", "code": "c"}]}}, "code=c"),
        ("Observation", {"subject": {"reference": "Patient/1"}}, "patient=Patient/1"),
        ("Observation", {"valueCodeableConcept": {"coding": [{"code": "v"}]}}, "value-concept=v"),
        (
            "Observation",
            {"component": [{"valueCodeableConcept": {"coding": [{"code": "v"}]}}]},
            "component-value-concept=v",
        ),
        ("Patient", {"name": [{"family": "Núñez", "given": ["Ana María"]}]}, "family=nunez"),
        ("Patient", {"name": [{"family": "Núñez", "given": ["Ana María"]}]}, "given=maria"),
        ("Patient", {"telecom": [{"system": "phone", "value": "555"}]}, "phone=555"),
        ("Patient", {"identifier": [{"system": "s", "value": "7"}]}, "identifier=s|7"),
        ("Patient", {}, "deceased=false"),
        ("Patient", {"deceasedDateTime": "2020-01-01"}, "deceased=true"),
        ("Patient", {"deceasedBoolean": False}, "deceased=false"),
        ("Task", {"for": {"reference": "Patient/1"}}, "patient=Patient/1"),
        ("ServiceRequest", {"status": "active"}, "status=active"),
    ],
)
def test_a_resource_is_found_by(kind, resource, token):
    assert token in search.tokens(kind, {"resourceType": kind, **resource})


def test_the_tables_name_nothing_that_the_definitions_do_not_have():
    assert search.kinds() == definitions.resource_names()
    bases = {row["kind"] for row in search.table("search_parameters.tsv")} - {"Resource", "DomainResource"}
    assert bases <= definitions.resource_names()
    for row in search.table("search_parameters.tsv"):
        for kind, name in re.findall(r"(?:^|[ (])([A-Z]\w+)\.(\w+)", row["expression"]):
            if kind in bases:
                assert name in definitions.members(kind), row


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("2020", "2020-01-01T00:00:00", "2020-12-31T23:59:59.999999"),
        ("2020-02", "2020-02-01T00:00:00", "2020-02-29T23:59:59.999999"),
        ("2020-02-29", "2020-02-29T00:00:00", "2020-02-29T23:59:59.999999"),
        ("2020-02-29T10:00", "2020-02-29T10:00:00", "2020-02-29T10:00:59.999999"),
        ("2020-02-29T10:00:01Z", "2020-02-29T10:00:01", "2020-02-29T10:00:01.999999"),
        ("2020-02-29T10:00:01.5-02:00", "2020-02-29T12:00:01.5", "2020-02-29T12:00:01.599999"),
        ("2020-02-29T10:00:01.123456789Z", "2020-02-29T10:00:01.123456", "2020-02-29T10:00:01.123456"),
    ],
)
def test_a_date_covers_what_its_precision_leaves_open(value, low, high):
    ends = [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (low, high)]
    assert ranges.date_ends(value) == tuple(map(microseconds, ends))


@pytest.mark.parametrize("value", ["", "yesterday", "2020-13", "20", "2020-1-1", "20200101", "٢٠٢٠", "2020-02-30"])
def test_what_is_no_date_covers_nothing(value):
    assert ranges.date_ends(value) is None


@pytest.mark.parametrize(
    ("kind", "resource", "held"),
    [
        ("Encounter", {"period": {"start": "2020"}}, [("date", DAY_2020, inf, "")]),
        ("Encounter", {"period": {"end": "1970"}}, [("date", -inf, 365 * DAY - 1, "")]),
        ("Observation", {"valueQuantity": {"value": Decimal("5.40"), "code": "mg", "system": "u", "unit": "milligram"}},
         [("value-quantity", 5.4, 5.4, "|u|mg|milligram|")]),
        ("Observation", {"valueQuantity": {"value": 5, "comparator": "<"}}, [("value-quantity", -inf, 5, "")]),
        ("RiskAssessment", {"prediction": [{"probabilityDecimal": Decimal("0.5")}]}, [("probability", 0.5, 0.5, "")]),
        ("RiskAssessment", {"prediction": [{"probabilityRange": {"low": {"value": 1}}}]},
         [("probability", 1, inf, "")]),
        ("Patient", {"birthDate": "not a date"}, []),
    ],
)  # fmt: skip
def test_a_resource_is_compared_by(kind, resource, held):
    assert list(search.index(kind, {"resourceType": kind, **resource}).ranges) == held


@pytest.mark.parametrize(
    ("kind", "resource", "meta", "token"),
    [
        ("Observation", {"code": {"coding": [{"code": "c"}]}}, b"", "code=|c"),
        ("Observation", {"code": {"coding": [{"system": "s", "code": "c"}]}}, b"", "code=s|"),
        ("Observation", {"subject": {"identifier": {"system": "s", "value": "7"}}}, b"", "subject:identifier=s|7"),
        ("Observation", {}, b'"profile":["http://p|1"]', "_profile=http://p"),
        ("Observation", {}, b'"tag":[{"system":"s","code":"t"}]', "_tag=s|t"),
        ("Observation", {}, b'"source":"urn:x"', "_source=urn:x"),
        ("Patient", {"name": [{"family": "N\u00fa\u00f1ez"}]}, b"", "family:exact=N\u00fa\u00f1ez"),
        ("Patient", {"name": [{"family": "Carewell"}]}, b"", "family^care"),
        ("Patient", {"identifier": [{"value": "7", "type": {"coding": [{"system": "t", "code": "MR"}]}}]}, b"",
         "identifier:of-type=t|MR|7"),
        ("Patient", {"extension": [{"url": f"{US_CORE}/us-core-race", "extension": [
            {"url": "ombCategory", "valueCoding": {"system": "r", "code": "2106-3"}}]}]}, b"", "race=r|2106-3"),
        ("CareTeam", {"participant": [{"role": [{"coding": [{"code": "a"}]}]}]}, b"", "role=a"),
        ("PlanDefinition", {"library": ["http://l|2"]}, b"", "depends-on=http://l"),
    ],
)  # fmt: skip
def test_more_forms_by_which_a_resource_is_found(kind, resource, meta, token):
    assert token in search.index(kind, {"resourceType": kind, **resource}, meta).tokens


def test_labels_and_versions_make_no_token():
    meta = b'"security":[{"system":"s","code":"R"}],"tag":[{"code":"t"}]'
    assert search.meta_tokens(meta) == {"_tag=t", "_tag=|t"}


def test_clinical_free_text_makes_no_token():
    found = search.tokens("Observation", {"resourceType": "Observation", "valueString": "private words"})
    assert not any("private" in token for token in found)


def test_a_token_too_long_for_an_index_entry_is_left_out():
    long = {"resourceType": "Patient", "identifier": [{"value": "x" * 2000}]}
    assert all(len(token) <= 1000 for token in search.tokens("Patient", long))


_CHOICES = ("concept", "quantity")


def _plain(values):
    """Values as sorted JSON text: order does not matter, digits of decimals do not either (the peer uses floats)."""

    def text(value):
        return float(value) if isinstance(value, Decimal) else value

    return sorted({json.dumps(value, default=text, sort_keys=True) for value in values})


def test_compiled_parameters_agree_with_a_fhirpath_interpreter_on_real_resources(shared_data):
    """``resolve()`` is left out: the interpreter would fetch. So are composites, which are no single path."""
    fhirpathpy = pytest.importorskip("fhirpathpy")
    from fhirpathpy.models import models

    path = sorted((shared_data / "synthea-massachusetts").glob("*.json.gz"))[-1]
    samples = {}
    for entry in json.loads(gzip.decompress(path.read_bytes()))["entry"]:
        kind = entry["resource"]["resourceType"]
        if len(samples.setdefault(kind, [])) < 2:
            samples[kind].append(entry["resource"])
    tables = ("search_parameters.tsv", "us_core_parameters.tsv")
    expressions = {(row["kind"], row["code"]): row for name in tables for row in search.table(name)}
    compared = 0
    refused = set()
    for kind, resources in samples.items():
        for code in search.parameters(kind):
            row = expressions[kind, code]
            if "resolve()" in row["expression"] or row["type"] == "composite":
                continue
            evaluate = fhirpathpy.compile(row["expression"], models["r4"])
            for resource in resources:
                try:
                    expected = evaluate(resource)
                except ValueError:
                    # "as" on several values: the standard's own expressions rely on it, this interpreter refuses it.
                    refused.add((kind, code))
                    continue
                assert _plain(search.values(kind, code, resource)) == _plain(expected), (kind, code)
                compared += 1
    assert compared > 500
    assert refused <= {("Observation", f"{one}-value-{two}") for one in ("combo", "component") for two in _CHOICES}


@pytest.mark.parametrize(("value", "reached"), [(10**400, inf), (-(10**400), -inf), (Decimal("1e400"), inf), (7, 7.0)])
def test_a_number_beyond_a_double_is_infinite(value, reached):
    assert ranges.of_number(value) == (reached, reached)
