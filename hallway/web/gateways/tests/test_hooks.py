"""CDS Hooks: what is owed, told to who may know it; in time or not at all; feedback in codes."""

import json
import logging
import time

import pytest
from django.test import Client

from hallway import clock
from hallway.exchange.cds_hooks import actions, budget, checks
from hallway.exchange.cds_hooks.models import CardShown
from hallway.exchange.cds_hooks.tables.services import SERVICES
from hallway.identity.requester import Role
from hallway.referral import actions as referral
from hallway.referral.tests import hall as halls
from hallway.standards.fhir import validation
from hallway.storage import connection
from hallway.web.gateways.tests.test_decisions import MRN, credential_of, give_number, lines_of, place, send

EMPTY = {"cards": []}


@pytest.fixture(autouse=True)
def unhurried():
    """What is answered must not follow from how busy the machine is; the one test about time takes its own."""
    with budget.seconds(60):
        yield


@pytest.fixture
def hall(fresh_db):
    made = halls.build()
    give_number(made)
    return made


def user(who):
    from hallway.directory.models import Practitioner

    return f"Practitioner/{Practitioner.objects.get(id=who.practitioner_id).fhir_id}"


def patient_id(hall):
    from hallway.record import queries as record

    return record.patient_of(hall.chart)


def call(who, *, patient="their-id", service="patient-view", **more):
    context = {"userId": user(who), "patientId": patient, "encounterId": "e1"}
    prefetch = {"patient": {"resourceType": "Patient", "id": "their-id", "identifier": [MRN]}}
    return {"hook": service, "hookInstance": "d1577c69", "context": context, "prefetch": prefetch} | more


def ask(who, credential=None, **more):
    service = more.get("service", "patient-view")
    return send(credential or credential_of(who.organization_id), call(who, **more), f"/cds-services/{service}")


def cards(reply):
    assert reply.status_code == 200, reply.content
    return reply.json()["cards"]


def test_every_service_is_discovered_with_what_it_asks_to_be_sent():
    found = {one["id"]: one for one in Client().get("/cds-services").json()["services"]}
    assert set(found) == set(SERVICES)
    assert found["patient-view"]["prefetch"]["patient"] == "Patient/{{context.patientId}}"
    assert all(one["hook"] == key and one["title"] and one["description"] for key, one in found.items())


def test_each_side_is_told_what_it_owes_and_what_it_waits_for(hall):
    hall.sent()
    to_receiver, to_sender = cards(ask(hall.therapist)), cards(ask(hall.pcp))
    assert [card["source"].get("topic", {}).get("code") for card in to_receiver] == ["accept"]
    assert to_receiver[0]["links"][0]["url"].startswith("http://testserver/referrals/")
    waiting = [card for card in to_sender if card["summary"].startswith("Your practice waits for")]
    assert len(waiting) == 1
    assert "A referral waits for an answer" in waiting[0]["detail"]


def test_a_card_is_as_the_standard_asks_and_its_task_is_valid_r4(hall):
    hall.sent()
    card = cards(ask(hall.therapist))[0]
    assert len(card["summary"]) <= 140
    assert card["indicator"] in {"info", "warning", "critical"}
    assert card["uuid"] != card["suggestions"][0]["uuid"]
    assert {one["code"] for one in card["overrideReasons"]} >= {"done", "later"}
    action = card["suggestions"][0]["actions"][0]
    assert action["type"] == "create"
    found = validation.validate(action["resource"])
    assert [one for one in found if one.severity in {"error", "fatal"}] == []
    assert action["resource"]["for"] == {"reference": "Patient/their-id"}
    assert "Ejemplo" not in json.dumps(card)


def test_the_patient_is_found_by_our_own_id_too(hall):
    hall.sent()
    assert cards(ask(hall.therapist, patient=patient_id(hall), prefetch={}))


def empty_cases(hall):
    unknown = {"patient": {"resourceType": "Patient", "identifier": [{"system": "urn:mrn", "value": "never"}]}}
    other_day = {"patient": {"resourceType": "Patient", "identifier": [MRN], "birthDate": "1901-01-01"}}
    no_system = {"patient": {"resourceType": "Patient", "identifier": [{"value": "M-1"}]}}
    gone = {"patient": {"resourceType": "OperationOutcome", "issue": []}, "user": None}
    return {
        "hidden": ask(hall.other),
        "hidden by id": ask(hall.other, patient=patient_id(hall)),
        "unknown": ask(hall.therapist, prefetch=unknown),
        "unknown here": ask(hall.other, prefetch=unknown),
        "another birth date": ask(hall.therapist, prefetch=other_day),
        "an identifier without a system": ask(hall.therapist, prefetch=no_system),
        "nothing prefetched": ask(hall.therapist, prefetch=gone),
        "the system alone": ask(hall.therapist, context={"userId": "Practitioner/nobody", "patientId": "x"}),
        "somebody of another place": ask(hall.pcp, credential_of(hall.therapist.organization_id)),
    }


def test_hidden_unknown_and_contradicted_are_one_answer_byte_for_byte(hall):
    hall.sent()
    with clock.stopped_at(clock.now()):
        replies = empty_cases(hall)
    assert {name: reply.json() for name, reply in replies.items()} == dict.fromkeys(replies, EMPTY)
    assert len({(reply.content, tuple(sorted(reply.headers.items()))) for reply in replies.values()}) == 1


def test_the_gate_decides_for_the_person_and_their_role_is_the_one_they_hold(hall):
    from hallway.directory.models import Practitioner

    hall.sent()
    Practitioner.objects.filter(id=hall.therapist.practitioner_id).update(npi="1234567893")
    number = {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}
    body = call(hall.therapist)
    body["context"]["userId"] = "Practitioner/their-own-number"
    body["prefetch"]["user"] = {"resourceType": "Practitioner", "identifier": [number]}
    reply = send(credential_of(hall.therapist.organization_id), body, "/cds-services/patient-view")
    assert [card["source"]["topic"]["code"] for card in cards(reply)] == ["accept"]


def test_somebody_with_two_clinical_roles_is_nobody_in_particular(hall):
    from hallway.directory.models import PractitionerRole

    hall.sent()
    mine = PractitionerRole.objects.get(practitioner_id=hall.therapist.practitioner_id)
    PractitionerRole.objects.create(
        fhir_id="second", practitioner_id=mine.practitioner_id, organization_id=mine.organization_id,
        role=Role.PSYCHIATRIST, from_on=mine.from_on,
    )  # fmt: skip
    assert cards(ask(hall.therapist)) == []


def test_each_hook_tells_what_belongs_to_its_moment(hall):
    made = hall.sent()
    hall.do(hall.therapist, referral.accept_referral, made)
    booking = [card["source"]["topic"]["code"] for card in cards(ask(hall.therapist, service="appointment-book"))]
    assert booking == ["offer_visit"]
    assert cards(ask(hall.therapist, service="encounter-start")) == []
    after = cards(ask(hall.therapist, service="encounter-discharge"))
    assert "offer_visit" in {card["source"]["topic"]["code"] for card in after if "topic" in card["source"]}


ORDER = {"resourceType": "MedicationRequest", "status": "draft", "intent": "order"}


@pytest.mark.parametrize("service", ["order-select", "order-sign"])
def test_a_registered_check_sees_the_draft_orders_and_none_is_registered_yet(hall, monkeypatch, service):
    context = {"userId": user(hall.pcp), "patientId": patient_id(hall), "selections": ["MedicationRequest/1"],
               "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": ORDER}]}}  # fmt: skip
    assert checks.CHECKS == {}
    assert cards(ask(hall.pcp, service=service, context=context)) == []
    seen = []

    def check(requester, chart_id, orders):
        seen.append((requester.role, chart_id, [json.loads(one) for one in orders]))
        return [checks.Warned("interaction", "These two do not go together", "Why", "critical", "A source")]

    monkeypatch.setitem(checks.CHECKS, "test", check)
    card = cards(ask(hall.pcp, service=service, context=context))[0]
    assert seen == [(Role.PCP, hall.chart, [ORDER])]
    assert (card["summary"], card["indicator"]) == ("These two do not go together", "critical")


def test_a_slow_query_answers_no_card_in_time_and_says_so_in_the_log_without_the_patient(hall, monkeypatch, caplog):
    def slow(requester, chart_id):
        with connection.cursor() as opened:
            opened.execute("SELECT pg_sleep(20)")
        return []

    hall.sent()
    credential = credential_of(hall.therapist.organization_id)
    monkeypatch.setattr(actions, "loops_of_chart", slow)
    begun = time.monotonic()
    with caplog.at_level(logging.WARNING, "hallway.hooks"), budget.seconds(0.5):
        reply = ask(hall.therapist, credential)
    assert time.monotonic() - begun < 10, "the query alone takes twenty seconds"
    assert (reply.status_code, reply.json()) == (200, EMPTY)
    assert "answered no card" in caplog.text
    assert not any(word in caplog.text for word in ("Ejemplo", "M-1", str(patient_id(hall))))
    assert CardShown.objects.count() == 0
    monkeypatch.undo()
    assert cards(ask(hall.therapist, credential))


@pytest.mark.parametrize("fault", [RuntimeError("SECRETWORD"), KeyError("SECRETWORD")])
def test_a_fault_is_an_honest_empty_answer(hall, monkeypatch, fault, caplog):
    def broken(*_):
        raise fault

    monkeypatch.setattr(actions, "loops_of_chart", broken)
    reply = ask(hall.therapist)
    assert (reply.status_code, reply.json()) == (200, EMPTY)
    assert "SECRETWORD" not in caplog.text


def test_every_answer_leaves_a_line_with_the_chart_where_one_was_told_about(hall):
    hall.sent()
    before = len(lines_of("hook.answered"))
    ask(hall.therapist)
    ask(hall.other)
    assert lines_of("hook.answered")[before:] == [[hall.chart], []]


def bad(hall):
    good = call(hall.therapist)
    return [
        (good | {"hook": "SECRETWORD"}, "hook"),
        (good | {"context": {"userId": "x"}}, "context"),
        (good | {"context": {"patientId": "has space"}}, "context.patientId"),
        (good | {"prefetch": {"patient": {"resourceType": "Patient", "identifier": "SECRETWORD"}}},
         "prefetch.patient.identifier"),
        (good | {"hookInstance": ""}, "hookInstance"),
    ]  # fmt: skip


def test_a_call_that_cannot_be_read_is_refused_by_the_name_of_its_element(hall):
    credential = credential_of(hall.therapist.organization_id)
    for body, element in bad(hall):
        reply = send(credential, body, "/cds-services/patient-view")
        assert (reply.status_code, reply.json()["issue"][0].get("expression")) == (400, [element])
        assert b"SECRETWORD" not in reply.content
    deep = b'{"context":' + b"[" * 5000 + b"]" * 5000 + b"}"
    assert send(credential, deep, "/cds-services/patient-view").status_code == 400
    assert send(credential, b" " * 600_000, "/cds-services/patient-view").status_code == 413


def test_nobody_and_no_such_service(hall):
    assert send("nobody", call(hall.pcp), "/cds-services/patient-view").status_code == 401
    assert send(credential_of(hall.pcp.organization_id), call(hall.pcp), "/cds-services/surprise").status_code == 404


def outcome(card, outcome="overridden", **more):
    return {"feedback": [{"card": card, "outcome": outcome, "outcomeTimestamp": "2026-11-22T10:00:00Z"} | more]}


def test_feedback_is_kept_in_codes_by_its_own_practice_alone(hall):
    hall.sent()
    credential, path = credential_of(hall.therapist.organization_id), "/cds-services/patient-view/feedback"
    card = cards(ask(hall.therapist, credential))[0]["uuid"]
    typed = {"overrideReason": {"reason": {"code": "later"}, "userComment": "SECRETWORD about Marisol"}}
    assert send(credential_of(hall.pcp.organization_id), outcome(card, **typed), path).status_code == 200
    assert CardShown.objects.get(id=card).outcome == ""
    assert send(credential, outcome(card, **typed), path).status_code == 200
    row = CardShown.objects.get(id=card)
    assert (row.outcome, row.reason, row.kind, row.service) == ("overridden", "later", "accept", "patient-view")
    taken = outcome(card, "accepted", acceptedSuggestions=[{"id": "x"}])
    assert send(credential, taken, path).status_code == 200
    row.refresh_from_db()
    assert (row.outcome, row.reason, row.suggestions) == ("accepted", "", 1)
    strange = outcome(card, overrideReason={"reason": {"code": "SECRETWORD", "system": "theirs"}})
    assert send(credential, strange, path).status_code == 200
    row.refresh_from_db()
    assert row.reason == "other"


def test_feedback_about_an_unknown_card_is_the_same_answer(hall):
    hall.sent()
    credential, path = credential_of(hall.therapist.organization_id), "/cds-services/patient-view/feedback"
    card = cards(ask(hall.therapist, credential))[0]["uuid"]
    unknown = "01a00000-0000-7000-8000-000000000000"
    assert send(credential, outcome(card), path).content == send(credential, outcome(unknown), path).content
    refused = send(credential, outcome("SECRETWORD"), path)
    assert refused.status_code == 400
    assert refused.json()["issue"][0]["expression"] == ["feedback[0].card"]


def test_a_name_with_signs_of_markdown_is_only_a_name(hall):
    from hallway.directory.models import Organization

    Organization.objects.filter(id=hall.pcp.organization_id).update(name="[Mill](http://x)<b>")
    hall.sent()
    detail = cards(ask(hall.therapist))[0]["detail"]
    assert "](" not in detail.replace("\\]", "")
    assert "<b>" not in detail.replace("\\<", "")
    assert place(hall.pcp).name.startswith("[Mill]")
