"""Given a new drug, then its prescriber tells primary care in one press; another finding is closed with a reason."""

import pytest

from hallway.triggers.models import Firing
from hallway.triggers.tests.made import fire
from hallway.web.due.tests.test_pages import lithium
from tests.journeys import seed

pytestmark = pytest.mark.journey


def test_a_new_drug_is_told_an_offer_is_answered_and_a_finding_dismissed(walk):
    world = seed.practices()
    seed.open_chart(world, "marisol")
    first = lithium(world)
    row = Firing.objects.get(id=first)
    kind, one, _version, source, mask, _author = row.causes[0]
    second = fire(row.chart_id, org=row.organization_id, causes=[(kind, one, source, mask)], who=row.practitioner_id)
    page = walk.come_in(world.accounts["mindham"])
    page.goto(walk.address(f"/due/{first}/"))
    page.get_by_role("heading", name="Lithium started 2 days ago").wait_for()
    walk.check(page, "due-finding", dark=True)
    page.get_by_role("button", name="Send, and close this").click()
    page.get_by_text("Done, Dr. Simon Mindham").wait_for()
    walk.check(page, "due-done")

    page.goto(walk.address(f"/due/{second}/"))
    page.get_by_label("Not needed, because").select_option("told_already")
    page.get_by_role("button", name="Not needed", exact=True).click()
    page.get_by_text("They were told already").wait_for()
    assert sorted(Firing.objects.values_list("state", flat=True)) == ["done", "not_needed"]

    page = walk.come_in(world.accounts["carewell"])
    page.goto(walk.address(f"/due/offers/{world.charts['marisol']}/"))
    walk.check(page, "due-offer")
    page.get_by_role("button", name="Keep for later").click()
    page.wait_for_url("**/charts/**")

    page = walk.come_in(world.accounts["steerman"])
    page.goto(walk.address("/due/rules/"))
    walk.check(page, "due-rules")
    page.get_by_role("link", name="T1: ").click()
    page.get_by_role("button", name="Try it over the last year").click()
    page.get_by_text("This would have fired").wait_for()
    walk.check(page, "due-rule")
