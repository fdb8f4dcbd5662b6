"""What a form of messages says is read into typed values; a heading agrees with its number."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.http import QueryDict

from hallway.talking.views import Card
from hallway.web.messages import filing, threads
from hallway.web.messages.forms import MessageForm, ReplyForm, to_choices

CARDS = [
    Card(3, "Northgate", "bh", on_hallway=True),
    Card(3, "Northgate", "bh", on_hallway=True, person=7, name="Tess"),
]


def test_a_practice_and_its_people_may_be_chosen_and_nobody_else():
    assert to_choices(CARDS) == [("3-0", "Anybody at Northgate"), ("3-7", "Tess, Northgate")]
    form = MessageForm(QueryDict("to=3-7&words=Hello"), cards=CARDS)
    assert form.is_valid()
    assert form.recipient == (3, 7)
    assert not MessageForm(QueryDict("to=4-0&words=Hello"), cards=CARDS).is_valid()


def test_every_part_of_an_evaluation_is_wanted_and_what_goes_along_is_of_what_was_offered():
    offered = [("Condition/a", "Asthma")]
    form = ReplyForm(QueryDict("words=Fit&part-ecg=QTc+420&attached=Condition/a"), parts=["ecg"], offered=offered)
    assert form.is_valid()
    assert (form.parts, form.chosen) == ({"ecg": "QTc 420"}, (("Condition", "a"),))
    assert "part-ecg" in ReplyForm(QueryDict("words=Fit"), parts=["ecg"], offered=offered).errors
    assert "attached" in ReplyForm(QueryDict("words=Fit&attached=Condition/b"), offered=offered).errors


@pytest.mark.parametrize(
    ("requests", "unread", "said"),
    [
        (0, 0, "Nothing is asked of you"),
        (1, 0, "1 request waits for you"),
        (2, 0, "2 requests wait for you"),
        (1, 1, "1 request and 1 thread with something new wait for you"),
    ],
)
def test_the_heading_counts_what_waits(requests, unread, said):
    rows = [SimpleNamespace(unread=1)] * unread
    assert threads._finding([None] * requests, rows) == said


def test_a_note_begins_with_who_sent_what_and_their_words():
    on = datetime(2026, 11, 22, tzinfo=UTC)
    view = SimpleNamespace(
        said=SimpleNamespace(wanted=("medicines",)),
        request=SimpleNamespace(asked_at=on),
        asked=CARDS[1],
        answer=SimpleNamespace(words="Sertraline 50 mg."),
        attached=(),
        may_come_another_way=False,
    )
    text = filing.draft(view, on=on)
    assert text.startswith("Information received from Tess, Northgate, read 11/22/2026.")
    assert text.endswith("Sertraline 50 mg.")
