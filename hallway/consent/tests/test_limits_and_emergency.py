from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent import actions, gate
from hallway.consent.explaining import explain
from hallway.consent.models import EmergencyAccess
from hallway.consent.tests import town
from hallway.consent.tests.test_gate import NOTE, seen
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Role
from hallway.record.classes import DataClass
from hallway.record.evidence import Purpose

REASON = "Found unresponsive at the front desk."


@pytest.fixture
def hall(fresh_db):
    pc = town.organization("Millbrook", side="pc")
    bh = town.organization("Northgate")
    ct = town.organization("Elmwood", state="CT")
    pcp = town.person("Carewell", pc, Role.PCP)
    licsw = town.person("Hearwell", bh, Role.THERAPIST, licence="social_worker")
    ct_md = town.person("Calmwell", ct, Role.PSYCHIATRIST, licence="psychiatrist", state="CT")
    chart = town.new_patient(pc)
    for place in (bh, ct, pc):
        actions.join_team(chart, by=pcp, organization=place, basis="referral")
    return {"pcp": pcp, "licsw": licsw, "ct_md": ct_md, "chart": chart}


def items(hall):
    chart, licsw = hall["chart"], hall["licsw"]
    source, author = licsw.organization_id, licsw.practitioner_id
    return {
        "note": town.put(chart, source, NOTE | DataClass.MA_SOCIAL_WORKER, author=author, kind="DocumentReference"),
        "drug": town.put(chart, source, NOTE | DataClass.MA_SOCIAL_WORKER, author=author, kind="MedicationRequest"),
        "session": town.put(chart, source, NOTE | DataClass.PSYTHER_NOTE, author=author, kind="DocumentReference"),
        "hiv": town.put(chart, source, DataClass.GENERAL | DataClass.HIV, kind="Observation"),
    }


def opened(hall, category="medicines", by="pcp"):
    return actions.open_emergency(hall[by], hall["chart"], category=category, nature="overdose", reason=REASON)


def test_emergency_access_opens_one_category_for_thirty_minutes_and_for_that_person(hall):
    found = items(hall)
    partner = town.person("Nextwell", hall["pcp"].organization_id, Role.PCP)
    opened(hall)
    assert found["drug"] in seen(hall["pcp"], hall["chart"], Purpose.EMERGENCY)
    assert found["note"] not in seen(hall["pcp"], hall["chart"], Purpose.EMERGENCY)
    assert found["drug"] not in seen(hall["pcp"], hall["chart"])
    assert seen(partner, hall["chart"], Purpose.EMERGENCY) == set()
    with clock.stopped_at(clock.now() + timedelta(minutes=30)), pytest.raises(HallwayError) as caught:
        gate.release(hall["pcp"], hall["chart"], Purpose.EMERGENCY)
    assert caught.value.kind is Kind.GONE


def test_vector_6_psychotherapy_notes_do_not_open_in_an_emergency_and_massachusetts_hiv_does_not(hall):
    found = items(hall)
    opened(hall, "everything")
    assert {found["drug"], found["note"]} <= seen(hall["pcp"], hall["chart"], Purpose.EMERGENCY)
    assert not {found["session"], found["hiv"]} & seen(hall["pcp"], hall["chart"], Purpose.EMERGENCY)


def test_vector_16_the_five_fields_are_stored_before_anything_shows(hall):
    row = EmergencyAccess.objects.get(id=opened(hall))
    assert all((row.recipient_name, row.recipient_facility, row.discloser_name, row.opened_at, row.nature))


def test_closing_ends_it_at_once_and_a_restriction_does_not_stand_in_an_emergency(hall):
    found = items(hall)
    actions.restrict(hall["chart"], by=hall["licsw"])
    assert found["drug"] not in seen(hall["pcp"], hall["chart"])
    access = opened(hall)
    assert found["drug"] in seen(hall["pcp"], hall["chart"], Purpose.EMERGENCY)
    actions.close_emergency(hall["pcp"], access)
    with pytest.raises(HallwayError):
        gate.release(hall["pcp"], hall["chart"], Purpose.EMERGENCY)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"category": "all"}, "H-CON-008"),
        ({"nature": "curious"}, "H-CON-008"),
        ({"reason": " "}, "H-CON-010"),
        ({"reason": "short"}, "H-CON-010"),
        ({"reason": "x" * 501}, "H-CON-010"),
    ],
)
def test_no_emergency_access_without_category_nature_and_reason(hall, change, code):
    words = {"category": "medicines", "nature": "overdose", "reason": REASON} | change
    with pytest.raises(HallwayError) as caught:
        actions.open_emergency(hall["pcp"], hall["chart"], **words)
    assert caught.value.code == code
    assert not EmergencyAccess.objects.exists()


def test_the_privacy_officer_reviews_once_and_nobody_their_own(hall):
    access = opened(hall)
    officer = town.person("Watchwell", hall["pcp"].organization_id, Role.PRIVACY_OFFICER)
    elsewhere = town.person("Farwell", hall["licsw"].organization_id, Role.PRIVACY_OFFICER)
    for wrong in (hall["pcp"], elsewhere):
        with pytest.raises(HallwayError):
            actions.review_emergency(wrong, access, "justified")
    actions.tell_patient(officer, access)
    actions.review_emergency(officer, access, "justified")
    row = EmergencyAccess.objects.get(id=access)
    assert row.reviewed_at
    assert row.patient_told_at
    with pytest.raises(HallwayError) as caught:
        actions.review_emergency(officer, access, "not_justified")
    assert caught.value.kind is Kind.CONFLICT


def test_a_front_desk_opens_no_emergency(hall):
    desk = town.person("Deskwell", hall["pcp"].organization_id, Role.FRONT_DESK)
    with pytest.raises(HallwayError) as caught:
        actions.open_emergency(desk, hall["chart"], category="medicines", nature="overdose", reason=REASON)
    assert caught.value.kind is Kind.FORBIDDEN


def determine(hall, who, need, facts, informed=True):
    return actions.record_determination(
        hall["chart"],
        by=hall[who],
        recipient_org=hall["pcp"].organization_id,
        need=need,
        facts=facts,
        patient_informed=informed,
    )


def test_vector_3_all_six_facts_open_a_massachusetts_social_workers_record(hall):
    note = items(hall)["note"]
    six = ["told_in_advance", "no_objection", "responsible", "necessary", "limited", "bound"]
    with pytest.raises(HallwayError):
        determine(hall, "licsw", "six_facts", six[:5])
    assert note not in seen(hall["pcp"], hall["chart"])
    determine(hall, "licsw", "six_facts", six)
    assert note in seen(hall["pcp"], hall["chart"])


def test_vector_4_a_connecticut_psychiatrists_determination_opens_and_the_patient_is_informed(hall):
    md = hall["ct_md"]
    note = town.put(hall["chart"], md.organization_id, NOTE | DataClass.CT_PSYCHIATRIC, author=md.practitioner_id)
    assert note not in seen(hall["pcp"], hall["chart"])
    with pytest.raises(HallwayError):
        determine(hall, "ct_md", "clinician_determination", ["needed_for_treatment"], informed=False)
    determine(hall, "ct_md", "clinician_determination", ["needed_for_treatment"])
    assert note in seen(hall["pcp"], hall["chart"])
    clause = next(c for c in gate.release(hall["pcp"], hall["chart"]).clauses if c.author == md.practitioner_id)
    assert "CT_PSYCHIATRIC/inform_patient" in clause.obligations


def test_only_the_holder_of_the_licence_may_determine(hall):
    with pytest.raises(HallwayError) as caught:
        determine(hall, "pcp", "clinician_determination", ["needed_for_treatment"])
    assert caught.value.kind is Kind.FORBIDDEN


def test_a_practice_restricts_its_own_records_only(hall):
    with pytest.raises(HallwayError) as caught:
        actions.restrict(hall["chart"], by=hall["pcp"], source_org=hall["licsw"].organization_id)
    assert caught.value.kind is Kind.FORBIDDEN


def test_a_restriction_against_one_person_leaves_the_colleagues_alone(hall):
    partner = town.person("Nextwell", hall["pcp"].organization_id, Role.PCP)
    item = town.put(hall["chart"], hall["ct_md"].organization_id, NOTE)
    actions.restrict(
        hall["chart"],
        by=hall["ct_md"],
        recipient_org=hall["pcp"].organization_id,
        recipient_practitioner=hall["pcp"].practitioner_id,
    )
    assert item not in seen(hall["pcp"], hall["chart"])
    assert item in seen(partner, hall["chart"])


def test_explanations_go_to_those_who_may_read_the_item_and_to_nobody_else(hall):
    found = items(hall)
    flows = explain.explain(hall["licsw"], hall["chart"], "DocumentReference", found["note"])
    to_pcp = next(flow for flow in flows if flow.recipient_org == hall["pcp"].organization_id)
    shut = [reason for reason in to_pcp.reasons if not reason.flows]
    assert not to_pcp.flows
    assert [(reason.rule_id, reason.needs) for reason in shut] == [("MA-SW", ("state_consent", "six_facts"))]
    for reader, item in ((hall["pcp"], found["note"]), (hall["pcp"], found["session"]), (hall["pcp"], found["hiv"])):
        with pytest.raises(HallwayError) as caught:
            explain.explain(reader, hall["chart"], "DocumentReference", item)
        assert str(caught.value) == str(gate.not_found())
