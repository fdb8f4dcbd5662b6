"""Given questions for a patient, when they are answered in the waiting room or on a phone, then none of it is lost."""

import pytest

from hallway.screening.asking import actions, queries
from hallway.screening.models import Sitting
from tests.journeys import seed

pytestmark = pytest.mark.journey


def wait_until(page, true):
    """The pages allow no evaluation by the browser itself, so it is asked again and again."""
    for _ in range(300):
        if true():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come to be")


def all_is_sent(page):
    wait_until(page, lambda: page.evaluate("localStorage.getItem('hallway-unsent')") is None)


def test_a_tablet_in_spanish_is_cut_off_in_the_middle_and_a_link_is_answered_on_the_phone(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")
    carewell = world.requester("carewell")

    # Given Dr. Carewell, who opens the page of the tablet: nobody answers while she is signed in there
    wish = actions.Wish(language="es")
    asked = actions.ask(chart, ["phq-2", "gad-2"], by=carewell, mode="tablet", wish=wish)
    tablet = walk.come_in(world.accounts["carewell"])
    tablet.goto(walk.address(f"/q/{asked.secret}/"))
    tablet.get_by_role("button", name="Sign out and hand over").click()
    tablet.get_by_role("heading", name="Unas preguntas de su equipo de salud").wait_for()
    walk.check(tablet, "questions-start", dark=True)
    tablet.get_by_role("button", name="Empezar").click()
    tablet.get_by_text("Pregunta 1 de 4").wait_for()
    assert tablet.get_by_role("link", name="Llame al 988").is_visible()
    assert tablet.locator(".choice").first.bounding_box()["height"] >= 48
    walk.check(tablet, "questions-one", dark=True)

    # when the connection is cut, the questions go on and the answers wait on the device
    tablet.get_by_role("button", name="Casi todos los días").click()
    tablet.get_by_text("Pregunta 2 de 4").wait_for()
    all_is_sent(tablet)
    tablet.context.set_offline(True)
    tablet.get_by_role("button", name="Varios días").click()
    tablet.get_by_text("Pregunta 3 de 4").wait_for()
    tablet.get_by_text("No hay conexión").wait_for()
    walk.axe(tablet, "questions cut off")
    tablet.get_by_role("button", name="English").click()
    tablet.get_by_text("Question 3 of 4").wait_for()
    tablet.get_by_role("button", name="Español").click()
    tablet.get_by_role("button", name="Atrás").click()
    assert tablet.get_by_role("button", name="Varios días").get_attribute("aria-pressed") == "true"
    tablet.get_by_role("button", name="Más de la mitad de los días").click()
    tablet.get_by_role("button", name="Ningún día").click()
    tablet.get_by_role("button", name="Ningún día").click()
    tablet.get_by_role("heading", name="Esa fue la última pregunta").wait_for()
    assert queries.answers_of(asked.sitting_id) == {"phq-2": {"q1": "3"}}
    tablet.get_by_role("button", name="Mandar mis respuestas").click()
    tablet.get_by_text("Todavía no hay conexión").wait_for()

    # then it comes back, everything is sent, and the longer form follows without the two questions asked before
    tablet.context.set_offline(False)
    tablet.get_by_text("Pregunta 5 de ").wait_for()
    assert queries.answers_of(asked.sitting_id)["phq-2"] == {"q1": "3", "q2": "2"}
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
    assert Sitting.objects.get(id=asked.sitting_id).state == "finished"

    # and nothing is left: not by going back, not in the device, not in the charts
    assert tablet.evaluate("localStorage.length + sessionStorage.length") == 0
    tablet.go_back()
    tablet.get_by_role("heading", name="First, the birth date").wait_for()
    assert "Varios" not in tablet.content()
    tablet.goto(walk.address("/worklist/"))
    assert "/sign-in" in tablet.url

    # Given a link on the phone
    asked = actions.ask(chart, ["phq-2"], by=carewell, mode="link")
    phone = walk.page(width=375)
    phone.goto(walk.address(f"/q/{asked.secret}/"))
    assert "Marisol" not in phone.content()
    walk.check(phone, "questions-born")
    for name, value in (("Month", "3"), ("Day", "14"), ("Year", "1955")):
        phone.get_by_label(name).fill(value)
    phone.get_by_role("button", name="Go on").click()
    phone.get_by_role("button", name="Start").click()
    phone.get_by_role("button", name="Not at all").click()
    phone.get_by_text("Question 2 of 2").wait_for()
    all_is_sent(phone)

    # when the page is closed and opened again, it goes on where it was
    phone.goto("about:blank")
    phone.goto(walk.address(f"/q/{asked.secret}/"))
    phone.get_by_text("Question 2 of 2").wait_for()
    phone.get_by_role("button", name="Stop here").click()
    phone.get_by_role("heading", name="Stop here?").wait_for()
    walk.check(phone, "questions-stop")
    phone.get_by_role("button", name="Go on with the questions").click()
    phone.get_by_role("button", name="Not at all").click()
    phone.get_by_role("button", name="Send my answers").click()
    phone.get_by_role("heading", name="Thank you").wait_for()
    assert Sitting.objects.get(id=asked.sitting_id).state == "finished"
