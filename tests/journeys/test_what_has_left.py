"""Given somebody outside asks for a record, when the front desk asks the law first, then it is refused or recorded."""

import pytest

from tests.journeys import seed
from tests.printed import checked

pytestmark = pytest.mark.journey


def test_the_desk_is_refused_records_what_is_permitted_and_gives_the_list(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")

    # Given Dora at the desk, and an employer who telephones
    desk = walk.come_in(world.accounts["deskwell"])
    desk.goto(walk.address(f"/charts/{chart}/consents/"))
    desk.get_by_role("link", name="Accountings of disclosures, and recording one").click()
    desk.get_by_role("heading", name="What has left", exact=True).wait_for()
    desk.get_by_role("link", name="Record a disclosure").click()
    walk.check(desk, "disclosure-form")
    desk.get_by_label("Who receives it").fill("Her employer")
    desk.get_by_label("What they are").select_option("employer")
    desk.get_by_label("What it is, in a few words").fill("Whether she was here")
    desk.get_by_label("Ordinary content").check()
    desk.get_by_role("button", name="Ask and record").click()

    # then it stays, with the reason
    desk.get_by_role("heading", name="It stays. Nothing was recorded as given.").wait_for()
    walk.check(desk, "disclosure-refused")

    # When the board of health asks as the law lets it, then it is on record with its duties
    desk.get_by_label("Who receives it").fill("Board of Health")
    desk.get_by_label("What they are").select_option("public_health")
    desk.get_by_label("For what").select_option("PH")
    desk.get_by_role("button", name="Ask and record").click()
    desk.get_by_role("heading", name="It may go, and is on record").wait_for()
    walk.check(desk, "disclosure-receipt")

    # and stands in the list that the patient may have
    desk.get_by_role("link", name="What has left").last.click()
    desk.get_by_role("cell", name="Board of Health").first.wait_for()
    walk.check(desk, "disclosures")
    paper = desk.request.get(walk.address(f"/disclosures/{chart}/accounting.pdf"))
    assert checked.broken_rules(paper.body()) == []
