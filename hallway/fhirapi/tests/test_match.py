import json

from hallway import ids
from hallway.fhirapi.sign_in import Caller
from hallway.fhirapi.tests.kit import ANNA, GENERAL, MH, NOW, grant, new_id, parameters, post
from hallway.identity.scopes import Scope, Scopes
from hallway.record import actions
from hallway.record.evidence import Labelled
from hallway.standards.fhir import search

ASKED = {"resourceType": "Patient", "name": [{"family": "Ejemplo", "given": ["Marisol"]}], "birthDate": "1985-04-12"}


def person(family, given, born, *, mask=GENERAL, opened=True):
    patient_id = new_id()
    chart = actions.new_chart(patient_id)
    whole = {"resourceType": "Patient", "name": [{"family": family, "given": [given]}], "birthDate": born}
    body = json.dumps(whole, separators=(",", ":")).encode()
    tokens = search.tokens("Patient", whole)
    one = Labelled(
        "Patient", patient_id, (chart,), ids.OrganizationId(10), ids.NOBODY, mask, body, tokens=tokens, dated_at=NOW
    )
    actions.write([one], by=ANNA)
    if opened:
        grant(chart)
    return patient_id


def match(**more):
    return post("/fhir/Patient/$match", parameters(resource=ASKED, **more))


def grades(reply):
    return [
        (entry["resource"]["id"], entry["search"]["extension"][0]["valueCode"]) for entry in reply.json.get("entry", [])
    ]


def test_matches_come_graded_best_first_and_one_that_is_hidden_is_missing(caller):
    exact = person("Ejemplo", "Marisol", "1985-04-12")
    near = person("Ejemplo", "Mari", "1985-04-12")
    alone = match()
    assert grades(alone) == [(exact, "certain"), (near, "probable")]
    person("Ejemplo", "Marisol", "1985-04-12", opened=False)
    person("Ejemplo", "Marisol", "1985-04-12", mask=GENERAL | MH)
    assert match() == alone
    assert grades(match(count=1)) == [(exact, "certain")]


def test_only_a_certain_match_that_has_no_double_is_given_where_only_such_are_asked_for(caller):
    one = person("Ejemplo", "Marisol", "1985-04-12")
    assert grades(match(onlyCertainMatches=True)) == [(one, "certain")]
    person("Ejemplo", "Marisol", "1985-04-12")
    assert grades(match(onlyCertainMatches=True)) == []


def test_what_cannot_be_matched_is_refused(caller):
    for body, status in (
        (parameters(resource={"resourceType": "Observation"}), 400),
        (parameters(resource={"resourceType": "Patient", "gender": "female"}), 422),
        (parameters(resource=ASKED, count=1000), 400),
        (parameters(resource=ASKED, surprise="x"), 400),
        (ASKED, 400),
    ):
        assert post("/fhir/Patient/$match", body).status == status


def test_a_program_without_search_on_patients_matches_nobody(caller):
    caller[0] = Caller(ANNA, scopes=Scopes((Scope("user", "Observation", "rs"), Scope("user", "Patient", "r"))))
    assert match().status == 403


def test_a_granular_scope_narrows_who_is_matched(caller):
    near, exact = person("Ejemplo", "Mari", "1985-04-12"), person("Ejemplo", "Marisol", "1985-04-12")
    for way, found in ((("given", "marisol"), [exact]), (("given", "mari"), [exact, near]), (("given", "x"), [])):
        caller[0] = Caller(ANNA, scopes=Scopes((Scope("user", "Patient", "rs", (way,)),)))
        assert [one for one, _ in grades(match())] == found, way
