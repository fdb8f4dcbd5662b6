"""create, update, patch, delete at the door."""

import json

import pytest

from hallway import clock, ids
from hallway.directory.models import Organization, Practitioner
from hallway.fhirapi import application, door
from hallway.fhirapi.sign_in import Caller
from hallway.fhirapi.tests.kit import ANNA, MH, NOW, grant, new_id, new_patient, resource
from hallway.fhirapi.tests.writers import bundle, observation, send
from hallway.identity.requester import Requester, Role
from hallway.identity.scopes import Scope, Scopes
from hallway.record import actions
from hallway.storage.connection import cursor

DESK = Requester(ids.AccountId(9), ids.PractitionerId(0), ids.OrganizationId(10), Role.FRONT_DESK)


@pytest.fixture
def here(fresh_db, monkeypatch):
    """Anna of organization 10 at the door, with one patient whose chart is open to her."""
    who = [ANNA]
    monkeypatch.setattr(application, "caller_of", lambda cookie, authorization: who[0] and Caller(who[0]))
    for number in (10, 20):
        Organization.objects.create(
            id=number,
            fhir_id=new_id(),
            name=f"O{number}",
            kind="practice",
            side="pc",
            state="MA",
            timezone="US/Eastern",
        )
    Practitioner.objects.create(id=3, fhir_id=new_id(), given="Anna", family="Arzt", licence="physician")
    with clock.stopped_at(NOW):
        chart, patient = new_patient()
        grant(chart)
        yield who, chart, patient
    door.close()


def test_a_new_resource_gets_an_id_of_ours_and_a_version(here):
    _, _, patient = here
    body = json.dumps(observation(patient, id="mine", valueQuantity={"value": "@"})).replace('"@"', "70.10").encode()
    made = send("POST", "/fhir/Observation", body)
    assert made.status == 201, made.body
    headers = dict(made.headers)
    assert b"70.10" in made.body
    assert made.json["id"] != "mine"
    assert headers["ETag"] == f'W/"{made.json["meta"]["versionId"]}"'
    assert headers["Location"].endswith(
        f"/fhir/Observation/{made.json['id']}/_history/{made.json['meta']['versionId']}"
    )
    assert send("GET", f"/fhir/Observation/{made.json['id']}").body == made.body


@pytest.mark.parametrize("number", ["9" * 500, "-" + "9" * 500])
def test_a_number_that_no_double_holds_is_kept_as_it_is(here, number):
    _, _, patient = here
    body = json.dumps(observation(patient, valueQuantity={"value": "@"})).replace('"@"', number).encode()
    made = send("POST", "/fhir/Observation", body)
    assert made.status == 201, made.body
    assert number.encode() in made.body
    found = send("GET", f"/fhir/Observation?patient={patient}&_sort=value-quantity")
    assert [one["resource"]["id"] for one in found.json["entry"]] == [made.json["id"]]


def test_a_write_leaves_its_line(here):
    _, _, patient = here
    made = send("POST", "/fhir/Observation", observation(patient), Prefer="return=minimal")
    assert (made.status, made.body) == (201, b"")
    with cursor() as opened:
        acts = [row[0] for row in opened.execute("SELECT act FROM ledger_answer ORDER BY id").fetchall()]
    assert acts.count("record.write") == 2  # the patient, and this


def test_an_update_on_another_version_than_was_read_is_refused(here):
    _, _, patient = here
    made = send("POST", "/fhir/Observation", observation(patient))
    path, tag = f"/fhir/Observation/{made.json['id']}", dict(made.headers)["ETag"]
    again = send("PUT", path, {**made.json, "status": "amended"}, If_Match=tag)
    assert again.status == 200, again.body
    assert again.json["meta"]["versionId"] != made.json["meta"]["versionId"]
    lost = send("PUT", path, {**made.json, "status": "cancelled"}, If_Match=tag)
    assert lost.status == 412
    assert send("GET", path).json["status"] == "amended"
    assert send("PUT", path, again.json).headers  # the same again changes nothing
    assert send("GET", path).json["meta"] == again.json["meta"]


def test_clients_give_no_ids_and_hidden_ids_answer_like_unknown_ones(here):
    _, chart, patient = here
    hidden = resource("Observation", (chart,), mask=MH)
    actions.write([hidden], by=ANNA)
    answers = set()
    for one in (hidden.resource_id, new_id(), "mine"):
        put = send("PUT", f"/fhir/Observation/{one}", observation(patient, id=str(one)))
        patched = send("PATCH", f"/fhir/Observation/{one}", [], kind="application/json-patch+json")
        gone = send("DELETE", f"/fhir/Observation/{one}")
        answers.add((put.status, put.body, patched.status, patched.body, gone.status, gone.body))
    assert len(answers) == 1
    assert [one for one in answers.pop() if isinstance(one, int)] == [404, 404, 204]


def test_a_reference_to_a_hidden_target_is_one_to_a_missing_target(here):
    _, chart, patient = here
    hidden = resource("Encounter", (chart,), mask=MH)
    actions.write([hidden], by=ANNA)
    _, stranger_patient = new_patient()
    replies = [
        send("POST", "/fhir/Observation", observation(patient, encounter={"reference": f"Encounter/{one}"}))
        for one in (hidden.resource_id, new_id())
    ]
    replies += [send("POST", "/fhir/Observation", observation(one)) for one in (stranger_patient, new_id())]
    assert {one.status for one in replies} == {422}
    assert replies[0].body == replies[1].body
    assert replies[2].body == replies[3].body
    assert replies[0].json["issue"][0]["expression"] == ["Observation.encounter.reference"]


def test_what_r4_forbids_is_refused_with_places(here):
    _, _, patient = here
    refused = send("POST", "/fhir/Observation", {**observation(patient), "status": "perhaps", "wrong": 1})
    assert refused.status == 422
    assert {"Observation.status"} <= {place for one in refused.json["issue"] for place in one.get("expression", [])}
    assert b"perhaps" not in refused.body


def test_a_claimed_profile_that_is_broken_is_a_warning_unless_strictness_is_asked_for(here):
    _, _, patient = here
    claim = {"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-lab"]}
    body = observation(patient, meta=claim)
    told = send("POST", "/fhir/Observation", body, Prefer="return=OperationOutcome")
    assert told.status == 201, told.body
    assert {one["severity"] for one in told.json["issue"]} == {"warning"}
    assert send("POST", "/fhir/Observation", body, Prefer="handling=strict").status == 422


def test_another_practices_fact_is_not_rewritten(here):
    _, chart, patient = here
    grant(chart, source=20)
    theirs = resource("Condition", (chart,), org=20)
    actions.write([theirs], by=ANNA)
    shown = send("GET", f"/fhir/Condition/{theirs.resource_id}")
    body = {**shown.json, "subject": {"reference": f"Patient/{patient}"}}
    for method in ("PUT", "DELETE"):
        refused = send(method, f"/fhir/Condition/{theirs.resource_id}", body if method == "PUT" else None)
        assert (refused.status, b"H-WRT-029" in refused.body) == (403, True)


def test_who_writes_what_is_by_the_table(here):
    who, _, patient = here
    who[0] = DESK
    assert send("POST", "/fhir/Observation", observation(patient)).status == 403
    made = send("POST", "/fhir/Patient", {"resourceType": "Patient", "name": [{"family": "Neu"}]})
    assert made.status == 201, made.body
    assert made.json["name"][0]["family"] == "Neu"
    assert send("POST", "/fhir/Organization", {"resourceType": "Organization", "name": "x"}).status == 403


def test_a_patch_touches_what_it_names_and_no_more(here):
    _, _, patient = here
    body = json.dumps(observation(patient, valueQuantity={"value": "@"})).replace('"@"', "70.10").encode()
    made = send("POST", "/fhir/Observation", body)
    path, kind = f"/fhir/Observation/{made.json['id']}", "application/json-patch+json"
    operations = [
        {"op": "test", "path": "/status", "value": "final"},
        {"op": "replace", "path": "/status", "value": "amended"},
    ]
    done = send("PATCH", path, operations, kind=kind, If_Match=dict(made.headers)["ETag"])
    assert done.status == 200, done.body
    assert done.json["status"] == "amended"
    assert b"70.10" in done.body
    assert send("PATCH", path, operations, kind=kind).status == 422
    assert send("PATCH", path, [{"op": "add", "path": "/nonsense", "value": 1}], kind=kind).status == 422
    copies = [{"op": "copy", "from": "/code", "path": "/code/x"}] * 9
    assert send("PATCH", path, copies, kind=kind).status == 413
    many = [{"op": "test", "path": "/status", "value": "amended"}] * 10_000
    assert send("PATCH", path, many, kind=kind).status == 413


def test_what_is_deleted_is_gone_and_stays_in_history(here):
    _, _, patient = here
    made = send("POST", "/fhir/Observation", observation(patient))
    path = f"/fhir/Observation/{made.json['id']}"
    assert send("DELETE", path, If_Match='W/"0"').status == 412
    assert send("DELETE", path).status == 204
    assert send("DELETE", path).status == 204
    assert send("GET", path).status == 404
    told = send("GET", f"{path}/_history").json
    assert [entry["request"]["method"] for entry in told["entry"]] == ["DELETE", "PUT"]
    assert told["total"] == 2
    assert send("GET", f"{path}/_history/{made.json['meta']['versionId']}").body == made.body
    assert send("GET", f"{path}/_history/2").status == 404


def test_what_is_deleted_and_hidden_is_as_if_it_had_never_been(here):
    _, chart, _ = here
    hidden = resource("Observation", (chart,), mask=MH)
    actions.write([hidden], by=ANNA)
    actions.delete("Observation", hidden.resource_id, chart_id=chart, by=ANNA)
    for path in ("_history", "_history/1"):
        asked = [send("GET", f"/fhir/Observation/{one}/{path}") for one in (hidden.resource_id, new_id())]
        assert (asked[0].status, asked[0].body) == (404, asked[1].body)


def test_a_granular_scope_opens_nothing_of_what_is_gone(here, monkeypatch):
    _, _, patient = here
    path = f"/fhir/Observation/{send('POST', '/fhir/Observation', observation(patient)).json['id']}"
    assert send("DELETE", path).status == 204
    narrow = Scopes((Scope("user", "Observation", "rs", (("category", "vital-signs"),)),))
    monkeypatch.setattr(application, "caller_of", lambda cookie, authorization: Caller(ANNA, scopes=narrow))
    assert send("GET", f"{path}/_history").status == 404


def test_a_body_is_answered_only_where_a_granular_scope_opens_it(here, monkeypatch):
    _, _, patient = here
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
    made = [
        send("POST", "/fhir/Observation", observation(patient, **more)).json["id"]
        for more in ({}, {"category": [{"coding": [category]}]})
    ]
    opened = (Scope("user", "Observation", "u"), Scope("user", "Observation", "rs", (("category", "vital-signs"),)))
    monkeypatch.setattr(application, "caller_of", lambda cookie, authorization: Caller(ANNA, scopes=Scopes(opened)))
    told = [send("PATCH", f"/fhir/Observation/{one}", b"[]", kind="application/json-patch+json") for one in made]
    assert [(one.status, bool(one.body)) for one in told] == [(200, False), (200, True)]


def test_a_program_held_to_one_patient_makes_no_other(here, monkeypatch):
    _, chart, _ = here
    who = [Scopes((Scope("user", "Patient", "crs"),)), Scopes((Scope("patient", "Patient", "cruds"),), chart)]
    monkeypatch.setattr(application, "caller_of", lambda cookie, authorization: Caller(ANNA, scopes=who[0]))
    patient = {"resourceType": "Patient", "name": [{"family": "Otra"}], "birthDate": "1990-01-01"}
    assert send("POST", "/fhir/Patient", patient).status == 201
    del who[0]
    assert send("POST", "/fhir/Patient", patient).status == 403
    assert send("PUT", "/fhir/Patient?identifier=nobody", patient).status == 403
    for kind in ("batch", "transaction"):
        told = send("POST", "/fhir", bundle(kind, ("POST", "Patient", patient)))
        assert b"H-WRT-021" in told.body, kind


def test_validate_says_nothing_beyond_the_scopes_of_a_program(here, monkeypatch):
    _, _, patient = here
    lab = send("POST", "/fhir/Observation", observation(patient)).json["id"]
    ways = {
        "rs": (Scope("user", "Observation", "rs"), 200, 200),
        "vital signs": (Scope("user", "Observation", "rs", (("category", "vital-signs"),)), 200, 404),
        "c": (Scope("user", "Observation", "c"), 200, 403),
        "none": (Scope("user", "Condition", "cruds"), 403, 403),
    }
    for way, (scope, of_body, of_id) in ways.items():
        opened = Scopes((scope,))
        monkeypatch.setattr(application, "caller_of", lambda cookie, authorization, it=opened: Caller(ANNA, scopes=it))
        assert send("POST", "/fhir/Observation/$validate", observation(patient)).status == of_body, way
        assert send("GET", f"/fhir/Observation/{lab}/$validate").status == of_id, way


def test_an_update_by_a_search_that_creates_needs_the_scope_to_create(here, monkeypatch):
    _, _, patient = here
    for verbs, status in (("u", 403), ("cu", 200)):
        opened = Scopes((Scope("user", "Observation", f"{verbs}rs"),))
        monkeypatch.setattr(application, "caller_of", lambda cookie, authorization, it=opened: Caller(ANNA, scopes=it))
        entry = ("PUT", "Observation?identifier=urn:x|1", observation(patient))
        assert send("POST", "/fhir", bundle("transaction", entry)).status == status


def test_validate_says_what_a_write_would_and_keeps_nothing(here):
    _, chart, patient = here
    hidden = resource("Encounter", (chart,), mask=MH)
    actions.write([hidden], by=ANNA)
    good = observation(patient)
    assert b'"error"' not in send("POST", "/fhir/Observation/$validate", good).body
    wrapped = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": {**good, "status": "?"}}]}
    told = send("POST", "/fhir/Observation/$validate", wrapped)
    assert (told.status, b'"error"' in told.body) == (200, True)
    naming = [{**good, "encounter": {"reference": f"Encounter/{one}"}} for one in (hidden.resource_id, new_id())]
    first, second = (send("POST", "/fhir/Observation/$validate", one).body for one in naming)
    assert first == second
    assert b"not-found" in first
    there = [send("GET", f"/fhir/Encounter/{one}/$validate") for one in (hidden.resource_id, new_id())]
    assert (there[0].status, there[0].body) == (404, there[1].body)
    place = {"resourceType": "Organization", "name": "x"}
    assert b"forbidden" in send("POST", "/fhir/Organization/$validate?mode=create", place).body
    with cursor() as opened:
        kept = opened.execute("SELECT count(*) FROM record_id WHERE kind = 'Observation'").fetchone()[0]
    assert kept == 0
