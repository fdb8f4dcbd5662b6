"""A word reaches whom the law lets it reach, and owes an answer; nobody is shown more."""

from datetime import date

import pytest

from hallway import clock
from hallway.consent import actions as consent
from hallway.directory.models import CareTeamMember, PractitionerRole
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import system
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


def test_what_came_while_somebody_wrote_is_still_new_and_owed():
    here = lane.build()
    there = {"to_org": here.pcp.organization_id}
    thread = actions.send(here.chart, by=here.therapist, words=lane.WORDS, **there)
    shown = queries.thread_for(here.pcp, thread).seen_until
    actions.send(here.chart, by=here.partner, words="She stopped eating.", **there)
    # One clock stood for both words: the one that nobody saw keeps one.
    answer = {"to_org": here.therapist.organization_id, "seen_until": shown}
    actions.send(here.chart, by=here.pcp, words="Try melatonin.", **answer)
    assert kinds(here.pcp) == ["answer_message"]
    [row] = queries.thread_list(here.pcp)
    assert row.unread == 1
    assert actions.close_thread(thread, by=here.pcp, seen_until=shown) == 0
    assert kinds(here.pcp) == ["answer_message"]
    seen = queries.thread_for(here.pcp, thread).seen_until
    actions.send(here.chart, by=here.pcp, words="I call now.", **(answer | {"seen_until": seen}))
    assert kinds(here.pcp) == []


def test_a_word_by_somebody_who_was_not_shown_the_thread_answers_nothing():
    here = lane.build()
    actions.send(here.chart, by=here.therapist, to_org=here.pcp.organization_id, words=lane.WORDS)
    there = here.therapist.organization_id
    actions.send(here.chart, by=here.pcp, to_org=there, words="Her dentist called.", seen_until=actions.NOTHING_SEEN)
    assert kinds(here.pcp) == ["answer_message"]
    [row] = queries.thread_list(here.pcp)
    assert row.unread == 1


def test_who_wrote_last_and_has_left_their_practice_is_answered_there():
    here = lane.build()
    thread = actions.send(here.chart, by=here.therapist, to_org=here.pcp.organization_id, words=lane.WORDS)
    PractitionerRole.objects.filter(practitioner_id=here.therapist.practitioner_id).update(until_on=date(2020, 1, 2))
    to = {"to_org": here.therapist.organization_id, "to_practitioner": here.therapist.practitioner_id}
    assert actions.send(here.chart, by=here.pcp, words="Melatonin.", **to) == thread
    assert kinds(here.pcp) == []
    assert kinds(here.partner, "practice") == ["answer_message"]


def test_a_program_that_wrote_under_the_form_for_all_who_treat_is_answered():
    """The form names nobody, so the program is on no list of the practice; what it wrote says that it treats."""
    here = lane.build(is_part2=True, state="NY")
    to = {"to_org": here.therapist.organization_id, "words": "Thank you."}
    with pytest.raises(HallwayError) as error:
        actions.send(here.chart, by=here.pcp, **to)
    assert error.value.code == "H-TLK-005"
    here.for_all()
    actions.send(here.chart, by=here.therapist, to_org=here.pcp.organization_id, words="He began on Monday.")
    assert kinds(here.pcp) == ["answer_message"]
    actions.send(here.chart, by=here.pcp, **to)
    assert kinds(here.pcp) == []


def test_a_practice_that_has_left_the_team_since_it_wrote_is_not_answered_where_it_cannot_read():
    here = lane.build()
    actions.send(here.chart, by=here.therapist, to_org=here.pcp.organization_id, words=lane.WORDS)
    [member] = CareTeamMember.objects.filter(chart_id=here.chart, organization_id=here.therapist.organization_id)
    consent.leave_team(here.chart, by=system("loader"), member_id=member.id)
    with pytest.raises(HallwayError) as error:
        actions.send(here.chart, by=here.pcp, to_org=here.therapist.organization_id, words="Melatonin.")
    assert error.value.code == "H-TLK-005"
