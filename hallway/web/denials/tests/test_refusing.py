"""A no to a lawful ask is recorded with its ground; a form that would cure it is owed once, until it is given."""

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from hallway import clock
from hallway.consent.denials.blocking import Refusal, denials_at
from hallway.consent.models import Consent, Denial
from hallway.errors import HallwayError
from hallway.identity.requester import Role
from hallway.loops import refusing
from hallway.loops.models import Loop
from hallway.record.classes import DataClass
from hallway.referral.tests import hall as halls
from hallway.storage import connection


def refusal(hall, **more):
    return Refusal(
        **{
            "chart_id": hall.chart,
            "route": "preview",
            "discloser_org": hall.therapist.organization_id,
            "recipient_org": hall.pcp.organization_id,
            "purpose": "TREAT",
            "classes": int(DataClass.PART2),
            "outcome": "DENY_NEEDS",
            "needs": ("part2_consent",),
            "rule_ids": ("US-P2-CONSENT",),
            "form_kind": "part2",
        }
        | more
    )


def as_role(requester, role):
    from dataclasses import replace

    return replace(requester, role=role)


def test_a_form_that_would_cure_is_owed_by_the_discloser_with_a_due_date(fresh_db):
    hall = halls.build(is_part2=True)
    refusing.refuse(refusal(hall), by=hall.pcp)
    loop = Loop.objects.get(kind="send_form")
    assert loop.owner_org_id == hall.therapist.organization_id
    assert loop.due_at > clock.now()
    assert loop.mask == int(DataClass.PART2)
    assert Denial.objects.get().loop_id == loop.id


def test_asking_again_does_not_owe_twice_and_is_recorded_twice(fresh_db):
    hall = halls.build(is_part2=True)
    refusing.refuse(refusal(hall), by=hall.pcp)
    refusing.refuse(refusal(hall), by=hall.pcp)
    assert Loop.objects.filter(kind="send_form").count() == 1
    assert Denial.objects.count() == 2


def test_a_no_that_no_form_cures_owes_nothing_and_has_its_ground(fresh_db):
    hall = halls.build(is_part2=True)
    refusing.refuse(refusal(hall, outcome="DENY", needs=(), form_kind=""), by=hall.pcp)
    assert not Loop.objects.filter(kind="send_form").exists()
    row = Denial.objects.get()
    assert row.exception
    assert row.criterion
    assert row.policy_id == "HW-IB-1"


def test_the_task_ends_when_the_form_was_given_and_not_before(fresh_db):
    hall = halls.build(is_part2=True)
    refusing.refuse(refusal(hall, recipient_org=hall.pcp.organization_id), by=hall.pcp)
    assert refusing.settle_forms(clock.now()) == 0
    hall.consent_back("part2")
    assert Consent.objects.filter(kind="part2").exists()
    assert refusing.settle_forms(clock.now()) == 1
    assert Loop.objects.get(kind="send_form").closed_as == "form_given"


def test_a_task_ends_with_its_form_however_many_wait_ahead_of_it(fresh_db):
    hall = halls.build(is_part2=True)
    refusing.refuse(refusal(hall), by=hall.pcp)
    [row] = Loop.objects.values()
    earlier = row["opened_at"] - timedelta(days=1)
    ahead = [Loop(**row | {"id": uuid4(), "subject_id": uuid4(), "opened_at": earlier}) for _ in range(501)]
    Loop.objects.bulk_create(ahead)
    hall.consent_back("part2")
    assert refusing.settle_forms(clock.now()) == 1
    assert Loop.objects.get(closed_as="form_given").id == row["id"]


@pytest.mark.parametrize(
    ("asked", "form", "ends"),
    [("part2", "part2", 1), ("release", "part2", 1), ("part2", "release", 0), ("hiv", "part2", 0)],
)
def test_a_task_ends_with_a_form_that_opens_what_was_asked_for(fresh_db, asked, form, ends):
    hall = halls.build(is_part2=True)
    refusing.refuse(refusal(hall, form_kind=asked), by=hall.pcp)
    refusing.refuse(refusal(hall, form_kind=asked, recipient_org=0), by=hall.pcp)
    refusing.refuse(refusal(hall, form_kind=asked, recipient_org=hall.other.organization_id), by=hall.pcp)
    hall.consent_back(form)
    assert refusing.settle_forms(clock.now()) == 2 * ends, "the form is for one practice: a third one waits for its own"


def test_the_privacy_officer_of_the_practice_reads_them_and_nobody_else(fresh_db):
    hall = halls.build(is_part2=True)
    refusing.refuse(refusal(hall), by=hall.pcp)
    assert len(denials_at(as_role(hall.therapist, Role.PRIVACY_OFFICER))) == 1
    assert denials_at(as_role(hall.pcp, Role.PRIVACY_OFFICER)) == []
    with pytest.raises(HallwayError):
        denials_at(hall.therapist)


def test_a_record_is_never_changed_nor_taken_away(fresh_db):
    hall = halls.build(is_part2=True)
    refusing.refuse(refusal(hall), by=hall.pcp)
    for statement in ("UPDATE consent_denial SET outcome = 'X'", "DELETE FROM consent_denial"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_referral_that_may_not_leave_is_recorded_though_nothing_was_sent(fresh_db):
    """A therapist in Massachusetts refers to primary care: the state asks for the patient's signature first."""
    hall = halls.build(licence="counselor")
    from hallway.consent.tests import town
    from hallway.referral import actions as referrals
    from hallway.referral.views import ReferralRequest

    town.put(hall.chart, hall.therapist.organization_id, DataClass.GENERAL, author=hall.therapist.practitioner_id)
    draft = referrals.draft_referral(
        hall.therapist,
        ReferralRequest(
            chart_id=hall.chart,
            receiver_org=hall.pcp.organization_id,
            receiver_practitioner=hall.pcp.practitioner_id,
            question="Please look at the thyroid.",
            recipient_type="primary_care",
        ),
    )
    with pytest.raises(HallwayError) as refused:
        referrals.send_referral(hall.therapist, draft.id, expected_version=draft.version)
    assert refused.value.code == "H-REF-012"
    row = Denial.objects.get()
    assert (row.route, row.outcome, row.policy_id) == ("referral", "DENY_NEEDS", "HW-IB-1")
    assert Loop.objects.filter(id=row.loop_id, kind="send_form").exists()


def test_a_report_that_may_not_leave_is_recorded_and_owes_its_form(fresh_db):
    hall = halls.build(licence="counselor")
    from hallway.consultation import actions as reports
    from hallway.ids import ReferralId
    from hallway.referral import actions as referrals

    referral = hall.sent()
    hall.do(hall.therapist, referrals.accept_referral, referral)
    hall.do(hall.therapist, referrals.book_visit, referral, starts_at=clock.now())
    hall.do(hall.therapist, referrals.record_visit_kept, referral)
    report = reports.draft_report(hall.therapist, ReferralId(referral.id))
    saved = reports.edit_report(hall.therapist, report.id, expected_version=report.version, answer="Anxiety.")
    with pytest.raises(HallwayError) as refused:
        reports.sign_and_send_report(hall.therapist, report.id, expected_version=saved.version)
    assert refused.value.code == "H-RPT-004"
    row = Denial.objects.get(route="report")
    assert row.discloser_org_id == hall.therapist.organization_id
    assert Loop.objects.filter(id=row.loop_id, kind="send_form").exists()
