"""The chart's pages on a real database: who sees what, one ledger line a page, what is written comes back."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent import gate
from hallway.identity import actions
from hallway.labels.source import Source
from hallway.record import queries
from hallway.record.classes import DataClass
from hallway.storage.connection import cursor, transaction
from hallway.web.middleware import COOKIE
from hallway.web.sign_in.hats import hats_of
from tests.journeys import seed

TABS = ("", "timeline/", "problems/", "medicines/", "scores/", "notes/", "documents/", "consents/", "loops/")


@pytest.fixture
def world(fresh_db):
    made = seed.practices()
    seed.open_chart(made, "marisol")
    return made


def client_of(world, login, practice=""):
    account = world.accounts[login]
    opened = actions.open_verified(account)
    hat = next(hat for hat in hats_of(account) if practice in hat.organization_name)
    actions.wear(opened.session_id, hat)
    client = Client()
    client.cookies[COOKIE] = opened.token
    return client


def lines_written(act):
    with cursor() as opened:
        opened.execute("SELECT count(*) FROM ledger_answer WHERE act = %s", [act])
        return opened.fetchone()[0]


def at(world, path=""):
    return f"/charts/{world.charts['marisol']}/{path}"


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_for_the_pcp_and_leaves_one_line_about_the_chart(world, tab):
    client = client_of(world, "carewell")
    before = lines_written("read")
    answer = client.get(at(world, tab))
    assert answer.status_code == 200
    assert b"Marisol Ejemplo" in answer.content
    assert lines_written("read") == before + 1


def bare(answer):
    """The page without what differs by itself: the CSRF mask, the form's own id, the address that was asked for."""
    text = re.sub(r'href="[^"]*">Show them', "", answer.content.decode())
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    return re.sub(r'name="token" value="[^"]+"', "", text)


def token_of(answer):
    return re.search(r'name="token" value="([^"]+)"', answer.content.decode())[1]


def test_a_stranger_gets_the_same_answer_as_for_a_chart_that_does_not_exist(world):
    client = client_of(world, "heartwright")
    known, unknown = client.get(at(world)), client.get("/charts/999999/")
    assert known.status_code == unknown.status_code == 404
    assert bare(known) == bare(unknown)


@pytest.mark.parametrize("number", [2**63 - 1, 2**63, 10**30])
@pytest.mark.parametrize("path", ["/charts/{}/", "/referrals/new/{}/", "/emergency/open/{}/", "/consents/new/{}/"])
def test_a_number_that_no_chart_can_have_is_answered_like_any_unknown_one(world, path, number):
    client = client_of(world, "carewell")
    unknown, beyond = client.get(path.format(10**12)), client.get(path.format(number))
    assert (beyond.status_code, bare(beyond)) == (404, bare(unknown))


def test_a_note_is_kept_once_however_often_it_is_pressed(world):
    client = client_of(world, "carewell")
    token = token_of(client.get(at(world, "notes/write/")))
    sent = {"token": token, "on": "2026-11-20", "text": "She cooks again.", "with_visit": "on", "reason": "Follow-up"}
    first, second = client.post(at(world, "notes/write/"), sent), client.post(at(world, "notes/write/"), sent)
    assert first.status_code == second.status_code == 302
    page = client.get(first["Location"]).content.decode()
    assert page.count("She cooks again.") == 1
    assert "Follow-up" in client.get(at(world, "timeline/")).content.decode()


def masks_of(world, kind):
    with cursor() as opened:
        opened.execute("SELECT set_config('hallway.charts', %s, true)", [f"{{{world.charts['marisol']}}}"])
        found = opened.execute("SELECT mask, basis FROM record_resource WHERE kind = %s ORDER BY updated_at", [kind])
        return [(row[0], row[1]) for row in found.fetchall()][-1]


@pytest.mark.parametrize(("marks", "note_has", "visit_has"), [
    (["hiv"], DataClass.HIV, DataClass.HIV),
    (["minor", "reproductive"], DataClass.MINOR_CONSENTED | DataClass.REPRO, DataClass.MINOR_CONSENTED),
    (["unsure"], DataClass.UNCLASSIFIED, DataClass.GENERAL),
    ([], DataClass.GENERAL, DataClass.GENERAL),
])  # fmt: skip
def test_what_an_author_marks_at_writing_is_on_the_note_and_its_visit(world, marks, note_has, visit_has):
    client = client_of(world, "carewell")
    token = token_of(client.get(at(world, "notes/write/")))
    sent = {"token": token, "on": "2026-11-20", "text": "As talked about.", "with_visit": "on", "marks": marks}
    assert client.post(at(world, "notes/write/"), sent).status_code == 302
    with transaction():
        note, visit = masks_of(world, "DocumentReference")[0], masks_of(world, "Encounter")[0]
    assert note & note_has == note_has
    assert visit & visit_has == visit_has
    assert not visit & DataClass.UNCLASSIFIED


def test_a_form_made_for_one_reader_writes_nothing_for_another(world):
    token = token_of(client_of(world, "carewell").get(at(world, "notes/write/")))
    other = client_of(world, "plainfield")
    answer = other.post(at(world, "notes/write/"), {"token": token, "on": "2026-11-20", "text": "Mine?"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("path", "sent", "sentence"),
    [
        ("scores/record/", {"instrument": "phq-9", "total": "28"}, "A PHQ-9 total lies between 0 and 27."),
        ("scores/record/", {"instrument": "gad-7", "total": "4", "item_9": "1"}, "Item 9 belongs to the PHQ-9."),
        ("problems/add/", {"words": "Low mood", "code": "XYZ"}, "That is not an ICD-10-CM code."),
        ("medicines/add/", {"name": "Lorazepam", "dose": ".5 mg", "how": "daily"}, "Write 0.5, not .5"),
        ("notes/write/", {"text": "a\x07b"}, "There is a character here that cannot be kept."),
        ("notes/write/", {"text": "Later", "on": "2126-01-01"}, "That day has not come yet."),
        ("notes/write/", {"text": "When", "on": "06/31/2026"}, "That day does not exist."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_kept(world, path, sent, sentence):
    client = client_of(world, "carewell")
    token = token_of(client.get(at(world, path)))
    answer = client.post(at(world, path), {"token": token, "on": "2026-11-20", **sent})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_scores_problems_and_medicines_are_written_and_a_medicine_stops(world):
    client = client_of(world, "carewell")
    for path, sent, seen in (
        (
            "scores/record/",
            {"instrument": "phq-9", "total": "9", "item_9": "0", "on": "2026-11-20"},
            "PHQ-9 item 9 was 0",
        ),
        ("problems/add/", {"words": "Grief", "code": "z63.4", "since": "2026-09-01"}, "Z63.4"),
        ("medicines/add/", {"name": "Melatonin", "dose": "3 mg", "how": "at bedtime"}, "Stop Melatonin"),
    ):
        token = token_of(client.get(at(world, path)))
        answer = client.post(at(world, path), {"token": token, **sent}, follow=True)
        assert seen in answer.content.decode(), path
    page = client.get(at(world, "medicines/")).content.decode()
    stop = re.search(r'href="([^"]+/stop/)">Stop Melatonin', page)[1]
    form = client.get(stop)
    version = re.search(r'name="version" value="(\w+)"', form.content.decode())[1]
    sent = {"token": token_of(form), "version": version, "reason": "side_effect"}
    assert "Side effect" in client.post(stop, sent, follow=True).content.decode()
    assert client.post(stop, sent).status_code == 404


def test_a_stopped_medicine_keeps_what_other_systems_sent_with_it(world):
    client = client_of(world, "carewell")
    by = world.requester("carewell")
    chart = world.charts["marisol"]
    sent = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "Lithium"},
        "subject": {"reference": f"Patient/{queries.patient_of(chart)}"},
        "authoredOn": "2026-11-20",
        "extension": [{"url": "urn:pharmacy", "valueDecimal": 1.50}],
        "unheardOf": {"kept": True},
    }
    source = Source(organization=by.organization_id, author=by.practitioner_id)
    (written,) = consent.store([json.dumps(sent).encode()], by=by, source=source)
    stop = re.search(r'href="([^"]+/stop/)">Stop Lithium', client.get(at(world, "medicines/")).content.decode())[1]
    form = client.get(stop)
    version = re.search(r'name="version" value="(\w+)"', form.content.decode())[1]
    answer = client.post(stop, {"token": token_of(form), "version": version, "reason": "side_effect"})
    assert answer.status_code == 302
    now = queries.read_one(gate.release(by, chart), "MedicationRequest", written.id)
    kept = json.loads(now.json_bytes())
    assert (kept["status"], kept["statusReason"]["text"]) == ("stopped", "Side effect")
    assert kept["extension"] == sent["extension"]
    assert kept["unheardOf"] == {"kept": True}
    assert now.author == by.practitioner_id


def test_psychotherapy_notes_open_for_their_author_on_their_page_alone(world):
    share(world, "hearwell")
    seed.behavioral_health(world, "marisol")
    author = client_of(world, "hearwell")
    assert b"PLANTED-SESSION-CONTENT" in author.get(at(world, "notes/private/")).content
    for login in ("hearwell", "mindham", "carewell"):
        client = client_of(world, login)
        for tab in TABS:
            assert b"PLANTED-SESSION" not in client.get(at(world, tab)).content, (login, tab)
    assert b"PLANTED-SESSION" not in client_of(world, "mindham").get(at(world, "notes/private/")).content
    assert client_of(world, "carewell").get(at(world, "notes/private/")).status_code == 404


def test_the_therapists_work_changes_nothing_on_the_pcps_pages_while_it_may_not_be_told(world):
    """Massachusetts: a social worker's communications wait for a consent, so both worlds look alike."""
    share(world, "hearwell")
    client = client_of(world, "carewell")
    instant = clock.now()
    with clock.stopped_at(instant):
        before = [bare(client.get(at(world, tab))) for tab in TABS]
    seed.behavioral_health(world, "marisol")
    with clock.stopped_at(instant):
        after = [bare(client.get(at(world, tab))) for tab in TABS]
    assert before == after


def test_a_page_asks_the_database_as_often_for_many_facts_as_for_few(world):
    client = client_of(world, "carewell")
    client.get(at(world))
    few = statements(client, at(world))
    write = seed.FactWriter("journey-marisol", "millbrook", "carewell")
    more = [write.score(clock.now() - timedelta(days=n), "PHQ-9", n) for n in range(1, 20)]
    seed.store(world, more, chart=world.charts["marisol"])
    assert statements(client, at(world)) == few


def statements(client, path):
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def test_the_author_reads_who_may_see_a_note_and_others_find_nothing_there(world):
    share(world, "hearwell")
    client = client_of(world, "carewell")
    page = client.get(at(world, "notes/")).content.decode()
    link = re.search(r'href="(/consents/why/[^"]+)"', page)[1]
    answer = client.get(link)
    assert answer.status_code == 200
    assert "Northgate Behavioral Health" in answer.content.decode()
    other = client_of(world, "hearwell")
    assert "/consents/why/" not in other.get(at(world, "notes/")).content.decode()
    assert bare(other.get(link)) == bare(other.get("/consents/why/1/nothing/"))


def test_a_released_program_record_carries_its_notice(world):
    assert "42 CFR part 2 prohibits" not in client_of(world, "carewell").get(at(world)).content.decode()


def share(world, login):
    """The practice of ``login`` treats the patient, as a referral that was sent makes it."""
    from hallway.consent import actions as consent

    there = world.requester(login)
    consent.join_team(
        world.charts["marisol"],
        by=world.requester("carewell"),
        organization=there.organization_id,
        practitioner=there.practitioner_id,
        role=there.role.value,
        basis="referral",
    )


@pytest.mark.parametrize(("login", "practice"), [("deskwell", ""), ("ledgerman", ""), ("plainfield", "")])
def test_every_tab_answers_for_the_other_roles_of_the_practice(world, login, practice):
    client = client_of(world, login, practice)
    for tab in TABS:
        assert client.get(at(world, tab)).status_code == 200, tab
    page = client.get(at(world, "notes/")).content.decode()
    assert ("Sad since her sister died" in page) == (login == "plainfield")
