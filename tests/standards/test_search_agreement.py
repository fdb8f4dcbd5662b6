"""Search parameters say the same by the compiler of the index and by the one of validation (decision 0058)."""

import re
from functools import cache
from pathlib import Path

import msgspec

from hallway.standards.fhir import path, search
from tests.standards import real

NAMED = {"Coding": "Coding", "DateTime": "dateTime"}
OF_US_CORE = re.compile(r"\.value(Coding|DateTime)$")
"""US Core's own parameters name a choice of type as JSON does; FHIRPath knows the element alone."""


def resolve(text, _):
    """A resource of the type that a reference names, whatever it holds."""
    kind = next((word for word in text.split("/") if word in search.kinds()), None)
    return path.Node({"resourceType": kind}, kind) if kind else None


@cache
def compiled():
    """(kind, code) -> the expression as validation would run it."""
    rows = [*search.table("search_parameters.tsv"), *search.table("us_core_parameters.tsv")]
    return {(row["kind"], row["code"]): path.compile_path(in_words(row["expression"]), trusted=True) for row in rows}


def in_words(expression):
    return OF_US_CORE.sub(lambda named: f".value.ofType({NAMED[named[1]]})", expression)


def whole(values):
    """Values as a set: a union leaves out doubles, and an element of extensions alone has no value to be found by."""
    return {msgspec.json.encode(one, order="sorted") for one in values if one is not None}


def test_every_expression_is_understood_by_both():
    of_index = {(kind, code) for kind in search.kinds() for code in search.parameters(kind)}
    of_every_resource = {one for one in compiled() if one[0] == "Resource"}  # these are columns, by no expression
    assert set(compiled()) - of_every_resource == of_index


def test_every_expression_finds_the_same_in_every_example_of_us_core(shared_data: Path):
    given = path.Given(resolve=resolve)
    found = 0
    for name, resource in real.us_core_examples(shared_data).items():
        kind = resource["resourceType"]
        start = path.root(resource)
        for code in search.parameters(kind):
            by_index = whole(search.values(kind, code, resource))
            by_path = compiled()[kind, code].run(start, given=given)
            values = [one.value if isinstance(one, path.Node) else one for one in by_path]
            assert by_index == whole(values), (name, code)
            found += len(by_index)
    assert found > 3000
