"""The offer on a chart and on its page: kept with its date, shown to this practice alone, sent to the referral."""

import re
from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent import gate
from hallway.loops.models import Loop
from hallway.record import queries as record
from hallway.triggers.models import Firing, Offer
from hallway.triggers.tests.made import fire
from hallway.web.chart.tests.test_pages import bare, client_of
from tests.journeys import seed


@pytest.fixture
def world(fresh_db):
    made = seed.practices()
    seed.open_chart(made, "marisol")
    return made


def post(world, client, **said):
    return client.post(f"/due/offers/{world.charts['marisol']}/", said)


def test_an_answer_is_kept_dated_and_shown_on_the_chart_of_this_practice_alone(world):
    client = client_of(world, "carewell")
    chart = f"/charts/{world.charts['marisol']}/"
    assert b"Offer behavioral health care." in client.get(chart).content
    day = clock.today() + timedelta(days=40)
    answer = post(world, client, answer="not_now", reason="cost", again_on=str(day))
    assert (answer.status_code, answer["Location"]) == (302, chart)
    told = client.get(chart).content.decode()
    assert "said not now" in told
    assert "Why: cost." in told
    assert "Offer behavioral health care." not in told, "it rests until its day"
    assert Offer.objects.get().again_on == day
    stranger = client_of(world, "heartwright")
    assert bare(stranger.get(f"/due/offers/{world.charts['marisol']}/")) == bare(stranger.get("/due/offers/999999/"))


def test_wanting_it_opens_the_referral_and_one_elsewhere_is_named_in_the_record_only(world):
    client = client_of(world, "carewell")
    assert post(world, client, answer="wants")["Location"].startswith("/referrals/")
    post(world, client, answer="has_one", name="Dr. Faraway Zentralarzt", phone="555-0100")
    row = Offer.objects.order_by("-id").first()
    assert (row.answer, row.side) == ("has_one", "bh")
    assert not any("Zentralarzt" in str(value) for value in Offer.objects.values_list())


def test_a_yes_stands_on_the_worklist_leads_to_the_referral_and_ends_with_a_reason(world):
    client, chart = client_of(world, "carewell"), world.charts["marisol"]
    assert "The referral is still to be sent" not in client.get(f"/due/offers/{chart}/").content.decode()
    post(world, client, answer="wants")
    assert f'href="/due/offers/{chart}/"' in client.get("/worklist/").content.decode()
    assert "The referral is still to be sent." in client.get(f"/charts/{chart}/").content.decode()
    told = client.get(f"/due/offers/{chart}/").content.decode()
    assert "Why no referral is made" in told
    assert f'href="/referrals/new/{chart}/"' in told
    assert client.get(f"/referrals/new/{chart}/").status_code == 200
    assert (
        f'href="/referrals/new/{chart}/"'
        not in client_of(world, "deskwell").get(f"/due/offers/{chart}/").content.decode()
    )
    wrong = post(world, client, end="because")
    assert (wrong.status_code, b"No reason is chosen." in wrong.content) == (422, True)
    assert post(world, client, end="treated_there")["Location"] == f"/charts/{chart}/"
    assert Loop.objects.get(kind="refer").closed_as == "treated_there"
    assert "/due/offers/" not in client.get("/worklist/").content.decode()


def test_no_reason_is_chosen_before_a_person_chooses_one(world):
    client, chart = client_of(world, "carewell"), world.charts["marisol"]
    post(world, client, answer="wants")
    told = client.get(f"/due/offers/{chart}/").content.decode()
    chosen = re.findall(r'<select[^>]*><option value="([^"]*)"', told)
    assert chosen == ["", "", ""], "how the wish ended, and why each no"
    wrong = post(world, client, end="")
    assert (wrong.status_code, b"No reason is chosen." in wrong.content) == (422, True)
    assert Loop.objects.get(kind="refer").closed_as == ""


@pytest.mark.parametrize(
    "said", [{}, {"answer": "perhaps"}, {"answer": "declined"}, {"answer": "has_one", "name": "x" * 201}]
)
def test_an_answer_that_cannot_be_kept_says_why_and_keeps_nothing(world, said):
    answer = post(world, client_of(world, "carewell"), **said)
    assert answer.status_code == 422
    assert b"The answer was not kept." in answer.content
    assert not Offer.objects.exists()


@pytest.mark.parametrize(
    ("login", "said", "ended"),
    [
        ("carewell", {"answer": "wants"}, ("done", "")),
        ("carewell", {"answer": "declined", "reason": "cost"}, ("declined", "prefers_not")),
        ("deskwell", {"answer": "not_now", "reason": "cost"}, ("declined", "not_now")),
    ],
)
def test_an_answer_ends_the_prompt_that_asked_for_it_whoever_of_the_practice_asked(world, login, said, ended):
    by, chart = world.requester("carewell"), world.charts["marisol"]
    visit = next(one for one in record.read_chart(gate.release(by, chart), kinds=("Encounter",), route="test"))
    cause = ("Encounter", str(visit.id), int(visit.source_org), visit.mask)
    for rule in ("T12", "T30"):
        fire(chart, org=by.organization_id, causes=[cause], rule=rule)
    post(world, client_of(world, login), **said)
    found = dict(Firing.objects.values_list("rule", "state"))
    assert found == {"T12": ended[0], "T30": "open"}
    assert Firing.objects.get(rule="T12").reason == ended[1]
