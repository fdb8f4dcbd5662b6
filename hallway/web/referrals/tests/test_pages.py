"""The pages of a referral over the wire: stale pages, second presses, wrong values, strangers, names in any script."""

import re
import uuid

import pytest
from django.test import Client

from hallway.ids import ReferralId
from hallway.referral.models import Referral
from tests.journeys import seed, stories

pytestmark = pytest.mark.usefixtures("fresh_db")


class Network:
    """The journeys' practices with one referral of Marisol's, sent by Dr. Carewell to Tess Hearwell."""

    def __init__(self) -> None:
        self.world = seed.practices()
        self.chart = seed.open_chart(self.world, "marisol")

    def client(self, login: str) -> Client:
        from hallway.identity import actions
        from hallway.web.middleware import COOKIE
        from hallway.web.sign_in.hats import hats_of

        account = self.world.accounts[login]
        opened = actions.open_verified(account)
        actions.wear(opened.session_id, hats_of(account)[0])
        client = Client()
        client.cookies[COOKIE] = opened.token
        return client

    def sent(self) -> Referral:
        return stories.sent(self.world, self.chart, by="carewell", to="hearwell", kind="therapist")

    def to(self, login: str) -> str:
        return f"{self.world.roles[login].organization_id}-{self.world.people[login].pk}"

    def form(self, **more: object) -> dict[str, object]:
        return {
            "question": "Is it depression?",
            "to": self.to("hearwell"),
            "urgency": "soon",
            "asked_role": "comanage",
            "talked": "agrees",
            "part": ["reason", "conditions"],
            **more,
        }


@pytest.fixture
def network() -> Network:
    return Network()


def test_a_second_press_of_the_same_button_changes_nothing_and_shows_the_referral(network: Network):
    referral, tess = network.sent(), network.client("hearwell")
    step = f"/referrals/{referral.pk}/steps/accept/"
    seen = {"expected_version": referral.version}
    assert tess.post(step, seen).status_code == 302
    assert tess.post(step, seen).status_code == 302
    assert list(referral.steps.values_list("step", flat=True)).count("accept") == 1


def test_a_stale_page_hears_who_acted_and_keeps_its_words(network: Network):
    referral, tess, dana = network.sent(), network.client("hearwell"), network.client("frontwell")
    seen = {"expected_version": referral.version}
    dana.post(f"/referrals/{referral.pk}/steps/accept/", seen)
    answer = tess.post(f"/referrals/{referral.pk}/steps/interim_note/", seen | {"words": "Call me about her sodium."})
    assert answer.status_code == 409
    assert b"Dana Frontwell" in answer.content
    assert b"Call me about her sodium." in answer.content


def test_a_wrong_code_or_day_is_said_beside_its_step_and_changes_nothing(network: Network):
    referral, tess = network.sent(), network.client("hearwell")
    wrong = tess.post(f"/referrals/{referral.pk}/steps/decline/", {"expected_version": 2, "reason": "because"})
    assert wrong.status_code == 422
    tess.post(f"/referrals/{referral.pk}/steps/accept/", {"expected_version": referral.version})
    referral.refresh_from_db()
    form = {"expected_version": referral.version, "starts_at": "2026-06-31T10:00", "mode": "in_person"}
    answer = tess.post(f"/referrals/{referral.pk}/steps/book/", form)
    assert answer.status_code == 422
    assert b"That day does not exist." in answer.content


def _without_what_changes(content: bytes) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", content)


def test_a_referral_of_others_and_one_that_never_was_are_the_same_page(network: Network):
    referral, stranger = network.sent(), network.client("glandwell")
    for path in ("", "draft/", "hand-off/"):
        theirs = stranger.get(f"/referrals/{referral.pk}/{path}")
        nobodys = stranger.get(f"/referrals/{uuid.uuid4()}/{path}")
        assert theirs.status_code == nobodys.status_code == 404
        assert _without_what_changes(theirs.content) == _without_what_changes(nobodys.content)
    theirs = stranger.get(f"/referrals/new/{network.chart}/")
    nobodys = stranger.get("/referrals/new/987654/")
    assert theirs.status_code == nobodys.status_code == 404
    assert _without_what_changes(theirs.content) == _without_what_changes(nobodys.content)


def test_an_unsent_draft_is_not_there_for_the_other_side(network: Network):
    carewell, tess = network.client("carewell"), network.client("hearwell")
    place = carewell.post(f"/referrals/new/{network.chart}/", network.form(act="save"))["Location"]
    assert carewell.get(place).status_code == 200
    assert tess.get(place).status_code == 404
    assert tess.get(place.replace("draft/", "")).status_code == 404


def test_a_referral_to_oneself_is_refused_beside_the_field_and_the_question_is_kept(network: Network):
    carewell = network.client("carewell")
    answer = carewell.post(f"/referrals/new/{network.chart}/", network.form(act="save", to=network.to("carewell")))
    assert answer.status_code == 422
    assert b"Is it depression?" in answer.content
    assert not Referral.objects.exists()


def test_a_second_referral_for_the_same_is_refused_and_the_open_one_is_named(network: Network):
    network.sent()
    carewell = network.client("carewell")
    page = carewell.get(f"/referrals/new/{network.chart}/")
    assert "Open it" in page.content.decode()
    answer = carewell.post(f"/referrals/new/{network.chart}/", network.form(act="send"))
    assert answer.status_code == 409
    assert Referral.objects.count() == 1


@pytest.mark.parametrize("question", ["", "  ", "x" * 5000, "bell \x07"])
def test_a_question_that_is_none_is_refused_and_nothing_is_sent(network: Network, question: str):
    carewell = network.client("carewell")
    answer = carewell.post(f"/referrals/new/{network.chart}/", network.form(act="send", question=question))
    assert answer.status_code in (302, 422)
    if answer.status_code == 302:
        pytest.fail("it was taken")
    assert not Referral.objects.filter(state="sent").exists()


def test_a_question_in_any_script_goes_through_as_it_is(network: Network):
    carewell, tess = network.client("carewell"), network.client("hearwell")
    question = "¿Depresión o demencia? 抑郁症？ هل هو اكتئاب؟ <b>&amp;"
    sent = carewell.post(f"/referrals/new/{network.chart}/", network.form(act="send", question=question))
    page = tess.get(sent["Location"]).content.decode()
    assert "抑郁症" in page
    assert "<b>&amp;" not in page, "typed text is text, never markup"


def test_reluctance_keeps_the_offer_and_sends_nothing(network: Network):
    carewell = network.client("carewell")
    form = network.form(act="reluctance", reluctance="wants_to_think", reoffer_on="2027-01-15")
    answer = carewell.post(f"/referrals/new/{network.chart}/", form)
    assert answer.status_code == 302
    assert Referral.objects.get().state == "reluctant"
    assert carewell.get(answer["Location"], follow=True).status_code == 200


def test_advice_to_phone_opens_a_tracked_loop_all_the_same(network: Network):
    carewell = network.client("carewell")
    answer = carewell.post(f"/referrals/new/{network.chart}/", network.form(act="self"))
    assert answer.status_code == 302
    referral = Referral.objects.get()
    assert referral.is_self_referral
    assert referral.state == "sent"


def test_a_pcp_elsewhere_is_recorded_and_nobody_is_poached(network: Network):
    chart = seed.open_chart(network.world, "lena", login="hearwell")
    tess = network.client("hearwell")
    form = network.form(act="elsewhere", to=network.to("carewell"), elsewhere="Old Pretend Primary Care")
    answer = tess.post(f"/referrals/new/{chart}/", form)
    assert answer.status_code == 302
    assert Referral.objects.get(chart_id=chart).state == "pcp_elsewhere"
    assert tess.get(answer["Location"]).status_code == 200


def test_a_page_that_asks_by_itself_does_not_keep_a_session_alive(network: Network):
    from datetime import timedelta

    from hallway.identity.models import LoginSession

    nadia = network.client("samplewell")
    LoginSession.objects.update(seen_at=LoginSession.objects.get().seen_at - timedelta(minutes=5))
    before = LoginSession.objects.get().seen_at
    assert nadia.get("/hand-offs/waiting/").status_code == 200
    assert LoginSession.objects.get().seen_at == before
    assert nadia.get("/hand-offs/").status_code == 200
    assert LoginSession.objects.get().seen_at > before


def test_a_report_opens_for_its_two_sides_and_for_nobody_else(network: Network):
    from hallway.consultation import actions

    referral = stories.seen(network.world, network.sent(), by="hearwell")
    report = actions.draft_report(network.world.requester("hearwell"), ReferralId(referral.pk))
    for login in ("carewell", "glandwell"):
        assert network.client(login).get(f"/reports/{report.pk}/").status_code == 404, "a draft is nobody's fact yet"
    tess = network.client("hearwell")
    assert tess.get(f"/reports/{report.pk}/", follow=True).status_code == 200
    assert tess.get("/reports/").content.decode().count("Go on writing") == 1
    assert tess.get(f"/reports/of/{referral.pk}/")["Location"] == f"/reports/{report.pk}/compose/"


def test_a_link_to_a_report_that_nobody_began_goes_to_the_referral_and_begins_nothing(network: Network):
    from hallway.consultation.models import Report

    referral = stories.seen(network.world, network.sent(), by="hearwell")
    answer = network.client("hearwell").get(f"/reports/of/{referral.pk}/")
    assert answer["Location"] == f"/referrals/{referral.pk}/"
    assert not Report.objects.exists()
