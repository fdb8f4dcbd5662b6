import gzip
import json
from decimal import Decimal

import pytest

from hallway.standards.fhir import search
from hallway.standards.fhir.fhirpath import NotSupportedError, compile_expression


def test_every_search_parameter_of_r4_compiles():
    compiled = {(kind, code) for kind in search.kinds() for code in search.parameters(kind)}
    assert len(compiled) == 1700
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
            "combo-value-concept=v",
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
    expressions = {(row["kind"], row["code"]): row for row in search.table("search_parameters.tsv")}
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
