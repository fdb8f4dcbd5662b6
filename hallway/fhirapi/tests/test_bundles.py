"""Batches and transactions at the door."""

import base64
import json

import psycopg

from hallway.fhirapi import application, budget, door
from hallway.fhirapi.tests.kit import ANNA, MH, NOW, new_id, new_patient, resource
from hallway.fhirapi.tests.test_writing import here as here
from hallway.fhirapi.tests.writers import bundle, observation, send
from hallway.record import actions
from hallway.storage.connection import cursor

URN = "urn:uuid:0d2b8a3e-5a0f-4a51-9f0e-0000000000{:02d}"


def encounter(patient, **more):
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": f"Patient/{patient}"},
        **more,
    }


def rows():
    with cursor() as opened:
        return opened.execute("SELECT count(*) FROM record_id").fetchone()[0]


def test_a_transaction_knows_its_own_names_and_answers_in_order(here):
    _, _, patient = here
    visit = encounter(patient, hospitalization={"origin": {"display": "x"}})
    sent = bundle(
        "transaction",
        ("GET", f"Patient/{patient}", None),
        ("POST", "Observation", observation(patient, encounter={"reference": URN.format(1)})),
        ("POST", "Encounter", visit, {"fullUrl": URN.format(1)}),
        ("POST", "Patient", {"resourceType": "Patient", "name": [{"family": "Neu"}]}, {"fullUrl": URN.format(2)}),
        ("POST", "Condition", {
            "resourceType": "Condition", "subject": {"reference": URN.format(2)},
            "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I10"}]},
        }),
    )  # fmt: skip
    reply = send("POST", "/fhir", sent)
    assert reply.status == 200, reply.body
    entries = reply.json["entry"]
    assert [one["response"]["status"] for one in entries] == ["200 OK", *["201 Created"] * 4]
    assert entries[0]["resource"]["id"] == patient
    visit_id = entries[2]["response"]["location"].split("/")[-3]
    made = send("GET", "/fhir" + entries[1]["response"]["location"].split("/fhir")[1].partition("/_history")[0])
    assert made.json["encounter"]["reference"] == f"Encounter/{visit_id}"
    assert entries[1]["response"]["etag"] == f'W/"{made.json["meta"]["versionId"]}"'


def test_a_transaction_is_whole_or_nothing(here):
    _, _, patient = here
    before = rows()
    good = ("POST", "Observation", observation(patient))
    bad = ("POST", "Observation", {**observation(patient), "status": "perhaps"})
    refused = send("POST", "/fhir", bundle("transaction", good, bad))
    assert refused.status == 422
    places = {one["expression"][0] for one in refused.json["issue"]}
    assert "Bundle.entry[1].resource.status" in places
    assert rows() == before


def test_a_batch_does_each_for_itself(here):
    _, _, patient = here
    good = ("POST", "Observation", observation(patient))
    bad = ("POST", "Observation", {**observation(patient), "status": "perhaps"})
    reply = send("POST", "/fhir", bundle("batch", bad, good, ("GET", f"Patient/{new_id()}", None)))
    assert [one["response"]["status"][:3] for one in reply.json["entry"]] == ["422", "201", "404"]
    assert reply.json["entry"][0]["response"]["outcome"]["issue"]


def test_an_entry_that_reads_may_name_the_time_it_knows(here):
    _, _, patient = here

    def read(since):
        listed = ("GET", f"Patient/{patient}", None, {"ifModifiedSince": since})
        return send("POST", "/fhir", bundle("batch", listed))

    for since, status in (
        ("2026-11-20T00:00:00Z", "200"),
        (NOW.isoformat(), "304"),
        ("2026-11-21T13:00:00.5+01:00", "304"),
    ):
        (entry,) = read(since).json["entry"]
        assert entry["response"]["status"][:3] == status, since
        assert ("resource" in entry) is (status == "200")
    for since in ("2026-11-21", "yesterday", "9999-01-01T00:00:00Z"):
        assert read(since).status == 400


def test_deletes_go_first_and_updates_keep_their_conditions(here):
    _, _, patient = here
    one, two = (send("POST", "/fhir/Observation", observation(patient)) for _ in range(2))
    patch = {
        "resourceType": "Binary",
        "contentType": "application/json-patch+json",
        "data": base64.b64encode(
            json.dumps([{"op": "replace", "path": "/status", "value": "amended"}]).encode()
        ).decode(),
    }
    tag = dict(two.headers)["ETag"]
    sent = bundle(
        "transaction",
        ("PATCH", f"Observation/{two.json['id']}", patch, {"ifMatch": tag}),
        ("DELETE", f"Observation/{one.json['id']}", None),
    )
    reply = send("POST", "/fhir", sent, Prefer="return=representation")
    assert reply.status == 200, reply.body
    assert [each["response"]["status"][:3] for each in reply.json["entry"]] == ["200", "204"]
    assert reply.json["entry"][0]["resource"]["status"] == "amended"
    assert send("POST", "/fhir", sent).status == 412  # the version has moved on
    naming = observation(patient, derivedFrom=[{"reference": f"Observation/{one.json['id']}"}])
    assert send("POST", "/fhir", bundle("transaction", ("POST", "Observation", naming))).status == 422


def test_in_a_transaction_too_a_hidden_target_is_a_missing_one(here):
    _, chart, patient = here
    hidden = resource("Encounter", (chart,), mask=MH)
    actions.write([hidden], by=ANNA)
    _, stranger = new_patient()
    asked = [
        [
            bundle(
                "transaction", ("POST", "Observation", observation(patient, encounter={"reference": f"Encounter/{a}"}))
            ),
            bundle("transaction", ("PUT", f"Encounter/{a}", encounter(patient, id=a))),
            bundle("transaction", ("POST", "Observation", observation(b))),
            bundle("transaction", ("DELETE", f"Encounter/{a}", None)),
            bundle("transaction", ("GET", f"Encounter/{a}", None)),
        ]
        for a, b in ((hidden.resource_id, stranger), (new_id(), new_id()))
    ]
    answers = [[(reply.status, reply.body) for one in each for reply in [send("POST", "/fhir", one)]] for each in asked]
    assert answers[0] == answers[1]
    assert [status for status, _ in answers[0]] == [422, 404, 422, 200, 404]


def test_bombs_are_refused_and_leave_nothing(here):
    _, _, patient = here
    before = rows()
    good = ("POST", "Observation", observation(patient))
    deep = {"resourceType": "Basic", "extension": None}
    for _ in range(200):
        deep = {"url": "u", "extension": [deep]}
    cases = {
        413: [
            bundle("transaction", *[("GET", "metadata", None)] * 5_001),
            bundle("batch", *[("GET", "Patient?_count=1000", None)] * 101),
            bundle("batch", *[good] * 501),
            bundle("transaction", *[("DELETE", f"Observation?code={n}", None) for n in range(501)]),
            bundle(
                "transaction",
                ("POST", "Basic", {"resourceType": "Basic", "code": {"text": "x"}, "extension": [
                    {"url": "urn:x", "valueReference": {"reference": f"Patient?identifier={n}"}} for n in range(502)
                ]}),
            ),
        ],
        422: [bundle("transaction", ("POST", "Basic", deep)), bundle("batch", ("POST", "Basic", deep))],
        400: [
            bundle("transaction", (*good, {"fullUrl": URN.format(1)}), (*good, {"fullUrl": URN.format(1)})),
            bundle("transaction", ("DELETE", f"Basic/{patient}", None), ("DELETE", f"Basic/{patient}", None)),
            bundle("collection", good),
            bundle("transaction", ("POST", "Observation/$lastn", observation(patient))),
            bundle("transaction", ("POST", "", bundle("batch", good))),
            {"resourceType": "Bundle", "type": "transaction", "entry": [{"resource": observation(patient)}]},
        ],
    }  # fmt: skip
    for status, bodies in cases.items():
        for body in bodies:
            reply = send("POST", "/fhir", body)
            assert reply.status == status, (reply.status, reply.body[:300])
    assert rows() == before
    lost = observation(patient, encounter={"reference": URN.format(9)})
    assert send("POST", "/fhir", bundle("transaction", ("POST", "Observation", lost))).status == 422


def test_entries_may_name_each_other_in_a_circle(here):
    _, _, patient = here
    first = observation(patient, derivedFrom=[{"reference": URN.format(2)}])
    second = observation(patient, derivedFrom=[{"reference": URN.format(1)}])
    sent = bundle(
        "transaction",
        ("POST", "Observation", first, {"fullUrl": URN.format(1)}),
        ("POST", "Observation", second, {"fullUrl": URN.format(2)}),
    )
    assert send("POST", "/fhir", sent).status == 200


def chained(times, kinds="Observation"):
    return f"?_type={kinds}&" + "&".join(["subject:Patient.family=x"] * times)


def test_the_steps_of_a_search_are_summed_over_its_types(here):
    assert send("GET", f"/fhir{chained(19, 'Observation,Condition')}").status == 200
    for times, kinds in ((41, "Observation"), (20, "Observation,Condition")):
        refused = send("GET", f"/fhir{chained(times, kinds)}")
        assert (refused.status, refused.json["issue"][0]["code"]) == (400, "too-costly")


def test_the_requests_of_a_bundle_share_one_budget_of_steps_and_bytes(here, monkeypatch):
    _, _, patient = here
    monkeypatch.setattr(budget, "MOST_STEPS_TOGETHER", 5)
    one = ("GET", "Observation?subject:Patient.family=x&subject:Patient.family=y", None)

    def codes(*entries):
        return [
            entry["response"]["status"][:3] for entry in send("POST", "/fhir", bundle("batch", *entries)).json["entry"]
        ]

    assert codes(one, one, one) == ["200", "200", "400"]
    assert send("POST", "/fhir", bundle("transaction", one, one, one)).status == 400
    assert codes(one, one) == ["200", "200"]
    monkeypatch.setattr(budget, "MOST_BYTES_TOGETHER", 10)
    read, written = ("GET", f"Patient/{patient}", None), ("POST", "Observation", observation(patient))
    assert codes(read, read, written) == ["200", "400", "201"]


def test_a_statement_of_the_door_has_an_end_and_is_not_tried_again(here, monkeypatch):
    with door.opened(), cursor() as opened:
        assert opened.execute("SHOW statement_timeout").fetchone()[0] == "1min"
    asked = []

    def slow(environ):
        asked.append(1)
        raise psycopg.errors.QueryCanceled

    monkeypatch.setattr(application, "_route", slow)
    assert send("GET", "/fhir/Patient").status == 400
    assert asked == [1]
