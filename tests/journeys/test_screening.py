"""Given a patient who comes today, when the answers are typed in by number, then the critical one is seen first, a
target is set, and who does not improve stands first."""

import json
import re
from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent import actions as consent
from hallway.labels.source import Source
from hallway.record import queries
from hallway.screening.asking import actions
from hallway.screening.days import ZONE
from tests.journeys import acts, seed

pytestmark = pytest.mark.journey


def charted(world, chart):
    """An appointment at noon, and two PHQ-9 totals in which nothing moved."""
    by, patient = world.requester("carewell"), {"reference": f"Patient/{queries.patient_of(chart)}"}
    now = clock.now()
    noon = now.astimezone(ZONE).replace(hour=12, minute=0, second=0, microsecond=0)
    bodies = [
        {
            "resourceType": "Appointment", "status": "booked", "start": noon.isoformat(),
            "end": (noon + timedelta(minutes=30)).isoformat(),
            "participant": [{"actor": patient, "status": "accepted"}],
        }
    ]  # fmt: skip
    bodies += [
        {
            "resourceType": "Observation", "status": "final", "valueInteger": total, "subject": patient,
            "code": {"coding": [{"system": "http://loinc.org", "code": "44261-6"}]},
            "effectiveDateTime": (now - timedelta(days=days)).isoformat(),
        }
        for days, total in ((80, 17), (40, 17))
    ]  # fmt: skip
    for body in bodies:
        consent.store([json.dumps(body).encode()], by=by, source=Source(by.organization_id, by.practitioner_id))


def test_who_is_due_is_asked_read_and_treated_to_a_target(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")
    charted(world, chart)
    for mode in ("tablet", "link"):
        actions.ask(chart, ["gad-2"], by=world.requester("carewell"), mode=mode)

    # Given Marisol, who comes today: Dr. Carewell sees what is due and why
    page = walk.come_in(world.accounts["carewell"])
    page.goto(walk.address("/worklist/"))
    page.get_by_role("link", name="Who is due for questions today").click()
    page.get_by_text("unhealthy alcohol use").first.wait_for()
    page.get_by_role("button", name="Hand over again").wait_for()
    walk.check(page, "screening-today", dark=True)
    page.get_by_role("link", name="Ask Marisol Ejemplo").click()
    walk.check(page, "screening-ask")
    acts.press(page, "New link")
    walk.check(page, "screening-link")
    acts.press(page, "Take it back")
    page.get_by_text("nothing was answered").wait_for()

    # when she asks the PHQ-9 and types the answers by number
    page.goto(walk.address(f"/screening/{chart}/type/?i=phq-9&mode=visit"))
    page.locator("[data-typed] input").first.focus()
    page.keyboard.down("3")
    page.keyboard.down("3")
    page.keyboard.up("3")
    assert page.locator("[data-typed] input:checked").count() == 1, "a key that is held answers one question"
    for key in "33333332":
        page.keyboard.press(key)
    walk.check(page, "screening-type")
    acts.press(page, "Save the answers")

    # then the critical answer stands first, and reading it is a press of its own
    page.get_by_role("heading", name="an answer that needs you now").wait_for()
    walk.check(page, "screening-answers", dark=True)
    acts.press(page, "I have read this")

    # and a target is set on the Scores tab, where nothing has moved for eight weeks
    page.get_by_role("link", name=re.compile("Set a target ?, PHQ-9")).click()
    page.get_by_label("Change is counted from").select_option(index=3)
    walk.check(page, "target")
    acts.press(page, "Set the target")
    page.get_by_text("Look at the plan: a change").wait_for()
    walk.check(page, "scores", dark=True)
    page.goto(walk.address("/progress/"))
    page.get_by_role("heading", name="1 is not improving").wait_for()
    walk.check(page, "progress", dark=True)
