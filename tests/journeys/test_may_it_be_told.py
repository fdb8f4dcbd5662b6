"""Given a form that was not signed, or was taken back, when somebody wants to write, then nothing leaves and nothing is
lost; given a report that is late, then both sides and their leads hear it."""

import pytest

from hallway import clock
from tests.journeys import acts, seed, stories

pytestmark = pytest.mark.journey
STANDING = "That may not be everything."


def test_a_patient_who_declines_the_release_is_seen_and_nothing_is_told(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "harold")

    # Given Harold, who says no to the form at the desk, when he is referred all the same
    carewell = walk.come_in(world.accounts["carewell"])
    acts.begin_referral(walk, carewell, chart, to="Tess Hearwell, LICSW")
    carewell.get_by_role("button", name="Prepare exactly that form").first.click()
    carewell.wait_for_url("**/consents/sign/**")
    walk.check(carewell, "consent-sign")
    acts.press(carewell, "No")
    carewell.get_by_label("Yes, and he would rather not").check()
    address = acts.send(carewell)

    # and Tess sees him
    referral = acts.newest_referral()
    stories.seen(world, referral, by="hearwell")
    seed.behavioral_health(world, "harold")
    tess = walk.come_in(world.accounts["hearwell"])
    tess.goto(address)
    acts.press(tess, "Write the report")
    tess.get_by_text("needs the patient").first.wait_for()
    walk.check(tess, "report-not-signed")
    tess.get_by_label("Your answer").fill("This is depression.")
    acts.press(tess, "Sign and send")

    # then the report does not leave, her words are kept, and Dr. Carewell is told nothing of his coming
    assert tess.get_by_label("Your answer").input_value() == "This is depression."
    walk.check(tess, "report-refused")
    carewell.goto(address)
    assert "He came" not in carewell.content()
    assert STANDING in carewell.content(), "the same line stands on every page, whatever is withheld"
    walk.check(carewell, "attendance-not-told")


def test_a_part2_programs_report_stops_when_the_consent_is_taken_back_in_another_window(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "otis")

    # Given Otis, referred to a substance use program, the way back signed on the Part 2 form
    carewell = walk.come_in(world.accounts["carewell"])
    acts.begin_referral(walk, carewell, chart, to="Luis Steadman, LMHC", question="Does he need more than we can do?")
    carewell.get_by_text("42 CFR 2.31").first.wait_for()
    walk.check(carewell, "part2-way-back")
    acts.sign_at_the_desk(carewell)
    address = acts.send(carewell)
    stories.seen(world, acts.newest_referral(), by="steadman")
    carewell.goto(address)
    carewell.get_by_text("He came: visit kept").wait_for()

    # when Luis writes the report, and Otis takes the consent back in another window
    luis = walk.come_in(world.accounts["steadman"])
    luis.goto(address)
    acts.press(luis, "Write the report")
    luis.get_by_label("Your answer").fill("He does, and he has begun.")
    walk.check(luis, "part2-composer")
    other = walk.come_in(world.accounts["steadman"])
    other.goto(walk.address(f"/charts/{chart}/consents/"))
    walk.check(other, "part2-consents")
    other.get_by_role("link", name="Take back").first.click()
    walk.check(other, "part2-revoke")
    acts.press(other, "Take it back now")
    acts.press(luis, "Sign and send")

    # then nothing leaves, Luis keeps his words, and Dr. Carewell's page knows nothing any more
    assert luis.get_by_label("Your answer").input_value() == "He does, and he has begun."
    walk.check(luis, "part2-taken-back")
    carewell.goto(address)
    assert "He came" not in carewell.content()
    walk.check(carewell, "part2-after")


def test_a_report_that_is_late_is_chased_on_both_sides(walk):
    from hallway.loops.actions import escalate_due
    from hallway.referral.actions.clocks import run_clocks

    world = seed.practices()
    with clock.stopped_at(clock.now() - stories.timedelta(days=20)):
        chart = seed.open_chart(world, "marisol")
    referral = stories.sent(world, chart, by="carewell", to="hearwell", kind="therapist", ago=20)
    referral = stories.seen(world, referral, by="hearwell", ago=16)
    address = walk.address(f"/referrals/{referral.pk}/")

    # Given a report nine days late, when the clock has run
    run_clocks(clock.now())
    for _ in range(3):
        escalate_due(clock.now())

    # then its owner sees it first on her list, her lead on the practice list, and Dr. Carewell on the page
    tess = walk.come_in(world.accounts["hearwell"])
    tess.goto(walk.address("/reports/"))
    tess.get_by_text("days late").first.wait_for()
    walk.check(tess, "reports-due")
    lead = walk.come_in(world.accounts["steerman"])
    lead.goto(walk.address("/worklist/practice"))
    lead.get_by_text("days late").first.wait_for()
    walk.check(lead, "practice-worklist-late")
    carewell = walk.come_in(world.accounts["carewell"])
    carewell.goto(address)
    carewell.get_by_text("The report is late").first.wait_for()
    walk.check(carewell, "report-late")
    carewell.goto(walk.address("/worklist/?show=waiting"))
    carewell.get_by_text("days late").first.wait_for()

    # and when Tess writes it after all, it arrives like any other
    seed.behavioral_health(world, "marisol")
    tess.get_by_role("button", name="Write report").click()
    tess.get_by_label("Your answer").fill("Depression, moderate; not early memory loss. First goal: cooking again.")
    tess.get_by_label("Plan, a line of your own").fill("Weekly therapy, behavioral activation, 12 visits.")
    tess.get_by_label("We ask you to, a line of your own").fill("Check sodium in two weeks. Can naproxen stop?")
    acts.press(tess, "Sign and send")
    carewell.goto(address)
    carewell.get_by_role("heading", name="The report in three lines").wait_for()
    walk.check(carewell, "referral-timeline", dark=True)
    acts.press(carewell, "Put into my note")
    carewell.get_by_text("First goal: cooking again").first.wait_for()
