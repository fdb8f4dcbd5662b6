"""Given rules that nobody reads as code, a no with its ground, and a day gone by, then the privacy officer reads them
all; and given a person's own way in, then it changes only on a fresh proof."""

import pytest

from hallway.consent.denials.blocking import Refusal
from hallway.consent.tests.test_past import DAY_5, Story
from hallway.directory.models import Organization
from hallway.identity import actions as identity
from hallway.loops import refusing
from hallway.record.classes import DataClass

pytestmark = pytest.mark.journey
PASSWORD = "a sentence is easiest"


@pytest.fixture
def story(walk):
    Organization.objects.update(on_hallway=True)
    return Story()


def account_of(who, name):
    return identity.create_account(
        f"{name}@example.test", name.title(), password=PASSWORD, practitioner_id=who.practitioner_id
    )


def test_the_privacy_officer_reads_the_rules_tries_a_case_and_sees_what_would_change(walk, story):
    page = walk.come_in(account_of(story.officer, "keepwell"))
    page.goto(walk.address("/rules/"))
    page.get_by_role("heading", name="rules").first.wait_for()
    walk.check(page, "rules", dark=True)

    page.get_by_label("Law of").select_option("MA")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="MA-SW", exact=True).click()
    page.get_by_label("It denied").check()
    page.get_by_role("button", name="Show what would change").click()
    page.get_by_text("would change").first.wait_for()
    walk.check(page, "rule")

    page.goto(walk.address("/rules/try/"))
    walk.check(page, "rules-try-empty")
    page.get_by_label("Psychotherapy notes", exact=True).check()
    page.get_by_role("button", name="What do the rules say?").click()
    page.get_by_text("It needs something first.").wait_for()
    walk.check(page, "rules-try", dark=True)


def test_a_no_is_read_with_its_ground_and_the_form_is_a_press_away(walk, story):
    asked = Refusal(
        chart_id=story.chart,
        route="referral",
        discloser_org=story.bh,
        recipient_org=story.pc,
        recipient_practitioner=story.pcp.practitioner_id,
        purpose="TREAT",
        classes=int(DataClass.GENERAL | DataClass.MH),
        outcome="DENY_NEEDS",
        needs=("state_consent",),
        rule_ids=("MA-SW",),
        form_kind="release",
    )
    denial = refusing.refuse(asked, by=story.therapist)
    page = walk.come_in(account_of(story.officer, "keepwell"))
    page.goto(walk.address("/denials/"))
    page.get_by_role("heading", name="1 request not granted").wait_for()
    walk.check(page, "denials")
    page.set_viewport_size({"width": 375, "height": 800})
    table = page.get_by_role("region", name="Table of denials")
    assert table.evaluate("it => it.scrollWidth - it.clientWidth") <= 0, "on a phone every cell is read without a swipe"
    assert table.get_by_role("row").count() == 2, "it is still a table to who hears it"
    page.set_viewport_size({"width": 1280, "height": 800})

    hearwell = walk.come_in(account_of(story.therapist, "hearwell"))
    hearwell.goto(walk.address(f"/denials/{denial}/"))
    walk.check(hearwell, "denial")
    hearwell.get_by_role("link", name="Prepare the form").click()
    hearwell.wait_for_url("**/consents/new/**")


def test_a_day_gone_by_is_answered_from_what_stood_then(walk, story):
    page = walk.come_in(account_of(story.officer, "keepwell"))
    page.goto(walk.address(f"/consents/then/{story.chart}/"))
    walk.check(page, "then-empty")
    page.get_by_label("Clinician").select_option(label="Invented Carewell, Millbrook (invented)")
    page.get_by_label("On").fill(DAY_5.date().isoformat())
    page.get_by_role("button", name="Show").click()
    page.get_by_role("heading", name="could see 4 entries").wait_for()
    walk.check(page, "then", dark=True)


def test_a_new_password_asks_for_the_old_one_and_says_what_it_ends(walk, story):
    page = walk.come_in(account_of(story.therapist, "hearwell"))
    page.goto(walk.address("/settings/"))
    page.get_by_role("link", name="Change password").click()
    walk.check(page, "password")
    page.get_by_role("button", name="Keep").click()
    page.get_by_text("Type your password.").first.wait_for()
    walk.check(page, "password-missing")
    page.goto(walk.address("/settings/proof"))
    walk.check(page, "proof")
