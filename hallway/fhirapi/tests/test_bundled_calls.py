"""What an entry of a Bundle may ask beside resources: searches by POST, operations, subscriptions."""

import json

import pytest

from hallway.exchange.subscriptions.models import Subscription
from hallway.fhirapi.tests.kit import ANNA, MH, parameters, resource
from hallway.fhirapi.tests.test_bundles import encounter
from hallway.fhirapi.tests.test_writing import here as here
from hallway.fhirapi.tests.writers import bundle, observation, send
from hallway.record import actions
from tests.subscriptions.test_delivery import body

FORM = parameters(code="29463-7", _count="1")
MATCH = parameters(resource={"resourceType": "Patient", "name": [{"family": "Ejemplo"}]})
SUBSCRIPTION = json.loads(body("https://receiver.example.org/hook"))


def statuses(reply):
    assert reply.status == 200, reply.body
    return [one["response"]["status"][:3] for one in reply.json["entry"]]


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_an_entry_asks_what_its_address_may_be_asked(here, kind):
    _, _, patient = here
    asked = (
        ("POST", "Observation/_search", FORM),
        ("POST", f"Observation/_search?patient={patient}", None),
        ("POST", "Patient/$match", MATCH),
        ("POST", "Patient/$match", MATCH),
        ("GET", f"Observation/$lastn?patient=Patient/{patient}", None),
        ("GET", "Observation/_history", None),
        ("POST", "Observation/$validate", observation(patient)),
        ("POST", "Subscription", SUBSCRIPTION),
        ("POST", "Observation", observation(patient)),
    )
    reply = send("POST", "/fhir", bundle(kind, *asked))
    assert statuses(reply) == [*["200"] * 7, *["201"] * 2]
    assert Subscription.objects.count() == 1
    # A transaction reads after it has written; a batch goes entry by entry.
    found = len(reply.json["entry"][0]["resource"].get("entry", []))
    assert found == (1 if kind == "transaction" else 0)
    by_address = send(
        "POST", "/fhir/Observation/_search", b"code=29463-7&_count=1", kind="application/x-www-form-urlencoded"
    )
    again = send("POST", "/fhir", bundle(kind, asked[0]))
    assert again.json["entry"][0]["resource"] == by_address.json


def test_a_transaction_that_ends_badly_keeps_no_subscription(here):
    _, _, patient = here
    sent = bundle("transaction", ("POST", "Subscription", SUBSCRIPTION), ("GET", "Observation?what=x", None))
    assert send("POST", "/fhir", sent).status == 400
    assert Subscription.objects.count() == 0
    assert send("GET", f"/fhir/Patient/{patient}").status == 200


REFUSED = {
    "an export": ("GET", "$export", None),
    "an export of a type": ("POST", "Patient/$export", parameters()),
    "a file of an export": ("GET", "exports/0d2b8a3e-5a0f-4a51-9f0e-000000000001/Patient-1.ndjson", None),
    "another Bundle": ("POST", "_search/..", bundle("batch")),
    "what is open to everybody": ("GET", "metadata", None),
    "a form that is none": ("POST", "Observation/_search", {"resourceType": "Basic"}),
    "a form of numbers": ("POST", "Observation/_search", parameters(_count=1)),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_no_entry_may_ask_is_refused(here, what):
    assert statuses(send("POST", "/fhir", bundle("batch", REFUSED[what]))) == ["400"]
    assert send("POST", "/fhir", bundle("transaction", REFUSED[what])).status == 400


def test_a_merge_stands_in_no_transaction(here):
    sent = ("POST", "Patient/$merge", parameters())
    refused = send("POST", "/fhir", bundle("transaction", sent))
    assert (refused.status, refused.json["issue"][0]["expression"]) == (400, ["Bundle.entry[0]"])


def test_posted_searches_count_among_the_reads_of_a_bundle(here):
    assert send("POST", "/fhir", bundle("batch", *[("POST", "Observation/_search", FORM)] * 101)).status == 413


def test_a_posted_search_in_a_bundle_finds_nothing_hidden(here):
    _, chart, patient = here
    hidden = resource("Encounter", (chart,), mask=MH)
    actions.write([hidden], by=ANNA)
    form = parameters(_id=str(hidden.resource_id))
    reply = send("POST", "/fhir", bundle("batch", ("POST", "Encounter/_search", form)))
    assert "entry" not in reply.json["entry"][0]["resource"]
    assert send("POST", "/fhir/Encounter", encounter(patient)).status == 201
