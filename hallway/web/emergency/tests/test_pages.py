"""Emergency access from its opening to the finding, and what others may learn of it."""

import re

import pytest

from hallway import clock
from hallway.consent.forms import standing
from hallway.consent.models import EmergencyAccess, EmergencySearch
from hallway.directory.models import PractitionerRole
from hallway.identity import actions as identity
from hallway.loops import hearing
from hallway.loops.models import Loop
from hallway.storage.connection import cursor
from hallway.web.chart.tests.test_pages import client_of
from hallway.web.middleware import COOKIE
from hallway.web.sign_in.hats import hats_of
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


KNOWN = {"family": "Ejemplo", "given": "Marisol", "birth_date": "03/14/1955"}


def run_listeners():
    """What the worker does once the emergency is committed."""
    with cursor() as opened:
        opened.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'hallway.heard' ORDER BY id")
        jobs = [row[0] for row in opened.fetchall()]
    heard = {"EmergencyOpened": hearing.emergency_opened, "PatientTold": hearing.patient_told}
    for job in jobs:
        heard.get(job["event_type"], lambda references: None)(job)


def test_a_patient_whom_nobody_here_knows_opens_by_name_birth_date_and_reason(world):
    stranger = client_of(world, "heartwright")
    assert stranger.get(f"/charts/{world.charts['marisol']}/").status_code == 404
    opened = stranger.post("/emergency/find/", {**KNOWN, **ASKED})
    page = stranger.get(opened["Location"]).content.decode()
    assert "Metformin" in page
    assert "Low mood" not in page, "the category asked for, and nothing else"
    assert f"/charts/{world.charts['marisol']}/" not in page, "no link to a chart that would not open"
    stranger.post(f"{opened['Location']}close/")
    assert "Emergency access has ended" in stranger.get(opened["Location"]).content.decode()


def test_none_and_several_are_one_answer_and_each_try_is_written_down(world):
    stranger = client_of(world, "heartwright")
    told = {}
    for family in ("Nemo", "Ejemplo"):
        seed_twice = {**KNOWN, **ASKED, "family": family, "given": "Nadie"}
        told[family] = stranger.post("/emergency/find/", seed_twice).content.decode().replace(family, "")
        assert "No one patient answers to that" in told[family]
    assert EmergencySearch.objects.filter(emergency_id=None).count() == 2
    assert REASON in client_of(world, "guardwell").get("/emergency/").content.decode()


def test_nothing_is_looked_up_without_a_reason_or_after_five_misses(world):
    stranger = client_of(world, "heartwright")
    assert stranger.post("/emergency/find/", {**KNOWN, **ASKED, "reason": "now"}).status_code == 422
    assert EmergencySearch.objects.count() == 0
    for _ in range(5):
        stranger.post("/emergency/find/", {**KNOWN, **ASKED, "family": "Nemo"})
    refused = stranger.post("/emergency/find/", {**KNOWN, **ASKED})
    assert "five times within an hour" in refused.content.decode()
    assert EmergencyAccess.objects.count() == 0


def test_what_was_opened_for_one_practice_does_not_go_along_to_another(world):
    opened = client_of(world, "carewell").post(f"/emergency/open/{world.charts['marisol']}/", ASKED)
    PractitionerRole.objects.create(
        fhir_id="second", practitioner=world.people["carewell"], organization=world.organizations["commonwell"],
        role="medical_specialist", from_on="2024-01-01",
    )  # fmt: skip
    elsewhere = client_of(world, "carewell", "Commonwell")
    assert elsewhere.get(opened["Location"]).status_code == 404
    assert standing.open_emergency_of(world.requester("carewell"), world.charts["marisol"]) is not None


def test_the_patient_is_owed_the_word_until_somebody_says_it_was_given(world):
    carewell = client_of(world, "carewell")
    opened = carewell.post(f"/emergency/open/{world.charts['marisol']}/", ASKED)
    run_listeners()
    assert "The patient is to be told" in carewell.get("/worklist/").content.decode()
    carewell.post(f"{opened['Location']}tell/")
    run_listeners()
    assert Loop.objects.get(kind="tell_patient", closed_as="told").owner_practitioner_id == world.people["carewell"].pk


def test_an_author_of_counseling_notes_is_asked_to_call_and_the_opener_learns_nothing_of_it(world):
    write = seed.FactWriter("journey-marisol", "harbor", "steadman")
    write.patient_id = seed.FactWriter("journey-marisol", "", "").patient_id
    told = client_of(world, "carewell")
    before = shown(told, world)
    visit = write.encounter(clock.now(), "Program visit")
    note = write.note(clock.now(), "sud_counseling", "PLANTED counseling", visit.id)
    seed.store(world, [visit, note], chart=world.charts["marisol"])
    assert shown(told, world) == before, "the same words whether or not there are such notes"
    run_listeners()
    steadman = client_of(world, "steadman")
    asked = Loop.objects.filter(kind="call_in_emergency", closed_at=None).order_by("-opened_at").first()
    page = steadman.get(f"/emergency/{asked.subject_id}/call/").content.decode()
    assert "Dr. Priya Carewell" in page
    assert told.get(f"/emergency/{asked.subject_id}/call/").status_code == 404
    assert "emergency" not in told.get("/worklist/?show=waiting").content.decode().lower()
    assert steadman.post(f"/emergency/{asked.subject_id}/call/").status_code == 302


def shown(client, world):
    """The open page of an emergency, without its times and tokens, closed again."""
    opened = client.post(f"/emergency/open/{world.charts['marisol']}/", ASKED)
    page = client.get(opened["Location"]).content.decode()
    client.post(f"{opened['Location']}close/")
    page = re.sub(r'value="[A-Za-z0-9]{64}"|[0-9a-f-]{36}|\d{1,2}:\d\d [ap]m|datetime="[^"]+"', "", page)
    return re.sub(r"<time[^>]*>.*?</time>", "", page)


def test_the_leader_of_the_practice_reviews_too_and_never_their_own(world):
    chart = world.charts["marisol"]
    opened = client_of(world, "carewell").post(f"/emergency/open/{chart}/", ASKED)
    leader = client_of(world, "headley")
    actions_of = {"id": opened["Location"].split("/")[2], "outcome": "justified"}
    leader_hat = next(hat for hat in hats_of(world.accounts["headley"]) if hat.role == "practice_leader")
    session = identity.open_verified(world.accounts["headley"])
    identity.wear(session.session_id, leader_hat)
    leader.cookies[COOKIE] = session.token
    assert (
        "Every emergency access has a finding" in leader.post("/emergency/", actions_of, follow=True).content.decode()
    )
