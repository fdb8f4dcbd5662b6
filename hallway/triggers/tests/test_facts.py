"""From resources as senders write them to what the rules know."""

import json
from datetime import UTC, datetime

import pytest

from hallway.ids import OrganizationId, PractitionerId, ResourceId
from hallway.record.stored import Stored
from hallway.screening.instruments import library
from hallway.screening.instruments.shapes import Instrument
from hallway.triggers import dosing, facts, rules
from hallway.triggers.facts import Chart, Fact
from hallway.triggers.shapes import Dosage
from hallway.triggers.tables.rows import ROWS

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def of(kind: str, **body: object) -> Fact:
    found = maybe(kind, **body)
    assert found is not None
    return found


def maybe(kind: str, **body: object) -> Fact | None:
    sent = json.dumps({"resourceType": kind, **body}).encode()
    return facts.of(Stored(kind, ResourceId("1"), 1, AT, AT, OrganizationId(7), PractitionerId(3), 1, b"", sent))


def coded(system: str, code: str, text: str = "") -> dict[str, object]:
    return {"coding": [{"system": system, "code": code}], "text": text}


def test_a_problem_is_known_by_its_code_and_counts_from_the_day_it_was_noted():
    found = of("Condition", code=coded(ICD, "F33.1"), recordedDate="2026-11-02", onsetDateTime="2001-01-01")
    assert {"icd10:F33.1", "set:DEPRESSIVE", "set:MENTAL_ILLNESS_OTHER_THAN_ADJUSTMENT"} <= found.codes
    assert "set:MEDICAL" not in found.codes
    assert found.at == datetime(2026, 11, 2, tzinfo=UTC)


def test_an_adjustment_disorder_is_no_major_mental_illness():
    assert "set:MENTAL_ILLNESS_OTHER_THAN_ADJUSTMENT" not in of("Condition", code=coded(ICD, "F43.21")).codes


def test_a_problem_of_another_system_is_known_by_its_name_alone():
    snomed = {"coding": [{"system": "http://snomed.info/sct", "code": "1", "display": "Hypertension"}]}
    assert "set:HYPERTENSION" in of("Condition", code=snomed).codes
    assert not of("Condition", code=coded("http://snomed.info/sct", "2", "Something rare")).has("set")


@pytest.mark.parametrize(
    "drug",
    [
        coded(RXNORM, "6448"),
        coded("http://fdasis.nlm.nih.gov", "9FN79X2M3F"),
        {"text": "Lithium 300 mg"},
        coded(RXNORM, "no such code", "lithium carbonate 300 MG Oral Capsule"),
    ],
)
def test_a_drug_is_known_by_code_or_by_name(drug: dict[str, object]):
    found = of("MedicationRequest", status="active", intent="order", medicationCodeableConcept=drug)
    assert {"drug:lithium", "group:NEEDS_WATCH", "group:PSYCHOTROPIC"} <= found.codes


def test_a_drug_that_no_row_knows_is_said_to_be_unknown():
    found = of("MedicationRequest", medicationCodeableConcept={"text": "Something new"})
    assert found.has("drug") == ("?",)


def test_a_product_of_two_ingredients_has_both_and_no_daily_dose():
    found = of(
        "MedicationRequest",
        medicationCodeableConcept=coded(RXNORM, "1010600"),
        dosageInstruction=[{"text": "1 film daily"}],
    )
    assert found.has("drug") == ("buprenorphine", "naloxone")
    assert "daily_mg" not in found.about


def test_the_numbers_of_a_blood_pressure_stand_beside_each_other():
    part = lambda code, value: {"code": coded(LOINC, code), "valueQuantity": {"value": value, "unit": "mm[Hg]"}}  # noqa: E731
    found = of("Observation", code=coded(LOINC, "85354-9"), component=[part("8480-6", 150), part("8462-4", 85)])
    assert (found.number("loinc:8480-6"), found.number("loinc:8462-4"), found.value) == (150, 85, None)
    assert {"loinc:85354-9", "loinc:8480-6"} <= found.codes


def test_answers_of_a_questionnaire_are_points_by_the_codes_of_their_items():
    item = {
        "linkId": "/44260-8",
        "answer": [{"valueCoding": {"system": LOINC, "code": "LA6570-1"}}],
    }
    found = of("QuestionnaireResponse", status="completed", item=[{"linkId": "group", "item": [item]}])
    assert found.number("loinc:44260-8") == 2


@pytest.mark.parametrize("instrument", library.shipped(), ids=lambda one: one.key)
def test_an_answer_counts_what_its_instrument_says_on_a_form_and_by_itself(instrument: Instrument):
    for question in instrument.questions:
        for choice in instrument.choices(question.key):
            if not (question.code and choice.code) or choice.is_no_answer:
                continue
            answer = {"system": LOINC, "code": choice.code}
            item = {"linkId": f"/{question.code}", "answer": [{"valueCoding": answer}]}
            form = of("QuestionnaireResponse", status="completed", item=[item])
            alone = of("Observation", code=coded(LOINC, question.code), valueCodeableConcept={"coding": [answer]})
            assert (form.number(f"loinc:{question.code}"), alone.value) == (choice.points, choice.points)


def test_a_refusal_to_answer_is_no_number():
    answer = {"system": LOINC, "code": "LA15775-2"}
    assert of("Observation", code=coded(LOINC, "88122-7"), valueCodeableConcept={"coding": [answer]}).value is None


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("Condition", {"verificationStatus": coded("x", "entered-in-error")}),
        ("Condition", {"verificationStatus": coded("x", "refuted")}),
        ("Observation", {"status": "entered-in-error"}),
    ],
)
def test_what_was_entered_in_error_or_refuted_says_so(kind: str, body: dict[str, object]):
    assert of(kind, **body).is_error


def test_a_task_has_one_reason_and_one_focus_where_others_have_many():
    found = of("Task", status="requested", reasonCode={"text": "why"}, focus={"reference": "ServiceRequest/a"})
    assert found.about["focus"] == "ServiceRequest/a"


def test_what_a_message_brings_along_is_what_it_is_about():
    payload = [{"contentString": "hello"}, {"contentReference": {"reference": "MedicationRequest/a/_history/2"}}]
    found = of("Communication", status="completed", payload=payload, recipient=[{"reference": "Organization/b"}])
    assert (found.about["names"], found.about["for"]) == ("MedicationRequest/a", "Organization/b")


def test_what_cannot_be_read_is_no_fact_and_no_failure():
    assert maybe("Observation", status=7) is None
    assert maybe("Organization") is None


@pytest.mark.parametrize(
    ("name", "dosage", "daily"),
    [
        ("lithium 300 mg", {"text": "1 tablet twice daily"}, 600),
        ("sertraline 50 MG Oral Tablet", {"text": "2 tablets every morning"}, 100),
        ("sertraline", {"text": "100 mg daily"}, 100),
        ("levothyroxine 50 mcg", {"text": "once daily"}, 0.05),
        ("sertraline 50 mg", {"text": "1 to 2 tablets as told"}, None),
        ("sertraline", {"text": "as directed"}, None),
        ("metformin 1,000 mg", {"text": "1 tablet twice daily"}, 2000),
        ("metformin", {"text": "1,000 mg twice daily"}, 2000),
        ("digoxin 0,125 mg", {"text": "1 tablet daily"}, 0.125),
        ("lamotrigine 12,5 mg", {"text": "1 tablet daily"}, 12.5),
        ("fluoxetine 90 mg", {"text": "1 capsule once a week"}, None),
        ("methotrexate 2.5 mg", {"text": "4 tablets weekly, at bedtime"}, None),
        ("levothyroxine 50 mcg", {"text": "1 tablet every other day at night"}, None),
        ("cholecalciferol 1 mg", {"text": "once per month"}, None),
        ("sertraline 50 mg", {"text": "1 tablet daily for 2 weeks"}, 50),
        ("haloperidol 2 mg/ml", {"text": "daily"}, None),
    ],
)
def test_a_daily_dose_is_read_or_left_open(name: str, dosage: dict[str, str], daily: float | None):
    assert dosing.daily_mg([name], [Dosage(**dosage)]) == (pytest.approx(daily) if daily else None)


def test_a_structured_dose_is_read():
    found = of(
        "MedicationRequest",
        medicationCodeableConcept={"text": "quetiapine"},
        dosageInstruction=[
            {
                "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                "doseAndRate": [{"doseQuantity": {"value": 100, "unit": "mg"}}],
            }
        ],
    )
    assert found.about["daily_mg"] == "200"


@pytest.mark.parametrize("at", ["0001-01-01", "9999-12-31T23:59:59Z", "2026-11-20"])
@pytest.mark.parametrize("supply", [-3, 30, 1e12, 1e308])
def test_a_time_that_no_rule_can_count_from_stops_no_look(at, supply):
    ended = {"end": "9999-12-31"}
    order = of(
        "MedicationRequest",
        status="active",
        medicationCodeableConcept=coded(RXNORM, "6448"),
        authoredOn=at,
        dispenseRequest={"expectedSupplyDuration": {"value": supply, "code": "mo"}, "validityPeriod": ended},
    )
    visit = of("Encounter", status="finished", period={"start": at, **ended})
    chart = Chart(1, 1, "pc", birth_on=AT.date(), facts={one.kind: (one,) for one in (order, visit)})
    assert rules.evaluate(chart, AT, ROWS) is not None
