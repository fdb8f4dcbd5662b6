"""The page of a request: whose turn it is, what a no leaves to do, and the note that an answer becomes."""

import html
import re
from datetime import timedelta

import pytest

from hallway import clock
from hallway.loops import queries as loops
from hallway.talking import actions, queries
from hallway.talking.models import InformationRequest
from hallway.web.chart.tests.test_pages import client_of, token_of
from hallway.web.messages import threads
from tests.journeys import seed

State = InformationRequest.State


@pytest.fixture
def world(fresh_db):
    made = seed.practices()
    seed.treated_by(made, seed.open_chart(made, "marisol"), "mindham", basis="encounter")
    return made


def evaluation(world):
    """Dr. Mindham asks Dr. Carewell's practice whether Marisol is fit for ECT."""
    return actions.request(
        world.charts["marisol"], by=world.requester("mindham"), to_org=world.requester("carewell").organization_id,
        wanted=("evaluation",), words="ECT is considered.", due_at=clock.now() + timedelta(days=7), treatment="ect",
    )  # fmt: skip


def declined(world):
    asked = evaluation(world)
    actions.decline_request(asked, by=world.requester("carewell"), reason="ask_elsewhere")
    return asked


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_no_says_why_and_what_there_is_to_do(world):
    client, asked = client_of(world, "mindham"), declined(world)
    said = page(client, f"/messages/requests/{asked}/")
    for words in ("Somebody else holds this", "Ask somebody else", "I need it no more", "is given up with it"):
        assert words in said
    assert "They could not answer" in page(client, "/messages/").split("With the other side")[0]
    client.post(f"/messages/requests/{asked}/steps/withdraw/", {"version": 1})
    said = page(client, f"/messages/requests/{asked}/")
    assert "The treatment was given up" in said
    assert "Your turn" not in said
    assert "They need it no more" in page(client_of(world, "carewell"), f"/messages/requests/{asked}/")


def test_what_was_declined_is_asked_again_in_one_form_that_is_filled_in(world):
    client, asked, chart = client_of(world, "mindham"), declined(world), world.charts["marisol"]
    said = page(client, f"/messages/requests/new/{chart}/?instead={asked}")
    assert "ECT is considered." in said
    assert 'value="ect" selected' in said
    sent = {
        "to": f"{world.requester('carewell').organization_id}-0", "wanted": "evaluation", "treatment": "ect",
        "due": (clock.now() + timedelta(days=9)).date().isoformat(), "words": "Again, please.",
        "instead": str(asked), "version": "1",
    }  # fmt: skip
    assert client.post(f"/messages/requests/new/{chart}/", sent).status_code == 302
    assert queries.request_for(world.requester("mindham"), asked).state is State.WITHDRAWN
    again = client.post(f"/messages/requests/new/{chart}/", sent)
    assert (again.status_code, "Again, please." in again.content.decode()) == (422, True)
    assert InformationRequest.objects.count() == 2
    assert client.get(f"/messages/requests/new/{chart}/?instead={asked}").status_code == 404
    assert client.get(f"/messages/requests/new/{chart}/?instead=x").status_code == 404


def test_what_came_another_way_is_written_into_the_note_with_how_it_came(world):
    client, asked = client_of(world, "mindham"), declined(world)
    path = f"/messages/requests/{asked}/file/"
    form = client.get(path)
    assert "ECG with QTc:" in form.content.decode()
    sent = {"token": token_of(form), "text": "By telephone: fit for ECT."}
    assert "Say how it came." in client.post(path, sent).content.decode()
    answer = client.post(path, {**sent, "came": "phone"})
    assert answer.status_code == 302
    assert "fit for ECT" in page(client, answer["Location"])
    assert queries.request_for(world.requester("mindham"), asked).state is State.FILED
    assert loops.worklist(world.requester("mindham"), show="mine").rows == ()
    said = page(client_of(world, "carewell"), f"/messages/requests/{asked}/")
    assert "You declined; it came to them another way" in said


def test_who_files_after_a_colleague_keeps_their_words_and_a_second_press_is_the_note_of_the_first(world):
    asked = evaluation(world)
    parts = dict.fromkeys(("exam", "ecg", "labs", "risk"), "Normal")
    actions.answer_request(asked, by=world.requester("carewell"), words="Fit.", parts=parts)
    client, path = client_of(world, "mindham"), f"/messages/requests/{asked}/file/"
    sent, colleague = ({"token": token_of(client.get(path)), "text": words} for words in ("Read.", "Read it too."))
    first = client.post(path, sent)
    assert (first.status_code, client.post(path, sent)["Location"]) == (302, first["Location"])
    late = client.post(path, colleague)
    assert late.status_code == 422
    assert "Read it too." in late.content.decode()
    assert "This request has ended." in late.content.decode()
    assert client.get(path).status_code == 404
    notes = page(client, first["Location"])
    assert "Read it too." not in notes


def test_the_list_of_requests_has_further_pages(world, monkeypatch):
    monkeypatch.setattr(threads, "PAGE_SIZE", 1)
    client, first = client_of(world, "carewell"), evaluation(world)
    second = evaluation(world)
    said = page(client, "/messages/")
    assert "At least 1 request wait" in said
    assert (f"/messages/requests/{first}/" in said, f"/messages/requests/{second}/" in said) == (True, False)
    further = page(client, html.unescape(re.search(r'href="(/messages/\?after=[^"]+)"', said)[1]))
    assert (f"/messages/requests/{first}/" in further, f"/messages/requests/{second}/" in further) == (False, True)
    assert "?after=" not in further
    assert client.get("/messages/?after=x").status_code == 400
