import uuid
from datetime import date, timedelta

import pytest

from hallway import clock
from hallway.consent import actions, gate, queries
from hallway.consent.actions import Composition, Signature
from hallway.consent.forms import ink, standing
from hallway.consent.models import Grant
from hallway.consent.tests import town
from hallway.errors import HallwayError
from hallway.identity.requester import Requester, Role, system
from hallway.ids import AccountId, ConsentId, OrganizationId, PractitionerId
from hallway.record.classes import DataClass
from hallway.storage import connection


@pytest.fixture
def hall(fresh_db):
    family = town.organization("Millbrook", side="pc")
    northgate = town.organization("Northgate")
    pcp = town.person("Carewell", family, Role.PCP)
    therapist = town.person("Hearwell", northgate, Role.THERAPIST, licence="social_worker")
    charts = [
        town.new_patient(family, family=name, given=given)
        for name, given in (("Ejemplo", "Marisol"), ("Example", "Ana"), ("Ñandú", "José"))
    ]
    actions.join_team(charts[0], by=pcp, organization=northgate, basis="referral")
    return pcp, therapist, charts


def lines_written():
    with connection.cursor() as cursor:
        return cursor.execute("SELECT act, charts FROM ledger_answer ORDER BY id").fetchall()


def test_headers_give_only_those_that_may_be_opened_and_one_line_names_them(hall):
    pcp, therapist, charts = hall
    assert set(queries.headers(pcp, charts)) == set(charts)
    assert set(queries.headers(therapist, charts)) == {charts[0]}
    assert lines_written()[-1] == ("headers", [charts[0]])


def test_search_finds_by_any_word_any_accent_and_nothing_that_is_hidden(hall):
    pcp, therapist, charts = hall
    assert [row.chart_id for row in queries.find_patients(pcp, "nandu jo")] == [charts[2]]
    assert [row.chart_id for row in queries.find_patients(pcp, "e")] == charts[:2]
    assert [row.chart_id for row in queries.find_patients(therapist, "e")] == charts[:1]
    assert queries.find_patients(therapist, "ana example") == []
    assert queries.find_patients(pcp, "%") == []
    assert len(queries.find_patients(pcp, "", date(1987, 3, 2))) == 3
    assert queries.find_patients(pcp, " ") == []


def test_the_roster_pages_without_gap_and_does_not_tell_where_a_hidden_name_stands(hall):
    pcp, therapist, charts = hall
    first = queries.roster(pcp, limit=2)
    rest = queries.roster(pcp, limit=2, after=first[-1].chart_id)
    assert [row.chart_id for row in (*first, *rest)] == charts
    assert queries.roster(therapist, after=charts[1]) == []
    assert [row.chart_id for row in queries.roster(therapist)] == charts[:1]


def who_has_no_right(pcp):
    """The network's administrator, and a system principal of no organization."""
    return [town.person("Netwell", pcp.organization_id, Role.NETWORK_ADMINISTRATOR), system("clock")]


@pytest.mark.parametrize("place", [0, 1])
def test_roles_without_a_right_find_nobody(hall, place):
    pcp, _, charts = hall
    nobody = who_has_no_right(pcp)[place]
    assert queries.roster(nobody) == []
    assert queries.headers(nobody, charts) == {}


def test_a_patient_finds_herself_alone(hall):
    _, _, charts = hall
    patient = Requester(AccountId(9), PractitionerId(0), OrganizationId(0), Role.PATIENT, chart_id=charts[1])
    assert [row.chart_id for row in queries.roster(patient)] == [charts[1]]
    assert set(queries.headers(patient, charts)) == {charts[1]}


def test_a_grant_that_stands_for_somebody_else_opens_no_chart_in_a_list_and_none_for_a_job(hall):
    _, therapist, charts = hall
    assert queries.charts_open_to(therapist) == charts[:1]
    held = Grant.objects.filter(grantee_org=therapist.organization_id)
    before = list(held)
    for change in (
        {"purpose": "EMERGENCY"},
        {"allow": 0},
        {"from_at": clock.now() + timedelta(hours=1)},
        {"until_at": clock.now() - timedelta(hours=1)},
        {"grantee_practitioner": therapist.practitioner_id + 1},
        {"not_practitioners": [therapist.practitioner_id]},
        {"roles": [Role.BILLER]},
        {"sud_duty": True},
    ):
        held.update(**change)
        assert (queries.charts_open_to(therapist), queries.roster(therapist)) == ([], []), change
        held.delete()
        Grant.objects.bulk_create(before)
    assert queries.charts_open_to(therapist) == charts[:1]


def test_forms_are_seen_by_their_parties_and_by_a_recipient_only_once_signed(hall):
    pcp, therapist, charts = hall
    leader = town.person("Deskwell", therapist.organization_id, Role.THERAPIST)
    form = actions.compose_consent(
        Composition(
            chart_id=charts[0],
            kind="release",
            discloser_org=pcp.organization_id,
            recipient_org=therapist.organization_id,
            classes=int(DataClass.GENERAL | DataClass.MH),
        ),
        by=pcp,
    )
    assert [row.id for row in standing.consents_of(pcp, charts[0])] == [form]
    assert standing.consents_of(leader, charts[0]) == []
    actions.sign_consent(form, Signature("typed", b"Marisol Ejemplo"), by=pcp, expected_version=1)
    assert [row.state for row in standing.consents_of(leader, charts[0])] == ["signed"]
    with pytest.raises(HallwayError) as caught:
        standing.consent_for(therapist, ConsentId(uuid.uuid4()))
    assert str(caught.value) == str(gate.not_found())


def test_only_the_reader_whom_the_patient_chose_to_tell_is_told_that_things_are_withheld(hall):
    pcp, therapist, charts = hall
    form = actions.compose_consent(
        Composition(
            chart_id=charts[0],
            kind="release",
            discloser_org=pcp.organization_id,
            recipient_org=therapist.organization_id,
            recipient_practitioner=therapist.practitioner_id,
            classes=int(DataClass.GENERAL),
            tell_withheld=True,
        ),
        by=pcp,
    )
    colleague = town.person("Nextdoor", therapist.organization_id, Role.THERAPIST)
    assert not queries.was_told_of_withholding(therapist, charts[0])
    actions.sign_consent(form, Signature("drawn", ink.a_stroke()), by=pcp, expected_version=1)
    assert queries.was_told_of_withholding(therapist, charts[0])
    assert not queries.was_told_of_withholding(colleague, charts[0])
    actions.revoke_consent(form, "oral", by=pcp, expected_version=2)
    assert not queries.was_told_of_withholding(therapist, charts[0])
