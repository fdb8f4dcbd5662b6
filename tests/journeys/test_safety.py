"""Given a patient who answers yes to PHQ-9 item 9 on a tablet, when the practice acts, then nothing ends before a plan,
988 and a contact stand, the other side is told what it may know, and the call after it is owed and kept."""

import pytest

from hallway.screening.models import Safety
from tests.journeys import acts, seed
from tests.journeys.kit import THREE

pytestmark = pytest.mark.journey

PARTS = {
    "Signs that it is getting worse": "Not sleeping; being alone in the evening.",
    "What I can do by myself": "Walk to the river, call the dog.",
    "People and places that take my mind off it": "The library, cousin Ana.",
    "People I can ask for help": "Ana, 555-0100.",
    "Professionals and crisis lines": "Dr. Carewell, Millbrook.",
    "Making my surroundings safer": "Ana keeps the pills.",
}


def test_a_positive_item_9_to_a_safety_plan_and_the_call_after_it(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")
    walk.widths = THREE
    acts.let_the_worker_hear()

    # When she answers item 9 with "several days" on the tablet that was handed to her, and the rest is still open
    tablet = walk.come_in(world.accounts["carewell"])
    tablet.goto(walk.address(f"/screening/{chart}/ask/?i=phq-9"))
    tablet.get_by_label("Language").select_option("en")
    acts.press(tablet, "Hand this device over")
    acts.tap(tablet, "Start", exact=True)
    for number in range(1, 9):
        tablet.get_by_text(f"Question {number} of ").wait_for()
        acts.tap(tablet, "Skip this question")
    tablet.get_by_text("Question 9 of ").wait_for()
    acts.tap(tablet, "Several days")
    tablet.get_by_role("heading", name="Please stay here. We are coming.").wait_for()
    walk.check(tablet, "safety-stay")
    acts.let_the_worker_hear()
    doctor = walk.come_in(world.accounts["carewell"])
    doctor.goto(walk.address("/worklist/"))
    doctor.get_by_text("A person may be in danger").first.wait_for()
    walk.check(doctor, "safety-worklist")

    # then the desk keeps her here and reads no word of it
    desk = walk.come_in(world.accounts["deskwell"])
    key = Safety.objects.get().id
    desk.goto(walk.address(f"/safety/{key}/"))
    desk.get_by_role("heading", name="Keep Marisol Ejemplo here").wait_for()
    walk.check(desk, "safety-desk")
    acts.press(desk, "She is here, somebody is near")

    # and the doctor goes from step to step
    doctor.goto(walk.address(f"/charts/{chart}/"))
    doctor.get_by_role("link", name="Go on with them").click()
    walk.check(doctor, "safety-begun", dark=True)
    acts.press(doctor, "I have it")
    judgement = doctor.get_by_role("region", name="Your judgement of risk")
    judgement.get_by_text("Write your judgement", exact=True).first.click()
    judgement.get_by_label("Moderate").check()
    judgement.get_by_label("What you found").fill("Thoughts most evenings. No intent, no plan.")
    judgement.get_by_role("button").click()
    doctor.get_by_text("Thoughts most evenings.").wait_for()
    plan = doctor.get_by_role("region", name="Safety plan")
    plan.get_by_text("Write the plan", exact=True).first.click()
    for title, words in PARTS.items():
        plan.get_by_label(title).fill(words)
    plan.get_by_label("Spanish").check()
    plan.get_by_role("button").click()
    doctor.get_by_text("Walk to the river").first.wait_for()

    # It does not end before 988 was shown and the contact is set
    doctor.get_by_label("Home, with the plan").check()
    acts.press(doctor, "End the safety steps")
    doctor.get_by_text("Before it may end so, this is still to be done").first.wait_for()
    walk.check(doctor, "safety-not-yet")
    means = doctor.get_by_role("region", name="Means")
    means.get_by_text("Talk about means", exact=True).first.click()
    means.get_by_label("Medicines: limited").check()
    means.get_by_role("button").click()
    line = doctor.get_by_role("region", name="988 shown")
    line.get_by_text("I showed 988", exact=True).first.click()
    line.get_by_label("Spanish").check()
    line.get_by_role("button").click()
    contact = doctor.get_by_role("region", name="Follow-up contact")
    contact.get_by_text("Set the contact", exact=True).first.click()
    contact.get_by_label("Within a day").check()
    contact.get_by_role("button").click()

    # The other side is told what it may know
    doctor.get_by_role("link", name="See who may be told").click()
    doctor.get_by_role("heading", name="Who may be told, and under which rule").wait_for()
    doctor.get_by_label("Of the directory").select_option(label="Northgate Behavioral Health")
    acts.press(doctor, "See whether you may tell them")
    walk.check(doctor, "safety-tell")
    acts.press(doctor, "Tell Northgate Behavioral Health")
    doctor.get_by_label("Home, with the plan").check()
    acts.press(doctor, "End the safety steps")
    doctor.get_by_role("heading", name="Ended: home, with the plan").wait_for()
    doctor.get_by_label("Reached, and safe for now").check()
    doctor.get_by_label("What was said and agreed").fill("Slept. Sees Tess on Thursday.")
    walk.check(doctor, "safety-ended")
    acts.press(doctor, "Keep the contact")
    tess = walk.come_in(world.accounts["hearwell"])
    tess.goto(walk.address("/worklist/"))
    tess.get_by_text("A practice tells you that a person may be in danger").first.wait_for()
    tess.get_by_role("link", name="Read").first.click()
    walk.check(tess, "safety-told")
    acts.press(tess, "I have read it")
