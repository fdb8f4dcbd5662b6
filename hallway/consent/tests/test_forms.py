from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError

from hallway import clock
from hallway.consent import actions, gate, states
from hallway.consent.actions import Composition, Signature
from hallway.consent.explaining.preview import preview
from hallway.consent.forms import ink
from hallway.consent.models import Consent, ConsentState
from hallway.consent.tests import town
from hallway.consent.tests.test_gate import NOTE, seen
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester, Role
from hallway.ids import AccountId, OrganizationId, PractitionerId
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.standards.fhir import r4
from hallway.storage import connection

PART2 = NOTE | DataClass.PART2
DRAWN = Signature("drawn", ink.a_stroke())


@pytest.fixture
def program(fresh_db):
    """A Part 2 program with a counselor, a PCP who referred there, and a program note."""
    pc = town.organization("Millbrook", side="pc")
    sud = town.organization("Stillwater", state="ME", is_part2=True)
    pcp = town.person("Carewell", pc, Role.PCP)
    counselor = town.person("Steadwell", sud, Role.THERAPIST, duty=True)
    chart = town.new_patient(pc)
    actions.join_team(chart, by=pcp, organization=sud, basis="referral")
    note = town.put(chart, sud, PART2, kind="DocumentReference", author=counselor.practitioner_id)
    return pcp, counselor, chart, note


def composition(pcp, counselor, chart, **more):
    plain = Composition(
        chart_id=chart,
        kind="part2",
        discloser_org=counselor.organization_id,
        recipient_org=pcp.organization_id,
        classes=int(PART2),
        expires_at=clock.now() + timedelta(days=30),
    )
    return replace(plain, **more)


def signed(pcp, counselor, chart, **more):
    form = actions.compose_consent(composition(pcp, counselor, chart, **more), by=counselor)
    actions.sign_consent(form, DRAWN, by=counselor, expected_version=1)
    return form


def test_sud_record_is_withheld_without_part2_consent_and_opens_with_notice_by_it(program):
    pcp, counselor, chart, note = program
    assert note not in seen(pcp, chart)
    form = signed(pcp, counselor, chart)
    assert note in seen(pcp, chart)
    clause = next(c for c in gate.release(pcp, chart).clauses if c.source_org == counselor.organization_id)
    assert str(form) in clause.consent_ids
    assert {"PART2/notice:P2-2024-S1", "PART2/copy_of_consent", "PART2/keep_label"} <= set(clause.obligations)
    assert "US-P2-CONSENT" in clause.rule_ids


def test_vector_14_a_consent_revoked_an_hour_ago_expired_or_incomplete_opens_nothing(program):
    pcp, counselor, chart, note = program
    form = signed(pcp, counselor, chart)
    stale = gate.release(pcp, chart)
    actions.revoke_consent(form, "oral", by=pcp, expected_version=2)
    assert note not in seen(pcp, chart)
    with pytest.raises(HallwayError) as caught:
        record.read_chart(stale)
    assert caught.value.kind is Kind.GONE
    second = signed(pcp, counselor, chart)
    with clock.stopped_at(clock.now() + timedelta(days=30)):
        assert note not in seen(pcp, chart)
    Consent.objects.filter(id=second).update(statements=["revoke_part2", "redisclosure_part2", "proceedings_bar"])
    actions.rebuild_grants([chart])
    assert note not in seen(pcp, chart)


def test_a_consent_limited_to_kinds_opens_those_kinds_only(program):
    pcp, counselor, chart, note = program
    visit = town.put(chart, counselor.organization_id, PART2, kind="Encounter")
    signed(pcp, counselor, chart, kinds=("Encounter",))
    assert visit in seen(pcp, chart)
    assert note not in seen(pcp, chart)


def test_vector_9_the_single_tpo_consent_opens_for_treating_providers_and_not_for_counseling_notes(program):
    pcp, counselor, chart, note = program
    session = town.put(
        chart, counselor.organization_id, PART2 | DataClass.SUD_COUNSEL_NOTE, author=counselor.practitioner_id
    )
    heart = town.person("Heartwell", town.organization("Heart", side="other"), Role.MEDICAL_SPECIALIST)
    signed(pcp, counselor, chart, kind="part2_tpo", recipient_org=OrganizationId(0), expires_at=None)
    assert seen(heart, chart) == set()
    actions.join_team(chart, by=pcp, organization=pcp.organization_id, basis="assigned")
    actions.join_team(chart, by=pcp, organization=heart.organization_id, basis="referral")
    for reader in (pcp, heart):
        assert note in seen(reader, chart)
        assert session not in seen(reader, chart)
    assert session in seen(counselor, chart)


def test_where_a_state_asks_for_more_the_gate_says_that_the_single_tpo_consent_does_not_open_it(program):
    pcp, _, chart, _ = program
    there = town.organization("Riverside", state="MA", is_part2=True)
    counselor = town.person("Riverwell", there, Role.THERAPIST, licence="counselor", state="MA", duty=True)
    note = town.put(
        chart, there, PART2 | DataClass.MA_COUNSELOR, kind="DocumentReference", author=counselor.practitioner_id
    )
    for one in (pcp, counselor):
        actions.join_team(chart, by=pcp, organization=one.organization_id, basis="assigned")

    def said(classes):
        return preview(
            chart_id=chart, discloser_practitioner=counselor.practitioner_id, discloser_org=there,
            recipient_practitioner=pcp.practitioner_id, recipient_org=pcp.organization_id, classes=int(classes),
        ).reason  # fmt: skip

    assert "for all who treat" not in said(PART2 | DataClass.MA_COUNSELOR)
    signed(pcp, counselor, chart, kind="part2_tpo", recipient_org=OrganizationId(0), expires_at=None)
    assert note not in seen(pcp, chart)
    assert "The form for all who treat, which is signed, does not open this." in said(PART2 | DataClass.MA_COUNSELOR)
    assert "for all who treat" not in said(PART2)
    actions.revoke_consent(
        Consent.objects.get().id, "oral", by=counselor, expected_version=2, recipient_org=pcp.organization_id
    )
    assert "for all who treat" not in said(PART2 | DataClass.MA_COUNSELOR), (
        "taken back for one, it speaks of them no more"
    )


def test_a_form_for_everybody_who_treats_that_names_a_person_is_neither_prepared_nor_signed(program):
    pcp, counselor, chart, _ = program
    mixed = composition(
        pcp,
        counselor,
        chart,
        kind="part2_tpo",
        recipient_org=OrganizationId(0),
        recipient_practitioner=pcp.practitioner_id,
    )
    with pytest.raises(HallwayError) as wrong:
        actions.compose_consent(mixed, by=counselor)
    assert (wrong.value.kind, wrong.value.code) == (Kind.UNPROCESSABLE, "H-CON-013")
    whole = replace(mixed, recipient_practitioner=PractitionerId(0))
    form = actions.compose_consent(whole, by=counselor)
    Consent.objects.filter(id=form).update(recipient_practitioner_id=pcp.practitioner_id)
    with pytest.raises(HallwayError) as wrong:
        actions.sign_consent(form, DRAWN, by=counselor, expected_version=1)
    assert wrong.value.code == "H-CON-013"


def test_vector_15_a_colleague_of_the_program_without_substance_use_duties_sees_nothing_of_it(program):
    _, counselor, chart, note = program
    colleague = replace(counselor, practitioner_id=PractitionerId(77), sud_duty=False)
    assert note in seen(replace(counselor, practitioner_id=PractitionerId(78)), chart)
    assert note not in seen(colleague, chart)


def test_a_consent_for_one_person_opens_for_that_person_alone(program):
    pcp, counselor, chart, note = program
    partner = town.person("Nextwell", pcp.organization_id, Role.PCP)
    signed(pcp, counselor, chart, recipient_practitioner=pcp.practitioner_id)
    assert note in seen(pcp, chart)
    assert note not in seen(partner, chart)


def test_a_restriction_beats_a_signed_consent_until_it_ends(program):
    pcp, counselor, chart, note = program
    signed(pcp, counselor, chart)
    limit = actions.restrict(chart, by=counselor, recipient_org=pcp.organization_id, basis="2.26")
    assert note not in seen(pcp, chart)
    assert note in seen(counselor, chart)
    actions.end_restriction(limit, "patient_written", by=counselor)
    assert note in seen(pcp, chart)


def test_signing_stores_a_fhir_consent_with_the_discloser_and_a_ledger_line(program):
    pcp, counselor, chart, _ = program
    form = signed(pcp, counselor, chart)
    rows = record.read_chart(gate.release(counselor, chart), kinds=["Consent"])
    view = rows[0].view(r4.Consent)
    assert (len(rows), view.status, rows[0].source_org) == (1, "active", counselor.organization_id)
    assert rows[0].mask & DataClass.PART2
    with connection.cursor() as cursor:
        acts = [row[0] for row in cursor.execute("SELECT act FROM ledger_answer ORDER BY id").fetchall()]
    assert acts.count("consent.prepared") == acts.count("consent.signed") == 1
    actions.revoke_consent(form, "written", by=counselor, expected_version=2)
    assert record.read_chart(gate.release(counselor, chart), kinds=["Consent"])[0].view(r4.Consent).status == "inactive"


def test_a_declined_form_stays_with_the_desk_that_asked(program):
    pcp, counselor, chart, _ = program
    form = actions.compose_consent(composition(pcp, counselor, chart), by=pcp)
    actions.decline_consent(form, "does_not_want", by=pcp, expected_version=1)
    assert len(record.read_chart(gate.release(pcp, chart), kinds=["Consent"])) == 1
    assert record.read_chart(gate.release(counselor, chart), kinds=["Consent"]) == []
    with pytest.raises(HallwayError) as caught:
        actions.sign_consent(form, DRAWN, by=pcp, expected_version=2)
    assert caught.value.code == "H-CON-004"


@pytest.mark.parametrize("state", ConsentState.values)
@pytest.mark.parametrize("step", ["sign", "wait", "witness", "dispute", "decline", "revoke", "expire"])
def test_every_step_from_every_state_is_in_the_table_or_refused(state, step):
    legal = {("draft", "sign"), ("draft", "decline"), ("signed", "revoke"), ("signed", "expire"), ("draft", "wait"),
             ("witnessing", "witness"), ("witnessing", "dispute"), ("witnessing", "decline")}  # fmt: skip
    assert (states.transition(step, state) is not None) == ((state, step) in legal)


@pytest.mark.parametrize(
    ("signature", "code"),
    [
        (Signature("drawn", b""), "H-CON-006"),
        (Signature("drawn", b"no picture"), "H-CON-006"),
        (Signature("typed", b"\xff\xfe"), "H-CON-006"),
        (Signature("typed", b"M"), "H-CON-006"),
        (Signature("verbal", b"yes"), "H-CON-006"),
        (Signature("typed", b"Marisol Ejemplo"), "H-CON-007"),
        (DRAWN, "H-CON-007"),
        (Signature("typed", b"Marisol Ejemplo", witness=PractitionerId(987_654)), "H-CON-007"),
    ],
)
def test_no_consent_without_evidence_and_none_written_by_the_party_it_benefits_alone(program, signature, code):
    pcp, counselor, chart, note = program
    form = actions.compose_consent(composition(pcp, counselor, chart), by=pcp)
    with pytest.raises(HallwayError) as caught:
        actions.sign_consent(form, signature, by=pcp, expected_version=1)
    assert caught.value.code == code
    assert note not in seen(pcp, chart)
    elsewhere = Signature("typed", b"Marisol Ejemplo", witness=counselor.practitioner_id)
    with pytest.raises(HallwayError, match="H-CON-007"):
        actions.sign_consent(form, elsewhere, by=pcp, expected_version=1)
    colleague = town.person("Witwell", pcp.organization_id, Role.FRONT_DESK)
    witnessed = Signature("typed", b"Marisol Ejemplo", witness=colleague.practitioner_id)
    actions.sign_consent(form, witnessed, by=pcp, expected_version=1)
    assert note in seen(pcp, chart)


def test_two_at_once_on_one_form_the_second_is_told(program):
    pcp, counselor, chart, _ = program
    form = signed(pcp, counselor, chart)
    with pytest.raises(HallwayError) as caught:
        actions.revoke_consent(form, "oral", by=pcp, expected_version=1)
    assert (caught.value.kind, caught.value.code) == (Kind.CONFLICT, "H-CON-003")
    assert not caught.value.what.startswith("You")


def test_ones_own_second_press_on_a_form_is_told_that_it_was_oneself(program):
    pcp, counselor, chart, _ = program
    form = signed(pcp, counselor, chart)
    with pytest.raises(HallwayError) as caught:
        actions.sign_consent(form, DRAWN, by=counselor, expected_version=1)
    assert (caught.value.code, caught.value.what) == ("H-CON-003", "You changed this yourself a moment ago.")
    actions.revoke_consent(form, "oral", by=pcp, expected_version=2)
    for again, own in ((pcp, True), (counselor, False)):
        with pytest.raises(HallwayError) as caught:
            actions.revoke_consent(form, "oral", by=again, expected_version=2)
        assert caught.value.what.startswith("You") is own


def test_a_stranger_to_the_form_gets_the_answer_for_an_unknown_one(program):
    pcp, counselor, chart, _ = program
    form = signed(pcp, counselor, chart)
    stranger = Requester(AccountId(5), PractitionerId(5), town.organization("Elsewhere"), Role.PCP)
    with pytest.raises(HallwayError) as caught:
        actions.revoke_consent(form, "oral", by=stranger, expected_version=2)
    assert str(caught.value) == str(gate.not_found())


def test_the_patient_revokes_from_home(program):
    pcp, counselor, chart, note = program
    form = signed(pcp, counselor, chart)
    patient = Requester(AccountId(8), PractitionerId(0), OrganizationId(0), Role.PATIENT, chart_id=chart)
    actions.revoke_consent(form, "portal", by=patient, expected_version=2)
    assert note not in seen(pcp, chart)
    assert note in seen(patient, chart)


def test_expiry_marks_the_form_and_the_grant_had_ended_by_itself(program):
    pcp, counselor, chart, note = program
    form = signed(pcp, counselor, chart)
    from hallway.identity.requester import system

    with clock.stopped_at(clock.now() + timedelta(days=31)):
        assert note not in seen(pcp, chart)
        assert actions.expire_consents(clock.now(), by=system("expiry")) == 1
        assert actions.expire_consents(clock.now(), by=system("expiry")) == 0
    assert Consent.objects.get(id=form).state == "expired"


def test_the_database_refuses_a_signed_form_without_evidence(program):
    pcp, counselor, chart, _ = program
    form = actions.compose_consent(composition(pcp, counselor, chart), by=pcp)
    with pytest.raises(IntegrityError):
        Consent.objects.filter(id=form).update(state="signed", signed_at=clock.now())


def test_nobody_off_the_care_team_learns_from_the_way_back_that_a_program_has_a_form(program):
    pcp, counselor, chart, _ = program
    elsewhere = town.organization("Elsewhere", side="pc")
    stranger = town.person("Awaywell", elsewhere, Role.PCP)
    town.put(chart, elsewhere, DataClass.GENERAL, author=stranger.practitioner_id)

    def way_back(asker):
        return preview(
            chart_id=chart,
            discloser_practitioner=counselor.practitioner_id,
            discloser_org=counselor.organization_id,
            recipient_practitioner=asker.practitioner_id,
            recipient_org=asker.organization_id,
            kind="Composition",
            asker=asker,
        )

    before = way_back(stranger)
    everybody = composition(pcp, counselor, chart, kind="part2_tpo", recipient_org=OrganizationId(0))
    form = actions.compose_consent(everybody, by=counselor)
    actions.sign_consent(form, Signature("typed", b"Marisol Ejemplo"), by=counselor, expected_version=1)
    assert way_back(stranger) == before
    assert (before.verdict, before.consent_id, before.signed_at) == ("pen_before", None, None)
    actions.join_team(chart, by=pcp, organization=pcp.organization_id, basis="assigned")
    assert way_back(pcp).consent_id == form, "who is on the care team receives under it and knows it"
