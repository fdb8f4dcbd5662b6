"""A word reaches whom the law lets it reach, and owes an answer; nobody is shown more."""

import pytest

from hallway.consent import actions as consent
from hallway.errors import HallwayError, Kind
from hallway.loops import queries as loops
from hallway.talking import actions, queries
from hallway.talking.tests import lane

pytestmark = pytest.mark.usefixtures("fresh_db")


def kinds(who, show="mine"):
    return [row.kind for row in loops.worklist(who, show=show).rows]


def test_a_message_is_read_by_the_other_side_who_owes_an_answer_and_answering_turns_the_clock():
    here = lane.build()
    thread = actions.send(
        here.chart, by=here.pcp, to_org=here.therapist.organization_id,
        to_practitioner=here.therapist.practitioner_id, words=lane.WORDS,
    )  # fmt: skip
    assert kinds(here.therapist) == ["answer_message"]
    [row] = queries.thread_list(here.therapist)
    assert (row.id, row.unread, row.last_by_us) == (thread, 1, False)
    seen = queries.thread_for(here.therapist, thread)
    assert [one.words for one in seen.messages] == [lane.WORDS]
    assert seen.is_readers_turn
    again = actions.send(here.chart, by=here.therapist, to_org=here.pcp.organization_id, words="Nothing new.")
    assert again == thread
    assert kinds(here.therapist) == []
    assert kinds(here.pcp) == ["answer_message"]
    assert actions.close_thread(thread, by=here.pcp) == 1
    assert kinds(here.pcp) == []
    [row] = queries.thread_list(here.pcp)
    assert row.unread == 0


def test_a_practice_that_does_not_treat_is_not_written_to_and_reads_nothing():
    here = lane.build()
    with pytest.raises(HallwayError) as error:
        actions.send(here.chart, by=here.pcp, to_org=here.other.organization_id, words=lane.WORDS)
    assert error.value.code == "H-TLK-005"
    thread = actions.send(here.chart, by=here.pcp, to_org=here.therapist.organization_id, words=lane.WORDS)
    with pytest.raises(HallwayError) as error:
        queries.thread_for(here.other, thread)
    assert error.value.kind is Kind.NOT_FOUND
    assert queries.thread_list(here.other) == []


def test_a_program_writes_only_under_a_signature_and_what_it_wrote_is_gone_when_that_ends():
    here = lane.build(is_part2=True, state="MA")
    with pytest.raises(HallwayError) as error:
        actions.send(here.chart, by=here.therapist, to_org=here.pcp.organization_id, words="He began on Monday.")
    assert error.value.code == "H-TLK-006"
    # Nothing of the attempt is felt on the other side, whose list of partners has no program either.
    assert queries.thread_list(here.pcp) == []
    with pytest.raises(HallwayError) as error:
        actions.send(here.chart, by=here.pcp, to_org=here.therapist.organization_id, words=lane.WORDS)
    assert error.value.code == "H-TLK-005"
    form = here.signed("part2", by=here.therapist)
    thread = actions.send(here.chart, by=here.therapist, to_org=here.pcp.organization_id, words="He began on Monday.")
    assert queries.thread_for(here.pcp, thread).messages[0].words == "He began on Monday."
    assert kinds(here.pcp) == ["answer_message"]
    actions.send(here.chart, by=here.pcp, to_org=here.therapist.organization_id, words="Thank you.")
    assert [one.words for one in queries.thread_for(here.therapist, thread).messages][-1] == "Thank you."
    consent.revoke_consent(form, by=here.therapist, channel="written", expected_version=2)
    assert [one.words for one in queries.thread_for(here.pcp, thread).messages] == ["Thank you."]
    assert kinds(here.pcp) == []


def test_what_waits_for_an_answer_behind_the_gate_is_neither_told_nor_ended_by_an_answer_to_something_else():
    """The clock of a hidden word would tell of it; one that stopped with another's would be lost once it is told."""
    here = lane.build(is_part2=True, state="MA")
    form = here.signed("part2", by=here.therapist)
    thread = actions.send(here.chart, by=here.therapist, to_org=here.pcp.organization_id, words="He began on Monday.")
    actions.send(here.chart, by=here.pcp, to_org=here.therapist.organization_id, words="Thank you.")
    actions.send(here.chart, by=here.therapist, to_org=here.pcp.organization_id, words="He did not come.")
    assert queries.owes_answer(here.pcp, thread)
    consent.revoke_consent(form, by=here.therapist, channel="written", expected_version=2)
    assert [one.words for one in queries.thread_for(here.pcp, thread).messages] == ["Thank you."]
    assert not queries.owes_answer(here.pcp, thread)
    assert actions.close_thread(thread, by=here.pcp) == 0
    here.signed("part2", by=here.therapist)
    assert kinds(here.pcp) == ["answer_message"]
    assert queries.owes_answer(here.pcp, thread)


def test_a_word_of_a_wider_label_is_owed_an_answer_of_its_own():
    """Else the clock that runs for a hidden word would swallow that of one that is not."""
    here = lane.build(licence="social_worker", state="MA")
    form = here.signed()
    send = {"to_org": here.pcp.organization_id, "to_practitioner": here.pcp.practitioner_id}
    actions.send(here.chart, by=here.therapist, words="He did not sleep.", **send)
    actions.send(here.chart, by=here.partner, words="I raised the dose.", **send)
    actions.send(here.chart, by=here.partner, words="And again.", **send)
    assert kinds(here.pcp) == ["answer_message", "answer_message"]
    consent.revoke_consent(form, by=here.therapist, channel="written", expected_version=2)
    assert kinds(here.pcp) == ["answer_message"]


def test_a_message_to_somebody_who_is_away_is_owed_by_whom_they_named():
    here = lane.build()
    from hallway import clock

    actions.set_way_to_reach(
        by=here.therapist, channel="phone", phone="555-0100", best_time="noon",
        away_until_on=clock.today(), cover_practitioner=int(here.partner.practitioner_id),
    )  # fmt: skip
    actions.send(
        here.chart, by=here.pcp, to_org=here.therapist.organization_id,
        to_practitioner=here.therapist.practitioner_id, words=lane.WORDS,
    )  # fmt: skip
    assert kinds(here.partner) == ["answer_message"]
    assert kinds(here.therapist) == []
    card = queries.card(here.therapist.organization_id, here.therapist.practitioner_id)
    assert (card.phone, card.best_time, card.cover) == ("555-0100", "noon", "Invented Kindwell")
