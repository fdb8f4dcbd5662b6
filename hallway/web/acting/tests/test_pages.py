"""Keeping who acts, at the desk and in the consulting room."""

import re

import pytest

from hallway.consent.models import PatientAsk
from hallway.directory.models import Representative
from hallway.web.chart.tests.test_pages import client_of
from hallway.web.my.tests.test_pages import enter, parent_of
from tests.journeys import seed

ADDED = {
    "do": "add",
    "name": "Paula Ejemplo",
    "relation": "child",
    "authority": "health_care_agent",
    "document": "Proxy",
}


@pytest.fixture
def world(fresh_db):
    made = seed.practices()
    seed.open_chart(made, "marisol")
    return made


def test_the_desk_writes_down_who_acts_and_ends_it(world):
    desk, address = client_of(world, "deskwell"), f"/acting/{world.charts['marisol']}/"
    assert address in desk.get(f"/charts/{world.charts['marisol']}/consents/").content.decode()
    assert desk.get(address).status_code == 200
    assert desk.post(address, ADDED).status_code == 302
    row = Representative.objects.get()
    assert "Paula Ejemplo" in desk.get(address).content.decode()
    assert "Do not treat as representative" not in desk.get(address).content.decode(), "a licensed person's judgement"
    desk.post(address, {"do": "end", "id": row.id, "ended_as": "replaced"})
    assert Representative.objects.get().ended_as == "replaced"


def test_without_a_paper_nobody_is_written_down(world):
    answer = client_of(world, "deskwell").post(f"/acting/{world.charts['marisol']}/", {**ADDED, "document": ""})
    assert answer.status_code == 422
    assert "Say which paper you saw." in answer.content.decode()


def test_a_practice_without_the_chart_learns_nothing(world):
    assert client_of(world, "heartwright").get(f"/acting/{world.charts['marisol']}/").status_code == 404


def test_a_clinician_declines_to_treat_somebody_as_representative_with_a_reason(world):
    made, account = parent_of(world)
    pcp, address = client_of(world, "carewell"), f"/acting/{world.charts['marisol']}/"
    refused = pcp.post(address, {"do": "against", "id": made, "kind": "not_treated", "reason": "no"})
    assert refused.status_code == 422
    pcp.post(address, {"do": "against", "id": made, "kind": "not_treated", "reason": "She told me of threats at home."})
    assert "She told me of threats at home." in pcp.get(address).content.decode()
    with pytest.raises(StopIteration):
        enter(account, "For Marisol")


def test_a_sign_in_is_made_once_with_a_password_long_enough(world):
    made = Representative.objects
    desk, address = client_of(world, "deskwell"), f"/acting/{world.charts['marisol']}/"
    desk.post(address, ADDED)
    sent = {"do": "sign_in", "id": made.get().id, "login": "paula@example.org"}
    assert desk.post(address, {**sent, "password": "short"}).status_code == 422
    assert made.get().account_id == 0


def test_what_a_patient_asked_is_answered_by_the_practice_that_was_asked(world):
    from hallway.identity import actions as identity

    account = identity.create_account("marisol", "Marisol Ejemplo", chart_id=world.charts["marisol"], demo=True)
    patient = enter(account)
    place = world.requester("carewell").organization_id
    patient.post("/my-care/asks/new/question/", {"organization": place, "words": "Why did a biller look?"})
    desk = client_of(world, "deskwell")
    address = re.search(r"/asks/[0-9a-f-]{36}/", desk.get("/asks/").content.decode())[0]
    assert client_of(world, "hearwell").get(address).status_code == 404
    desk.post(address, {"do": "answer", "answer": "To send the bill for your visit."})
    assert PatientAsk.objects.get().state == "answered"
    assert "To send the bill" in patient.get("/my-care/asks/").content.decode()
