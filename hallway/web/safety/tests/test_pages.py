"""The pages of the safety steps, by the test client: what each role reads, and what a press does."""

import re
import uuid

import pytest
from django.test import Client

from hallway.consent import actions as consent
from hallway.consent.tests import town
from hallway.identity import actions as identity
from hallway.identity.login import Hat
from hallway.identity.requester import Role
from hallway.loops.models import Loop
from hallway.loops.tables.clocks import CLOCKS, LoopKind
from hallway.record.classes import DataClass
from hallway.screening.models import Safety
from hallway.screening.safety import actions
from hallway.screening.safety.rows import book
from hallway.web.middleware import COOKIE


def browser(who) -> Client:
    account = identity.create_account(f"{uuid.uuid4()}@example.test", "Somebody", practitioner_id=who.practitioner_id)
    opened = identity.open_verified(account)
    identity.wear(opened.session_id, Hat(0, who.role, who.organization_id, "A practice", sud_duty=who.sud_duty))
    client = Client()
    client.cookies[COOKIE] = opened.token
    return client


@pytest.fixture
def people(fresh_db):
    clinic, other = town.organization("Millbrook", side="pc"), town.organization("Northgate")
    chart = town.new_patient(clinic)
    pcp = town.person("Carewell", clinic, Role.PCP, licence="physician")
    desk = town.person("Deskwell", clinic, Role.FRONT_DESK)
    therapist = town.person("Hearwell", other, Role.THERAPIST, licence="physician")
    for one in (clinic, other):
        consent.join_team(chart, by=town.LOADER, organization=one, basis="encounter")
    town.put(chart, other, DataClass.GENERAL)
    return chart, pcp, desk, therapist


def token_of(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    return found[1]


def test_from_a_press_on_the_chart_to_home_with_a_plan_and_the_call_after(people):
    chart, pcp, desk, _ = people
    doctor = browser(pcp)
    asked = doctor.get(f"/safety/open/{chart}/").content.decode()
    assert "Open the safety steps for" in asked
    assert f"After {CLOCKS[LoopKind.SAFETY].leader_after} minutes your practice lead" in asked
    where = doctor.post(f"/safety/open/{chart}/").headers["Location"]
    banner = doctor.get(f"/charts/{chart}/").content.decode()
    assert where in banner
    assert "The safety steps are open" in banner
    assert "Keep Marisol" in browser(desk).get(where).content.decode()

    def step(**values):
        page = doctor.get(where).content.decode()
        return doctor.post(where, {"token": token_of(page), **values})

    assert step(step="take").status_code == 302
    wrong = step(step="where", code="apart")
    assert wrong.status_code == 422
    assert "Ask for the address first" in wrong.content.decode()
    assert step(step="where", code="here").status_code == 302
    assert step(step="judgement", code="moderate", words="Thoughts, no plan.").status_code == 302
    parts = {one.id: f"Words for {one.id}" for one in book().part}
    half = step(step="plan", language="es", **{**parts, "alone": ""})
    assert half.status_code == 422
    assert "Words for signs" in half.content.decode()
    assert step(step="plan", language="es", **parts).status_code == 302
    assert step(step="means", code="medicines").status_code == 302
    page = doctor.get(where).content.decode()
    ending = {"token": token_of(page), "version": "5", "disposition": "home_with_plan"}
    early = doctor.post(f"{where}close/", ending)
    assert early.status_code == 409
    assert "988 shown, follow-up contact" in early.content.decode()
    assert Safety.objects.get().closed_at is None
    assert step(step="line", language="es").status_code == 302
    assert step(step="follow_up", code="24").status_code == 302
    assert doctor.post(f"{where}close/", {**ending, "version": "7", "token": token_of(page)}).status_code == 302
    ended = doctor.get(where).content.decode()
    assert "Ended: home, with the plan" in ended
    assert "A contact is owed" in ended
    assert step(step="contact", code="reached", words="Slept well.").status_code == 302
    assert not Loop.objects.filter(closed_at__isnull=True).exists()
    paper = doctor.get(f"{where}plan.pdf")
    assert paper.content.startswith(b"%PDF")


def test_a_practice_that_is_told_reads_it_and_a_program_reads_what_it_may_not_do(people):
    chart, pcp, _, therapist = people
    doctor = browser(pcp)
    where = doctor.post(f"/safety/open/{chart}/").headers["Location"]
    page = doctor.get(f"{where}tell/").content.decode()
    assert "Northgate" in page
    sent = {"token": token_of(page), "to_org": therapist.organization_id, "words": "Please call."}
    assert doctor.post(f"{where}tell/", sent).status_code == 302
    told = Loop.objects.get(kind="safety_told").subject_id
    other = browser(therapist)
    assert "Please call." in other.get(f"/safety/told/{told}/").content.decode()
    assert other.get(where).status_code == 404
    assert other.post(f"/safety/told/{told}/").status_code == 302
    program = town.organization("Harbor", is_part2=True)
    counselor = town.person("Harborer", program, Role.THERAPIST, duty=True)
    town.put(chart, program, DataClass.GENERAL | DataClass.PART2)
    consent.join_team(chart, by=town.LOADER, organization=program, basis="encounter")
    key = actions.press(counselor, chart)
    said = browser(counselor).get(f"/safety/{key}/tell/").content.decode()
    assert "no permission to warn" in said
    assert "Prepare exactly that form" in said
    assert "no authorization" not in said.lower()
