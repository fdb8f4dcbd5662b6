"""A questionnaire is filled from what may flow to whoever asks; what is hidden fills nothing and is told of nowhere."""

import json

import pytest

from hallway.consent.models import Grant
from hallway.directory.models import Organization, Practitioner
from hallway.exchange.terminology import questionnaires
from hallway.fhirapi import budget
from hallway.fhirapi.operations.populate import answering
from hallway.fhirapi.sign_in import Caller
from hallway.fhirapi.tests.kit import ANNA, GENERAL, MH, OTHER, get, grant, new_id, new_patient, parameters, post
from hallway.fhirapi.tests.test_operations import observation, put
from hallway.fhirapi.tests.writers import bundle, send
from hallway.identity.requester import Requester, Role
from hallway.identity.scopes import Scope, Scopes
from hallway.ids import AccountId, OrganizationId, PractitionerId
from hallway.record import queries
from hallway.record.classes import DataClass
from hallway.standards.tests.test_populating import MEDICINES, expression, initial, question, said
from hallway.standards.tests.test_populating import query as query_expression

YEAR = {"value": 1, "code": "a", "system": "http://unitsofmeasure.org"}
LEADER = Requester(AccountId(7), PractitionerId(0), OrganizationId(10), Role.PRACTICE_LEADER)


@pytest.fixture(autouse=True)
def people(caller):
    """Practices and a clinician that answers name."""
    for number in (10, 20):
        Organization.objects.create(pk=number, fhir_id=f"org-{number}", name=f"Practice {number}")
    Practitioner.objects.create(pk=3, fhir_id="d3", family="Primaria", given="Paula")


@pytest.fixture
def stored(caller):
    before, caller[0] = caller[0], Caller(LEADER)
    reply = send("POST", "/fhir/Questionnaire", json.loads(questionnaires.before_the_first_visit()))
    caller[0] = before
    assert reply.status == 201, reply.body
    return reply.json["id"]


def medicine(name, **more):
    return {
        "resourceType": "MedicationRequest", "status": "active", "intent": "order",
        "medicationCodeableConcept": {"text": name}, **more,
    }  # fmt: skip


def own(*items, **more):
    return {"resourceType": "Questionnaire", "status": "draft", "item": list(items), **more}


def populated(patient, *items, whole=None, **more):
    """Ask with a questionnaire of one's own."""
    subject = {"valueReference": {"reference": f"Patient/{patient[1]}"}}
    return post(
        "/fhir/Questionnaire/$populate", parameters(questionnaire=whole or own(*items), subject=subject, **more)
    )


def parts(reply):
    assert reply.status == 200, reply.body
    return {one["name"]: one["resource"] for one in reply.json["parameter"]}


def values(response, link):
    """Every answer of a question, wherever it stands."""
    found = []
    waiting = list(response.get("item", ()))
    while waiting:
        one = waiting.pop(0)
        waiting += one.get("item", ())
        if one["linkId"] == link:
            found += [value for answer in one.get("answer", ()) for value in answer.values()]
    return found


def test_the_questionnaire_of_the_demo_is_filled_by_its_id_address_and_reference(patient, stored):
    put(patient, medicine("Sertraline"))
    put(patient, medicine("Metformin"))
    put(patient, medicine("Ibuprofen", status="stopped"))
    put(patient, {"resourceType": "AllergyIntolerance", "code": {"text": "Penicillin"}})
    put(patient, observation("29463-7", 3))
    subject = f"subject=Patient/{patient[1]}"
    by_id = get(f"/fhir/Questionnaire/{stored}/$populate?{subject}")
    response = parts(by_id)["response"]
    assert values(response, "1") == ["Ejemplo"] or values(response, "1") == [" Ejemplo"]
    assert sorted(values(response, "3.1")) == ["Metformin", "Sertraline"]
    assert values(response, "4.1") == ["Penicillin"]
    assert values(response, "5") == [{"value": 3}]
    assert (response["status"], response["questionnaire"]) == ("in-progress", f"{questionnaires.URL}|1")
    assert response["subject"] == {"reference": f"Patient/{patient[1]}"}
    assert {one["expression"][0] for one in parts(by_id)["issues"]["issue"]} == {"Questionnaire.item[1]"}
    for query in (f"canonical={questionnaires.URL}", f"questionnaireRef=Questionnaire/{stored}"):
        assert get(f"/fhir/Questionnaire/$populate?{query}&{subject}").body == by_id.body


def test_what_is_hidden_changes_no_answer_and_no_word(patient):
    items = (
        MEDICINES,
        question("string", "w", repeats=True, **initial("%patient.name.family")),
        question("integer", "n", code=[{"system": "http://loinc.org", "code": "4548-4"}], extension=[
            said("observationLinkPeriod", YEAR, "Duration")
        ]),
        question("string", "h", extension=[said("initialExpression", query_expression("Condition?code=F11.20"))]),
    )  # fmt: skip
    put(patient, medicine("Zinc"))
    put(patient, observation("4548-4", 3))
    before = populated(patient, *items)
    put(patient, medicine("Buprenorphine"), mask=GENERAL | MH)
    put(patient, observation("4548-4", 9), mask=GENERAL | MH)
    hidden = put(patient, {"resourceType": "Condition", "code": {"coding": [{"code": "F11.20"}]}}, mask=GENERAL | MH)
    assert populated(patient, *items) == before
    assert values(parts(before)["response"], "n") == [3]

    def opened_with(reference):
        content = {"name": "content", "valueReference": {"reference": reference}}
        told = {"name": "context", "part": [{"name": "name", "valueString": "problem"}, content]}
        body = parameters(questionnaire=own(question("reference", **initial("%problem"))), subject=patient_of(patient))
        body["parameter"].append(told)
        return post("/fhir/Questionnaire/$populate", body)

    assert opened_with(f"Condition/{hidden}") == opened_with(f"Condition/{new_id()}")


def patient_of(patient):
    return {"valueReference": {"reference": f"Patient/{patient[1]}"}}


def test_a_hidden_patient_and_a_hidden_questionnaire_are_missing_ones(patient, stored, caller):
    asked = f"/fhir/Questionnaire/{stored}/$populate?subject=Patient/"
    other, caller[0] = get(asked + patient[1]), Caller(OTHER)
    assert other.status == 200
    missing = get(f"/fhir/Questionnaire/{new_id()}/$populate?subject=Patient/{patient[1]}")
    assert get(asked + patient[1]) == missing
    assert missing.status == 404
    assert get(f"/fhir/Questionnaire/$populate?canonical={questionnaires.URL}&subject=Patient/{patient[1]}") == missing
    assert populated((0, patient[1]), question("string")) == populated((0, new_id()), question("string"))


def test_nothing_of_another_patient_gets_into_the_answers(patient):
    other, other_id = new_patient()
    grant(other)
    put((other, other_id), medicine("Of another"))
    put(patient, medicine("Own"))
    for text in ("MedicationRequest?status=active", f"MedicationRequest?patient={other_id}", "Patient?name=Ejemplo"):
        group = question("group", "g", repeats=True, item=[question("reference", "g.1", **initial("%one"))],
                         extension=[said("itemPopulationContext", query_expression(text, "one"))])  # fmt: skip
        told = json.dumps(parts(populated(patient, group)))
        assert other_id not in told
        assert "Of another" not in told


def test_the_response_carries_the_labels_of_what_filled_it_and_keeps_them_when_it_is_sent_back(patient):
    chart, _ = patient
    Grant.objects.filter(chart_id=chart).update(allow=GENERAL | MH)
    grant(chart, source=10, org=10, allow=GENERAL | MH)
    put(patient, medicine("Sertraline"), mask=GENERAL | MH)
    response = parts(populated(patient, MEDICINES))["response"]
    assert [one["code"] for one in response["meta"]["security"]] == ["PSY"]
    reply = send("POST", "/fhir/QuestionnaireResponse", response)
    assert reply.status == 201, reply.body
    held = queries.masks_of([chart], [("QuestionnaireResponse", reply.json["id"])])
    (mask,) = held.values()
    assert mask & MH
    assert not mask & int(DataClass.UNCLASSIFIED)


def test_a_program_fills_from_what_it_was_granted_alone(patient, stored, caller):
    put(patient, medicine("Sertraline"))
    chart, patient_id = patient

    def granted(*kinds):
        scopes = tuple(Scope("patient", kind, "rs", ()) for kind in kinds)
        caller[0] = Caller(ANNA, Scopes(scopes, chart_id=chart))
        return get(f"/fhir/Questionnaire/{stored}/$populate?subject=Patient/{patient_id}")

    assert granted("Patient", "MedicationRequest").status == 403
    whole = parts(granted("Questionnaire", "Patient", "MedicationRequest"))
    assert values(whole["response"], "3.1") == ["Sertraline"]
    assert {one["code"] for one in whole["issues"]["issue"]} == {"forbidden", "not-found"}
    narrow = parts(granted("Questionnaire", "MedicationRequest"))
    assert values(narrow["response"], "1") == []
    assert values(narrow["response"], "3.1") == []
    caller[0] = Caller(ANNA, Scopes((Scope("patient", "Questionnaire", "rs", ()),), chart_id=chart))
    assert "response" in parts(get(f"/fhir/Questionnaire/{stored}/$populate"))


@pytest.mark.parametrize(
    "asked",
    [
        "subject=Patient/{}",
        "canonical=urn:a",
        "canonical=urn:a&subject=Group/1",
        "canonical=urn:a&questionnaireRef=Questionnaire/1&subject=Patient/{}",
        "canonical=urn:a&subject=Patient/{}&local=false",
        "canonical=urn:a&subject=Patient/{}&surprise=1",
        "canonical=urn:a&subject=Patient/{}&context=x",
    ],
)
def test_a_call_that_names_too_little_or_too_much_is_refused(patient, asked):
    assert get(f"/fhir/Questionnaire/$populate?{asked.format(patient[1])}").status == 400


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Condition?_summary=count", "not-supported"),
        ("Nonsense?x=1", "not-supported"),
        ("Condition?nonsense=1", "not-supported"),
        ("https://elsewhere.example/Condition?code=1", "not-supported"),
        ("Condition?code=none", "not-found"),
        ("Organization/not-an-id", "not-found"),
        ("Practitioner/x' OR 1", "not-found"),
    ],
)
def test_a_query_that_cannot_be_asked_leaves_its_question_empty(patient, text, code):
    found = parts(populated(patient, question("string", extension=[said("initialExpression", query_expression(text))])))
    assert "item" not in found["response"]
    assert [one["code"] for one in found["issues"]["issue"]] == [code]


def test_a_questionnaire_that_r4_forbids_or_that_asks_too_much_is_refused(patient):
    assert populated(patient, whole=own(question("nonsense"))).status == 422
    heavy = [question("string", str(n), extension=[said("initialExpression", query_expression(f"Condition?code={n}"))])
             for n in range(51)]  # fmt: skip
    assert populated(patient, *heavy).status == 413
    nested = own(question("string", extension=[said("initialExpression", expression("(" * 100 + "1" + ")" * 100))]))
    assert parts(populated(patient, whole=nested))["issues"]["issue"][0]["code"] == "invalid"


def test_a_query_that_finds_too_much_is_not_cut_off(patient, monkeypatch):
    from hallway.fhirapi.operations.populate import chart

    monkeypatch.setattr(chart, "MOST_FOUND", 1)
    put(patient, medicine("A"))
    put(patient, medicine("B"))
    assert [one["code"] for one in parts(populated(patient, MEDICINES))["issues"]["issue"]] == ["too-costly"]


def test_a_bundle_fills_no_more_than_one_request_can_bear(patient, stored, monkeypatch):
    monkeypatch.setattr(budget, "MOST_STEPS_TOGETHER", answering.WEIGHT + 5)
    url = f"Questionnaire/{stored}/$populate?subject=Patient/{patient[1]}"
    both = send("POST", "/fhir", bundle("batch", ("GET", url, None), ("GET", url, None)))
    assert [one["response"]["status"][:3] for one in both.json["entry"]] == ["200", "400"]
