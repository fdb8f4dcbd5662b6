"""Given a referral on its way, when the other side cannot, the patient does not come, or two people act at once, then
both sides see whose turn it is and nothing is lost."""

import pytest

from tests.journeys import acts, seed, stories

pytestmark = pytest.mark.journey


def test_a_declined_referral_is_sent_on_and_both_tries_are_kept(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "harold")
    referral = stories.sent(world, chart, by="carewell", to="listenfield", kind="therapist")
    address = walk.address(f"/referrals/{referral.pk}/")

    # Given Marcus has no room, when he says so with a coded reason
    marcus = walk.come_in(world.accounts["listenfield"])
    marcus.goto(address)
    marcus.get_by_label("Why not").select_option(label="No room for new patients now")
    acts.press(marcus, "Decline")
    walk.check(marcus, "declined-by-me")

    # then Dr. Carewell sees the reason and chooses again
    carewell = walk.come_in(world.accounts["carewell"])
    carewell.goto(walk.address("/worklist/"))
    carewell.get_by_text("Choose again").first.wait_for()
    carewell.goto(address)
    carewell.get_by_text("No room for new patients now").wait_for()
    walk.check(carewell, "referral-declined")
    form = carewell.locator("form#reroute")
    form.get_by_label("To").select_option(label="Tess Hearwell, LICSW (Northgate Behavioral Health)")
    acts.press(carewell, "Send to this practice")
    acts.sign_at_the_desk(carewell)
    acts.send(carewell)
    carewell.get_by_text("This is try 2").wait_for()
    walk.check(carewell, "referral-sent-on")
    carewell.get_by_role("link", name="See the referral before").click()
    carewell.get_by_text("sent on to another practice").wait_for()

    # and Tess has it, with the question as it was asked first
    tess = walk.come_in(world.accounts["hearwell"])
    tess.goto(walk.address("/referrals/?show=received"))
    walk.check(tess, "referral-list")
    tess.get_by_role("link", name="Harold Mockford").click()
    tess.get_by_role("heading", name="Is this depression, early memory loss, or both?").wait_for()


def test_a_missed_visit_is_booked_again_and_the_sender_knows(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")
    referral = stories.sent(world, chart, by="carewell", to="hearwell", kind="therapist")
    address = walk.address(f"/referrals/{referral.pk}/")
    tess = walk.come_in(world.accounts["hearwell"])
    tess.goto(address)
    acts.press(tess, "Accept")
    acts.book(tess, days=1)

    # Given a booked visit, when she does not come
    acts.press(tess, "Did not come")
    tess.get_by_role("heading", name="Your turn: reach her and book again").wait_for()
    walk.check(tess, "no-show")
    carewell = walk.come_in(world.accounts["carewell"])
    carewell.goto(address)
    carewell.get_by_text("She did not come").first.wait_for()
    walk.check(carewell, "no-show-told")

    # then it is booked again, moved once more, and she comes
    acts.book(tess, days=3)
    fold = acts.open_fold(tess, "Move the visit")
    with tess.expect_navigation():
        fold.get_by_role("button", name="Move the visit").click()
    acts.press(tess, "Came: visit kept")
    tess.get_by_role("heading", name="Your turn: write the report").wait_for()
    walk.check(tess, "seen-after-no-show")
    carewell.reload()
    carewell.get_by_text("She came: visit kept").wait_for()


def test_two_people_acting_at_once_hear_who_was_first_and_lose_no_words(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")
    referral = stories.sent(world, chart, by="carewell", to="hearwell", kind="therapist")
    address = walk.address(f"/referrals/{referral.pk}/")
    tess, dana = walk.come_in(world.accounts["hearwell"]), walk.come_in(world.accounts["frontwell"])
    tess.goto(address)
    dana.goto(address)

    # Given both have the page open, when Dana accepts first and Tess declines on the older page
    acts.press(dana, "Accept")
    acts.press(tess, "Decline")

    # then Tess hears who did what when, and that nothing of hers was sent
    tess.get_by_role("heading", name="Dana Frontwell").wait_for()
    assert tess.get_by_text("Nothing of yours was sent.").is_visible()
    walk.check(tess, "acted-first")
    tess.get_by_role("link", name="See where it stands now").click()
    tess.get_by_role("heading", name="Your turn: book the first visit").wait_for()
    referral.refresh_from_db()
    assert referral.state == "accepted"
