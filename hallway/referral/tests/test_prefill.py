from datetime import timedelta
from decimal import Decimal

import pytest

from hallway import clock, ids
from hallway.consent import actions as consent
from hallway.consent import gate
from hallway.consent.tests import town
from hallway.ids import ReferralId
from hallway.labels.source import Source
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.referral import actions, queries
from hallway.referral.resources import concept, ref, stamp
from hallway.referral.tests import hall as halls
from hallway.standards.fhir import r4

ICD = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"


@pytest.fixture
def hall(fresh_db):
    return halls.build(licence="physician")


def put(hall, *parts):
    source = Source(hall.pcp.organization_id, hall.pcp.practitioner_id)
    consent.store(list(parts), by=hall.pcp, source=source)


def new_id():
    return str(ids.new_uuid(clock.now()))


def facts(hall):
    subject = ref(f"Patient/{record.patient_of(hall.chart)}")
    now = clock.now()
    lab = (concept("Laboratory", "laboratory"),)

    def condition(text, code, status="active", verification="confirmed"):
        return r4.Condition(
            id=new_id(),
            subject=subject,
            code=concept(text, code, ICD),
            clinical_status=concept("", status),
            verification_status=concept("", verification),
        )

    def observation(text, code, value, days, **more):
        return r4.Observation(
            id=new_id(),
            status="final",
            subject=subject,
            code=concept(text, code, LOINC),
            effective_date_time=stamp(now - timedelta(days=days)),
            **{"value_quantity": r4.Quantity(value=Decimal(value), unit="%"), "category": lab} | more,
        )

    score = {"value_quantity": None, "category": ()}
    return [
        condition("Depression", "F32.1"),
        condition("Diabetes type 2", "E11.9"),
        condition("Old sprain", "S93.4", status="resolved"),
        condition("Wrong patient", "I10", verification="entered-in-error"),
        r4.MedicationRequest(
            id=new_id(),
            status="active",
            intent="order",
            subject=subject,
            medication_codeable_concept=concept("metformin 500 mg tablet"),
            dosage_instruction=(r4.Dosage(text="1 tablet twice daily"),),
        ),
        r4.MedicationRequest(
            id=new_id(),
            status="stopped",
            intent="order",
            subject=subject,
            medication_codeable_concept=concept("naproxen 250 mg"),
        ),
        r4.AllergyIntolerance(id=new_id(), patient=subject, code=concept("Penicillin")),
        observation("PHQ-9 total", "44261-6", "0", 1, value_integer=16, **score),
        observation("A1c", "4548-4", "7.60", 30),
        observation("TSH", "3016-3", "2.1", 300),
    ]


def test_the_form_fills_itself_with_what_is_current(hall):
    put(hall, *facts(hall))
    draft = queries.prefill(gate.release(hall.pcp, hall.chart))
    assert [line.text for line in draft.diagnoses] == ["Depression"]
    assert [line.text for line in draft.conditions] == ["Diabetes type 2"]
    assert [line.text for line in draft.medicines] == ["metformin 500 mg tablet, 1 tablet twice daily"]
    assert [line.text for line in draft.allergies] == ["Penicillin"]
    assert [line.text for line in draft.scores] == ["PHQ-9 16"]
    assert [line.text for line in draft.labs] == ["A1c 7.60 %"], "decimals as charted; nothing older than six months"
    assert draft.presenting_problem == "Depression. PHQ-9 16"


def test_the_form_never_holds_what_the_gate_withholds(hall):
    put(hall, *facts(hall))
    before = queries.prefill(gate.release(hall.pcp, hall.chart))
    program = town.organization("Commonwell", is_part2=True)
    town.put(hall.chart, program, DataClass.GENERAL | DataClass.MH | DataClass.PART2)
    assert queries.prefill(gate.release(hall.pcp, hall.chart)) == before


def test_what_was_ticked_goes_along_and_is_shown_to_the_receiver(hall):
    put(hall, *facts(hall))
    draft = queries.prefill(gate.release(hall.pcp, hall.chart))
    ticked = tuple((line.kind, line.resource_id) for line in (*draft.diagnoses, *draft.medicines))
    referral = hall.sent(attached=ticked, reason="Depression suspected", chief_concern="I forget the stove.")
    view = queries.referral_for(hall.therapist, ReferralId(referral.id))
    assert {line.text for line in view.attached} == {"Depression", "metformin 500 mg tablet, 1 tablet twice daily"}
    assert (view.reason, view.chief_concern) == ("Depression suspected", "I forget the stove.")


def test_a_draft_is_written_anew_until_it_is_sent(hall):
    referral = actions.draft_referral(hall.pcp, hall.request())
    request = hall.request(question="Another question", urgency="soon")
    hall.do(hall.pcp, actions.revise_draft, referral, request=request)
    view = queries.referral_for(hall.pcp, ReferralId(referral.id))
    assert (view.question, view.urgency, view.version, view.state) == ("Another question", "soon", 2, "draft")
    hall.do(hall.pcp, actions.send_referral, referral)
    from hallway.errors import HallwayError

    with pytest.raises(HallwayError) as caught:
        hall.do(hall.pcp, actions.revise_draft, referral, request=request)
    assert caught.value.code == "H-REF-003"
