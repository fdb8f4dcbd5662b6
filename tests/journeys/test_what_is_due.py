"""Given what two sides owe each other a word about, then it stands on the worklist of whoever owes it, is told in one
press or waits for exactly one signature, and the other side has it on theirs."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from hallway import clock
from hallway.consent.models import Consent
from hallway.triggers.models import Firing
from tests.journeys import acts, seed
from tests.journeys.kit import THREE

pytestmark = pytest.mark.journey


def test_new_lithium_is_told_its_labs_assigned_and_a_finding_dismissed(walk):
    walk.widths = THREE
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")
    begun = clock.now() - timedelta(days=2)

    # Given lithium, which Dr. Mindham began: it stands on his worklist, with the words ready
    acts.charted(
        world,
        "mindham",
        lambda w: [
            w.encounter(begun - timedelta(days=200), "Low mood"),
            w.medicine("6448", "Lithium carbonate 300 mg", "twice a day", begun),
        ],
    )
    mindham = walk.come_in(world.accounts["mindham"])
    acts.open_from_worklist(walk, mindham, "New psychotropic: tell primary care", "Open")
    mindham.get_by_role(
        "heading", name="Lithium started 2 days ago by Dr. Mindham, primary care not yet told"
    ).wait_for()
    walk.check(mindham, "due-finding", dark=True)

    # when he sends it and takes the labs on in the same press, it is closed
    acts.open_details(mindham, "And take the labs on")
    mindham.get_by_label("Tests you order yourself").fill("Lithium level, creatinine, TSH, calcium")
    walk.check(mindham, "due-labs")
    acts.press(mindham, "Send, and close this")
    mindham.get_by_text("Done, Dr. Simon Mindham").wait_for()
    walk.check(mindham, "due-done")

    # then Dr. Carewell has it on her worklist and reads it, and his labs stand on his until they are ordered
    carewell = walk.come_in(world.accounts["carewell"])
    acts.open_from_worklist(walk, carewell, "A message waits for your answer", "Answer")
    carewell.get_by_text("Lithium carbonate 300 mg").first.wait_for()
    walk.check(carewell, "due-told")
    acts.press(carewell, "Read, no answer needed")
    carewell.get_by_text("Nothing more is owed on your side.").wait_for()

    acts.open_from_worklist(walk, mindham, "Laboratory tests are to be ordered", "Open")
    mindham.get_by_text("Lithium level, creatinine, TSH, calcium").wait_for()
    walk.check(mindham, "due-labs-assigned")
    acts.press(mindham, "They are ordered")
    mindham.get_by_text("Ordered", exact=True).wait_for()
    mindham.goto(walk.address("/worklist/"))
    assert mindham.get_by_text("Laboratory tests are to be ordered").count() == 0

    # What is not needed is closed with its reason, and nothing else closes it
    acts.open_from_worklist(walk, mindham, "A treatment that needs a medical evaluation first", "Open")
    mindham.get_by_label("Not needed, because").select_option("cared_for_elsewhere")
    walk.check(mindham, "due-dismissing")
    acts.press(mindham, "Not needed")
    mindham.get_by_text("Somebody else does this, and it is agreed").wait_for()
    walk.check(mindham, "due-dismissed")
    closed = Firing.objects.exclude(closed_by=0).values_list("rule", "state").order_by("rule")
    assert list(closed) == [("T1", "done"), ("T7", "not_needed")]

    # And the rules' leader sees how often that was, and tries one otherwise
    steerman = walk.come_in(world.accounts["steerman"])
    steerman.goto(walk.address("/due/rules/"))
    walk.check(steerman, "due-rules")
    steerman.get_by_role("link", name="T1: ").click()
    steerman.get_by_role("button", name="Try it over the last year").click()
    steerman.get_by_text("This would have fired").wait_for()
    walk.check(steerman, "due-rule")
    carewell.goto(walk.address(f"/due/offers/{chart}/"))
    walk.check(carewell, "due-offer")
    carewell.locator("#why-not_now").select_option("cost")
    carewell.get_by_role("button", name="Keep for later").click()
    carewell.wait_for_url("**/charts/**")


def test_a_new_patient_of_a_program_is_told_of_once_she_has_signed(walk):
    walk.widths = THREE
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")
    seen = clock.now() - timedelta(days=1)

    # Given a first visit at a substance use program: what is owed may not be told, and the page says what would open it
    acts.charted(
        world,
        "steadman",
        lambda w: [w.encounter(seen, "Intake"), w.condition("F11.20", "Opioid use disorder, moderate", seen)],
    )
    steadman = walk.come_in(world.accounts["steadman"])
    acts.open_from_worklist(walk, steadman, "New behavioral health patient with a substance use disorder", "Open")
    steadman.get_by_role("button", name="Prepare exactly that form").wait_for()
    assert steadman.get_by_role("button", name="Send, and close this").count() == 0
    walk.check(steadman, "due-needs-a-form")
    carewell = walk.come_in(world.accounts["carewell"])
    for path in ("/worklist/", "/messages/", f"/charts/{chart}/", f"/charts/{chart}/timeline/"):
        carewell.goto(walk.address(path))
        assert "Harbor" not in carewell.content()
        assert "Opioid" not in carewell.content()

    # when exactly that form is prepared, and Marisol signs it on her own phone
    acts.press(steadman, "Prepare exactly that form")
    steadman.get_by_role("heading", name="One form to read, then your answer").wait_for()
    walk.check(steadman, "due-form")
    steadman.get_by_role("button", name="Show the picture to scan").click()
    path = urlsplit(steadman.locator(".keep-lines").inner_text()).path
    phone = walk.page(width=375)
    phone.goto(walk.address(path))
    acts.say_when_born(phone)
    phone.get_by_label("Or type your full name").fill("Marisol Ejemplo")
    if phone.get_by_label("Your initials").count():
        phone.get_by_label("Your initials").fill("ME")
    walk.check(phone, "due-form-on-the-phone")
    phone.get_by_role("button", name="Sign", exact=True).click()
    phone.get_by_role("heading", name="Thank you").wait_for()
    form = Consent.objects.get()
    assert (form.state, form.signed_through) == ("signed", "link")

    # then the word may go, and goes
    acts.open_from_worklist(walk, steadman, "New behavioral health patient with a substance use disorder", "Open")
    steadman.get_by_text("The patient signed for this.").wait_for()
    steadman.get_by_label("Your message").fill(
        "We treat her for opioid use from now on. Call me before you change a dose."
    )
    walk.check(steadman, "due-signed")
    acts.press(steadman, "Send, and close this")
    steadman.get_by_text("Done, Luis Steadman").wait_for()
    assert Firing.objects.get(rule="T4").state == "done"

    # and the other side has it on its worklist, with what may not be done with it
    acts.open_from_worklist(walk, carewell, "A message waits for your answer", "Answer")
    carewell.get_by_text("Call me before you change a dose.").wait_for()
    walk.check(carewell, "due-told-by-a-program")
    carewell.get_by_label("Your answer").fill("Thank you. Nothing is changed without a call.")
    acts.press(carewell, "Send")
    steadman.goto(walk.address("/messages/"))
    steadman.get_by_role("link", name="Marisol Ejemplo").first.click()
    steadman.get_by_text("Nothing is changed without a call.").wait_for()
