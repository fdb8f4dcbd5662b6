from itertools import product

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from hallway.ids import ReferralId
from hallway.loops.tables.clocks import CLOCKS, LoopKind
from hallway.referral import actions, rules
from hallway.referral.models import Referral
from hallway.referral.states import (
    BUSINESS_STATUS,
    TERMINAL,
    TRANSITIONS,
    TURN,
    Side,
    State,
    Step,
    Tells,
    legal_steps,
    transition,
)
from hallway.referral.tables.owed import OWED
from hallway.referral.tests import hall as halls


def test_every_pair_of_state_and_step_is_either_in_the_table_or_refused():
    legal = {(t.source, t.step, t.side) for t in TRANSITIONS}
    assert len(legal) == len(TRANSITIONS), "one key stands twice"
    for state, step, side in product([None, *State], Step, Side):
        assert (transition(state, step, side) is not None) == ((state, step, side) in legal)


def test_every_state_has_a_turn_a_duty_row_and_a_main_step_that_is_legal():
    for state in State:
        assert state in TURN
        assert state in OWED
        main = rules.main_step(state)
        turn = TURN[state]
        assert (main is None) == (turn is None)
        if main is not None and turn is not None:
            assert main in legal_steps(state, turn), state


def test_every_state_but_those_before_sending_has_a_business_status():
    assert set(State) - set(BUSINESS_STATUS) == {State.DRAFT, State.RELUCTANT}


def test_whoever_has_the_turn_owes_something():
    for state in set(State) - TERMINAL - {State.DRAFT}:
        assert any(duty.side is TURN[state] for duty in OWED[state]), state


def test_ends_are_known_to_both_sides():
    for move in TRANSITIONS:
        if move.to in TERMINAL and move.source not in TERMINAL:
            assert move.tells is Tells.REQUEST, move


def test_every_kind_of_loop_has_its_clock():
    assert set(CLOCKS) == set(LoopKind)


def test_what_a_state_owes_follows_the_step_that_ends_it():
    """A clock about attendance carries the label of attendance, or its stopping would tell."""
    for state, duties in OWED.items():
        for duty in duties:
            if duty.side is Side.RECEIVER and state in {State.ACCEPTED, State.SCHEDULED, State.NO_SHOW, State.SEEN}:
                assert duty.follows is Tells.ATTENDANCE, (state, duty)


def test_the_applications_role_cannot_change_history(fresh_db):
    hall = halls.build()
    hall.sent()
    for sql in ("UPDATE referral_referralstep SET step = 'accept'", "DELETE FROM referral_referralstep"):
        with connection.cursor() as cursor, pytest.raises(ProgrammingError):
            cursor.execute(sql)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"custody": "receiver"}, "referral_custody_needs_acceptance"),
        ({"state": "closed"}, "referral_closed"),
        ({"state": "nonsense"}, "referral_state_is_known"),
        ({"receiver_org_id": 1, "receiver_practitioner_id": 1}, "referral_not_to_oneself"),
    ],
)
def test_the_database_refuses_what_no_code_should_write(fresh_db, changes, constraint):
    from django.db.utils import IntegrityError

    hall = halls.build()
    referral = hall.sent()
    assert (referral.sender_org_id, referral.sender_practitioner_id) == (1, 1)
    with pytest.raises(IntegrityError, match=constraint):
        Referral.objects.filter(id=referral.id).update(**changes)


def test_reopening_begins_a_new_interval_and_keeps_history(fresh_db):
    hall = halls.build(licence="physician")
    referral = hall.sent()
    hall.do(hall.therapist, actions.decline_referral, referral, reason_code="no_capacity")
    hall.do(hall.pcp, actions.reopen_referral, referral, reason_code="need_returned")
    referral.refresh_from_db()
    assert (referral.state, referral.interval, referral.version) == ("sent", 2, 4)
    hall.do(hall.therapist, actions.accept_referral, referral)


def test_a_reroute_is_a_new_row_with_the_next_interval_and_the_same_words(fresh_db):
    from hallway.referral.queries import referral_for

    hall = halls.build(licence="physician")
    referral = hall.sent()
    hall.do(hall.therapist, actions.decline_referral, referral, reason_code="no_language")
    later = hall.do(
        hall.pcp,
        actions.reroute_referral,
        referral,
        receiver_org=hall.other.organization_id,
        receiver_practitioner=hall.other.practitioner_id,
    )
    old = Referral.objects.get(id=referral.id)
    assert (old.state, later.state, later.interval, later.previous_id) == ("rerouted", "draft", 2, old.id)
    view = referral_for(hall.pcp, ReferralId(later.id))
    assert (view.question, view.previous_id) == (halls.QUESTION, old.id)
    assert referral_for(hall.pcp, ReferralId(old.id)).later_id == later.id
