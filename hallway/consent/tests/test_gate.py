from dataclasses import replace
from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent import actions, gate
from hallway.consent.tests import town
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester, Role, system
from hallway.ids import AccountId, ChartId, OrganizationId, PractitionerId
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.record.evidence import Purpose
from hallway.record.stored import StaleRelease

NOTE = DataClass.GENERAL | DataClass.MH


def seen(requester, chart, purpose=None):
    try:
        release = gate.release(requester, chart, purpose)
    except HallwayError:
        return set()
    return {row.id for row in record.read_chart(release)}


@pytest.fixture
def hall(fresh_db):
    """A PCP's practice and a therapist's, both in Massachusetts, and a patient whom the PCP's practice registered."""
    family = town.organization("Millbrook", side="pc")
    northgate = town.organization("Northgate")
    pcp = town.person("Carewell", family, Role.PCP, licence="physician")
    therapist = town.person("Hearwell", northgate, Role.THERAPIST, licence="social_worker")
    return pcp, therapist, town.new_patient(family)


@pytest.mark.parametrize("role", list(Role))
def test_an_unknown_chart_gives_one_answer_to_every_role(fresh_db, role):
    requester = Requester(AccountId(1), PractitionerId(1), OrganizationId(1), role, chart_id=ChartId(999))
    with pytest.raises(HallwayError) as caught:
        gate.release(requester, ChartId(999))
    assert caught.value.kind is Kind.NOT_FOUND
    assert str(caught.value) == str(gate.not_found())


def test_a_practice_sees_its_own_record_and_a_stranger_gets_the_answer_for_an_unknown_chart(hall):
    pcp, therapist, chart = hall
    item = town.put(chart, pcp.organization_id, NOTE)
    assert item in seen(pcp, chart)
    with pytest.raises(HallwayError) as caught:
        gate.release(therapist, chart)
    assert str(caught.value) == str(gate.not_found())


def test_treatment_by_another_practice_opens_while_it_treats_and_closes_when_it_ends(hall):
    pcp, therapist, chart = hall
    item = town.put(chart, pcp.organization_id, NOTE)
    member = actions.join_team(chart, by=pcp, organization=therapist.organization_id, basis="referral")
    assert item in seen(therapist, chart)
    assert gate.release(therapist, chart).reason.startswith("US-TREAT")
    actions.leave_team(chart, by=pcp, member_id=member)
    assert seen(therapist, chart) == set()


def test_a_membership_with_an_end_is_tested_in_the_query_and_needs_no_rebuild(hall):
    pcp, therapist, chart = hall
    until = clock.now() + timedelta(days=1)
    actions.join_team(chart, by=pcp, organization=therapist.organization_id, basis="referral", until_at=until)
    release = gate.release(therapist, chart)
    assert release.until == until
    with clock.stopped_at(until), pytest.raises(HallwayError):
        gate.release(therapist, chart)
    with clock.stopped_at(until), pytest.raises(StaleRelease):
        record.read_chart(release)


def test_a_plan_compiled_before_a_change_of_rights_reads_nothing_after_it(hall):
    pcp, therapist, chart = hall
    member = actions.join_team(chart, by=pcp, organization=therapist.organization_id, basis="referral")
    release = gate.release(therapist, chart)
    actions.leave_team(chart, by=pcp, member_id=member)
    with pytest.raises(StaleRelease):
        record.read_chart(release)


def test_rebuilding_without_a_change_leaves_epoch_and_grants_alone(hall):
    pcp, therapist, chart = hall
    actions.join_team(chart, by=pcp, organization=therapist.organization_id, basis="referral")
    before = record.epoch_of(chart)
    with clock.stopped_at(clock.now() + timedelta(days=3)):
        actions.rebuild_grants([chart])
    assert record.epoch_of(chart) == before


def test_the_way_back_from_a_massachusetts_social_worker_is_shut_without_consent(hall):
    pcp, therapist, chart = hall
    actions.join_team(chart, by=pcp, organization=therapist.organization_id, basis="referral")
    note = town.put(
        chart, therapist.organization_id, NOTE | DataClass.MA_SOCIAL_WORKER, author=therapist.practitioner_id
    )
    assert note in seen(therapist, chart)
    assert note not in seen(pcp, chart)


def test_psychotherapy_notes_open_for_their_author_only(hall):
    pcp, therapist, chart = hall
    colleague = town.person("Nextdoor", therapist.organization_id, Role.THERAPIST, licence="social_worker")
    note = town.put(chart, therapist.organization_id, NOTE | DataClass.PSYTHER_NOTE, author=therapist.practitioner_id)
    assert note in seen(therapist, chart)
    assert note not in seen(colleague, chart)
    assert note not in seen(pcp, chart)


def test_nobody_lets_themselves_onto_a_team_and_no_program_its_practice(hall):
    _, therapist, chart = hall
    for who in (therapist, replace(system("client/1"), organization_id=therapist.organization_id)):
        with pytest.raises(HallwayError) as caught:
            actions.join_team(chart, by=who, organization=therapist.organization_id, basis="encounter")
        assert caught.value.kind is Kind.NOT_FOUND


def test_a_biller_sees_billing_kinds_and_may_not_state_treatment(hall):
    pcp, _, chart = hall
    biller = town.person("Sumwell", pcp.organization_id, Role.BILLER)
    coverage = town.put(chart, pcp.organization_id, DataClass.GENERAL, kind="Coverage")
    note = town.put(chart, pcp.organization_id, DataClass.GENERAL, kind="DocumentReference")
    assert coverage in seen(biller, chart)
    assert note not in seen(biller, chart)
    assert seen(biller, chart, Purpose.TREATMENT) == set()


def test_a_network_administrator_sees_no_chart(hall):
    pcp, _, chart = hall
    admin = town.person("Netwell", pcp.organization_id, Role.NETWORK_ADMINISTRATOR)
    assert seen(admin, chart) == set()
