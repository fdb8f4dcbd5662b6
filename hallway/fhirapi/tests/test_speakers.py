"""What a practice's own system and a patient write: theirs, marked, told by a Provenance, and nothing of others."""

from dataclasses import replace

import pytest

from hallway import ids
from hallway.consent import searching
from hallway.consent.models import Grant
from hallway.consent.tables import library
from hallway.directory.models import CareTeamMember, Organization
from hallway.fhirapi import application
from hallway.fhirapi.sign_in import Caller
from hallway.fhirapi.tests.kit import ANNA, MH, NOW, grant, new_id, new_patient, resource
from hallway.fhirapi.tests.test_writing import here as here
from hallway.fhirapi.tests.writers import bundle, observation, send
from hallway.identity.requester import Requester, Role
from hallway.identity.scopes import Scope, Scopes
from hallway.record import actions
from hallway.record.criteria import Query
from hallway.standards.fhir.validation import validate

MINIMAL = {"Prefer": "return=minimal"}


def treated(chart, organization=10):
    CareTeamMember.objects.create(chart_id=chart, organization_id=organization, basis="assigned", from_at=NOW)


@pytest.fixture
def program(here, monkeypatch):
    """A program of Anna's practice, with scopes to write; the chart is its practice's."""
    _, chart, patient = here
    treated(chart)
    scopes = Scopes((Scope("system", "*", "cruds"),))
    by = Requester(
        ids.AccountId(0), ids.NOBODY, ids.OrganizationId(10), Role.SYSTEM, name="Feeder", app="feeder", scopes=scopes
    )
    held = [Caller(by, scopes)]
    monkeypatch.setattr(application, "caller_of", lambda cookie, authorization: held[0])
    return held, chart, patient


@pytest.fixture
def myself(here, monkeypatch):
    """The patient, whose own record is open to them."""
    _, chart, patient = here
    treated(chart)
    Grant.objects.create(
        chart_id=chart, grantee_org=0, purpose="INDIVIDUAL", relation="self", source_org=10, allow=1,
        from_at=NOW, rule_ids=list(library.rules()),
    )  # fmt: skip
    by = Requester(ids.AccountId(9), ids.NOBODY, ids.OrganizationId(0), Role.PATIENT, chart_id=chart)
    monkeypatch.setattr(application, "caller_of", lambda cookie, authorization: Caller(by))
    return by, chart, patient


def provenances():
    return searching.find_across(ANNA, Query("Provenance"))


def errors(one):
    return [found for found in validate(one) if found.severity in ("error", "fatal")]


def test_a_program_writes_for_its_practice_and_a_provenance_names_it(program):
    _, _, patient = program
    made = send("POST", "/fhir/Observation", observation(patient))
    assert made.status == 201, made.body
    path = f"/fhir/Observation/{made.json['id']}"
    assert send("PUT", path, {**made.json, "status": "amended"}).status == 200
    found = send("GET", f"/fhir/Observation?_id={made.json['id']}&_revinclude=Provenance:target").json["entry"]
    told = [one["resource"] for one in found if one["resource"]["resourceType"] == "Provenance"]
    assert len(told) == 2
    for one in told:
        assert one["agent"][0]["who"]["identifier"]["value"] == "feeder"
        assert one["agent"][0]["onBehalfOf"]["reference"].startswith("Organization/")
        assert errors(one) == []
    assert send("DELETE", path).status == 204
    assert send("GET", path).status == 404


def test_a_program_brings_a_patient_whom_its_practice_then_treats(program):
    sent = bundle(
        "transaction",
        (
            "POST",
            "Patient",
            {"resourceType": "Patient", "name": [{"family": "Neu"}]},
            {"fullUrl": f"urn:uuid:{new_id()}"},
        ),
    )
    sent["entry"].append(
        {"request": {"method": "POST", "url": "Observation"}, "resource": {
            **observation("x"), "subject": {"reference": sent["entry"][0]["fullUrl"]}}}
    )  # fmt: skip
    reply = send("POST", "/fhir", sent)
    assert reply.status == 200, reply.body
    assert CareTeamMember.objects.filter(organization_id=10).count() == 2


def test_what_a_program_may_not_read_is_as_if_it_were_not_there(program):
    _, chart, patient = program
    hidden = resource("Observation", (chart,), mask=MH, tokens=("code=29463-7",))
    foreign = resource("Observation", (chart,), org=20)
    grant(chart, source=20)
    actions.write([hidden, foreign], by=ANNA)
    shut, stranger = new_patient()
    untreated, known = new_patient()
    grant(untreated)
    answers = []
    for one, who in ((hidden.resource_id, stranger), (new_id(), new_id())):
        named = observation(patient, derivedFrom=[{"reference": f"Observation/{one}"}])
        asked = (
            send("POST", "/fhir/Observation", named),
            send("POST", "/fhir/Observation", observation(who)),
            send("PUT", f"/fhir/Observation/{one}", observation(patient, id=one)),
            send("DELETE", f"/fhir/Observation/{one}"),
            send(
                "POST", "/fhir/Observation", observation(patient), If_None_Exist=f"_id={one}", Prefer="return=minimal"
            ),
        )
        answers.append([(reply.status, reply.body) for reply in asked])
    assert answers[0] == answers[1]
    assert [status for status, _ in answers[0]] == [422, 422, 404, 204, 201]
    # Open to it by a form, and not treated by its practice: nothing is written there.
    assert send("GET", f"/fhir/Patient/{known}").status == 200
    assert send("POST", "/fhir/Observation", observation(known)).status == 422
    theirs = f"/fhir/Observation/{foreign.resource_id}"
    assert send("DELETE", theirs).status == 403
    assert shut


REFUSED = {
    "a step of a workflow": ("Task", "cruds"),
    "a form": ("Consent", "cruds"),
    "a referral": ("ServiceRequest", "cruds"),
    "beyond its scopes": ("Observation", "rs"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_program_takes_no_step_and_goes_not_beyond_its_scopes(program, what):
    held, _, patient = program
    kind, verbs = REFUSED[what]
    scopes = Scopes((Scope("system", "*", verbs),))
    held[0] = Caller(replace(held[0].requester, scopes=scopes), scopes)
    assert send("POST", f"/fhir/{kind}", {**observation(patient), "resourceType": kind}).status == 403


def test_a_patient_writes_their_own_words_and_they_are_marked(myself):
    _, _, patient = myself
    made = send("POST", "/fhir/Observation", observation(patient))
    assert made.status == 201, made.body
    assert made.json["performer"] == [{"reference": f"Patient/{patient}"}]
    assert made.json["meta"]["tag"][0]["code"] == "PATAST"
    assert [one.version for one in provenances()] == [1]
    answered = {
        "resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": "urn:q",
        "subject": {"reference": f"Patient/{patient}"},
    }  # fmt: skip
    assert send("POST", "/fhir/QuestionnaireResponse", answered).status == 201
    practice = Organization.objects.get(id=10).fhir_id
    message = {
        "resourceType": "Communication", "status": "completed", "subject": {"reference": f"Patient/{patient}"},
        "recipient": [{"reference": f"Organization/{practice}"}], "payload": [{"contentString": "I sleep better."}],
    }  # fmt: skip
    assert send("POST", "/fhir/Communication", message).status == 201
    elsewhere = Organization.objects.get(id=20).fhir_id
    for recipient in ([{"reference": f"Organization/{elsewhere}"}], []):
        body = {**message, "recipient": recipient} if recipient else {**message, "recipient": [{"display": "x"}]}
        assert send("POST", "/fhir/Communication", body).status == 422


def test_a_patient_writes_nothing_of_others_and_rewrites_nothing(myself):
    _, _, patient = myself
    _, stranger = new_patient()
    answers = [send("POST", "/fhir/Observation", observation(who)) for who in (stranger, new_id())]
    assert {one.status for one in answers} == {422}
    assert answers[0].body == answers[1].body
    for words in (
        {"performer": [{"display": "Dr. Who"}]},
        {"note": [{"text": "Stable.", "authorString": "Dr. Who"}]},
        {"note": [{"text": "Stable.", "authorReference": {"display": "Dr. Who"}}]},
    ):
        refused = send("POST", "/fhir/Observation", observation(patient, **words))
        assert (refused.status, refused.json["issue"][0]["code"]) == (422, "business-rule")
    mine = {"note": [{"text": "Better.", "authorReference": {"reference": f"Patient/{patient}"}}, {"text": "Really."}]}
    assert send("POST", "/fhir/Observation", observation(patient, **mine)).status == 201
    made = send("POST", "/fhir/Observation", observation(patient))
    path = f"/fhir/Observation/{made.json['id']}"
    assert send("PUT", path, made.json).status == 403
    assert send("DELETE", path).status == 403
    for kind in ("Condition", "MedicationRequest", "Task"):
        assert send("POST", f"/fhir/{kind}", {**observation(patient), "resourceType": kind}).status == 403


def test_a_patient_prepares_a_form_and_signs_it_in_hallway(myself):
    from hallway.consent.models import Consent

    _, _, patient = myself
    places = {one.id: {"reference": f"Organization/{one.fhir_id}"} for one in Organization.objects.all()}
    form = {
        "resourceType": "Consent", "status": "proposed", "patient": {"reference": f"Patient/{patient}"},
        "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope",
                              "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "policyRule": {"text": "x"},
        "organization": [places[10]],
        "provision": {"type": "permit", "actor": [{
            "role": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
                                 "code": "IRCP"}]},
            "reference": places[20],
        }]},
    }  # fmt: skip
    reply = send("POST", "/fhir/Consent", form)
    assert reply.status == 202, reply.body
    assert [one.state for one in Consent.objects.all()] == ["draft"]
    assert send("POST", "/fhir/Consent", {**form, "status": "active"}).status == 422
