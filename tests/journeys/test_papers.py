"""A therapist finds what nobody could judge, reads it, says what it is with one key, and takes it back."""

from datetime import timedelta

import pytest

from hallway import clock
from hallway.app.demo.facts import FactWriter
from tests.journeys import seed

pytestmark = pytest.mark.journey


def test_papers_are_judged_with_one_key_and_taken_back(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")
    seed.behavioral_health(world, "marisol")
    write = FactWriter("journey-marisol", "northgate", "hearwell")
    at = clock.now() - timedelta(days=3)
    write.patient_id = FactWriter("journey-marisol", "", "").patient_id
    papers = [
        write.paper(at, "Untitled note", "Telephone call about the waiting time.\n\nAsked to be called back."),
        write.paper(at, "Letter from outside, scanned"),
    ]
    seed.store(world, papers, chart=chart)
    page = walk.come_in(world.accounts["hearwell"], "Northgate")
    page.goto(walk.address("/review/"))
    assert page.locator("h1").inner_text() == "2 papers wait for your word"
    walk.check(page, "papers", dark=True)
    page.locator("a[data-open]").first.click()
    page.get_by_role("heading", name="What is this paper?").wait_for()
    walk.check(page, "paper")
    page.goto(walk.address("/review/"))
    page.keyboard.press("j")
    page.locator("#peek h2").first.wait_for()
    page.locator("#peek button[data-key=m]").wait_for()
    page.keyboard.press("m")
    page.get_by_role("heading", name="1 paper waits for your word").wait_for()
    page.get_by_role("button", name="Take back").click()
    page.get_by_role("heading", name="2 papers wait for your word").wait_for()
    page.goto(walk.address(f"/charts/{chart}/notes/write/"))
    page.get_by_text("Mark this note").click()
    page.get_by_label("A service that the minor consented to alone").check()
    walk.check(page, "note-marks")
