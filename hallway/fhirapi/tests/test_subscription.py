"""Subscription at the door: one's own alone, R4, versions, and what was delivered asked of the gate anew."""

import json

import pytest

from hallway import clock, ids
from hallway.exchange.subscriptions.models import Subscription
from hallway.exchange.subscriptions.tables.topics import REFERRAL, TOPICS
from hallway.fhirapi.tests import writers
from hallway.identity.requester import Role
from hallway.referral.tests import hall as halls
from hallway.standards.fhir import validation
from tests.subscriptions.test_delivery import body

SUBSCRIPTION = json.loads(body("https://receiver.example.org/hook"))


@pytest.fixture
def doors(fresh_db):
    """A sender by person: each with a session of their own."""
    from tests.access.test_places import come_in

    hall = halls.build()
    cookies = {
        "pcp": come_in(hall.pcp, Role.PCP).cookies,
        "therapist": come_in(hall.therapist, Role.THERAPIST).cookies,
    }

    def send(key, method, path, sent=None, **more):
        token = cookies[key]["hallway_session"].value
        return writers.send(method, path, sent, AUTHORIZATION=f"Bearer {token}", **more)

    return send


def errors(resource):
    return [one for one in validation.validate(resource) if one.severity in {"error", "fatal"}]


def test_it_is_created_read_found_changed_and_ended_by_its_owner_alone(doors):
    made = doors("pcp", "POST", "/fhir/Subscription", SUBSCRIPTION)
    assert made.status == 201, made.body
    assert errors(made.json) == []
    path = f"/fhir/Subscription/{made.json['id']}"
    assert (made.json["status"], made.json["criteria"]) == ("requested", TOPICS[REFERRAL].url)
    assert doors("pcp", "GET", path).json == made.json
    assert doors("pcp", "GET", "/fhir/Subscription").json["total"] == 1
    unknown = f"/fhir/Subscription/{ids.new_uuid(clock.now())}"
    for method, at in (("GET", ""), ("GET", "/$status"), ("GET", "/$events"), ("PUT", ""), ("DELETE", "")):
        sent = SUBSCRIPTION if method == "PUT" else None
        theirs, nobodys = doors("therapist", method, path + at, sent), doors("therapist", method, unknown + at, sent)
        assert (theirs.status, theirs.body) == (nobodys.status, nobodys.body)
        assert theirs.status in {404, 204}
    assert doors("therapist", "GET", "/fhir/Subscription").json["total"] == 0
    changed = SUBSCRIPTION | {"reason": "Another"}
    assert doors("pcp", "PUT", path, changed, If_Match='W/"7"').status == 412
    assert doors("pcp", "PUT", path, changed, If_Match='W/"1"').json["meta"]["versionId"] == "2"
    assert doors("pcp", "PUT", path, changed, If_Match="*").json["meta"]["versionId"] == "3"
    assert doors("pcp", "DELETE", path, If_Match='W/"2"').status == 412
    assert doors("pcp", "DELETE", path, If_Match='W/"3"').status == 204
    assert doors("pcp", "GET", path).status == 404
    assert not Subscription.objects.exists()


def test_status_and_events_are_valid_r4(doors):
    made = doors("pcp", "POST", "/fhir/Subscription", SUBSCRIPTION).json
    for path in ("/fhir/Subscription/$status", f"/fhir/Subscription/{made['id']}/$status",
                 f"/fhir/Subscription/{made['id']}/$events?eventsSinceNumber=1"):  # fmt: skip
        found = doors("pcp", "GET", path)
        assert found.status == 200, found.body
        assert errors(found.json) == []


def test_what_r4_forbids_and_what_is_not_offered_is_refused_by_its_element(doors):
    no_reason = {key: value for key, value in SUBSCRIPTION.items() if key != "reason"}
    assert doors("pcp", "POST", "/fhir/Subscription", no_reason).status == 422
    found = doors("pcp", "POST", "/fhir/Subscription", SUBSCRIPTION | {"criteria": "https://example.org/other"})
    assert (found.status, found.json["issue"][0]["expression"]) == (422, ["Subscription.criteria"])


def test_the_capability_statement_lists_the_topics(doors):
    resources = doors("pcp", "GET", "/fhir/metadata").json["rest"][0]["resource"]
    found = next(one for one in resources if one["type"] == "Subscription")
    assert [one["valueCanonical"] for one in found["extension"]] == [one.url for one in TOPICS.values()]
    assert {one["name"] for one in found["operation"]} == {"status", "events", "get-ws-binding-token", "validate"}
    assert found["documentation"].startswith("Channels: rest-hook, websocket. "), "no mail server is named"
