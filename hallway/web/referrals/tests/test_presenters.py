"""Whose turn, since when, what left: the referral pages say it as pages.md asks, from released views alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hallway.errors import HallwayError, Kind
from hallway.referral.states import TURN, Side, State, Step
from hallway.referral.views import ReferralRow
from hallway.web.referrals import conflict, drafting, forms, listing, person, stepping, timeline, when
from hallway.web.referrals.tests import made
from hallway.web.referrals.words import END_WORDS, STATE_WORDS, STEP_WORDS, TURN_WORDS, WAITING_WORDS


def test_every_step_and_state_has_its_words():
    assert set(STEP_WORDS) == set(Step)
    assert set(STATE_WORDS) == set(State)
    assert set(TURN_WORDS) == {state for state, side in TURN.items() if side}
    assert set(WAITING_WORDS) | {State.DRAFT} == set(TURN_WORDS)
    assert set(END_WORDS) == {state for state, side in TURN.items() if side is None}


@pytest.mark.parametrize("state", [state for state, side in TURN.items() if side])
def test_each_state_says_whose_turn_it_is_to_both_sides(state: State):
    for reads in (Side.SENDER, Side.RECEIVER):
        view = made.view(state, reads, turn=TURN[state])
        said = timeline.turn(view, (), now=made.NOW)
        assert said.is_yours is (TURN[state] is reads)
        assert "{" not in said.heading + said.sentence


def test_the_heading_is_the_question_alone():
    assert timeline.heading(made.view()) == "“Is this depression, early memory loss, or both?”"


def test_the_hall_runs_newest_first_with_the_readers_turn_on_top_and_a_line_for_silence():
    events = timeline.events(made.view(), now=made.NOW)
    assert events[0].tone == "you"
    assert [event.gap for event in events if event.gap] == ["6 days", "7 days"]
    assert events[1].entries[0].title == "Report sent"
    assert events[-1].entries[0].title == "You sent the referral"
    assert events[-1].entries[0].lane == "l"


def test_the_other_reader_sees_names_where_the_first_saw_you():
    events = timeline.events(made.view(reads=Side.RECEIVER, turn=Side.SENDER), now=made.NOW)
    assert events[0].entries[0].title == "You sent the report"
    assert events[-1].entries[0].title == "Dr. Priya Carewell sent the referral"


def test_a_name_stands_for_a_person_whose_pronouns_are_not_known():
    unknown = replace(made.MARISOL, pronouns="")
    assert person.pronouns(unknown).subject == "Marisol"
    assert person.pronouns(made.MARISOL).object == "her"


def test_the_readers_own_clock_comes_first():
    assert [clock.owner for clock in timeline.clocks(made.view().clocks, now=made.NOW)] == ["you", "you"]


def test_a_second_press_is_known_as_the_same_step_and_another_persons_is_not():
    view = made.view(State.REPORTED, Side.RECEIVER)
    assert conflict.was_same_step(view, Step.REPORT)
    assert not conflict.was_same_step(view, Step.INTERIM_NOTE)
    assert not conflict.was_same_step(made.view(State.REPORTED, Side.SENDER), Step.REPORT)


def test_a_conflict_gives_back_what_was_typed_and_nothing_else():
    error = HallwayError(Kind.CONFLICT, "H-X-1", what="A.", undone="B.", to_do="C.")
    found = conflict.conflict(error, post={"words": "Please see her.", "reason": "x", "expected_version": "3"}, url="/")
    assert [kept.text for kept in found.kept] == ["Please see her."]


def test_a_form_without_a_readable_version_counts_as_stale():
    assert stepping.version_of({"expected_version": "7"}) == 7
    for text in ("", "-1", "x", "٣", "99999999999"):
        assert stepping.version_of({"expected_version": text}) == -1


@pytest.mark.parametrize("text", ["", "x", "1-2-3", "-", "1-", "12345678901"])
def test_a_recipient_that_is_not_one_is_refused_in_three_sentences(text: str):
    with pytest.raises(HallwayError) as caught:
        stepping.recipient_of({"to": text})
    assert caught.value.kind is Kind.UNPROCESSABLE
    assert caught.value.field == "to"


def test_june_31_does_not_exist():
    with pytest.raises(HallwayError) as caught:
        stepping.day_of({"re_offer_on": "2026-06-31"}, "re_offer_on")
    assert "does not exist" in caught.value.what


def test_a_time_is_read_on_the_practices_wall_clock():
    at = stepping.instant_of({"starts_at": "2026-06-02T14:00"}, "starts_at")
    assert when.clock(at) == "2:00 pm"


def test_only_what_stayed_ticked_goes_along():
    draft = made.draft()
    assert drafting.attached(draft, ["scores"]) == (("Observation", "s1"), ("Observation", "s2"))
    assert drafting.attached(draft, []) == ()


def test_an_empty_kind_says_none_listed_here_and_no_more():
    parts = {part.value: part for part in drafting.parts(made.draft(), off=frozenset())}
    assert parts["diagnoses"].hint == "None listed here"
    assert not parts["diagnoses"].is_on


def test_every_legal_step_of_a_person_has_a_form_or_a_page_of_its_own():
    pages = {Step.SEND, Step.REVISE, Step.REPORT, Step.AMEND_REPORT, Step.ACKNOWLEDGE, Step.DRAFT, Step.REPORT_OVERDUE}
    assert {step for step in Step if not forms.may_show(step)} == pages


def test_a_decline_offers_its_coded_reasons():
    choices = forms.Choices(now=made.NOW, decline_reasons=[forms.Option("no_capacity", "No room")])
    form = forms.step_form(Step.DECLINE, url="/x", version=3, choices=choices)
    assert form.version == 3
    assert [option.value for option in form.fields[0].options] == ["no_capacity"]


def test_the_list_puts_the_readers_turn_first():
    def row(state: State, *, mine: bool) -> ReferralRow:
        turn = TURN[state]
        return ReferralRow(
            made.REFERRAL, "R-1", made.MARISOL, "A", "B", "bh", "therapist", state, turn, mine, made.NOW, made.NOW
        )

    rows = [row(State.SCHEDULED, mine=False), row(State.CLOSED, mine=False), row(State.REPORTED, mine=True)]
    page = listing.listing(rows, show="open", now=made.NOW, url=lambda _id: "/", list_url="/referrals/")
    assert [group.name for group in page.groups] == ["Your turn", "Waiting on others", "Ended"]
    assert page.heading == "One referral waits for you"


def test_a_late_clock_says_so_with_a_shape():
    late = when.left(made.NOW - timedelta(days=2), now=made.NOW)
    assert (late.text, late.tone, late.icon) == ("2 days late", "late", "late")


def test_a_declined_referral_is_no_stop_to_accept():
    view = replace(made.view(State.DECLINED), track=_track_after(1))
    stops = timeline.track(view, due=when.NO_DUE, now=made.NOW)
    assert stops[1].name == "Declined: your turn"


def test_an_ended_referral_has_no_turn_on_its_track():
    view = replace(made.view(State.WITHDRAWN, turn=None), track=_track_after(1))
    stop = timeline.track(view, due=when.NO_DUE, now=made.NOW)[1]
    assert (stop.name, stop.icon) == ("Ended", "no")


def _track_after(done: int):
    stops = made.view().track
    return tuple(replace(stop, is_done=n < done, is_now=n == done, note="") for n, stop in enumerate(stops))
