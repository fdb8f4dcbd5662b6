"""Screening and targets on a real database: who is due, typing in, reading the answers, a target's life, the list."""

import re
from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent import actions as consent
from hallway.identity.requester import system
from hallway.labels.source import Source
from hallway.loops.models import Loop
from hallway.record import queries
from hallway.record.classes import DataClass
from hallway.screening.asking import actions as asking
from hallway.screening.instruments import library
from hallway.screening.models import Sitting, Target
from hallway.screening.targets import queries as targets
from hallway.standards.fhir import codec
from hallway.storage.connection import cursor, transaction
from hallway.web.chart.tests.test_pages import bare, client_of
from hallway.web.chart.words import ZONE
from tests.journeys import seed

PHQ_9 = {f"phq-9/q{number}": "2" for number in range(1, 9)}


@pytest.fixture
def world(fresh_db):
    made = seed.practices()
    seed.open_chart(made, "marisol")
    return made


def appointment(world, key, *, login="carewell", status="booked"):
    """Today at noon."""
    by, chart = world.requester(login), world.charts[key]
    at = clock.now().astimezone(ZONE).replace(hour=12, minute=0, second=0, microsecond=0)
    patient = f"Patient/{queries.patient_of(chart)}"
    body = {
        "resourceType": "Appointment", "status": status, "start": at.isoformat(),
        "end": (at + timedelta(minutes=30)).isoformat(),
        "participant": [{"actor": {"reference": patient}, "status": "accepted"}],
    }  # fmt: skip
    consent.store([codec.encode(body)], by=by, source=Source(by.organization_id, by.practitioner_id))
    return chart


def scores(world, *totals, login="carewell"):
    """PHQ-9 totals as (days ago, total)."""
    by, patient = world.requester(login), queries.patient_of(world.charts["marisol"])
    for days, total in totals:
        body = {
            "resourceType": "Observation", "status": "final", "valueInteger": total,
            "code": {"coding": [{"system": "http://loinc.org", "code": "44261-6"}]},
            "subject": {"reference": f"Patient/{patient}"},
            "effectiveDateTime": (clock.now() - timedelta(days=days)).isoformat(),
        }  # fmt: skip
        consent.store([codec.encode(body)], by=by, source=Source(by.organization_id, by.practitioner_id))


def test_who_comes_today_stands_first_with_what_is_due_and_why(world):
    appointment(world, "marisol")
    page = client_of(world, "carewell").get("/screening/").content.decode()
    assert "1 patient here is due for questions" in page
    assert "Marisol Ejemplo</a></b>" in page
    assert "Not asked before: " in page
    assert "unhealthy alcohol use" in page
    assert "The last PHQ-9 was 10 or more" not in page  # it was taken an hour ago
    assert "Depression, once a year" not in page


def test_the_desk_sees_who_comes_and_nothing_that_rests_on_a_chart(world):
    appointment(world, "marisol")
    page = client_of(world, "deskwell").get("/screening/").content.decode()
    assert "Marisol Ejemplo" in page
    assert "Alcohol" not in page


def test_what_is_due_is_the_same_whether_or_not_a_program_keeps_a_score_of_its_own(world):
    appointment(world, "marisol")
    reader = client_of(world, "carewell")
    before = {path: bare(reader.get(path)) for path in paths(world)}
    consent.join_team(
        world.charts["marisol"],
        by=system("test"),
        organization=world.organizations["harbor"].pk,
        basis="encounter",
    )
    program = next(
        login for login, role in world.roles.items() if role.organization_id == world.organizations["harbor"].pk
    )
    scores(world, (3, 20), login=program)
    assert {path: bare(reader.get(path)) for path in paths(world)} == before


def paths(world):
    chart = world.charts["marisol"]
    return ("/screening/", "/progress/?show=practice", f"/charts/{chart}/scores/", f"/screening/{chart}/ask/")


def test_answers_typed_in_are_read_at_once_with_the_critical_one_first(world):
    chart, reader = world.charts["marisol"], client_of(world, "carewell")
    form = reader.get(f"/screening/{chart}/type/?i=phq-9&mode=paper").content.decode()
    assert 'data-number="1"' in form
    sent = {"i": "phq-9", "mode": "visit", "language": "en", **PHQ_9, "phq-9/q9": "1"}
    kept = reader.post(f"/screening/{chart}/type/", sent)
    assert kept.status_code == 302
    page = reader.get(kept["Location"]).content.decode()
    assert "an answer that needs you now" in page
    assert page.index("item 9") < page.index("17, moderately severe")
    assert re.search(r"Ask C-SSRS", page)
    sitting = Sitting.objects.get()
    assert Loop.objects.filter(subject_id=sitting.id, kind="screen", closed_at=None).exists()
    assert reader.post(kept["Location"], {"do": "read"}).status_code == 302
    assert not Loop.objects.filter(subject_id=sitting.id, kind="screen", closed_at=None).exists()
    assert client_of(world, "heartwright").get(kept["Location"]).status_code == 404


def test_answers_typed_in_and_sent_twice_are_filed_once(world):
    chart, reader = world.charts["marisol"], client_of(world, "carewell")
    form = reader.get(f"/screening/{chart}/type/?i=phq-9&mode=paper").content.decode()
    once = re.search(r'name="once" value="([0-9a-f-]{36})"', form)[1]
    sent = {"i": "phq-9", "mode": "visit", "once": once, **PHQ_9, "phq-9/q9": "1"}
    first, again = (reader.post(f"/screening/{chart}/type/", sent)["Location"] for _ in range(2))
    assert first == again
    assert Sitting.objects.count() == 1
    # The number of somebody else's sitting keeps nothing from being filed.
    other = reader.post(f"/screening/{seed.open_chart(world, 'harold')}/type/", sent)["Location"]
    assert other != first
    assert Sitting.objects.count() == 2


def test_an_incomplete_questionnaire_has_no_total_anywhere(world):
    chart, reader = world.charts["marisol"], client_of(world, "carewell")
    answers = {name: code for name, code in PHQ_9.items() if name != "phq-9/q4"}
    kept = reader.post(f"/screening/{chart}/type/", {"i": "phq-9", "mode": "visit", **answers, "phq-9/q9": "0"})
    page = reader.get(kept["Location"]).content.decode()
    assert "No total: 1 of 9 not answered" in page
    tab = reader.get(f"/charts/{chart}/scores/").content.decode()
    assert "No total: 1 of 9 not answered" in tab
    assert "<b>14</b>" in tab  # the whole one of spring still stands


def test_what_is_not_whole_is_all_clear_on_no_page(world):
    chart, reader = appointment(world, "marisol"), client_of(world, "carewell")
    undated(world, 0, "44260-8", effectiveDateTime="2026-06-09")
    few = {f"phq-9/q{number}": "1" for number in range(1, 7)}
    kept = reader.post(f"/screening/{chart}/type/", {"i": "phq-9", "mode": "visit", **few})
    page = reader.get(kept["Location"]).content.decode()
    assert "nothing positive" not in page
    assert "no whole result of PHQ-9" in page
    assert "Not whole" in page
    assert "Answers have come in" in reader.get("/worklist/").content.decode()
    for path in ("/screening/", f"/charts/{chart}/"):
        assert "is not whole: not every question was answered" in reader.get(path).content.decode()
    assert re.search(
        r"PHQ-9 item 9 was 0 on [^;<]+; not answered on ", reader.get(f"/charts/{chart}/notes/").content.decode()
    )


@pytest.mark.parametrize(
    ("sent", "heading"),
    [
        ({"phq-2/q1": "0", "phq-2/q2": "0", "gad-2/q1": "0", "gad-2/q2": "0"}, "nothing positive"),
        ({"phq-2/q1": "0", "phq-2/q2": "0"}, "no whole result of GAD-2"),
        ({"phq-2/q1": "0", "gad-2/q1": "0"}, "no whole result of PHQ-2 and GAD-2"),
        ({"phq-2/q1": "3", "phq-2/q2": "0"}, "PHQ-2 positive"),
    ],
)
def test_the_heading_says_negative_of_whole_answers_to_all_that_was_asked_alone(world, sent, heading):
    chart, reader = world.charts["marisol"], client_of(world, "carewell")
    kept = reader.post(f"/screening/{chart}/type/", {"i": ["phq-2", "gad-2"], "mode": "visit", **sent})
    assert f"Marisol Ejemplo: {heading}</h1>" in reader.get(kept["Location"]).content.decode()


def undated(world, total, code="44261-6", **when):
    """A total that came without its day; ``when`` is what was sent of it."""
    by, patient = world.requester("carewell"), queries.patient_of(world.charts["marisol"])
    body = {
        "resourceType": "Observation", "status": "final", "valueInteger": total,
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": f"Patient/{patient}"}, **when,
    }  # fmt: skip
    consent.store([codec.encode(body)], by=by, source=Source(by.organization_id, by.practitioner_id))


def test_a_score_without_a_day_is_seen_alike_by_every_page(world):
    chart, reader = appointment(world, "marisol"), client_of(world, "carewell")
    pcl = library.instrument("pcl-5").total_code
    undated(world, 60, pcl, effectivePeriod={"start": (clock.now() - timedelta(days=70)).isoformat()})
    form = reader.get(f"/progress/{chart}/pcl-5/").content.decode()
    first = re.search(r'<option value="(Observation/[^"]+)">60', form)[1]
    reader.post(f"/progress/{chart}/pcl-5/", {"do": "set", "aim": "31", "baseline": first})
    due = "Treated to a target: the next score is due"
    assert due in reader.get("/screening/").content.decode()
    undated(world, 20, pcl)
    assert due not in reader.get("/screening/").content.decode()
    tab = reader.get(f"/charts/{chart}/scores/").content.decode()
    assert re.search(r"<b>20[^<]*</b>, [A-Z][a-z]{2} \d+ \(arrived\)", tab)
    assert "The day it was answered was not sent; the day it arrived here is shown." in tab
    for path in (f"/charts/{chart}/scores/", "/progress/"):
        assert "60 to 20" in reader.get(path).content.decode()
    assert "PCL-5 20 (day not sent)" in reader.get(f"/charts/{chart}/timeline/").content.decode()
    undated(world, 1, "44260-8")
    assert re.search(
        r"PHQ-9 item 9 was 1 on [A-Z][a-z]{2} \d+ \(arrived\)", reader.get(f"/charts/{chart}/").content.decode()
    )


def test_a_month_alone_is_shown_as_a_month(world):
    undated(world, 4, effectiveDateTime="2020-05")
    chart, reader = world.charts["marisol"], client_of(world, "carewell")
    assert '<th scope="row">May 2020</th>' in reader.get(f"/charts/{chart}/scores/").content.decode()
    assert "4, May 2020</option>" in reader.get(f"/progress/{chart}/phq-9/").content.decode()


def test_nothing_typed_and_a_wrong_day_are_said(world):
    chart, reader = world.charts["marisol"], client_of(world, "carewell")
    for sent in ({"mode": "visit"}, {"mode": "visit", "on": "2126-01-01", **PHQ_9}):
        answer = reader.post(f"/screening/{chart}/type/", {"i": "phq-9", **sent})
        assert answer.status_code == 422
        assert b"Not saved yet" in answer.content
    assert not Sitting.objects.exists()


def test_a_target_is_set_shown_changed_and_ended_and_its_goal_says_so(world):
    scores(world, (70, 17), (35, 16))
    chart, reader = world.charts["marisol"], client_of(world, "carewell")
    form = reader.get(f"/progress/{chart}/phq-9/").content.decode()
    first = re.search(r'<option value="(Observation/[^"]+)">17', form)[1]
    assert reader.post(f"/progress/{chart}/phq-9/", {"do": "set", "aim": "5", "baseline": first}).status_code == 302
    tab = reader.get(f"/charts/{chart}/scores/").content.decode()
    assert "No change that matters: 17 to 16; no improvement since" in tab
    assert "Below 5, set" in tab
    assert reader.post(f"/progress/{chart}/phq-9/", {"do": "set", "aim": "5"}).status_code == 409
    assert reader.post(f"/progress/{chart}/phq-9/", {"do": "change", "aim": "99", "version": "0"}).status_code == 422
    assert reader.post(f"/progress/{chart}/phq-9/", {"do": "change", "aim": "8", "version": "0"}).status_code == 302
    assert reader.post(f"/progress/{chart}/phq-9/", {"do": "change", "aim": "9", "version": "0"}).status_code == 409
    ended = {"do": "end", "ended_as": "met", "version": "1"}
    assert reader.post(f"/progress/{chart}/phq-9/", ended).status_code == 302
    row = Target.objects.get()
    assert (row.aim, row.ended_as, row.baseline_total) == (8, "met", 17)
    goal = goals(world)
    assert [one["lifecycleStatus"] for one in goal] == ["completed"]
    assert goal[0]["target"][0]["detailQuantity"]["value"] == 8


def goals(world):
    with transaction(), cursor() as opened:
        opened.execute("SELECT set_config('hallway.charts', %s, true)", [f"{{{world.charts['marisol']}}}"])
        rows = opened.execute("SELECT body FROM record_resource WHERE kind = 'Goal'").fetchall()
        return [codec.plain(bytes(row[0])) for row in rows]


def test_the_list_says_who_is_not_improving_and_tells_no_other_practice(world):
    scores(world, (70, 17), (35, 16))
    chart, reader = world.charts["marisol"], client_of(world, "carewell")
    form = reader.get(f"/progress/{chart}/phq-9/").content.decode()
    first = re.search(r'<option value="(Observation/[^"]+)">17', form)[1]
    reader.post(f"/progress/{chart}/phq-9/", {"do": "set", "aim": "5", "baseline": first})
    page = reader.get("/progress/").content.decode()
    assert "1 is not improving" in page
    assert "no improvement since" in page
    assert "Marisol" not in client_of(world, "hearwell").get("/progress/?show=practice").content.decode()
    relabel_goal(world, DataClass.GENERAL | DataClass.PSYTHER_NOTE)
    assert "Marisol" not in reader.get("/progress/").content.decode()
    assert "Below 5, set" not in reader.get(f"/charts/{chart}/scores/").content.decode()
    changed = {"do": "change", "aim": "8", "version": "0"}
    assert reader.post(f"/progress/{chart}/phq-9/", changed).status_code in (404, 409)
    assert Target.objects.get().aim == 5


def relabel_goal(world, mask):
    """What the Goal names has become stricter, and the Goal with it; the target's row stays as it was set."""
    with transaction(), cursor() as opened:
        opened.execute("SELECT set_config('hallway.charts', %s, true)", [f"{{{world.charts['marisol']}}}"])
        opened.execute("UPDATE record_resource SET mask = %s WHERE kind = 'Goal'", [int(mask)])
        assert opened.rowcount == 1


def test_a_list_that_is_cut_says_so(world, monkeypatch):
    chart, reader = world.charts["marisol"], client_of(world, "carewell")
    for key in ("phq-9", "gad-7"):
        assert reader.post(f"/progress/{chart}/{key}/", {"do": "set", "aim": "5"}).status_code == 302
    for most, is_cut in ((2, False), (1, True)):
        monkeypatch.setattr(targets, "MOST", most)
        page = reader.get("/progress/?show=practice").content.decode()
        assert ("More targets run than this list looks at" in page) is is_cut
        assert ("<h1>Of the 1 targets set first: " in page) is is_cut
        assert page.count("Marisol Ejemplo</a></b>") == most


def test_a_link_is_shown_once_and_a_tablet_is_handed_over_signed_out(world):
    chart, reader = world.charts["marisol"], client_of(world, "carewell")
    page = reader.post(f"/screening/{chart}/ask/", {"i": "phq-2", "mode": "link", "language": "es"})
    assert page.status_code == 200
    address = re.search(r"http://testserver(/q/[^<]+)</p>", page.content.decode())[1]
    assert "Marisol" not in reader.get(address).content.decode()
    assert reader.post(f"/screening/{chart}/ask/", {"mode": "link"}).status_code == 422
    paper = reader.post(f"/screening/{chart}/ask/", {"i": "gad-7", "mode": "paper"})
    assert "mode=paper&i=gad-7" in paper["Location"]
    handed = reader.post(f"/screening/{chart}/ask/", {"i": "phq-2", "mode": "tablet"})
    assert handed["Location"].startswith("/q/")
    assert reader.get("/worklist/").status_code == 302


def test_the_desk_that_typed_in_is_told_that_it_was_kept_and_sees_no_answer(world):
    chart, desk = world.charts["marisol"], client_of(world, "deskwell")
    kept = desk.post(f"/screening/{chart}/type/", {"i": "phq-9", "mode": "paper", **PHQ_9, "phq-9/q9": "1"})
    assert kept.status_code == 302
    page = desk.get(kept["Location"])
    assert page.status_code == 200
    assert Sitting.objects.filter(state="finished").count() == 1
    assert "moderately severe" not in page.content.decode()


def put(world, mode, *, instruments=("phq-2",), login="carewell"):
    """Questions that wait for Marisol, and the way to their page."""
    asked = asking.ask(world.charts["marisol"], list(instruments), by=world.requester(login), mode=mode)
    return asked.sitting_id, asking.Ways(asked.secret)


def test_a_tablet_given_back_is_handed_over_again_with_what_was_answered(world):
    appointment(world, "marisol")
    sitting_id, ways = put(world, "tablet")
    asking.answer(ways, "phq-2", "q1", "1", number=1)
    asking.leave(ways)
    desk = client_of(world, "deskwell")
    for path in ("/screening/", f"/screening/{world.charts['marisol']}/ask/"):
        page = desk.get(path).content.decode()
        assert "Hand over again" in page
        assert f'formaction="/screening/{sitting_id}/waiting/"' in page
    handed = desk.post(f"/screening/{sitting_id}/waiting/", {"do": "again"})
    assert handed["Location"].startswith("/q/")
    assert desk.get("/worklist/").status_code == 302, "the desk is signed out on that device"
    assert "Question 2 of 2" in desk.get(handed["Location"]).content.decode()


def test_a_link_that_went_astray_is_shown_anew_or_taken_back_by_the_desk(world):
    appointment(world, "marisol")
    sitting_id, ways = put(world, "link")
    Sitting.objects.filter(id=sitting_id).update(instruments=["phq-2", "phq-9"])
    desk = client_of(world, "deskwell")
    shown = desk.post(f"/screening/{sitting_id}/waiting/", {"do": "again"}).content.decode()
    again = re.search(r"http://testserver/q/([^<]+)/</p>", shown)[1]
    assert again != ways.secret
    assert "PHQ" not in shown, "what follows from answers is not for the desk"
    assert "See whether there are answers" not in shown, "nor is the page of answers"
    back = desk.post(f"/screening/{sitting_id}/waiting/", {"do": "back"})
    assert back["Location"] == "/screening/"
    assert Sitting.objects.get(id=sitting_id).ended_as == "withdrawn"
    assert "Waits for answers" not in desk.get("/screening/").content.decode()
    assert desk.post(f"/screening/{sitting_id}/waiting/", {"do": "back"}).status_code == 409


def test_a_clinician_takes_back_what_was_begun_and_reads_what_was_answered(world):
    sitting_id, ways = put(world, "tablet", instruments=("phq-9",))
    asking.answer(ways, "phq-9", "q9", "2", number=1)
    reader = client_of(world, "carewell")
    assert "Take it back" in reader.get(f"/screening/{sitting_id}/").content.decode()
    back = reader.post(f"/screening/{sitting_id}/waiting/", {"do": "back"})
    page = reader.get(back["Location"]).content.decode()
    assert "an answer that needs you now" in page
    assert "Take it back" not in page


def test_only_the_practice_that_asked_takes_back_or_renews(world):
    sitting_id, _ = put(world, "link")
    for login in ("heartwright", "hearwell"):
        for do in ("again", "back", ""):
            answer = client_of(world, login).post(f"/screening/{sitting_id}/waiting/", {"do": do})
            assert answer.status_code == 404, (login, do)
    assert client_of(world, "carewell").post(f"/screening/{sitting_id}/waiting/", {"do": "burn"}).status_code == 422
    assert Sitting.objects.get(id=sitting_id).state == "asked"
