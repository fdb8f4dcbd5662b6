"""One key a decision: the page shows what one may read, decides, and takes back."""

import re

import pytest

from hallway.consent.entering import reviewing
from hallway.consent.tests.test_reviewing import PDF, Hall
from hallway.identity.requester import Role
from tests.access.test_places import come_in


@pytest.fixture
def hall(fresh_db):
    return Hall()


def fields(page):
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)) | {
        "id": re.findall(r'name="id" value="([^"]*)"', page)[0]
    }


def test_a_reviewer_reads_a_scan_says_what_it_is_and_takes_it_back(hall):
    hall.keep({"resourceType": "DocumentReference", "description": "Faxed", "content": [{"attachment": PDF}]}, hall.pcp)
    reader = come_in(hall.pcp, Role.PRIVACY_OFFICER)
    page = reader.get("/review/").content.decode()
    assert "1 paper waits for your word" in page
    assert "It is a file that only people can read." in page
    assert "Faxed" in page
    form = fields(page)
    sent = reader.get("/review/file", {key: form[key] for key in ("chart", "kind", "id")})
    assert sent.content == b"hello world"
    assert sent["Content-Disposition"].startswith("attachment")
    assert reader.post("/review/decide", form | {"choice": "general"}).status_code == 302
    page = reader.get("/review/").content.decode()
    assert "No paper waits" in page
    undo = re.search(r'name="id" value="([^"]*)"', page)[1]
    assert reader.post("/review/undo", {"id": undo}).status_code == 302
    assert "1 paper waits" in reader.get("/review/").content.decode()


def test_what_only_its_author_may_read_is_neither_shown_nor_opened_by_another(hall):
    hall.note(hall.author, words="c2VjcmV0IHNlc3Npb24=")
    reader = come_in(hall.colleague, Role.PRIVACY_OFFICER)
    page = reader.get("/review/").content.decode()
    assert "secret session" not in page
    assert 'value="general"' not in page
    assert "opening it is for its author to say" in page
    form = fields(page)
    assert reader.get("/review/file", {key: form[key] for key in ("chart", "kind", "id")}).status_code == 404
    assert reader.post("/review/decide", form | {"choice": "general"}).status_code == 404
    assert len(reviewing.waiting_for(hall.author)) == 1


@pytest.mark.parametrize("wrong", [
    {"chart": "x"}, {"id": "x"}, {"kind": "1"}, {"choice": "free"}, {"version": "v"}, {"chart": "9" * 30},
])  # fmt: skip
def test_a_form_that_cannot_be_read_is_answered_in_words(hall, wrong):
    hall.note(hall.author)
    reader = come_in(hall.author, Role.THERAPIST)
    form = fields(reader.get("/review/").content.decode()) | {"choice": "general"}
    answer = reader.post("/review/decide", form | wrong)
    assert answer.status_code == 400
    assert b"Nothing was changed" in answer.content


def test_a_paper_that_waits_for_somebody_else_is_not_there(hall):
    hall.note(hall.author)
    form = fields(come_in(hall.author, Role.THERAPIST).get("/review/").content.decode())
    stranger = come_in(hall.officer, Role.PRIVACY_OFFICER)
    assert stranger.get("/review/paper", {key: form[key] for key in ("chart", "kind", "id")}).status_code == 404
    assert stranger.post("/review/decide", form | {"choice": "keep"}).status_code == 404
