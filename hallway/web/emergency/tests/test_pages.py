"""Emergency access from its opening to the finding, and what others may learn of it."""

import pytest

from hallway.web.chart.tests.test_pages import client_of
from tests.journeys import seed

REASON = "Unconscious, overdose suspected."
ASKED = {"category": "medicines", "nature": "overdose", "reason": REASON}


@pytest.fixture
def world(fresh_db):
    made = seed.practices()
    seed.open_chart(made, "marisol")
    return made


def test_an_opening_is_shown_closed_and_reviewed_at_the_networks_desk(world):
    chart = world.charts["marisol"]
    clinician = client_of(world, "carewell")
    opened = clinician.post(f"/emergency/open/{chart}/", ASKED)
    assert "Emergency access is open" in clinician.get(opened["Location"]).content.decode()
    assert clinician.get(f"/emergency/open/{chart}/")["Location"] == opened["Location"]
    clinician.post(f"{opened['Location']}close/")
    assert "Emergency access has ended" in clinician.get(opened["Location"]).content.decode()
    officer = client_of(world, "guardwell")
    assert REASON in officer.get("/emergency/").content.decode()
    found = {"id": opened["Location"].split("/")[2], "outcome": "justified"}
    assert "Every emergency access has a finding" in officer.post("/emergency/", found, follow=True).content.decode()


def test_nobody_else_reads_what_somebody_opened(world):
    opened = client_of(world, "carewell").post(f"/emergency/open/{world.charts['marisol']}/", ASKED)
    assert client_of(world, "plainfield").get(opened["Location"]).status_code == 404
    assert client_of(world, "carewell").get("/emergency/").status_code == 404


def test_without_a_reason_nothing_opens(world):
    client = client_of(world, "carewell")
    answer = client.post(f"/emergency/open/{world.charts['marisol']}/", {**ASKED, "reason": "now"})
    assert answer.status_code == 422
    assert "Say a little more: one sentence." in answer.content.decode()
