"""Given a primary care clinician with a real chart, when they refer and the other side sees the patient, then the
report comes back, is read and acted on, and the loop is closed."""

import pytest

from tests.journeys import acts, seed
from tests.printed import checked

pytestmark = pytest.mark.journey


def test_a_referral_goes_to_behavioral_health_and_its_report_is_acknowledged(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")

    # Given Dr. Carewell with Marisol's chart, when she refers with the way back signed at the desk
    carewell = walk.come_in(world.accounts["carewell"])
    acts.begin_referral(walk, carewell, chart, to="Tess Hearwell, LICSW")
    walk.check(carewell, "referral-new")
    assert carewell.get_by_text("45 CFR 164.506(c)(2)").first.is_visible(), "law permits sending, and the page says so"
    acts.sign_at_the_desk(carewell)
    assert carewell.locator("#question").input_value() == acts.QUESTION, "the form was kept while she signed"
    timeline = acts.send(carewell)
    walk.check(carewell, "referral-sent")

    # then Tess finds it on her list, accepts, books and records that Marisol came
    hearwell = walk.come_in(world.accounts["hearwell"])
    hearwell.goto(walk.address("/worklist/"))
    walk.check(hearwell, "worklist-therapist")
    hearwell.goto(timeline)
    walk.check(hearwell, "referral-received")
    acts.press(hearwell, "Accept")
    acts.book(hearwell, days=1)
    acts.press(hearwell, "Came: visit kept")
    seed.behavioral_health(world, "marisol")

    # and writes the report, drafted from her chart and never from the private note
    acts.press(hearwell, "Write the report")
    assert "PLANTED-SESSION-CONTENT" not in hearwell.content()
    hearwell.get_by_label("Your answer").fill("This is depression, not early memory loss. She wants to cook again.")
    hearwell.get_by_label("Plan, a line of your own").fill("Weekly therapy, behavioral activation, 12 visits.")
    hearwell.get_by_label("We ask you to, a line of your own").fill("Check sodium in two weeks.")
    acts.press(hearwell, "Save draft")
    walk.check(hearwell, "report-composer")
    acts.press(hearwell, "Sign and send")
    walk.check(hearwell, "report-sent")

    # then Dr. Carewell reads it in forty seconds, acknowledges with a coded reply, and the loop closes
    carewell.goto(walk.address("/worklist/"))
    walk.check(carewell, "worklist-report-here")
    carewell.goto(timeline)
    walk.check(carewell, "report-here")
    carewell.get_by_role("link", name="Full report").click()
    carewell.get_by_role("heading", name="In three lines").wait_for()
    walk.check(carewell, "report-read")
    paper = carewell.request.get(f"{carewell.url}report.pdf")
    assert checked.broken_rules(paper.body()) == []
    carewell.get_by_label("I agree and will do what is asked").check()
    acts.press(carewell, "Acknowledge and close")
    assert carewell.get_by_text("Nobody owes anything").is_visible()
    walk.check(carewell, "referral-closed")
    assert acts.newest_referral().state == "closed"
