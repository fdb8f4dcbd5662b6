"""Conditional create, update, patch, delete and references; writers at the same time."""

from hallway.fhirapi.tests.kit import ANNA, MH, at_once, resource
from hallway.fhirapi.tests.test_bundles import URN, encounter
from hallway.fhirapi.tests.test_writing import here as here
from hallway.fhirapi.tests.writers import bundle, observation, send
from hallway.record import actions
from hallway.storage.connection import cursor

SLIP = [{"system": "urn:lab", "value": "slip-1"}]
SAME = "identifier=urn:lab|slip-1"


def count(kind="Observation"):
    with cursor() as opened:
        return opened.execute("SELECT count(*) FROM record_id WHERE kind = %s", [kind]).fetchone()[0]


def test_a_conditional_create_finds_what_is_there(here):
    _, _, patient = here
    body = observation(patient, identifier=SLIP)
    first = send("POST", "/fhir/Observation", body, If_None_Exist=SAME)
    again = send("POST", "/fhir/Observation", body, If_None_Exist=SAME)
    assert (first.status, again.status) == (201, 200)
    assert dict(again.headers)["ETag"] == dict(first.headers)["ETag"]
    assert again.body == first.body
    assert count() == 1
    send("POST", "/fhir/Observation", body)
    assert send("POST", "/fhir/Observation", body, If_None_Exist=SAME).status == 412
    assert send("POST", "/fhir/Observation", body, If_None_Exist="wrong=1").status == 400
    assert send("POST", "/fhir/Observation", body, If_None_Exist="_count=1").status == 400


def test_a_condition_never_matches_what_is_hidden(here):
    _, chart, patient = here
    hidden = resource("Observation", (chart,), mask=MH, tokens=(SAME, "identifier=slip-1"))
    actions.write([hidden], by=ANNA)
    body = observation(patient, identifier=SLIP)
    assert send("POST", "/fhir/Observation", body, If_None_Exist=SAME).status == 201
    assert send("DELETE", f"/fhir/Observation?{SAME}").status == 204
    assert count() == 2
    with cursor() as opened:
        kept = opened.execute("SELECT resource_id::text FROM record_token WHERE kind = 'Observation'").fetchall()
    assert kept == [(hidden.resource_id,)]


def test_updates_patches_and_deletes_by_a_search(here):
    _, _, patient = here
    body = observation(patient, identifier=SLIP)
    made = send("PUT", f"/fhir/Observation?{SAME}", body)
    assert made.status == 201, made.body
    changed = send("PUT", f"/fhir/Observation?{SAME}", {**body, "status": "amended"})
    assert (changed.status, changed.json["id"]) == (200, made.json["id"])
    operations = [{"op": "replace", "path": "/status", "value": "corrected"}]
    done = send("PATCH", f"/fhir/Observation?{SAME}", operations, kind="application/json-patch+json")
    assert (done.status, done.json["status"]) == (200, "corrected")
    assert send("DELETE", f"/fhir/Observation?{SAME}").status == 204
    assert send("PATCH", f"/fhir/Observation?{SAME}", operations, kind="application/json-patch+json").status == 404


def test_references_by_a_search_in_a_transaction(here):
    _, chart, patient = here
    send("POST", "/fhir/Encounter", encounter(patient, identifier=SLIP))
    hidden = resource("Encounter", (chart,), mask=MH, tokens=("identifier=urn:lab|slip-2",))
    actions.write([hidden], by=ANNA)

    def of(value):
        naming = observation(patient, encounter={"reference": f"Encounter?identifier=urn:lab|{value}"})
        return send("POST", "/fhir", bundle("transaction", ("POST", "Observation", naming)))

    assert of("slip-1").status == 200
    assert (
        (of("slip-2").status, of("slip-2").body) == (of("slip-3").status, of("slip-3").body) == (422, of("slip-2").body)
    )


def test_a_transaction_creates_once_and_names_what_was_there(here):
    _, _, patient = here
    sent = bundle(
        "transaction",
        ("POST", "Encounter", encounter(patient, identifier=SLIP), {"fullUrl": URN.format(1), "ifNoneExist": SAME}),
        ("POST", "Observation", observation(patient, encounter={"reference": URN.format(1)})),
    )
    one, two = send("POST", "/fhir", sent), send("POST", "/fhir", sent)
    assert (one.status, two.status) == (200, 200), two.body
    statuses = [entry["response"]["status"][:3] for reply in (one, two) for entry in reply.json["entry"]]
    assert statuses == ["201", "201", "200", "201"]
    assert count("Encounter") == 1


def test_eight_who_create_on_one_condition_make_one(here, django_db_blocker):
    _, _, patient = here
    body = observation(patient, identifier=SLIP)
    with django_db_blocker.unblock():
        replies = at_once(8, lambda _: send("POST", "/fhir/Observation", body, If_None_Exist=SAME))
    assert sorted(one.status for one in replies) == [200] * 7 + [201]
    assert count() == 1


def test_of_eight_who_change_one_version_one_succeeds(here, django_db_blocker):
    _, _, patient = here
    made = send("POST", "/fhir/Observation", observation(patient))
    path, tag = f"/fhir/Observation/{made.json['id']}", dict(made.headers)["ETag"]
    with django_db_blocker.unblock():
        replies = at_once(
            8, lambda turn: send("PUT", path, {**made.json, "note": [{"text": f"turn {turn}"}]}, If_Match=tag)
        )
    assert sorted(one.status for one in replies) == [200] + [412] * 7
