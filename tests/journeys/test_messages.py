"""Given two who treat one patient, when one asks the other before a treatment, then the answer files itself into the
note and the treatment, held until then, may begin."""

from datetime import timedelta

import pytest

from hallway import clock
from hallway.talking import actions
from tests.journeys import acts, seed
from tests.journeys.kit import THREE

pytestmark = pytest.mark.journey


def test_an_evaluation_is_asked_for_answered_filed_and_the_start_released(walk):
    walk.widths = THREE
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

    # Given ECT, which Dr. Mindham considers: the rules find that nobody was asked whether she is fit for it
    acts.charted(world, "mindham", lambda w: [w.planned(clock.now() - timedelta(hours=2), "90870", "ECT")])
    mindham = walk.come_in(world.accounts["mindham"])
    acts.open_from_worklist(walk, mindham, "A treatment that needs a medical evaluation first", "Open")
    walk.check(mindham, "due-evaluation")

    # when he asks for the medical evaluation, the treatment is held
    mindham.get_by_label("Which treatment waits for it").select_option("ect")
    mindham.get_by_label("In your words").fill("ECT is considered. Is she fit for it?")
    acts.press(mindham, "Ask, and close this")
    mindham.get_by_role("link", name="Open the request").click()
    mindham.get_by_text("The treatment is held.").wait_for()
    asked_at = mindham.url
    walk.check(mindham, "request-asked")

    # then it stands on Dr. Carewell's worklist, who answers part by part with what her chart holds
    carewell = walk.come_in(world.accounts["carewell"])
    carewell.goto(walk.address("/messages/"))
    walk.check(carewell, "messages")
    acts.open_from_worklist(walk, carewell, "Somebody asks for information", "Answer")
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

    # and the answer is the beginning of his note; once it is signed, the start may be released
    acts.open_from_worklist(walk, mindham, "An answer has come for the note", "Read and file")
    walk.check(mindham, "request-answered")
    mindham.get_by_role("link", name="Read and file into my note").click()
    assert "Fit for ECT." in mindham.get_by_label("Note", exact=True).input_value()
    walk.check(mindham, "request-filing")
    acts.press(mindham, "Sign note")
    mindham.get_by_text("Information received from").first.wait_for()
    walk.check(mindham, "request-in-the-note")
    mindham.goto(asked_at)
    for part in ("Physical examination", "ECG", "Laboratory results", "What speaks against it"):
        mindham.get_by_label(part).check()
    walk.check(mindham, "request-releasing")
    acts.press(mindham, "Release the start")
    mindham.get_by_text("The start is released.").wait_for()

    # What was asked and filed fills the check list of the year by itself; a word to the other side is a thread
    mindham.goto(walk.address(f"/messages/coordination/{chart}/"))
    mindham.get_by_text("Filed into a note").first.wait_for()
    walk.check(mindham, "coordination")
    carewell.goto(walk.address(f"/messages/new/{chart}/"))
    carewell.get_by_label("To", exact=True).select_option(label="Dr. Simon Mindham, Northgate Behavioral Health")
    carewell.get_by_role("textbox", name="Message").fill("Thank you.")
    acts.press(carewell, "Send")
    acts.open_from_worklist(walk, mindham, "A message waits for your answer", "Answer")
    mindham.get_by_text("Thank you.").wait_for()
    walk.check(mindham, "thread", dark=True)
    mindham.get_by_role("link", name="Log a call").click()
    walk.check(mindham, "contact")


def test_what_is_declined_is_answered_by_telephone_and_stands_in_the_note(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")
    seed.treated_by(world, chart, "mindham", basis="encounter")

    # Given Dr. Mindham, who asks whether Marisol is fit for ECT, and a practice that says no
    actions.request(
        chart, by=world.requester("mindham"), to_org=world.requester("carewell").organization_id,
        wanted=("evaluation",), words="ECT is considered.", due_at=clock.now() + timedelta(days=7), treatment="ect",
    )  # fmt: skip
    carewell = walk.come_in(world.accounts["carewell"])
    acts.open_from_worklist(walk, carewell, "Somebody asks for information", "Answer")
    carewell.get_by_label("Why", exact=True).select_option(label="Answered by telephone")
    acts.press(carewell, "Decline")
    carewell.get_by_role("heading", name="You declined").wait_for()

    # when he opens what stands on his list, it says what there is to do
    mindham = walk.come_in(world.accounts["mindham"])
    acts.open_from_worklist(walk, mindham, "What you asked for was declined", "Choose what now")
    mindham.get_by_text("They said: Answered by telephone.").wait_for()
    walk.check(mindham, "request-declined")
    declined_at = mindham.url
    mindham.get_by_role("link", name="Ask somebody else").click()
    mindham.get_by_text("That request ends when you send this one").wait_for()
    walk.check(mindham, "request-asked-elsewhere")

    # then what he heard by telephone stands in his note, and the start may be released
    mindham.goto(declined_at)
    mindham.get_by_role("link", name="It came another way: into my note").click()
    mindham.get_by_label("How it came").select_option(label="Telephone")
    mindham.get_by_label("Note", exact=True).fill("By telephone, Dr. Carewell: fit for ECT.")
    walk.check(mindham, "request-filing-anyway")
    acts.press(mindham, "Sign note")
    mindham.get_by_text("By telephone, Dr. Carewell").first.wait_for()
    mindham.goto(declined_at)
    mindham.get_by_role("button", name="Release the start").wait_for()
