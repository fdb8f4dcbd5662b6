"""Given a clinician who owes things, when they come in, then what is owed stands in order, with why and by when."""

from datetime import timedelta

import pytest

from hallway import clock
from hallway.ids import NOBODY, OrganizationId, PractitionerId
from hallway.loops import actions as loops
from hallway.loops.tables.clocks import LoopKind
from hallway.record.classes import DataClass
from tests.journeys.seed import open_chart, practices

pytestmark = pytest.mark.journey


def owe(world, chart, kind, *, owner="carewell", to="hearwell", days=0, harm=None, nobody=False):
    """``owner`` owes ``to`` something about ``chart``, due in ``days``."""
    who, whom = world.requester(owner), world.requester(to)
    loops.open_loop(
        loops.Owed(
            chart_id=world.charts[chart],
            kind=kind,
            owner_org=who.organization_id,
            for_org=whom.organization_id,
            source_org=OrganizationId(world.organizations["millbrook"].pk),
            mask=int(DataClass.GENERAL),
            owner_practitioner=NOBODY if nobody else who.practitioner_id,
            for_practitioner=PractitionerId(whom.practitioner_id),
            due_at=clock.now() + timedelta(days=days, hours=-1 if days < 0 else 3),
            from_at=clock.now() - timedelta(days=6),
            harm=harm,
        )
    )


@pytest.fixture
def day(walk):
    world = practices()
    for key in ("marisol", "harold", "otis", "lena"):
        open_chart(world, key)
    owe(world, "harold", LoopKind.ACKNOWLEDGE, days=-2)
    owe(world, "otis", LoopKind.CHOOSE_AGAIN, days=-1)
    owe(world, "marisol", LoopKind.ANSWER_INTERIM, days=0)
    owe(world, "lena", LoopKind.RE_OFFER, days=3)
    owe(world, "harold", LoopKind.CALL_PATIENT, days=4, nobody=True)
    owe(world, "marisol", LoopKind.REPORT, owner="hearwell", to="carewell", days=5)
    return walk, world


def test_what_is_owed_stands_in_order_and_keys_move_through_it(day):
    walk, world = day
    page = walk.come_in(world.accounts["carewell"])
    page.goto(walk.address("/"))
    assert page.url.endswith("/worklist/"), "a clinician's day begins with what they owe"
    page.locator("#peek h2").wait_for()
    assert "two are late" in page.locator("h1").inner_text()
    walk.check(page, "worklist", dark=True)
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator(".row.on").count() == 1
    page.wait_for_function(
        "() => document.querySelector('#peek h2').innerText.includes(document.querySelector('.row.on .pt a').innerText)"
    )
    page.keyboard.press(" ")
    assert page.locator("#peek").is_hidden()
    page.keyboard.press(" ")
    page.keyboard.press("?")
    page.get_by_role("heading", name="Keys of this page").wait_for()
    walk.axe(page, "list of keys")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.locator("#find").evaluate("field => field === document.activeElement")


def test_others_owe_and_the_practice_sees_who_carries_what(day):
    walk, world = day
    page = walk.come_in(world.accounts["carewell"])
    page.goto(walk.address("/worklist/?show=waiting"))
    walk.check(page, "worklist-waiting")
    page.goto(walk.address("/worklist/?show=closed"))
    page.get_by_text("Nothing closed in the last seven days").wait_for()
    walk.check(page, "worklist-closed")
    page.goto(walk.address("/worklist/practice"))
    walk.check(page, "worklist-practice", dark=True)
    leader = walk.come_in(world.accounts["headley"])
    leader.goto(walk.address("/worklist/practice"))
    walk.check(leader, "worklist-leader")


def test_a_patient_is_found_the_first_time_and_written_down_once(day):
    walk, world = day
    page = walk.come_in(world.accounts["carewell"])
    page.goto(walk.address("/patients/"))
    walk.check(page, "patients", dark=True)
    page.keyboard.press("/")
    page.keyboard.type("ejemplo 03/14/1955")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="One patient matches").wait_for()
    assert "ejemplo" not in page.url.lower(), "what was typed never stands in an address"
    walk.check(page, "patients-found")
    page.get_by_label("Name, birth date or record number").fill("Nobodyatall")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("heading", name="No patient matches, or none you may open").wait_for()
    walk.check(page, "patients-none")
    page.get_by_role("link", name="New patient").click()
    page.get_by_label("Given names").fill("Marisol")
    page.get_by_label("Family name").fill("Ejemplo")
    page.get_by_label("Birth date").fill("06/31/1955")
    page.get_by_role("button", name="Write down and open the chart").click()
    page.get_by_text("That day does not exist.").first.wait_for()
    walk.check(page, "patients-new-wrong")
    page.get_by_label("Birth date").fill("3/14/1955")
    page.get_by_role("button", name="Write down and open the chart").click()
    page.get_by_text("This may be the same person").wait_for()
    walk.check(page, "patients-new-double")
    page.get_by_label("Given names").fill("Þórunn Ñandú")
    page.get_by_label("Family name").fill("O’Ejemplo-Śmith 示例")
    page.get_by_role("button", name="Write down and open the chart").click()
    page.wait_for_url("**/charts/*/")
    page.goto(walk.address("/patients/"))
    page.get_by_text("O’Ejemplo-Śmith 示例").wait_for()


def test_the_directory_finds_who_fits(day):
    walk, world = day
    page = walk.come_in(world.accounts["carewell"])
    page.goto(walk.address("/directory/"))
    walk.check(page, "directory", dark=True)
    page.get_by_label("Kind").select_option(label="Psychiatrist")
    page.get_by_label("Speaks").select_option(label="Spanish")
    page.get_by_role("button", name="Show who fits").click()
    walk.check(page, "directory-fits")
