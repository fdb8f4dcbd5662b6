from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent.tests import town
from hallway.errors import HallwayError
from hallway.identity.requester import Role
from hallway.ids import OrganizationId, PractitionerId, ReferralId
from hallway.loops.models import Loop
from hallway.referral import actions
from hallway.referral.models import Referral
from hallway.referral.tests import hall as halls


@pytest.fixture
def hall(fresh_db):
    return halls.build(licence="physician")


def code_of(call) -> str:
    with pytest.raises(HallwayError) as caught:
        call()
    return caught.value.code


def test_nobody_refers_to_themselves(hall):
    own = {"receiver_org": hall.pcp.organization_id}
    assert (
        code_of(lambda: actions.draft_referral(hall.pcp, hall.request(**own, receiver_practitioner=0))) == "H-REF-004"
    )
    own["receiver_practitioner"] = hall.pcp.practitioner_id
    assert code_of(lambda: actions.draft_referral(hall.pcp, hall.request(**own))) == "H-REF-004"


def test_a_second_open_referral_for_the_same_is_refused_and_the_first_stays(hall):
    hall.sent()
    assert code_of(lambda: actions.draft_referral(hall.pcp, hall.request())) == "H-REF-002"
    assert Referral.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"recipient_type": "wizard"}, "H-REF-005"),
        ({"expected_role": "own"}, "H-REF-005"),
        ({"urgency": "yesterday"}, "H-REF-005"),
        ({"talked": "maybe"}, "H-REF-005"),
        ({"question": "x" * 4001}, "H-REF-007"),
        ({"question": "bell \x07"}, "H-REF-007"),
        ({"receiver_org": OrganizationId(999)}, "H-REF-008"),
        ({"receiver_practitioner": PractitionerId(999)}, "H-REF-008"),
        ({"attached": (("Condition", "00000000-0000-7000-8000-000000000000"),)}, "H-REF-005"),
    ],
)
def test_bad_input_is_named_and_nothing_is_made(hall, changes, code):
    assert code_of(lambda: actions.draft_referral(hall.pcp, hall.request(**changes))) == code
    assert Referral.objects.count() == 0


def test_any_script_is_a_question(hall):
    question = "هل هو اكتئاب؟ 憂鬱症嗎？ Депрессия? \U0001f642"
    referral = hall.sent(question=question)
    from hallway.referral.queries import referral_for

    assert referral_for(hall.therapist, ReferralId(referral.id)).question == question


def test_a_referral_without_a_question_is_not_sent(hall):
    referral = actions.draft_referral(hall.pcp, hall.request(question="  "))
    assert code_of(lambda: hall.do(hall.pcp, actions.send_referral, referral)) == "H-REF-006"
    assert Referral.objects.get().state == "draft"


@pytest.mark.parametrize("days", [-8, 400])
def test_a_visit_in_the_past_or_in_over_a_year_is_refused(hall, days):
    referral = hall.sent()
    hall.do(hall.therapist, actions.accept_referral, referral)
    at = clock.now() + timedelta(days=days)
    assert code_of(lambda: hall.do(hall.therapist, actions.book_visit, referral, starts_at=at)) == "H-REF-010"


def test_a_re_offer_day_that_is_not_ahead_is_refused(hall):
    referral = actions.draft_referral(hall.pcp, hall.request())
    assert (
        code_of(
            lambda: hall.do(
                hall.pcp, actions.record_reluctance, referral, reason_code="not_now", re_offer_on=clock.today()
            )
        )
        == "H-REF-011"
    )


def test_reluctance_is_asked_again_on_its_day_and_nothing_is_sent(hall):
    from hallway.loops.queries import worklist

    referral = actions.draft_referral(hall.pcp, hall.request())
    day = clock.today() + timedelta(days=20)
    hall.do(hall.pcp, actions.record_reluctance, referral, reason_code="stigma", re_offer_on=day)
    assert worklist(hall.pcp).rows == ()
    with clock.stopped_at(clock.now() + timedelta(days=21)):
        assert [row.kind for row in worklist(hall.pcp).rows] == ["re_offer"]
    with pytest.raises(HallwayError):
        hall.version(hall.therapist, referral)


def test_a_self_referral_opens_a_tracked_loop_in_one_step(hall):
    referral = actions.open_self_referral(hall.pcp, hall.request(receiver_practitioner=0))
    referral.refresh_from_db()
    assert (referral.state, referral.is_self_referral) == ("sent", True)
    assert Loop.objects.filter(referral_id=referral.id, kind="accept", closed_at=None).exists()


def test_a_pcp_elsewhere_is_noted_and_nobody_is_poached(hall):
    request = hall.request(
        receiver_org=hall.pcp.organization_id,
        receiver_practitioner=hall.pcp.practitioner_id,
        recipient_type="primary_care",
        expected_role="establish",
    )
    from hallway.consent import actions as consent

    consent.join_team(hall.chart, by=hall.pcp, organization=hall.therapist.organization_id, basis="encounter")
    referral = actions.draft_referral(hall.therapist, request)
    hall.do(hall.therapist, actions.record_pcp_elsewhere, referral, name="Dr. Far Away", phone="555-0100")
    referral.refresh_from_db()
    assert (referral.state, referral.direction, referral.custody) == ("pcp_elsewhere", "to_pc", "sender")
    assert not Loop.objects.filter(referral_id=referral.id, closed_at=None).exists()


def test_a_leader_reads_and_takes_no_step(hall):
    referral = hall.sent()
    assert (
        code_of(lambda: actions.accept_referral(hall.lead, ReferralId(referral.id), expected_version=2)) == "H-REF-009"
    )


def test_a_biller_is_told_nothing(hall):
    biller = town.person("Sumwell", hall.therapist.organization_id, Role.BILLER)
    referral = hall.sent()
    assert code_of(lambda: actions.accept_referral(biller, ReferralId(referral.id), expected_version=2)) == "H-CON-001"


def test_declining_with_a_reason_of_ones_own_is_refused(hall):
    referral = hall.sent()
    assert (
        code_of(lambda: hall.do(hall.therapist, actions.decline_referral, referral, reason_code="rude")) == "H-REF-005"
    )


def test_a_missed_visit_is_owed_by_tomorrow_and_a_new_one_can_be_booked(hall):
    referral = hall.sent()
    hall.do(hall.therapist, actions.accept_referral, referral)
    hall.do(hall.therapist, actions.book_visit, referral, starts_at=clock.now() + timedelta(hours=1))
    hall.do(hall.therapist, actions.record_no_show, referral)
    loop = Loop.objects.get(referral_id=referral.id, kind="reschedule", closed_at=None)
    assert loop.due_at - loop.opened_at == timedelta(days=1)
    hall.do(hall.therapist, actions.book_visit, referral, starts_at=clock.now() + timedelta(days=3))
    assert sorted(visit.status for visit in referral.visits.all()) == ["booked", "no_show"]


def test_a_cancellation_nobody_confirms_stands_by_itself(hall):
    referral = hall.sent()
    hall.do(hall.pcp, actions.request_cancellation, referral, reason_code="sent_by_mistake")
    later = clock.now() + timedelta(days=10)
    with clock.stopped_at(later):
        assert actions.run_clocks(later) == 1
        assert actions.run_clocks(later) == 0
    referral.refresh_from_db()
    assert referral.state == "cancelled"
