"""Given a therapist with a patient who has no primary care, when they walk the patient down the hall, then the first
visit is booked before the patient leaves."""

from datetime import timedelta

import pytest

from hallway import clock
from tests.journeys import acts, seed

pytestmark = pytest.mark.journey


def test_a_therapist_walks_a_patient_to_primary_care_and_the_first_visit_is_booked(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "lena", login="hearwell")

    # Given Tess with Lena in the room, and Nadia Samplewell free next door
    hearwell = walk.come_in(world.accounts["hearwell"])
    hearwell.goto(walk.address(f"/charts/{chart}/"))
    acts.begin_referral(
        walk,
        hearwell,
        chart,
        to="Nadia Samplewell, NP",
        question="No primary care for three years. Take her on?",
    )
    walk.check(hearwell, "hand-off-free")
    acts.sign_at_the_desk(hearwell)

    # when Tess asks, Nadia hears a knock that tells nothing clinical, and accepts
    hearwell.get_by_role("button", name="Ask Nadia Samplewell, NP").click()
    hearwell.get_by_text("Asked Nadia Samplewell, NP").wait_for()
    walk.check(hearwell, "hand-off-asked")
    nadia = walk.come_in(world.accounts["samplewell"])
    nadia.goto(walk.address("/hand-offs/"))
    walk.check(nadia, "hand-off-door")
    nadia.goto(walk.address("/worklist/"))
    nadia.get_by_role("link", name="Answer the door").click()
    nadia.get_by_role("button", name="Accept").wait_for()
    assert "No primary care for three years" not in nadia.content(), "nothing clinical before the door is open"
    walk.check(nadia, "hand-off-knock")
    acts.press(nadia, "Accept")
    nadia.get_by_role("heading", name="You said yes").wait_for()
    walk.check(nadia, "hand-off-accepted")

    # then they meet, with Lena's word for it, and book the first visit before she leaves
    hearwell.get_by_role("button", name="Meet now").wait_for(timeout=15_000)
    hearwell.get_by_label("agrees to meet now").check()
    acts.press(hearwell, "Meet now")
    at = clock.now() + timedelta(days=4)
    hearwell.get_by_label("Day and time agreed").fill(f"{at:%Y-%m-%d}T10:30")
    walk.check(hearwell, "hand-off-meeting")
    acts.press(hearwell, "Send and book")
    hearwell.get_by_text("You met Nadia Samplewell, NP").wait_for()
    walk.check(hearwell, "hand-off-booked")
    referral = acts.newest_referral()
    assert referral.state == "scheduled"
    assert referral.visits.get().booked_at_handoff
    nadia.reload()
    nadia.get_by_text("No primary care for three years").wait_for()
    nadia.get_by_role("link", name="Open the referral").click()
    nadia.get_by_role("heading", name="Your turn: say whether").wait_for()
