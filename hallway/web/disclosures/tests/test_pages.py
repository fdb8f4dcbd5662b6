"""The pages of what has left: only the practice's own keepers, refused or recorded, given on paper."""

import re

import pytest

from hallway import clock
from hallway.consent.models import AccountingGiven, AccountingHold, Disclosure
from hallway.web.chart.tests.test_pages import client_of
from tests.journeys import seed

GIVEN = {
    "on": "", "recipient": "Board of Health", "address": "1 Main St", "recipient_kind": "public_health",
    "recipient_state": "MA", "aim": "PH", "what": ["GENERAL"], "description": "Test result", "channel": "fax",
    "facts": ["law_requires_it"],
}  # fmt: skip


@pytest.fixture
def world(fresh_db):
    made = seed.practices()
    seed.open_chart(made, "marisol")
    return made


def at(world, path=""):
    return f"/disclosures/{world.charts['marisol']}/{path}"


def given(**more):
    return GIVEN | {"on": clock.today().isoformat()} | more


def test_a_page_that_is_sent_twice_or_loaded_anew_is_one_disclosure(world):
    desk = client_of(world, "deskwell")
    once = re.search(r'name="once" value="([0-9a-f-]{36})"', desk.get(at(world, "new")).content.decode())[1]
    for _ in range(2):
        assert b"It may go, and is on record" in desk.post(at(world, "new"), given(once=once)).content
    assert Disclosure.objects.count() == 1
    seed.open_chart(world, "lena")
    elsewhere = f"/disclosures/{world.charts['lena']}/new"
    assert desk.post(elsewhere, given(once=once)).status_code == 200
    assert Disclosure.objects.count() == 2, "another chart's number is nobody's business and stops nothing"


def test_the_front_desk_records_what_the_law_permits_and_gives_the_list(world):
    desk = client_of(world, "deskwell")
    assert b"Record a disclosure" in desk.get(at(world, "new")).content
    answer = desk.post(at(world, "new"), given())
    assert answer.status_code == 200
    assert b"It may go, and is on record" in answer.content
    shown = desk.get(at(world)).content.decode()
    assert "Board of Health" in shown
    paper = desk.get(at(world, "accounting.pdf"))
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")
    assert len(AccountingGiven.objects.get().rows) == 1


def test_what_the_law_does_not_permit_is_refused_with_its_reason_unless_it_has_left(world):
    desk = client_of(world, "deskwell")
    asked = given(recipient="Employer", recipient_kind="employer", aim="OTHER", facts=[])
    answer = desk.post(at(world, "new"), asked)
    assert answer.status_code == 422
    assert b"It stays. Nothing was recorded as given." in answer.content
    assert not Disclosure.objects.exists()
    answer = desk.post(at(world, "new"), asked | {"had_left": "on"})
    assert b"On record as not permitted" in answer.content
    assert Disclosure.objects.get().had_left


def test_a_form_that_is_not_whole_says_what_is_missing(world):
    answer = client_of(world, "deskwell").post(at(world, "new"), given(recipient="", what=[], on="2999-01-01"))
    assert answer.status_code == 422
    for words in (b"Say who receives it.", b"Choose what it holds.", b"not in the future"):
        assert words in answer.content


def test_an_agencys_statement_holds_back_and_one_by_mouth_not_for_long(world):
    desk = client_of(world, "deskwell")
    desk.post(at(world, "new"), given())
    late = {"recipient": "Board of Health", "until_on": "2999-01-01"}
    assert desk.post(at(world, "hold"), late).status_code == 422
    assert desk.post(at(world, "hold"), late | {"is_written": "on"}).status_code == 302
    assert AccountingHold.objects.get().is_written
    shown = desk.get(at(world)).content.decode()
    assert "1 Main St" not in shown, "what is held back stands in no list"


def test_a_clinician_and_another_practice_find_nothing(world):
    assert client_of(world, "carewell").get(at(world)).status_code in (403, 404)
    nobody = client_of(world, "deskwell").get("/disclosures/1/")
    assert nobody.status_code == 404
