"""Given questions for a patient, when they are answered in the waiting room or on a phone, then none of it is lost."""

from urllib.parse import urlsplit

import pytest

from hallway import clock
from hallway.consent import gate
from hallway.record import queries as record
from hallway.screening.asking import actions, queries
from hallway.screening.instruments.resources import read_response
from hallway.screening.models import Safety, Sitting, SittingKey
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
    acts.tap(tablet, "Empezar")
    tablet.get_by_text("Pregunta 1 de 4").wait_for()
    assert tablet.get_by_role("link", name="Llame al 988").is_visible()
    assert tablet.locator(".choice").first.bounding_box()["height"] >= 48
    walk.check(tablet, "questions-one", dark=True)

    # when the connection is cut, the questions go on and the answers wait on the device
    acts.tap(tablet, "Ningún día")
    tablet.get_by_text("Pregunta 2 de 4").wait_for()
    all_is_sent(tablet)
    tablet.context.set_offline(True)
    acts.tap(tablet, "Ningún día")
    tablet.get_by_text("Pregunta 3 de 4").wait_for()
    tablet.get_by_text("No hay conexión").wait_for()
    walk.check(tablet, "questions-cut-off")
    acts.tap(tablet, "English")
    tablet.get_by_text("Question 3 of 4").wait_for()
    acts.tap(tablet, "Español")
    acts.tap(tablet, "Atrás")
    assert tablet.get_by_role("button", name="Ningún día").get_attribute("aria-pressed") == "true"
    acts.tap(tablet, "Varios días")
    acts.tap(tablet, "Casi todos los días")
    acts.tap(tablet, "Más de la mitad de los días")
    tablet.get_by_role("heading", name="Esa fue la última pregunta").wait_for()
    assert queries.answers_of(asked.id) == {"gad-2": {"q1": "0"}}
    acts.tap(tablet, "Mandar mis respuestas")
    tablet.get_by_text("Todavía no hay conexión").wait_for()

    # then it comes back, everything is sent, and the longer form follows without the two questions asked before
    tablet.context.set_offline(False)
    tablet.get_by_text("Pregunta 5 de ").wait_for()
    assert queries.answers_of(asked.id)["phq-2"] == {"q1": "3", "q2": "2"}
    assert queries.answers_of(asked.id)["gad-2"] == {"q1": "0", "q2": "1"}
    for _ in range(6):
        far = tablet.locator("#far-words").inner_text()
        acts.tap(tablet, "Ningún día")
        wait_until(tablet, lambda was=far: tablet.locator("#far-words").inner_text() != was)

    # and the last question of it stops the page, cut off or not
    tablet.context.set_offline(True)
    acts.tap(tablet, "Varios días")
    tablet.get_by_role("heading", name="Por favor quédese aquí. Ya vamos.").wait_for()
    walk.check(tablet, "questions-stay", dark=True)
    tablet.context.set_offline(False)
    all_is_sent(tablet)
    acts.tap(tablet, "Seguir con las preguntas")
    acts.tap(tablet, "Saltar esta pregunta")
    tablet.get_by_role("heading", name="Esa fue la última pregunta").wait_for()
    walk.check(tablet, "questions-last")
    acts.tap(tablet, "Mandar mis respuestas")
    tablet.get_by_text("¿Ha deseado estar muerto(a)").wait_for()
    for words in ("¿Ha tenido realmente", "¿Alguna vez ha hecho algo"):
        acts.tap(tablet, "No", exact=True)
        tablet.get_by_text(words).wait_for()
    acts.tap(tablet, "No", exact=True)
    acts.tap(tablet, "Mandar mis respuestas")
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
    acts.tap(phone, "Start")
    phone.get_by_text("Question 1 of 2").wait_for()
    asked = Sitting.objects.order_by("-asked_at").first()

    # when the page is closed while it is cut off, and opened again later, it goes on where it was
    phone.context.set_offline(True)
    acts.tap(phone, "Not at all")
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
    acts.tap(phone, "Stop here")
    phone.get_by_role("heading", name="Stop here?").wait_for()
    walk.check(phone, "questions-stop")
    acts.tap(phone, "Go on with the questions")
    acts.tap(phone, "Not at all")
    acts.tap(phone, "Send my answers")
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
    acts.tap(tablet, "Start")

    def press(name):
        far = tablet.locator("#far-words").inner_text()
        acts.tap(tablet, name, exact=True)
        wait_until(tablet, lambda: not tablet.locator("#far-words").count() or far not in tablet.content())
        all_is_sent(tablet)

    # Given a short form that is positive, when the long one asks on, each answer is kept where it belongs
    for name in ("4 or more times a week", "10 or more", "Daily or almost daily"):
        press(name)
    acts.tap(tablet, "Send my answers")
    tablet.get_by_text("not able to stop drinking").wait_for()
    press("Monthly")
    tablet.get_by_text("failed to do what was normally expected").wait_for()
    kept = queries.answers_of(asked.sitting_id)
    assert kept == {"audit-c": {"q1": "4", "q2": "4", "q3": "4"}, "audit": {"q4": "2"}}


@pytest.fixture
def world(walk):
    return seed.practices()


@pytest.fixture
def marisol(world):
    return seed.open_chart(world, "marisol")


def put(walk, world, chart, *instruments, mode="tablet", page=None):
    """The page of questions that wait, and their sitting."""
    asked = actions.ask(chart, instruments, by=world.requester("carewell"), mode=mode)
    page = page or walk.page(width=375)
    page.goto(walk.address(f"/q/{asked.secret}/"))
    return page, asked.sitting_id


def taken_up_again(page):
    """Another page of the same device, after the one before is gone."""
    another = page.context.new_page()
    page.close()
    another.wait_for_timeout(500)  # a page that is still closing would hear that the connection is back
    another.context.set_offline(False)
    return another


def test_a_double_tap_at_question_8_does_not_answer_item_9(walk, world, marisol):
    tablet, sitting_id = put(walk, world, marisol, "phq-9")
    acts.tap(tablet, "Start")
    for number in range(1, 8):
        tablet.get_by_text(f"Question {number} of").wait_for()
        acts.tap(tablet, "Not at all")
    tablet.get_by_text("Question 8 of").wait_for()
    tablet.wait_for_timeout(450)
    tablet.get_by_role("button", name="Not at all").dblclick()
    tablet.get_by_text("Question 9 of").wait_for()
    all_is_sent(tablet)
    assert set(queries.answers_of(sitting_id)["phq-9"]) == {f"q{number}" for number in range(1, 9)}
    acts.tap(tablet, "Several days")
    tablet.get_by_role("heading", name="Please stay here").wait_for()


def test_what_was_answered_while_cut_off_past_the_hour_arrives_after_the_birth_date(walk, world, marisol):
    phone, sitting_id = put(walk, world, marisol, "phq-2", mode="link")
    acts.say_when_born(phone)
    acts.tap(phone, "Start")
    phone.get_by_text("Question 1 of 2").wait_for()
    phone.context.set_offline(True)
    acts.tap(phone, "Nearly every day")
    phone.get_by_text("Question 2 of 2").wait_for()

    # when the hour of the birth date is over before the connection is back, the page asks for it and keeps the answer
    SittingKey.objects.filter(sitting_id=sitting_id, needs_birth_date=False).update(until_at=clock.now())
    phone.context.set_offline(False)
    phone.get_by_text("wait on this device").wait_for()
    walk.check(phone, "questions-born-again")
    assert queries.answers_of(sitting_id) == {}

    # then it is sent, and the questions go on behind it
    acts.say_when_born(phone)
    phone.get_by_text("Question 2 of 2").wait_for()
    all_is_sent(phone)
    assert queries.answers_of(sitting_id) == {"phq-2": {"q1": "3"}}


def test_what_one_patient_could_not_send_is_sent_when_the_tablet_goes_to_the_next(walk, world, marisol):
    next_one = seed.open_chart(world, "harold")
    signed_in = walk.come_in(world.accounts["carewell"]).context.cookies()

    # Given Marisol's answer on a tablet that is cut off, and her page closed
    tablet, sitting_id = put(walk, world, marisol, "phq-9")
    address = urlsplit(tablet.url).path
    acts.tap(tablet, "Start")
    tablet.get_by_text("Question 1 of").wait_for()
    tablet.context.set_offline(True)
    acts.tap(tablet, "Several days")
    tablet.get_by_text("Question 2 of").wait_for()
    tablet = taken_up_again(tablet)

    # when the tablet is handed to Harold before it could be sent
    tablet.context.add_cookies(signed_in)
    tablet.route(f"**{address}", lambda route: route.abort())
    tablet.goto(walk.address(f"/screening/{next_one}/ask/?i=phq-2"))
    assert queries.answers_of(sitting_id) == {}
    tablet.unroute(f"**{address}")
    tablet.evaluate("sessionStorage.setItem('draft:/charts/1/note/:note', '{}')")
    acts.press(tablet, "Hand this device over")

    # then his first page sends it
    tablet.get_by_role("heading", name="Some questions from your care team").wait_for()
    all_is_sent(tablet)
    assert queries.answers_of(sitting_id) == {"phq-9": {"q1": "1"}}
    assert tablet.evaluate("sessionStorage.length") == 0, "and no draft of Dr. Carewell's is left there"


def test_staff_are_told_of_answers_that_came_after_their_questions_had_ended(walk, world, marisol):
    signed_in = walk.come_in(world.accounts["carewell"]).context.cookies()
    tablet, sitting_id = put(walk, world, marisol, "phq-9")
    acts.tap(tablet, "Start")
    tablet.get_by_text("Question 1 of").wait_for()
    tablet.context.set_offline(True)
    for number in range(2, 10):
        acts.tap(tablet, "Several days")
        tablet.get_by_text(f"Question {number} of").wait_for()
    acts.tap(tablet, "Several days")
    tablet.get_by_text("We are coming").wait_for()
    actions.withdraw(sitting_id, by=world.requester("carewell"))
    tablet = taken_up_again(tablet)
    tablet.context.add_cookies(signed_in)
    tablet.goto(walk.address(f"/screening/{marisol}/ask/"))
    tablet.get_by_text("came too late").wait_for()
    assert "phq-9" not in tablet.evaluate("JSON.stringify(localStorage)"), "the answers themselves are gone"
    walk.check(tablet, "questions-too-late")
    acts.let_the_worker_hear()
    assert Safety.objects.get().cause_id == str(sitting_id), "and the sign of danger in the last of them is heeded"
    tablet.get_by_role("button", name="Remove this note").click()
    all_is_sent(tablet)


def test_stop_here_on_a_tablet_that_nobody_touches_leaves_by_itself(walk, world, marisol):
    tablet = walk.page(width=375)
    tablet.clock.install()
    tablet, sitting_id = put(walk, world, marisol, "phq-2", page=tablet)
    acts.tap(tablet, "Start")
    tablet.get_by_text("Question 1 of 2").wait_for()
    acts.tap(tablet, "Several days")
    tablet.get_by_text("Question 2 of 2").wait_for()
    all_is_sent(tablet)
    acts.tap(tablet, "Stop here")
    tablet.get_by_role("heading", name="Stop here?").wait_for()
    tablet.clock.fast_forward("10:01")
    tablet.get_by_role("heading", name="This page is closed").wait_for()
    walk.check(tablet, "questions-closed")
    wait_until(tablet, lambda: not SittingKey.objects.filter(sitting_id=sitting_id, shut_at=None).exists())
    tablet.reload()
    tablet.get_by_role("heading", name="First, the birth date").wait_for()
    assert queries.answers_of(sitting_id) == {"phq-2": {"q1": "1"}}


def test_an_answer_changed_at_the_end_while_cut_off_is_sent_when_the_last_page_is_opened_again(walk, world, marisol):
    tablet, sitting_id = put(walk, world, marisol, "phq-2")
    address = tablet.url
    acts.tap(tablet, "Start")
    for number in (1, 2):
        tablet.get_by_text(f"Question {number} of 2").wait_for()
        acts.tap(tablet, "Not at all")
    tablet.get_by_role("heading", name="That was the last question").wait_for()
    all_is_sent(tablet)
    tablet.context.set_offline(True)
    acts.tap(tablet, "Back")
    tablet.get_by_text("Question 2 of 2").wait_for()
    acts.tap(tablet, "Several days")
    tablet.get_by_role("heading", name="That was the last question").wait_for()
    tablet = taken_up_again(tablet)
    tablet.goto(address)
    wait_until(tablet, lambda: queries.answers_of(sitting_id) == {"phq-2": {"q1": "0", "q2": "1"}})
    tablet.get_by_role("heading", name="That was the last question").wait_for()
    all_is_sent(tablet)
