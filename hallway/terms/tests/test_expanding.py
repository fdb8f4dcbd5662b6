"""Value sets and code systems of our own wording, and what comes of them by the definitions of R4."""

import json

import pytest

from hallway.errors import HallwayError, Kind
from hallway.terms import expanding, sets, systems
from hallway.terms.expanding import expand

FRUIT = "urn:fruit"


def concept(code, *children, **more):
    return {"code": code, "display": code.title(), **more, **({"concept": list(children)} if children else {})}


SYSTEM = {
    "resourceType": "CodeSystem",
    "url": FRUIT,
    "version": "2",
    "content": "complete",
    "property": [{"code": "under", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"}],
    "concept": [
        concept(
            "fruit",
            concept("citrus", concept("lemon"), concept("orange", property=[{"code": "peel", "valueBoolean": True}])),
            concept("apple", property=[{"code": "colour", "valueCode": "red"}]),
            property=[{"code": "notSelectable", "valueBoolean": True}],
        ),
        concept("pomelo", property=[{"code": "under", "valueCode": "citrus"}]),
        concept("medlar", property=[{"code": "inactive", "valueBoolean": True}]),
    ],
}


class Shelf:
    def __init__(self, *, sets=(), **changed):
        self.held = systems.read(json.dumps(SYSTEM | changed).encode())
        self.sets = {one.url: one for one in sets}

    def system(self, url, version):
        return self.held if url == FRUIT and version in {"", "2"} else None

    def valueset(self, url, version):
        return self.sets.get(url)


def made(*includes, url="urn:set", **more):
    compose = {"include": list(includes), **more}
    return sets.read(json.dumps({"resourceType": "ValueSet", "url": url, "compose": compose}).encode())


def by(prop, op, value):
    return {"system": FRUIT, "filter": [{"property": prop, "op": op, "value": value}]}


def codes(wanted, shelf=None, **more):
    return [code for _, code in expand(wanted, shelf or Shelf(), **more)]


def refused(wanted, shelf=None):
    with pytest.raises(HallwayError) as told:
        expand(wanted, shelf or Shelf())
    assert told.value.kind is Kind.UNPROCESSABLE
    return told.value


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        (("concept", "is-a", "citrus"), "citrus lemon orange pomelo"),
        (("concept", "descendent-of", "citrus"), "lemon orange pomelo"),
        (("code", "is-not-a", "citrus"), "fruit apple medlar"),
        (("concept", "generalizes", "lemon"), "fruit citrus lemon"),
        (("concept", "in", "lemon, apple"), "lemon apple"),
        (("concept", "not-in", "fruit,citrus,lemon,orange"), "apple pomelo medlar"),
        (("concept", "=", "lemon"), "lemon"),
        (("colour", "=", "red"), "apple"),
        (("peel", "exists", "true"), "orange"),
        (("colour", "exists", "false"), "fruit citrus lemon orange pomelo medlar"),
        (("parent", "=", "citrus"), "lemon orange pomelo"),
        (("concept", "is-a", "nothing"), ""),
    ],
)
def test_a_filter_finds_what_r4_says(filter_, found):
    assert codes(made(by(*filter_))) == found.split()


def test_filters_of_one_part_all_hold():
    part = by("concept", "is-a", "citrus")
    part["filter"].append({"property": "concept", "op": "not-in", "value": "lemon"})
    assert codes(made(part)) == ["citrus", "orange", "pomelo"]


def test_parts_add_up_exclusions_take_away_and_systems_without_codes_are_taken_whole():
    listed = {"system": "urn:other", "concept": [{"code": "x", "display": "Ours"}]}
    found = expand(made(listed, {"system": FRUIT}, exclude=[by("concept", "is-a", "fruit")]), Shelf())
    assert list(found) == [("urn:other", "x"), (FRUIT, "medlar")]
    assert found["urn:other", "x"].display == "Ours"
    assert codes(made({"system": FRUIT}, inactive=False))[-1] == "pomelo"


def test_a_listed_code_has_the_words_of_the_definition_or_else_of_the_system():
    listed = {"system": FRUIT, "concept": [{"code": "lemon"}, {"code": "orange", "display": "Sour"}, {"code": "fruit"}]}
    found = expand(made(listed), Shelf())
    assert [one.display for one in found.values()] == ["Lemon", "Sour", "Fruit"]
    assert [one.is_abstract for one in found.values()] == [False, False, True]


def test_value_sets_within_one_part_meet_and_of_several_parts_add_up():
    citrus, orange = made(by("concept", "is-a", "citrus"), url="urn:a"), made(by("peel", "=", "true"), url="urn:b")
    shelf = Shelf(sets=[citrus, orange])
    assert codes(made({"valueSet": ["urn:a", "urn:b"]}), shelf) == ["orange"]
    assert codes(made({"system": FRUIT, "valueSet": ["urn:b"]}), shelf) == ["orange"]
    assert codes(made({"valueSet": ["urn:b"]}, {"valueSet": ["urn:a"]}), shelf)[0] == "orange"


@pytest.mark.parametrize(
    ("include", "place", "code"),
    [
        ({"system": "urn:unknown"}, "ValueSet.compose.include[0].system", "H-TRM-014"),
        ({"system": FRUIT, "version": "9"}, "ValueSet.compose.include[0].system", "H-TRM-014"),
        ({"valueSet": ["urn:unknown"]}, "ValueSet.compose.include[0].valueSet[0]", "H-TRM-012"),
        (by("concept", "regex", "(a+)+$"), "ValueSet.compose.include[0].filter[0]", "H-TRM-018"),
        ({}, "ValueSet.compose.include[0]", "H-TRM-011"),
        (by("x", "=", "y") | {"concept": [{"code": "lemon"}]}, "ValueSet.compose.include[0]", "H-TRM-013"),
    ],
)
def test_what_cannot_be_told_is_refused_by_its_place(include, place, code):
    error = refused(made(include))
    assert (error.field, error.code) == (place, code)
    assert "urn:unknown" not in str(error)


def test_a_system_held_in_part_gives_listed_codes_and_never_all_of_them():
    part = Shelf(content="fragment")
    assert codes(made({"system": FRUIT, "concept": [{"code": "lemon"}]}), part) == ["lemon"]
    assert refused(made({"system": FRUIT}), part).code == "H-TRM-015"
    grouped = Shelf(hierarchyMeaning="part-of")
    assert refused(made(by("concept", "is-a", "citrus")), grouped).code == "H-TRM-017"
    assert codes(made(by("concept", "=", "lemon")), grouped) == ["lemon"]


def test_value_sets_in_a_circle_or_too_deep_are_refused():
    circle = made({"valueSet": ["urn:set"]})
    assert refused(circle, Shelf(sets=[circle])).code == "H-TRM-010"
    chain = [made({"valueSet": [f"urn:{n + 1}"]}, url=f"urn:{n}") for n in range(12)]
    assert refused(chain[0], Shelf(sets=chain)).code == "H-TRM-010"


def test_a_value_set_named_many_times_is_gone_through_once(monkeypatch):
    leaf = made({"system": FRUIT}, url="urn:0")
    doubled = [made({"valueSet": [f"urn:{n}"]}, {"valueSet": [f"urn:{n}"]}, url=f"urn:{n + 1}") for n in range(9)]
    monkeypatch.setattr(expanding, "MOST_CODES", 7)
    assert len(codes(doubled[-1], Shelf(sets=[leaf, *doubled]))) == 7
    monkeypatch.setattr(expanding, "MOST_CODES", 6)
    too_large(leaf, Shelf())


def too_large(wanted, shelf):
    with pytest.raises(HallwayError) as told:
        expand(wanted, shelf)
    assert told.value.kind is Kind.TOO_LARGE


def test_codes_are_compared_a_bounded_number_of_times(monkeypatch):
    leaf = made({"system": FRUIT}, url="urn:leaf")
    monkeypatch.setattr(expanding, "MOST_STEPS", 7 * 12)
    assert len(codes(made(*[{"valueSet": ["urn:leaf"]}] * 11), Shelf(sets=[leaf]))) == 7
    too_large(made(*[{"valueSet": ["urn:leaf"]}] * 12), Shelf(sets=[leaf]))
    filters = by("concept", "exists", "true")
    filters["filter"] *= 12
    too_large(made(filters), Shelf())


def test_only_the_systems_asked_about_need_be_held():
    both = made({"system": "urn:unknown"}, {"system": FRUIT, "concept": [{"code": "lemon"}]})
    assert codes(both, only=frozenset({FRUIT})) == ["lemon"]


def test_an_expansion_without_a_definition_is_taken_as_it_is_and_a_page_of_one_is_not():
    contains = [{"system": FRUIT, "code": "fruit", "abstract": True, "contains": [{"system": FRUIT, "code": "lemon"}]}]
    whole = {"resourceType": "ValueSet", "url": "u", "expansion": {"contains": contains}}
    assert codes(sets.read(json.dumps(whole).encode())) == ["lemon"]
    whole["expansion"]["total"] = 9
    with pytest.raises(HallwayError):
        sets.read(json.dumps(whole).encode())


def test_what_lies_under_itself_comes_to_an_end():
    looped = [{"code": one, "property": [{"code": "parent", "valueCode": other}]} for one, other in ("ab", "ba")]
    assert codes(made(by("concept", "is-a", "a")), Shelf(concept=looped)) == ["a", "b"]


def test_a_system_has_a_bounded_number_of_concepts(monkeypatch):
    monkeypatch.setattr(systems, "MOST_CONCEPTS", 3)
    with pytest.raises(HallwayError) as told:
        Shelf()
    assert told.value.kind is Kind.TOO_LARGE
