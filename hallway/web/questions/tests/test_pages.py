"""The patient's page without a script: one page before a birth date, one question a screen, danger first."""

import re

import pytest
from django.test import Client

from hallway.consent import actions as consent
from hallway.consent.tests import town
from hallway.identity import actions as identity
from hallway.identity.login import Hat
from hallway.identity.models import LoginSession
from hallway.identity.requester import Role, system
from hallway.screening.asking import actions, queries
from hallway.screening.models import Sitting
from hallway.web.middleware import COOKIE

BORN = {"step": "born", "year": "1987", "month": "3", "day": "2", "language": "en"}


@pytest.fixture
def asked(fresh_db):
    """Asks for something and gives the address of its page."""
    family = town.organization("Millbrook", side="pc")
    pcp = town.person("Carewell", family, Role.PCP, licence="physician")
    chart = town.new_patient(family)
    consent.join_team(chart, by=system("test"), organization=family, basis="assigned")

    def ask(*instruments, mode="link", **wish):
        made = actions.ask(chart, instruments, by=pcp, mode=mode, wish=actions.Wish(**wish))
        return f"/q/{made.secret}/", made.sitting_id

    ask.pcp = pcp
    return ask


def text(answer):
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def press(browser, address, **values):
    return browser.post(address, values, follow=True)


def test_before_the_birth_date_every_address_is_one_page_which_names_nobody(asked):
    address, _ = asked("phq-2")
    gone, sitting_id = asked("phq-9", language="es")
    actions.withdraw(sitting_id, by=asked.pcp)
    pages = {text(Client().get(one)) for one in (address, gone, "/q/never-was/")}
    assert len(pages) == 1
    (page,) = pages
    assert not any(word in page for word in ("Marisol", "Ejemplo", "Millbrook", "PHQ", "depress"))
    refused = {text(Client().post(one, BORN | {"year": "1901"})) for one in (address, gone, "/q/never-was/")}
    assert len(refused) == 1


def test_one_question_a_screen_from_the_birth_date_to_the_thanks(asked):
    address, sitting_id = asked("phq-2")
    phone = Client()
    start = phone.post(address, BORN, follow=True)
    assert "About 2 questions" in text(start)
    assert start["Cache-Control"] == "no-store"
    first = press(phone, address, step="begin", who="patient")
    assert "Question 1 of 2" in text(first)
    assert 'tel:988"' in text(first)
    second = press(phone, address, step="answer", question="phq-2/q1", code="1", number="1")
    assert "Question 2 of 2" in text(second)
    back = phone.get(f"{address}?at=1")
    assert re.search(r'value="1" aria-pressed="true"', text(back))
    assert "Pregunta 1 de 2" in text(press(phone, address, step="language", language="es", at="1"))
    last = press(phone, address, step="answer", question="phq-2/q2", code="0", number="2")
    assert "Esa fue la última pregunta" in text(last)
    done = press(phone, address, step="send")
    assert "Gracias" in text(done)
    assert done["Clear-Site-Data"] == '"cache"', "what others could not send from this device stays"
    assert "score" not in text(done)
    assert Sitting.objects.get(id=sitting_id).state == "finished"
    assert "Gracias" in text(press(phone, address, step="send")), "sent twice is told the same"
    assert text(Client().get(address)) == text(Client().get("/q/never-was/"))


def test_a_positive_suicide_item_stops_the_page_before_anything_else_and_then_goes_on(asked):
    address, sitting_id = asked("phq-9", mode="tablet", language="es")
    tablet = Client()
    press(tablet, address, step="begin")
    stopped = text(press(tablet, address, step="answer", question="phq-9/q9", code="1", number="1"))
    assert "Por favor quédese aquí. Ya vamos." in stopped
    assert 'href="tel:988"' in stopped
    assert 'href="sms:988"' in stopped
    assert "Pregunta 1" not in stopped
    assert "choices" not in stopped
    assert "Pregunta 1 de" in text(tablet.get(f"{address}?at="))
    assert queries.answers_of(sitting_id) == {"phq-9": {"q9": "1"}}


def test_a_page_with_a_script_gets_everything_to_go_on_while_it_is_cut_off_and_no_score(asked):
    address, sitting_id = asked("phq-2", "phq-9", mode="tablet")
    tablet = Client(headers={"Accept": "application/json"})
    whole = tablet.get(address).json()
    assert [one["question"] for one in whole["questions"]][:3] == ["q1", "q2", "q3"]
    assert next(one for one in whole["questions"] if one["question"] == "q9")["stay"] == ["1", "2", "3"]
    assert "points" not in str(whole)
    sent = {"step": "answer", "question": "phq-2/q1", "code": "2", "number": "1"}
    assert tablet.post(address, sent).json() == {"kept": True, "stay": False}
    assert tablet.post(address, sent).json() == {"kept": False, "stay": False}
    assert tablet.post(address, sent | {"number": "9" * 5000}).status_code == 422
    wrong = tablet.post(address, sent | {"code": "9"})
    assert (wrong.status_code, wrong.json()) == (422, {"over": False})
    gone = tablet.post("/q/never-was/", sent)
    assert (gone.status_code, gone.json()) == (422, {"over": True})
    assert queries.answers_of(sitting_id) == {"phq-2": {"q1": "2"}}


def test_whoever_is_signed_in_leaves_before_the_patient_sees_a_tablet(asked):
    address, _ = asked("phq-2", mode="tablet")
    account = identity.create_account("pcp@example.test", "Somebody", practitioner_id=asked.pcp.practitioner_id)
    opened = identity.open_verified(account)
    identity.wear(opened.session_id, Hat(0, Role.PCP, asked.pcp.organization_id, "A practice"))
    browser = Client()
    browser.cookies[COOKIE] = opened.token
    assert "Hand over the tablet" in text(browser.get(address))
    assert "data-closes-after" not in text(browser.get(address)), "it waits for staff"
    handed = browser.post(address, {"step": "hand"})
    assert handed["Clear-Site-Data"] == '"cache"'
    assert handed.cookies[COOKIE].value == ""
    assert LoginSession.objects.get(id=opened.session_id).ended_at is not None
    assert "Some questions" in text(browser.get(address))
    assert browser.get("/worklist/").status_code == 302


def test_stopping_sends_what_was_answered_putting_it_down_keeps_it_and_declining_nothing(asked):
    address, sitting_id = asked("phq-9", mode="tablet")
    tablet = Client()
    press(tablet, address, step="begin", who="parent")
    assert Sitting.objects.get(id=sitting_id).proxy_relation == "parent"
    press(tablet, address, step="answer", question="phq-9/q1", code="2", number="1")
    assert "Stop here?" in text(press(tablet, address, step="may-stop"))
    assert "Thank you" in text(press(tablet, address, step="stop"))
    assert Sitting.objects.get(id=sitting_id).state == "finished"
    left, kept = asked("phq-2", mode="tablet")
    press(tablet, left, step="answer", question="phq-2/q1", code="2", number="1")
    assert "This page is closed" in text(press(tablet, left, step="leave"))
    assert text(tablet.get(left)) == text(tablet.get("/q/never-was/")), "the next one to hold the tablet sees nothing"
    assert queries.answers_of(kept) == {"phq-2": {"q1": "2"}}
    other, declined = asked("phq-2", mode="tablet")
    assert "You said no" in text(press(tablet, other, step="decline"))
    assert Sitting.objects.get(id=declined).ended_as == "declined"


def test_a_count_of_answers_that_is_no_number_is_refused_in_words(asked):
    address, _ = asked("phq-2", mode="tablet")
    for number in ("9" * 5000, "-1", "1e9", "٣", ""):
        answer = press(Client(), address, step="answer", question="phq-2/q1", code="1", number=number)
        assert answer.status_code == 422, number[:9]


def test_every_page_on_a_tablet_closes_untouched_and_none_on_a_phone(asked):
    for mode, closes in (("tablet", True), ("link", False)):
        address, _ = asked("phq-9", mode=mode)
        browser = Client()
        browser.post(address, BORN)
        shown = [
            browser.get(address),
            press(browser, address, step="begin"),
            press(browser, address, step="may-stop"),
            press(browser, address, step="answer", question="phq-9/q9", code="1", number="1"),
        ]
        for number in range(1, 9):
            press(browser, address, step="answer", question=f"phq-9/q{number}", code="0", number=f"{number + 1}")
        shown.append(press(browser, address, step="answer", question="phq-9/difficulty", code="0", number="10"))
        assert "last question" in text(shown[-1])
        assert [('data-closes-after="600"' in text(one)) for one in shown] == [closes] * len(shown)
        assert "data-closes-after" not in text(press(browser, address, step="stop"))


def test_each_answer_lets_the_browser_of_a_link_keep_its_secret_for_another_hour(asked):
    address, _ = asked("phq-2")
    phone = Client()
    phone.post(address, BORN)
    kept = phone.post(address, {"step": "answer", "question": "phq-2/q1", "code": "1", "number": "1"})
    assert kept.cookies["hallway_questions"]["max-age"] == 3600
    assert kept.cookies["hallway_questions"].value == phone.cookies["hallway_questions"].value
