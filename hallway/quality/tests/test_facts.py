from dataclasses import replace
from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent.tests import town
from hallway.directory.models import Organization
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Role
from hallway.quality import queries
from hallway.record.classes import DataClass
from hallway.referral import actions
from hallway.referral.tests import hall as halls


def facts():
    return queries._facts(clock.today() - timedelta(days=1), clock.today())


def test_a_visit_that_may_not_be_told_counts_as_unknown_and_with_consent_as_known(fresh_db):
    hall = halls.build(licence="social_worker")
    referral = hall.sent()
    hall.do(hall.therapist, actions.accept_referral, referral)
    hall.do(hall.therapist, actions.book_visit, referral, starts_at=clock.now())
    hall.do(hall.therapist, actions.record_visit_kept, referral)
    [fact] = facts()
    assert (fact.recipient_type, fact.is_behavioral, fact.is_hidden, fact.hand_off) == (
        "therapist",
        True,
        True,
        "neither",
    )
    assert fact.seen_at is not None
    hall.consent_back()
    [fact] = facts()
    assert not fact.is_hidden


def test_drafts_and_replaced_referrals_are_not_counted(fresh_db):
    hall = halls.build(licence="physician")
    actions.draft_referral(hall.pcp, hall.request())
    assert facts() == []


def test_a_role_without_the_page_is_refused_and_small_cells_stay_unshown(fresh_db):
    hall = halls.build(licence="physician")
    hall.sent()
    found = queries.network_dashboard(hall.pcp, from_on=clock.today(), until_on=clock.today())
    assert found.behavioral_reports.percent is None
    assert found.to_accept.median_days is None
    with pytest.raises(HallwayError) as caught:
        queries.network_dashboard(
            replace(hall.pcp, role=Role.FRONT_DESK), from_on=clock.today(), until_on=clock.today()
        )
    assert caught.value.kind is Kind.FORBIDDEN


def test_whoever_goes_to_both_counts_only_where_the_two_may_know_of_each_other(fresh_db):
    hall = halls.build(licence="social_worker")
    assert queries._sides() == [(False, True, False, 1)]
    town.put(hall.chart, hall.therapist.organization_id, DataClass.GENERAL, author=hall.therapist.practitioner_id)
    assert queries._sides() == [(True, True, False, 1)]
    hall.consent_back()
    assert queries._sides() == [(True, True, True, 1)]
    harbor = town.organization("Harbor", is_part2=True)
    other = town.new_patient(harbor)
    town.put(other, harbor, DataClass.PART2)
    assert queries._sides() == [(True, True, True, 1)], "what a Part 2 program keeps moves no figure"
    unevaluated = town.organization("Steadman")
    Organization.objects.filter(id=unevaluated).update(kind="sud_program")
    town.put(town.new_patient(unevaluated), unevaluated, DataClass.GENERAL)
    assert queries._sides() == [(True, True, True, 1)], "nor what one keeps that nobody has evaluated"
    assert queries.cross_penetration(hall.pcp).behavioral_in_primary.percent is None, "one patient is too few to show"
    with pytest.raises(HallwayError):
        queries.cross_penetration(replace(hall.pcp, role=Role.FRONT_DESK))
