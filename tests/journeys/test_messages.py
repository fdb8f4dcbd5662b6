"""Given two who treat one patient, when one asks the other before a treatment, then the answer files itself into the
note and the treatment, held until then, may begin."""

import pytest

from hallway.consent import actions as consent
from hallway.record.classes import LICENCE_CLASSES, DataClass
from hallway.talking import actions as talking
from tests.journeys import acts, seed

pytestmark = pytest.mark.journey


def signed(world, chart):
    """The patient lets the therapist's practice write to primary care."""
    by = world.requester("hearwell")
    form = consent.compose_consent(
        consent.Composition(
            chart_id=chart,
            kind="release",
            discloser_org=by.organization_id,
            recipient_org=world.requester("carewell").organization_id,
            classes=int(DataClass.GENERAL | DataClass.MH | LICENCE_CLASSES),
        ),
        by=by,
    )
    consent.sign_consent(form, consent.Signature("typed", b"Marisol Ejemplo"), by=by, expected_version=1)


def test_an_evaluation_is_asked_for_answered_filed_and_the_start_released(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")
    seed.treated_by(world, chart, "hearwell", basis="encounter")

    # Given Tess without Marisol's signature: the gate says so before a word is written, and offers the form
    hearwell = walk.come_in(world.accounts["hearwell"])
    hearwell.goto(walk.address(f"/charts/{chart}/loops/"))
    hearwell.get_by_role("link", name="Ask for information").click()
    hearwell.get_by_text("This needs the patient's signature first.").wait_for()
    hearwell.get_by_role("link", name="Prepare the form").wait_for()
    walk.check(hearwell, "request-needs-a-form")
    signed(world, chart)

    # when she asks for the medical evaluation before ECT, it is held
    hearwell.reload()
    hearwell.get_by_label("To", exact=True).select_option(label="Dr. Priya Carewell, Millbrook Family Medicine")
    hearwell.get_by_label("Medical evaluation before a treatment begins").check()
    hearwell.get_by_label("Treatment that waits for it").select_option("ect")
    hearwell.get_by_label("Your question").fill("ECT is considered. Is she fit for it?")
    acts.press(hearwell, "Ask")
    hearwell.get_by_text("The treatment is held.").wait_for()
    walk.check(hearwell, "request-asked")

    # then it stands on Dr. Carewell's worklist, who answers part by part with what her chart holds
    carewell = walk.come_in(world.accounts["carewell"])
    carewell.goto(walk.address("/worklist/"))
    carewell.get_by_text("Somebody asks for information").first.wait_for()
    carewell.goto(walk.address("/messages/"))
    walk.check(carewell, "messages")
    carewell.get_by_role("link", name="Marisol Ejemplo").first.click()
    carewell.get_by_label("Your answer").fill("Fit for ECT.")
    acts.press(carewell, "Answer")
    carewell.get_by_text("“ECG with QTc” is missing.").first.wait_for()
    walk.check(carewell, "request-answering")
    for part in ("Physical examination and vital signs", "ECG with QTc", "Laboratory results"):
        carewell.get_by_label(part, exact=True).fill("Normal")
    carewell.get_by_label("What speaks against it, and at what risk").fill("Nothing found.")
    carewell.get_by_text("Send along from your chart").click()
    carewell.get_by_label("Sodium").check()
    acts.press(carewell, "Answer")
    carewell.get_by_role("heading", name="You answered").wait_for()

    # and the answer is the beginning of Tess's note; once it is signed, the start may be released
    hearwell.reload()
    hearwell.get_by_role("heading", name="Dr. Priya Carewell answered").wait_for()
    walk.check(hearwell, "request-answered")
    hearwell.get_by_role("link", name="Read and file into my note").click()
    assert "Fit for ECT." in hearwell.get_by_label("Note", exact=True).input_value()
    walk.check(hearwell, "request-filing")
    acts.press(hearwell, "Sign note")
    hearwell.get_by_text("Information received from").first.wait_for()
    hearwell.go_back()
    hearwell.go_back()
    hearwell.reload()
    for part in ("Physical examination", "ECG", "Laboratory results", "What speaks against it"):
        hearwell.get_by_label(part).check()
    acts.press(hearwell, "Release the start")
    hearwell.get_by_text("The start is released.").wait_for()

    # What was asked and filed fills the check list of the year by itself; a word to the other side is a thread
    hearwell.goto(walk.address(f"/messages/coordination/{chart}/"))
    hearwell.get_by_text("Filed into a note").first.wait_for()
    walk.check(hearwell, "coordination")
    by = world.requester("carewell")
    thread = talking.send(chart, by=by, to_org=world.requester("hearwell").organization_id, words="Thank you.")
    hearwell.goto(walk.address(f"/messages/{thread}/"))
    hearwell.get_by_text("Thank you.").wait_for()
    walk.check(hearwell, "thread", dark=True)
    hearwell.get_by_role("link", name="Log a call").click()
    walk.check(hearwell, "contact")
