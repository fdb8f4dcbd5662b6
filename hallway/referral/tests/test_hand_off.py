from datetime import UTC, datetime, timedelta

import pytest

from hallway import clock
from hallway.consent.tests import town
from hallway.errors import HallwayError
from hallway.identity.requester import Role
from hallway.ids import ReferralId
from hallway.loops.models import Loop
from hallway.referral import actions, queries
from hallway.referral.models import HandOff, ReferralStep
from hallway.referral.tests import hall as halls


@pytest.fixture
def hall(fresh_db):
    found = halls.build(licence="physician")
    found.colleague = town.person("Nextdoor", found.therapist.organization_id, Role.THERAPIST, licence="physician")
    for who in (found.therapist, found.colleague):
        actions.offer_presence(who, is_free=True)
    return found


def knock(hall, referral, *, together=False):
    asked = [hall.therapist.practitioner_id, hall.colleague.practitioner_id]
    return actions.ask_handoff(hall.pcp, ReferralId(referral.id), asked=asked, place="Room 2", together=together)


def code_of(call) -> str:
    with pytest.raises(HallwayError) as caught:
        call()
    return caught.value.code


def test_only_those_who_switched_it_on_are_shown_as_free(hall):
    names = [one.practitioner_id for one in queries.free_next_door(hall.pcp)]
    assert names == [hall.therapist.practitioner_id, hall.colleague.practitioner_id]
    actions.offer_presence(hall.therapist, is_free=False)
    assert [one.practitioner_id for one in queries.free_next_door(hall.pcp)] == [hall.colleague.practitioner_id]
    with clock.stopped_at(clock.now() + timedelta(hours=5)):
        assert queries.free_next_door(hall.pcp) == ()


def test_the_walk_down_the_hall(hall):
    """Asked on a draft, accepted, sent, met, first visit booked before the patient leaves."""
    referral = actions.draft_referral(hall.pcp, hall.request())
    handoff = knock(hall, referral)
    [waiting] = queries.knocks_for(hall.therapist)
    assert (waiting.question, waiting.seconds_left > 80, waiting.is_mine_to_answer) == ("", True, True)
    assert queries.knocks_for(hall.colleague) == []
    actions.answer_handoff(hall.therapist, handoff.id, answer="accept")
    sent = hall.do(hall.pcp, actions.send_referral, referral)
    assert sent.state == "accepted"
    accepted = ReferralStep.objects.get(step="accept")
    assert accepted.by_practitioner_id == hall.therapist.practitioner_id
    actions.start_meeting(hall.pcp, handoff.id, mode="video", patient_agreed=True)
    with clock.stopped_at(clock.now() + timedelta(minutes=9)):
        actions.meet_handoff(hall.pcp, handoff.id, first_visit_at=clock.now() + timedelta(days=7))
        met = HandOff.objects.get(id=handoff.id)
        assert (met.state, met.minutes) == ("met", 10)
        view = queries.referral_for(hall.pcp, ReferralId(referral.id))
        assert (view.state, view.visits[0].status) == ("scheduled", "booked")
        assert view.handoff is not None
        assert view.handoff.question == halls.QUESTION


@pytest.mark.parametrize("when", [datetime(9999, 12, 30, 23, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)])
def test_a_visit_booked_at_the_door_lies_ahead_and_within_a_year(fresh_db, when):
    hall = halls.build(licence="social_worker")
    actions.offer_presence(hall.therapist, is_free=True)
    referral = hall.sent()
    handoff = actions.ask_handoff(hall.pcp, ReferralId(referral.id), asked=[hall.therapist.practitioner_id])
    actions.answer_handoff(hall.therapist, handoff.id, answer="accept")
    actions.start_meeting(hall.pcp, handoff.id, mode="in_person", patient_agreed=True)
    with pytest.raises(HallwayError, match="H-REF-010"):
        actions.meet_handoff(hall.pcp, handoff.id, first_visit_at=when)
    assert HandOff.objects.get(id=handoff.id).state == "accepted", "nothing of it is kept"


def test_the_sender_who_booked_at_the_door_knows_it_and_no_more(fresh_db):
    hall = halls.build(licence="social_worker")
    actions.offer_presence(hall.therapist, is_free=True)
    referral = hall.sent()
    handoff = actions.ask_handoff(hall.pcp, ReferralId(referral.id), asked=[hall.therapist.practitioner_id])
    actions.answer_handoff(hall.therapist, handoff.id, answer="accept")
    actions.start_meeting(hall.pcp, handoff.id, mode="in_person", patient_agreed=True)
    actions.meet_handoff(hall.pcp, handoff.id, first_visit_at=clock.now() + timedelta(days=1))
    before = queries.referral_for(hall.pcp, ReferralId(referral.id))
    hall.do(hall.therapist, actions.record_no_show, referral)
    after = queries.referral_for(hall.pcp, ReferralId(referral.id))
    assert (after.state, after.version, after.visits) == (before.state, before.version, before.visits)
    assert after.visits[0].status == "booked"


def test_when_two_accept_the_first_wins_and_the_other_is_told_who(hall):
    referral = hall.sent()
    handoff = knock(hall, referral, together=True)
    actions.answer_handoff(hall.colleague, handoff.id, answer="later")
    assert code_of(lambda: actions.answer_handoff(hall.therapist, handoff.id, answer="accept")) == "H-REF-021"
    found = HandOff.objects.get(id=handoff.id)
    assert (found.accepted_practitioner_id, found.in_minutes) == (hall.colleague.practitioner_id, 15)


def test_a_pass_asks_the_next_and_after_the_last_a_call_is_owed(hall):
    referral = hall.sent()
    handoff = knock(hall, referral)
    actions.answer_handoff(hall.therapist, handoff.id, answer="pass")
    assert len(queries.knocks_for(hall.colleague)) == 1
    actions.answer_handoff(hall.colleague, handoff.id, answer="pass")
    assert HandOff.objects.get(id=handoff.id).state == "fallback"
    assert Loop.objects.filter(referral_id=referral.id, kind="call_patient", closed_at=None).exists()


def test_a_knock_ends_after_90_seconds_and_asks_the_next(hall):
    referral = hall.sent()
    handoff = knock(hall, referral)
    later = clock.now() + timedelta(seconds=91)
    with clock.stopped_at(later):
        assert code_of(lambda: actions.answer_handoff(hall.therapist, handoff.id, answer="accept")) == "H-REF-022"
        assert actions.expire_handoffs(later) == 1
        assert len(queries.knocks_for(hall.colleague)) == 1


def test_nobody_meets_without_the_patients_word(hall):
    referral = hall.sent()
    handoff = knock(hall, referral)
    actions.answer_handoff(hall.therapist, handoff.id, answer="accept")
    call = lambda: actions.start_meeting(hall.pcp, handoff.id, mode="video", patient_agreed=False)  # noqa: E731
    assert code_of(call) == "H-REF-023"


def test_a_stranger_does_not_find_the_hand_off(hall):
    handoff = knock(hall, hall.sent())
    assert code_of(lambda: queries.hand_off_for(hall.other, handoff.id)) == "H-CON-001"
    assert code_of(lambda: actions.answer_handoff(hall.other, handoff.id, answer="accept")) == "H-CON-001"
