"""The patient's side on a real database: what it says, what it changes, what it never tells."""

import json
import re

import pytest
from django.test import Client

from hallway.consent import actions as consent
from hallway.consent.models import Consent, Restriction
from hallway.consent.rights import acting, asks
from hallway.identity import actions as identity
from hallway.ids import AccountId
from hallway.record.classes import DataClass
from hallway.web.chart.tests.test_pages import client_of
from hallway.web.middleware import COOKIE
from hallway.web.sign_in.hats import hats_of
from tests.journeys import seed

REASON = "Unconscious, overdose suspected."
PAGES = ("", "sharing/", "sharing/now/", "seen/", "emergencies/", "record/", "people/", "kept/", "asks/", "contact/",
         "asks/new/restriction/", "asks/new/self_pay/", "asks/new/change/", "asks/new/question/")  # fmt: skip


@pytest.fixture
def world(fresh_db):
    made = seed.practices()
    seed.open_chart(made, "marisol")
    return made


def enter(account, hat_of=""):
    opened = identity.open_verified(account)
    hat = next(hat for hat in hats_of(account) if hat_of in hat.organization_name)
    identity.wear(opened.session_id, hat)
    client = Client()
    client.cookies[COOKIE] = opened.token
    return client


@pytest.fixture
def marisol(world):
    return enter(identity.create_account("marisol", "Marisol Ejemplo", chart_id=world.charts["marisol"], demo=True))


def parent_of(world, key="marisol", authority="health_care_agent"):
    entry = acting.Entry(name="Paula Ejemplo", relation="child", authority=authority, document="Proxy, seen")
    made = acting.add_representative(world.charts[key], entry, by=world.requester("deskwell"))
    account = identity.create_account("paula", "Paula Ejemplo", demo=True)
    acting.give_sign_in(made, AccountId(account.id), by=world.requester("deskwell"))
    return made, account


def signed(world, **more):
    made = consent.compose_consent(
        consent.Composition(
            chart_id=world.charts["marisol"],
            kind="release",
            discloser_org=world.requester("carewell").organization_id,
            recipient_org=world.requester("hearwell").organization_id,
            classes=int(DataClass.GENERAL | DataClass.MH),
            **more,
        ),
        by=world.requester("carewell"),
    )
    Consent.objects.filter(id=made).update(
        state="signed", signed_at=Consent.objects.get(id=made).composed_at, signer="patient", signature_kind="typed",
        signature=b"Marisol Ejemplo", explained_by=1,
    )  # fmt: skip
    consent.rebuild_grants([world.charts["marisol"]])
    return made


def test_every_page_answers_the_patient_and_nobody_of_a_practice(world, marisol):
    for page in PAGES:
        answer = marisol.get(f"/my-care/{page}")
        assert answer.status_code == 200, page
        assert b"988" in answer.content, page
        assert client_of(world, "carewell").get(f"/my-care/{page}").status_code == 404, page


def test_the_patient_reads_who_saw_what_and_why(world, marisol):
    client_of(world, "carewell").get(f"/charts/{world.charts['marisol']}/medicines/")
    told = marisol.get("/my-care/seen/?lang=en").content.decode()
    assert "Dr. Priya Carewell" in told
    assert "Millbrook Family Medicine" in told
    assert "your medicines" in told
    assert "To care for you." in told


def test_an_emergency_access_stands_first_with_its_reason(world, marisol):
    asked = {"category": "medicines", "nature": "overdose", "reason": REASON}
    client_of(world, "carewell").post(f"/emergency/open/{world.charts['marisol']}/", asked, follow=True)
    assert "was opened in an emergency" in marisol.get("/my-care/").content.decode()
    assert REASON in marisol.get("/my-care/emergencies/").content.decode()
    assert "Emergency access" in marisol.get("/my-care/seen/?lang=en").content.decode()
    assert "Acceso de emergencia" in marisol.get("/my-care/seen/").content.decode()


def test_a_form_is_taken_back_from_the_patients_own_page(world, marisol):
    made = signed(world)
    assert "Northgate Behavioral Health" in marisol.get("/my-care/sharing/").content.decode()
    marisol.post(f"/my-care/sharing/{made}/", {"version": "1"})
    row = Consent.objects.get(id=made)
    assert (row.state, row.revocation_channel) == ("revoked", "portal")


def test_after_taking_it_back_the_form_tells_who_had_read_under_it(world, marisol):
    made, chart = signed(world), world.charts["marisol"]
    page = f"/my-care/sharing/{made}/"
    assert "Nobody." in told_by(marisol, page)
    assert client_of(world, "hearwell").get(f"/charts/{chart}/problems/").status_code == 200
    marisol.post(page, {"version": "1"})
    told = told_by(marisol, page)
    assert "Northgate Behavioral Health</b><small>on " in told
    assert "Nobody." not in told
    assert "What they read, and why" in told


def told_by(client, page):
    """The part of a form's page that says who has read under it."""
    whole = client.get(f"{page}?lang=en").content.decode()
    return whole[whole.index("Who has already read under it") :].partition("</section>")[0]


def test_what_names_nobody_takes_nothing_back_from_anybody(world, marisol):
    form = signed(world)
    page = f"/my-care/sharing/{form}/"
    for nobody in ("everybody", "-1", "²", "9" * 12):
        assert marisol.post(page, {"version": "1", "recipient": nobody}).status_code == 422
    assert Consent.objects.get(id=form).state == "signed"
    assert marisol.post(page, {"version": "1", "recipient": ""}).status_code == 302
    assert Consent.objects.get(id=form).state == "revoked"


def test_the_record_is_given_as_a_bundle_and_as_pdf_without_private_notes(world, marisol):
    seed.behavioral_health(world, "marisol")
    bundle = json.loads(marisol.get("/my-care/record.json").content)
    kinds = {entry["resource"]["resourceType"] for entry in bundle["entry"]}
    assert bundle["type"] == "collection"
    assert {"Patient", "Condition", "MedicationRequest", "DocumentReference"} <= kinds
    assert "PLANTED-SESSION-CONTENT" not in json.dumps(bundle)
    assert "cGxhbnRlZC1z".upper() not in json.dumps(bundle).upper()
    page = marisol.get("/my-care/record/").content.decode()
    assert "Metformin" in page
    assert "PLANTED-SESSION-CONTENT" not in page
    assert marisol.get("/my-care/record.pdf").content.startswith(b"%PDF-")


def test_an_asked_restriction_binds_once_the_practice_agrees(world, marisol):
    chart = world.charts["marisol"]
    place = world.requester("carewell").organization_id
    answer = marisol.post(
        "/my-care/asks/new/restriction/",
        {"organization": place, "topic": "mental_health", "recipient": 0, "words": "Please keep it."},
    )
    assert answer.status_code == 302
    waiting = asks.asks_at(world.requester("carewell"))
    asks.agree(world.requester("carewell"), waiting[0].id)
    assert Restriction.objects.get(chart_id=chart).basis == "164.522(a)(1)(i)"
    page = marisol.get("/my-care/kept/").content.decode()
    assert "keeps mental health care from everybody outside that practice" in page
    number = re.search(r'name="id" value="([0-9a-f-]{36})"', page)[1]
    _, parent = parent_of(world)
    stranger = enter(parent)
    for who, status in ((stranger, 404), (marisol, 302), (marisol, 404)):
        assert who.post("/my-care/kept/", {"id": number}).status_code == status
    assert Restriction.objects.get(chart_id=chart).ended_basis == "patient_written"
    assert "keeps mental health care" not in marisol.get("/my-care/kept/").content.decode()


def test_where_to_reach_the_patient_is_taken_at_once_and_never_asks_why(world, marisol):
    page = marisol.get("/my-care/contact/").content.decode()
    assert "reason" not in page.lower()
    marisol.post("/my-care/contact/", {"channel": "mail", "address": "PO Box 12, Millbrook"})
    found = asks.contact_wish(world.requester("deskwell"), world.charts["marisol"])
    assert found is not None
    assert found.address == "PO Box 12, Millbrook"


def test_who_acts_sees_the_record_and_neither_who_looked_nor_what_is_shared(world, marisol):
    _, account = parent_of(world)
    paula = enter(account, "For Marisol")
    assert "You act for" in paula.get("/my-care/").content.decode()
    assert "Metformin" in paula.get("/my-care/record/").content.decode()
    assert paula.get("/my-care/kept/").status_code == 200
    for page in ("seen/", "sharing/", "sharing/now/", "people/", "asks/", "contact/", "emergencies/"):
        assert paula.get(f"/my-care/{page}").status_code == 404, page


def test_a_session_of_somebody_who_acts_ends_with_their_right(world, marisol):
    made, account = parent_of(world)
    paula = enter(account, "For Marisol")
    acting.end_representative(made, "document_ended", by=world.requester("deskwell"))
    assert paula.get("/my-care/").status_code == 302
    assert hats_of(account) == []
