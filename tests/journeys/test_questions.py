"""Given questions for a patient, when they are answered in the waiting room or on a phone, then none of it is lost."""

from urllib.parse import urlsplit

import pytest

from hallway.consent import gate
from hallway.record import queries as record
from hallway.screening.asking import actions, queries
from hallway.screening.instruments.resources import read_response
from hallway.screening.models import Sitting
from hallway.standards.fhir import r4
from tests.journeys import acts, seed
from tests.journeys.kit import THREE

pytestmark = pytest.mark.journey


def wait_until(page, true):
    """The pages allow no evaluation by the browser itself, so it is asked again and again."""
    for _ in range(300):
        if true():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come to be")


def all_is_sent(page):
    wait_until(page, lambda: page.evaluate("localStorage.length") == 0)


def responses(world, chart):
    """The sets of answers in the chart, by instrument."""
    release = gate.release(world.requester("carewell"), chart)
    stored = record.read_chart(release, kinds=["QuestionnaireResponse"], route="test")
    found = [read_response(one.view(r4.QuestionnaireResponse)) for one in stored]
    return sorted(one.instrument_key for one in found if one is not None)


def test_a_tablet_in_spanish_is_cut_off_in_the_middle_and_a_link_is_answered_on_the_phone(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")
    walk.widths = THREE

    # Given Dr. Carewell, who hands her tablet over: she is signed out there before the first question
    tablet = walk.come_in(world.accounts["carewell"])
    tablet.goto(walk.address(f"/screening/{chart}/ask/?i=phq-2&i=gad-2"))
    tablet.get_by_label("Language").select_option(label="Spanish")
    acts.press(tablet, "Hand this device over")
    tablet.get_by_role("heading", name="Unas preguntas de su equipo de salud").wait_for()
    asked = Sitting.objects.get()
    walk.check(tablet, "questions-start", dark=True)
    tablet.get_by_role("button", name="Empezar").click()
    tablet.get_by_text("Pregunta 1 de 4").wait_for()
    assert tablet.get_by_role("link", name="Llame al 988").is_visible()
    assert tablet.locator(".choice").first.bounding_box()["height"] >= 48
    walk.check(tablet, "questions-one", dark=True)

    # when the connection is cut, the questions go on and the answers wait on the device
    tablet.get_by_role("button", name="Ningún día").click()
    tablet.get_by_text("Pregunta 2 de 4").wait_for()
    all_is_sent(tablet)
    tablet.context.set_offline(True)
    tablet.get_by_role("button", name="Ningún día").click()
    tablet.get_by_text("Pregunta 3 de 4").wait_for()
    tablet.get_by_text("No hay conexión").wait_for()
    walk.check(tablet, "questions-cut-off")
    tablet.get_by_role("button", name="English").click()
    tablet.get_by_text("Question 3 of 4").wait_for()
    tablet.get_by_role("button", name="Español").click()
    tablet.get_by_role("button", name="Atrás").click()
    assert tablet.get_by_role("button", name="Ningún día").get_attribute("aria-pressed") == "true"
    tablet.get_by_role("button", name="Varios días").click()
    tablet.get_by_role("button", name="Casi todos los días").click()
    tablet.get_by_role("button", name="Más de la mitad de los días").click()
    tablet.get_by_role("heading", name="Esa fue la última pregunta").wait_for()
    assert queries.answers_of(asked.id) == {"gad-2": {"q1": "0"}}
    tablet.get_by_role("button", name="Mandar mis respuestas").click()
    tablet.get_by_text("Todavía no hay conexión").wait_for()

    # then it comes back, everything is sent, and the longer form follows without the two questions asked before
    tablet.context.set_offline(False)
    tablet.get_by_text("Pregunta 5 de ").wait_for()
    assert queries.answers_of(asked.id)["phq-2"] == {"q1": "3", "q2": "2"}
    assert queries.answers_of(asked.id)["gad-2"] == {"q1": "0", "q2": "1"}
    for _ in range(6):
        far = tablet.locator("#far-words").inner_text()
        tablet.get_by_role("button", name="Ningún día").click()
        wait_until(tablet, lambda was=far: tablet.locator("#far-words").inner_text() != was)

    # and the last question of it stops the page, cut off or not
    tablet.context.set_offline(True)
    tablet.get_by_role("button", name="Varios días").click()
    tablet.get_by_role("heading", name="Por favor quédese aquí. Ya vamos.").wait_for()
    walk.check(tablet, "questions-stay", dark=True)
    tablet.context.set_offline(False)
    all_is_sent(tablet)
    tablet.get_by_role("button", name="Seguir con las preguntas").click()
    tablet.get_by_role("button", name="Saltar esta pregunta").click()
    tablet.get_by_role("heading", name="Esa fue la última pregunta").wait_for()
    walk.check(tablet, "questions-last")
    tablet.get_by_role("button", name="Mandar mis respuestas").click()
    tablet.get_by_text("¿Ha deseado estar muerto(a)").wait_for()
    for words in ("¿Ha tenido realmente", "¿Alguna vez ha hecho algo"):
        tablet.get_by_role("button", name="No", exact=True).click()
        tablet.get_by_text(words).wait_for()
    tablet.get_by_role("button", name="No", exact=True).click()
    tablet.get_by_role("button", name="Mandar mis respuestas").click()
    tablet.get_by_role("heading", name="Gracias").wait_for()
    walk.check(tablet, "questions-done")
    assert Sitting.objects.get(id=asked.id).state == "finished"
    assert responses(world, chart) == ["cssrs", "gad-2", "phq-2", "phq-9"], "each set of answers is kept once"

    # and nothing is left: not by going back, not in the device, not in the charts
    assert tablet.evaluate("localStorage.length + sessionStorage.length") == 0
    tablet.go_back()
    tablet.get_by_role("heading", name="First, the birth date").wait_for()
    assert "Varios" not in tablet.content()
    tablet.goto(walk.address("/worklist/"))
    assert "/sign-in" in tablet.url

    # Given a link, which Dr. Carewell sends before the visit
    carewell = walk.come_in(world.accounts["carewell"])
    carewell.goto(walk.address(f"/screening/{chart}/ask/?i=phq-2"))
    acts.press(carewell, "Send a link")
    walk.check(carewell, "questions-link")
    path = urlsplit(carewell.locator(".keep-lines").first.inner_text()).path
    phone = walk.page(width=375)
    phone.goto(walk.address(path))
    assert "Marisol" not in phone.content()
    walk.check(phone, "questions-born")
    acts.say_when_born(phone)
    phone.get_by_role("button", name="Start").click()
    phone.get_by_text("Question 1 of 2").wait_for()
    asked = Sitting.objects.order_by("-asked_at").first()

    # when the page is closed while it is cut off, and opened again later, it goes on where it was
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Not at all").click()
    phone.get_by_text("Question 2 of 2").wait_for()
    assert queries.answers_of(asked.id) == {}
    reopened = phone.context.new_page()
    phone.close()
    phone = reopened
    phone.context.set_offline(False)
    phone.goto(walk.address(path))
    all_is_sent(phone)
    assert queries.answers_of(asked.id) == {"phq-2": {"q1": "0"}}
    phone.get_by_text("Question 2 of 2").wait_for()
    phone.get_by_role("button", name="Stop here").click()
    phone.get_by_role("heading", name="Stop here?").wait_for()
    walk.check(phone, "questions-stop")
    phone.get_by_role("button", name="Go on with the questions").click()
    phone.get_by_role("button", name="Not at all").click()
    phone.get_by_role("button", name="Send my answers").click()
    phone.get_by_role("heading", name="Thank you").wait_for()
    walk.check(phone, "questions-thanks")
    assert Sitting.objects.get(id=asked.id).state == "finished"
    assert responses(world, chart) == ["cssrs", "gad-2", "phq-2", "phq-2", "phq-9"]


def test_a_question_that_hangs_on_an_answer_given_before_keeps_its_own_answer(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")
    asked = actions.ask(chart, ["audit-c"], by=world.requester("carewell"), mode="tablet")
    tablet = walk.page()
    tablet.goto(walk.address(f"/q/{asked.secret}/"))
    tablet.get_by_role("button", name="Start").click()

    def press(name):
        far = tablet.locator("#far-words").inner_text()
        tablet.get_by_role("button", name=name, exact=True).click()
        wait_until(tablet, lambda: not tablet.locator("#far-words").count() or far not in tablet.content())
        all_is_sent(tablet)

    # Given a short form that is positive, when the long one asks on, each answer is kept where it belongs
    for name in ("4 or more times a week", "10 or more", "Daily or almost daily"):
        press(name)
    tablet.get_by_role("button", name="Send my answers").click()
    tablet.get_by_text("not able to stop drinking").wait_for()
    press("Monthly")
    tablet.get_by_text("failed to do what was normally expected").wait_for()
    kept = queries.answers_of(asked.sitting_id)
    assert kept == {"audit-c": {"q1": "4", "q2": "4", "q3": "4"}, "audit": {"q4": "2"}}
