"""Workflow resources written from outside go through the actions of the pages."""

import json
import uuid
from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent import gate
from hallway.consent.models import Consent
from hallway.consent.tests import town
from hallway.directory.models import Organization, Practitioner
from hallway.fhirapi import application, door
from hallway.fhirapi.sign_in import Caller
from hallway.fhirapi.tests.writers import bundle, send
from hallway.identity.requester import Requester, Role
from hallway.ids import AccountId, OrganizationId, PractitionerId
from hallway.loops.models import Loop
from hallway.record import queries
from hallway.record.classes import DataClass
from hallway.referral.models import Referral, ReferralStep, Visit
from hallway.referral.tests import hall as halls
from hallway.talking import actions as talking
from hallway.talking.models import InformationRequest, Message

QUESTION = "Is this depression, early memory loss, or both?"


@pytest.fixture
def door_of(fresh_db, monkeypatch):
    """A hall, and a way to ask the door as one of its people."""
    built = halls.build()
    who = [built.pcp]
    monkeypatch.setattr(application, "caller_of", lambda cookie, authorization: Caller(who[0]))

    def ask(person, method, path, body=None, **headers):
        who[0] = person
        return send(method, path, body, **headers)

    yield built, ask
    door.close()


def request(hall, **changes):
    patient = queries.patient_of(hall.chart)
    person = Practitioner.objects.get(id=hall.therapist.practitioner_id).fhir_id
    place = Organization.objects.get(id=hall.therapist.organization_id).fhir_id
    return {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "priority": "urgent",
        "subject": {"reference": f"Patient/{patient}"},
        "performer": [{"reference": f"Practitioner/{person}"}, {"reference": f"Organization/{place}"}],
        "reasonCode": [{"text": QUESTION}],
        **changes,
    }


def state():
    return Referral.objects.get().state


def task(ask, person, status, which="request_task_id", **more):
    path = f"/fhir/Task/{getattr(Referral.objects.get(), which)}"
    held = ask(person, "GET", path)
    assert held.status == 200, held.body
    return ask(person, "PUT", path, {**held.json, "status": status, **more}, If_Match=dict(held.headers)["ETag"])


def coded(code):
    return {"statusReason": {"coding": [{"code": code}]}}


def test_a_request_to_another_practice_walks_the_whole_hall(door_of):
    hall, ask = door_of
    made = ask(hall.pcp, "POST", "/fhir/ServiceRequest", request(hall))
    assert made.status == 201, made.body
    referral = Referral.objects.get()
    assert (referral.state, referral.service_request_id, referral.urgency) == ("sent", made.json["id"], "soon")
    assert Loop.objects.filter(referral_id=referral.id, closed_at=None).exists()

    assert task(ask, hall.therapist, "accepted").status == 200
    assert state() == "accepted"
    start = (clock.now() + timedelta(days=3)).replace(microsecond=0)
    visit = {
        "resourceType": "Appointment",
        "status": "booked",
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=45)).isoformat(),
        "basedOn": [{"reference": f"ServiceRequest/{made.json['id']}"}],
        "participant": [{"actor": {"reference": made.json["subject"]["reference"]}, "status": "accepted"}],
    }
    booked = ask(hall.therapist, "POST", "/fhir/Appointment", visit)
    assert booked.status == 201, booked.body
    assert (state(), Visit.objects.get().minutes) == ("scheduled", 45)
    path = f"/fhir/Appointment/{booked.json['id']}"
    kept = ask(hall.therapist, "PUT", path, {**booked.json, "status": "fulfilled"})
    assert (kept.status, kept.json["status"], state()) == (200, "fulfilled", "seen")
    again = ask(hall.therapist, "PUT", path, {**booked.json, "status": "cancelled"})
    assert (again.status, b"H-WFL-001" in again.body) == (422, True)
    word = {
        "resourceType": "Communication",
        "status": "completed",
        "about": [{"reference": f"ServiceRequest/{made.json['id']}"}],
        "subject": made.json["subject"],
        "payload": [{"contentString": "Seen today; report follows."}],
    }
    assert ask(hall.therapist, "POST", "/fhir/Communication", word).status == 201
    steps = list(ReferralStep.objects.order_by("position").values_list("step", flat=True))
    assert steps == ["draft", "send", "accept", "book", "visit_kept", "interim_note"]


def test_a_step_that_is_not_on_the_table_is_refused_as_on_the_page(door_of):
    hall, ask = door_of
    assert ask(hall.pcp, "POST", "/fhir/ServiceRequest", request(hall)).status == 201
    twice = ask(hall.pcp, "POST", "/fhir/ServiceRequest", request(hall))
    assert (twice.status, b"H-REF-002" in twice.body) == (409, True)
    assert task(ask, hall.therapist, "completed").status == 422
    assert task(ask, hall.therapist, "rejected").status == 422  # no coded reason
    assert task(ask, hall.therapist, "accepted", description="more").status == 422
    assert task(ask, hall.pcp, "cancelled", **coded("patient_asked")).status == 200
    assert state() == "cancel_requested"
    assert task(ask, hall.desk, "cancelled").status == 200
    assert state() == "cancelled"
    assert Referral.objects.count() == 1


def test_a_draft_waits_and_is_sent_when_it_turns_active(door_of):
    hall, ask = door_of
    made = ask(hall.pcp, "POST", "/fhir/ServiceRequest", request(hall, status="draft"))
    assert (made.status, state()) == (201, "draft")
    sent = ask(hall.pcp, "PUT", f"/fhir/ServiceRequest/{made.json['id']}", {**made.json, "status": "active"})
    assert (sent.status, state()) == (200, "sent"), sent.body
    late = ask(hall.pcp, "PUT", f"/fhir/ServiceRequest/{made.json['id']}", {**sent.json, "priority": "stat"})
    assert late.status == 422


def test_whom_it_does_not_concern_is_told_nothing_is_there(door_of):
    hall, ask = door_of
    made = ask(hall.pcp, "POST", "/fhir/ServiceRequest", request(hall))
    hidden = Referral.objects.get().request_task_id
    answers = set()
    for one in (hidden, str(queries.patient_of(hall.chart))):
        body = {"resourceType": "Task", "id": one, "status": "accepted", "intent": "order"}
        reply = ask(hall.other, "PUT", f"/fhir/Task/{one}", body)
        visit = {
            "resourceType": "Appointment", "status": "booked", "participant": [{"status": "accepted"}],
            "start": "2026-12-01T10:00:00Z", "end": "2026-12-01T11:00:00Z",
            "basedOn": [{"reference": f"ServiceRequest/{made.json['id'] if one == hidden else one}"}],
        }  # fmt: skip
        booked = ask(hall.other, "POST", "/fhir/Appointment", visit)
        answers.add((reply.status, reply.body, booked.status, booked.body))
    assert len(answers) == 1
    assert Referral.objects.get().state == "sent"


def test_tasks_and_appointments_of_nothing_are_not_kept(door_of):
    hall, ask = door_of
    alone = {"resourceType": "Task", "status": "requested", "intent": "order"}
    assert ask(hall.pcp, "POST", "/fhir/Task", alone).status == 422
    assert not ReferralStep.objects.exists()


def test_an_order_of_ones_own_is_a_fact(door_of):
    hall, ask = door_of
    order = {key: value for key, value in request(hall).items() if key != "performer"}
    made = ask(hall.pcp, "POST", "/fhir/ServiceRequest", {**order, "code": {"text": "Lipid panel"}})
    assert made.status == 201, made.body
    assert not Referral.objects.exists()


def test_a_referral_in_a_transaction_may_take_facts_of_it_along(door_of):
    hall, ask = door_of
    urn = "urn:uuid:0d2b8a3e-5a0f-4a51-9f0e-000000000001"
    condition = {
        "resourceType": "Condition",
        "subject": request(hall)["subject"],
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "R41.3"}]},
    }
    sent = bundle(
        "transaction",
        ("POST", "ServiceRequest", request(hall, supportingInfo=[{"reference": urn}])),
        ("POST", "Condition", condition, {"fullUrl": urn}),
    )
    reply = ask(hall.pcp, "POST", "/fhir", sent, Prefer="return=representation")
    assert reply.status == 200, reply.body
    first, second = (one["resource"] for one in reply.json["entry"])
    assert first["supportingInfo"] == [{"reference": f"Condition/{second['id']}"}]
    assert state() == "sent"


def test_a_hidden_referral_and_one_that_is_not_there_are_refused_alike_whatever_else_is_sent(door_of):
    hall, ask = door_of
    made = ask(hall.pcp, "POST", "/fhir/ServiceRequest", request(hall)).json["id"]
    stranger = Requester(AccountId(77), PractitionerId(0), OrganizationId(9999), Role.PCP)
    away = {"reference": f"Patient/{uuid.uuid4()}"}
    words = {"resourceType": "Communication", "status": "completed", "subject": away}
    told = []
    for named in (made, str(uuid.uuid4())):
        note = words | {"about": [{"reference": f"ServiceRequest/{named}"}]}
        fact = {"resourceType": "Condition", "subject": away}
        assert queries.charts_holding("ServiceRequest", named) or named != made
        for entries in ((note, fact), (fact, note), (note,)):
            sent = bundle("transaction", *(("POST", one["resourceType"], one) for one in entries))
            reply = ask(stranger, "POST", "/fhir", sent)
            told.append((reply.status, reply.body))
    assert told[:3] == told[3:]
    assert [b"Bundle.entry[0]" in body and b"H-WRT-027" in body for _, body in told[:3]] == [True] * 3


def test_nothing_in_a_transaction_may_name_what_becomes_a_step(door_of):
    hall, ask = door_of
    urn = "urn:uuid:0d2b8a3e-5a0f-4a51-9f0e-000000000002"
    order, about = request(hall), {"reference": urn}
    condition = {"resourceType": "Condition", "subject": order["subject"], "evidence": [{"detail": [about]}]}
    for place in (0, 1):
        entries = [("POST", "ServiceRequest", order, {"fullUrl": urn}), ("POST", "Condition", condition)]
        reply = ask(hall.pcp, "POST", "/fhir", bundle("transaction", *(entries[::-1] if place else entries)))
        assert (reply.status, b"H-WRT-027" in reply.body) == (422, True), reply.body
    assert not Referral.objects.exists()


def consent(hall, *, status="proposed", to=None):
    place = Organization.objects.get(id=(to or hall.therapist).organization_id).fhir_id
    coding = {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}
    return {
        "resourceType": "Consent",
        "status": status,
        "scope": {"coding": [coding]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": request(hall)["subject"],
        "policyRule": {"text": "x"},
        "provision": {
            "type": "permit",
            "actor": [{"role": {"text": "recipient"}, "reference": {"reference": f"Organization/{place}"}}],
            "securityLabel": [{"system": "urn:hallway:data-class", "code": "MH"}],
        },
    }


def test_a_consent_prepares_a_form_and_opens_nothing(door_of):
    hall, ask = door_of
    made = ask(hall.pcp, "POST", "/fhir/Consent", consent(hall))
    assert made.status == 202, made.body
    row = Consent.objects.get()
    assert (row.state, row.discloser_org_id, row.signed_at) == ("draft", hall.pcp.organization_id, None)
    assert ask(hall.pcp, "POST", "/fhir/Consent", consent(hall, status="active")).status == 422
    assert Consent.objects.count() == 1


def test_nobody_writes_a_consent_that_benefits_themselves(door_of):
    hall, ask = door_of
    body = consent(hall, to=hall.pcp)
    body["organization"] = [{"reference": f"Organization/{Organization.objects.get(name__startswith='North').fhir_id}"}]
    reply = ask(hall.pcp, "POST", "/fhir/Consent", body)
    assert (reply.status, b"H-WFL-005" in reply.body) == (403, True)
    assert not Consent.objects.exists()


def test_information_is_asked_for_and_answered_and_a_word_to_another_practice_is_a_message(door_of):
    hall, ask = door_of
    hall.consent_back()
    hall.sent()  # so that both practices treat the patient
    Organization.objects.update(kind="behavioral_health")
    patient = {"reference": f"Patient/{queries.patient_of(hall.chart)}"}
    places = {who: Organization.objects.get(id=who.organization_id).fhir_id for who in (hall.pcp, hall.therapist)}
    wish = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": "urn:hallway:task", "code": "information-request"}]},
        "for": patient,
        "owner": {"reference": f"Organization/{places[hall.therapist]}"},
        "description": "With what is she treated?",
        "input": [{"type": {"text": "wanted"}, "valueCode": "medicines"}],
        "restriction": {"period": {"end": (clock.now() + timedelta(days=9)).isoformat(timespec="seconds")}},
    }
    made = ask(hall.pcp, "POST", "/fhir/Task", wish)
    assert made.status == 201, made.body
    asked = InformationRequest.objects.get()
    assert (asked.task_id, asked.state, asked.wanted) == (made.json["id"], "asked", ["medicines"])
    refused = ask(hall.pcp, "POST", "/fhir/Task", {**wish, "input": [{"type": {"text": "x"}, "valueCode": "gossip"}]})
    assert (refused.status, b"H-WFL-001" in refused.body) == (422, True)
    words = {
        "resourceType": "Communication",
        "status": "completed",
        "subject": patient,
        "about": [{"reference": f"Task/{asked.task_id}"}],
        "payload": [{"contentString": "With sertraline."}],
    }
    assert ask(hall.therapist, "POST", "/fhir/Communication", words).status == 201
    asked.refresh_from_db()
    assert asked.state == "answered"
    again = ask(hall.pcp, "POST", "/fhir/Task", wish)
    path = f"/fhir/Task/{again.json['id']}"
    held = ask(hall.pcp, "GET", path)
    ended = ask(hall.pcp, "PUT", path, {**held.json, "status": "cancelled"}, If_Match=dict(held.headers)["ETag"])
    assert (ended.status, ended.json["status"]) == (200, "cancelled")
    note = {**words, "recipient": [{"reference": f"Organization/{places[hall.therapist]}"}]}
    del note["about"]
    assert ask(hall.pcp, "POST", "/fhir/Communication", note).status == 201
    assert Message.objects.get().by_org_id == hall.pcp.organization_id


@pytest.mark.parametrize("part", ["", "/_history/1", "#x", "/_history/1#x"])
@pytest.mark.parametrize("element", ["about", "reasonReference"])
def test_a_message_keeps_the_facts_that_it_names_and_the_classes_of_each(door_of, element, part):
    hall, ask = door_of
    hall.sent()
    Organization.objects.update(kind="behavioral_health")
    fact = town.put(hall.chart, hall.pcp.organization_id, DataClass.GENERAL | DataClass.MINOR_CONSENTED)
    place = Organization.objects.get(id=hall.therapist.organization_id).fhir_id
    words = {
        "resourceType": "Communication",
        "status": "completed",
        "subject": {"reference": f"Patient/{queries.patient_of(hall.chart)}"},
        "recipient": [{"reference": f"Organization/{place}"}],
        "payload": [{"contentString": "As it stood yesterday."}],
        element: [{"reference": f"Condition/{fact}{part}"}],
    }
    assert ask(hall.pcp, "POST", "/fhir/Communication", words).status == 201
    sent = Message.objects.get()
    said = queries.read_one(gate.release(hall.pcp, hall.chart), "Communication", sent.resource_id, route="test")
    assert said.mask == sent.mask
    assert said.mask & DataClass.MINOR_CONSENTED
    assert json.loads(said.json_bytes())[element] == [{"reference": f"Condition/{fact}"}]


@pytest.mark.parametrize("element", ["about", "reasonReference"])
def test_an_answer_keeps_the_facts_that_it_names_and_the_classes_of_each(door_of, element):
    hall, ask = door_of
    hall.consent_back()
    hall.sent()
    Organization.objects.update(kind="behavioral_health")
    end = clock.now() + timedelta(days=9)
    ours = hall.therapist.organization_id
    talking.request(hall.chart, by=hall.pcp, to_org=ours, wanted=("medicines",), words="With what?", due_at=end)
    asked = InformationRequest.objects.get()
    fact = town.put(hall.chart, ours, DataClass.GENERAL | DataClass.MINOR_CONSENTED)
    words = {
        "resourceType": "Communication",
        "status": "completed",
        "subject": {"reference": f"Patient/{queries.patient_of(hall.chart)}"},
        "basedOn": [{"reference": f"Task/{asked.task_id}"}],
        "about": [{"reference": f"Task/{asked.task_id}/_history/1"}],
        "payload": [{"contentString": "As it stood yesterday."}],
    }
    words[element] = [*words.get(element, []), {"reference": f"Condition/{fact}/_history/1"}]
    reply = ask(hall.therapist, "POST", "/fhir/Communication", words)
    assert reply.status == 201, reply.body
    asked.refresh_from_db()
    said = queries.read_one(gate.release(hall.therapist, hall.chart), "Communication", asked.answer_id, route="test")
    assert json.loads(said.json_bytes())[element] == [{"reference": f"Condition/{fact}"}]
    assert said.mask & asked.answer_mask & DataClass.MINOR_CONSENTED


@pytest.mark.parametrize("element", ["about", "reasonReference"])
def test_a_word_about_a_referral_that_names_a_fact_besides_is_refused(door_of, element):
    hall, ask = door_of
    made = ask(hall.pcp, "POST", "/fhir/ServiceRequest", request(hall))
    assert task(ask, hall.therapist, "accepted").status == 200
    fact = town.put(hall.chart, hall.therapist.organization_id, DataClass.GENERAL)
    about = {"about": [{"reference": f"ServiceRequest/{made.json['id']}"}]}
    word = {
        "resourceType": "Communication",
        "status": "completed",
        "subject": made.json["subject"],
        "payload": [{"contentString": "Seen today."}],
        **about,
    }
    more = {element: [*word.get(element, []), {"reference": f"Condition/{fact}"}]}
    refused = ask(hall.therapist, "POST", "/fhir/Communication", word | more)
    assert (refused.status, b"H-WFL-001" in refused.body) == (422, True), refused.body
    assert ask(hall.therapist, "POST", "/fhir/Communication", word).status == 201


@pytest.mark.parametrize("changed", [{"status": "active"}, {"code": {"text": "Something else"}}])
def test_a_treatment_that_waits_for_its_evaluation_is_not_begun_at_the_door(door_of, changed):
    hall, ask = door_of
    hall.consent_back()
    hall.sent()
    talking.request(
        hall.chart,
        by=hall.therapist,
        to_org=hall.pcp.organization_id,
        wanted=("evaluation",),
        words="ECT is considered.",
        due_at=clock.now() + timedelta(days=7),
        treatment="ect",
    )
    held = queries.read_chart(gate.release(hall.therapist, hall.chart), kinds=["ServiceRequest"], route="test")
    path = next(f"/fhir/ServiceRequest/{one.id}" for one in held if b"on-hold" in one.body)
    kept = ask(hall.therapist, "GET", path)
    begun = ask(hall.therapist, "PUT", path, {**kept.json, **changed}, If_Match=dict(kept.headers)["ETag"])
    assert (begun.status, b"H-WFL-001" in begun.body) == (422, True)
    assert ask(hall.therapist, "GET", path).json["status"] == "on-hold"
    given_up = {**kept.json, "status": "revoked"}
    assert ask(hall.therapist, "PUT", path, given_up, If_Match=dict(kept.headers)["ETag"]).status == 200
