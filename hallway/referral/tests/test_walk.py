from datetime import timedelta

import pytest

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.ids import ReferralId
from hallway.loops.models import Loop
from hallway.referral import actions
from hallway.referral.models import ReferralStep, Visit
from hallway.referral.sight import look
from hallway.referral.tests import hall as halls


@pytest.fixture
def hall(fresh_db):
    return halls.build(licence="physician")


def running(referral):
    return set(Loop.objects.filter(referral_id=referral.id, closed_at=None).values_list("kind", flat=True))


def test_sending_starts_the_clock_and_moves_no_custody(hall):
    referral = hall.sent(expected_role="manage")
    referral.refresh_from_db()
    assert referral.state == "sent"
    assert referral.custody == "sender"
    assert running(referral) == {"accept", "close_or_reroute"}
    assert look(hall.therapist, referral.id).state == "sent"
    actions.accept_referral(hall.therapist, ReferralId(referral.id), expected_version=2)
    referral.refresh_from_db()
    assert (referral.state, referral.custody) == ("accepted", "receiver")


def test_the_whole_way_to_the_first_visit(hall):
    referral = hall.sent()
    hall.do(hall.therapist, actions.accept_referral, referral)
    hall.do(hall.desk, actions.book_visit, referral, starts_at=clock.now() + timedelta(days=5))
    assert running(referral) == {"see_patient", "close_or_reroute"}
    with clock.stopped_at(clock.now() + timedelta(days=5, hours=1)):
        hall.do(hall.desk, actions.record_visit_kept, referral)
        assert running(referral) == {"report", "close_or_reroute"}
    assert Visit.objects.get().status == "kept"
    steps = [s.step for s in ReferralStep.objects.order_by("position")]
    assert steps == ["draft", "send", "accept", "book", "visit_kept"]


def test_two_at_once_the_second_hears_who_was_first(hall):
    referral = hall.sent()
    actions.accept_referral(hall.therapist, ReferralId(referral.id), expected_version=2)
    with pytest.raises(HallwayError) as caught:
        actions.decline_referral(hall.desk, ReferralId(referral.id), expected_version=2, reason_code="no_capacity")
    assert caught.value.kind is Kind.CONFLICT
    assert caught.value.what.startswith("Invented Hearwell accepted at ")


def test_ones_own_second_press_on_an_old_page_says_you(hall):
    referral = hall.sent()
    actions.accept_referral(hall.therapist, ReferralId(referral.id), expected_version=2)
    with pytest.raises(HallwayError) as caught:
        actions.decline_referral(hall.therapist, ReferralId(referral.id), expected_version=2, reason_code="no_capacity")
    assert caught.value.what.startswith("You accepted at ")
