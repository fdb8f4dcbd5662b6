from itertools import product

import pytest

from hallway.exchange.matching import rules
from hallway.exchange.matching.rules import Fit, Person, judge, person_of
from hallway.standards.fhir.r4 import Patient, decode

HELD = Person(
    identifiers=frozenset({("urn:mrn", "100")}),
    families=frozenset({"ejemplo"}),
    givens=frozenset({"marisol"}),
    birth_date="1985-04-12",
    gender="female",
    phones=frozenset({"4135550101"}),
    postal_codes=frozenset({"01060"}),
)


def sent(**fields):
    whole = {"families": {"ejemplo"}, "givens": {"marisol"}, "birth_date": "1985-04-12"} | fields
    return Person(**{name: frozenset(v) if isinstance(v, set) else v for name, v in whole.items()})


@pytest.mark.parametrize(
    ("asked", "grade"),
    [
        (sent(), "certain"),
        (Person(identifiers=frozenset({("urn:mrn", "100")})), "certain"),
        (sent(identifiers={("urn:mrn", "100")}), "certain"),
        (sent(gender="male"), "probable"),  # everything agrees but one thing that is known of both
        (sent(identifiers={("urn:mrn", "999")}), "possible"),  # one practice gives two numbers: perhaps a double
        (sent(birth_date="1985-12-04"), "probable"),
        (sent(givens={"mari"}), "probable"),
        (sent(families={"ejmeplo"}), "probable"),
        (sent(families={"beispiel"}), ""),
        (sent(birth_date="1999-09-09"), ""),
        (Person(families=frozenset({"ejemplo"})), "probable"),  # says too little to be sure
        (Person(families=frozenset({"ejemplo"}), birth_date="1985"), "probable"),
        (Person(birth_date="1985-04-12"), "probable"),
        (sent(phones={"4135550101"}, postal_codes={"01060"}), "certain"),
        (sent(phones={"4135559999"}, postal_codes={"99999"}), "probable"),
    ],
)
def test_the_grade_of_a_match(asked, grade):
    assert judge(asked, HELD).grade == grade


def test_nothing_that_differs_is_ever_certain_and_no_score_leaves_its_bounds():
    fields = {
        "identifiers": [{("urn:mrn", "100")}, {("urn:mrn", "9")}],
        "families": [{"ejemplo"}, {"beispiel"}],
        "givens": [{"marisol"}, {"otto"}],
        "birth_date": ["1985-04-12", "1985-04-13", "2001-01-01"],
        "gender": ["female", "male"],
    }
    for values in product(*fields.values()):
        found = judge(sent(**dict(zip(fields, values, strict=True))), HELD)
        assert 0 <= found.score <= 1
        if Fit.DIFFERS in found.fits.values():
            assert found.grade != "certain"


def test_more_agreement_never_scores_less():
    base = judge(sent(gender=""), HELD).score
    assert judge(sent(identifiers={("urn:mrn", "100")}), HELD).score >= base
    assert judge(sent(families={"ejmplo"}), HELD).score < base
    assert judge(sent(families={"otro"}), HELD).score < judge(sent(families={"ejmplo"}), HELD).score


def test_a_resource_is_compared_by_folded_names_and_digits():
    body = b"""{"resourceType":"Patient","name":[{"family":"Ej\xc3\xa9mplo","given":["Marisol","A"]}],
        "telecom":[{"system":"phone","value":"+1 (413) 555-0101"}],"birthDate":"1985-04-12"}"""
    found = person_of(decode(body, Patient))
    assert found.families == {"ejemplo"}
    assert found.phones == {"4135550101"}


def test_every_field_of_the_comparison_has_its_row_and_every_row_its_source():
    assert set(rules.points()) == set(rules._fits(Person(), Person()))
    assert all(row.source for row in rules.points().values())
