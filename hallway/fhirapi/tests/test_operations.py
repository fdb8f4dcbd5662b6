import json

import pytest

from hallway.fhirapi.sign_in import Caller
from hallway.fhirapi.tests.kit import ANNA, GENERAL, MH, OTHER, get, new_id, parameters, post
from hallway.identity.scopes import Scope, Scopes
from hallway.ids import NOBODY, OrganizationId
from hallway.record import actions
from hallway.record.evidence import Labelled
from hallway.standards.fhir import dates, search

LOINC = "http://loinc.org"


def put(patient, whole, *, mask=GENERAL):
    """A whole resource about the patient, indexed as the product indexes it."""
    chart, patient_id = patient
    name = "patient" if whole["resourceType"] in {"AllergyIntolerance", "Immunization"} else "subject"
    whole = whole | {name: {"reference": f"Patient/{patient_id}"}}
    body = json.dumps(whole, separators=(",", ":")).encode()
    kind = whole["resourceType"]
    found = search.index(kind, whole)
    one = Labelled(
        kind, new_id(), (chart,), OrganizationId(10), NOBODY, mask, body, tokens=found.tokens, ranges=found.ranges,
        dated_at=dates.dated_at(kind, whole),
    )  # fmt: skip
    actions.write([one], by=ANNA)
    return one.resource_id


def observation(code, day, *, category="laboratory"):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "category": [{"coding": [{"code": category}]}],
        "effectiveDateTime": f"2026-11-{day:02}",
        "valueInteger": day,
    }


def ids_of(reply):
    assert reply.status == 200, reply.body
    return [entry["resource"]["id"] for entry in reply.json.get("entry", [])]


def test_lastn_gives_the_newest_of_each_code_that_may_flow(patient):
    _, patient_id = patient
    a = [put(patient, observation("4548-4", day)) for day in (1, 2, 3)]
    b = [put(patient, observation("8480-6", day, category="vital-signs")) for day in (5, 4)]
    asked = f"/fhir/Observation/$lastn?patient=Patient/{patient_id}"
    assert ids_of(get(asked)) == [a[2], b[0]]
    assert ids_of(get(f"{asked}&max=2")) == [a[2], a[1], b[0], b[1]]
    assert ids_of(get(f"{asked}&category=vital-signs")) == [b[0]]
    before = get(asked)
    put(patient, observation("4548-4", 9), mask=GENERAL | MH)
    put(patient, observation("9999-9", 9), mask=GENERAL | MH)
    assert get(asked) == before
    body = parameters(patient=f"Patient/{patient_id}", max=1)
    assert ids_of(post("/fhir/Observation/$lastn", body)) == [a[2], b[0]]


def test_lastn_by_post_takes_a_coded_filter_and_loses_none(patient):
    _, patient_id = patient
    a1c = put(patient, observation("4548-4", 1))
    put(patient, observation("8480-6", 2))
    whom = {"patient": f"Patient/{patient_id}"}
    for coded in (
        {"valueCoding": {"system": LOINC, "code": "4548-4"}},
        {"valueCodeableConcept": {"coding": [{"code": "4548-4"}, {"system": LOINC, "code": "1-8"}]}},
    ):
        assert ids_of(post("/fhir/Observation/$lastn", parameters(**whom, code=coded))) == [a1c]
    resource = {"resourceType": "Basic"}
    for lost in ({"valueCodeableConcept": {"text": "sugar"}}, {"valueCoding": {"system": LOINC}}, resource):
        assert post("/fhir/Observation/$lastn", parameters(**whom, code=lost)).status == 400


@pytest.mark.parametrize(
    "path",
    [
        "Patient/{}/$summary?profile=urn:x",
        "Patient/{}/$summary?identifier=x",
        "ValueSet/$expand?url=" + "http://hl7.org/fhir/ValueSet/administrative-gender&excludeNested=true",
    ],
)
def test_an_operation_refuses_a_parameter_that_it_does_not_read(patient, path):
    assert get(f"/fhir/{path.format(patient[1])}").status == 400


def test_an_operation_refuses_a_parameter_in_a_form_that_it_does_not_read(patient):
    _, patient_id = patient
    coded = {"valueCoding": {"system": LOINC, "code": "Observation"}}
    for path, name in ((f"Patient/{patient_id}/$everything", "_type"), ("ValueSet/$expand", "filter")):
        assert post(f"/fhir/{path}", parameters(**{name: coded})).status == 400


@pytest.mark.parametrize("query", ["", "max=0&patient={}", "patient={}&_count=3", "patient={}&surprise=1"])
def test_lastn_refuses_what_it_does_not_understand(patient, query):
    assert get(f"/fhir/Observation/$lastn?{query.format(patient[1])}").status == 400


def document(day, code="34133-9"):
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "type": {"coding": [{"system": LOINC, "code": code}]},
        "date": f"2026-11-{day:02}T10:00:00Z",
        "content": [{"attachment": {"contentType": "text/plain"}}],
    }


def test_docref_gives_the_latest_summary_or_what_lies_within_its_dates(patient):
    _, patient_id = patient
    made_on = {day: put(patient, document(day)) for day in (1, 5, 9)}
    note = put(patient, document(7, "11506-3"))
    put(patient, document(10), mask=GENERAL | MH)
    asked = f"/fhir/DocumentReference/$docref?patient={patient_id}"
    assert ids_of(get(asked)) == [made_on[9]]
    assert ids_of(get(f"{asked}&start=2026-11-02&end=2026-11-06")) == [made_on[5]]
    assert ids_of(get(f"{asked}&type={LOINC}|11506-3")) == [note]
    assert ids_of(get(f"{asked}&on-demand=true")) == []
    coded = {"valueCodeableConcept": {"coding": [{"system": LOINC, "code": "11506-3"}]}}
    assert ids_of(post("/fhir/DocumentReference/$docref", parameters(patient=patient_id, type=coded))) == [note]
    assert get("/fhir/DocumentReference/$docref").status == 400


def sections(reply):
    assert reply.status == 200, reply.body
    composition = reply.json["entry"][0]["resource"]
    assert composition["resourceType"] == "Composition"
    return {one["title"]: [each["reference"] for each in one.get("entry", [])] for one in composition["section"]}


def test_a_summary_holds_what_may_flow_and_tells_nothing_of_the_rest(patient):
    _, patient_id = patient
    allergy = put(patient, {"resourceType": "AllergyIntolerance", "code": {"text": "penicillin"}})
    vital = put(patient, observation("8480-6", 3, category="vital-signs"))
    reply = get(f"/fhir/Patient/{patient_id}/$summary")
    found = sections(reply)
    assert found["Allergies and intolerances"] == [f"AllergyIntolerance/{allergy}"]
    assert found["Vital signs"] == [f"Observation/{vital}"]
    assert found["Problem list"] == []
    assert [one["resource"]["resourceType"] for one in reply.json["entry"]] == [
        "Composition", "Patient", "AllergyIntolerance", "Observation",
    ]  # fmt: skip
    put(patient, {"resourceType": "Condition", "code": {"text": "hidden"}}, mask=GENERAL | MH)
    put(patient, observation("8480-6", 4, category="vital-signs"), mask=GENERAL | MH)
    assert get(f"/fhir/Patient/{patient_id}/$summary") == reply
    empty = next(one for one in reply.json["entry"][0]["resource"]["section"] if one["title"] == "Problem list")
    assert empty["emptyReason"]["coding"][0]["code"] == "unavailable"


def test_a_summary_of_a_hidden_patient_is_that_of_a_missing_one(patient, caller):
    caller[0] = Caller(OTHER)
    assert get(f"/fhir/Patient/{patient[1]}/$summary") == get(f"/fhir/Patient/{new_id()}/$summary")


def test_a_program_reads_by_operations_only_the_types_it_was_granted(patient, caller):
    _, patient_id = patient
    put(patient, observation("8480-6", 3, category="vital-signs"))
    put(patient, {"resourceType": "Condition", "code": {"text": "x"}})
    caller[0] = Caller(ANNA, scopes=Scopes((Scope("user", "Patient", "rs"), Scope("user", "Condition", "rs"))))
    kinds = {
        entry["resource"]["resourceType"]
        for path in (f"/fhir/Patient/{patient_id}/$summary", f"/fhir/Patient/{patient_id}/$everything")
        for entry in get(path).json["entry"]
    }
    assert kinds == {"Composition", "Patient", "Condition"}
    assert get(f"/fhir/Observation/$lastn?patient={patient_id}").status == 403
    assert get(f"/fhir/DocumentReference/$docref?patient={patient_id}").status == 403


GENDER = "http://hl7.org/fhir/ValueSet/administrative-gender"
SYSTEM = "http://hl7.org/fhir/administrative-gender"


def test_a_value_set_is_expanded_filtered_and_paged(caller):
    whole = get(f"/fhir/ValueSet/$expand?url={GENDER}").json["expansion"]
    assert [one["code"] for one in whole["contains"]] == ["female", "male", "other", "unknown"]
    page = get(f"/fhir/ValueSet/$expand?url={GENDER}&filter=male&offset=1&count=1").json["expansion"]
    assert (page["total"], [one["code"] for one in page["contains"]]) == (2, ["male"])
    assert post("/fhir/ValueSet/$expand", parameters(url=GENDER)).json["expansion"]["total"] == 4
    assert get("/fhir/ValueSet/$expand?url=urn:nowhere").status == 422


@pytest.mark.parametrize(
    ("path", "query", "inside"),
    [
        ("ValueSet", f"url={GENDER}&code=male&system={SYSTEM}", True),
        ("ValueSet", f"url={GENDER}&code=male", True),
        ("ValueSet", f"url={GENDER}&code=male&system=urn:other", False),
        ("ValueSet", f"url={GENDER}&code=nothing", False),
        ("CodeSystem", f"url={SYSTEM}&code=other", True),
        ("CodeSystem", f"url={SYSTEM}&code=nothing", False),
    ],
)
def test_a_code_is_one_of_them_or_not(caller, path, query, inside):
    told = get(f"/fhir/{path}/$validate-code?{query}").json["parameter"]
    assert next(one["valueBoolean"] for one in told if one["name"] == "result") is inside


def test_a_coding_is_validated_too_and_what_is_not_loaded_is_not_guessed(caller):
    coding = {"valueCoding": {"system": SYSTEM, "code": "male"}}
    reply = post("/fhir/ValueSet/$validate-code", parameters(url=GENDER, coding=coding))
    assert reply.json["parameter"][0]["valueBoolean"] is True
    assert get("/fhir/CodeSystem/$validate-code?url=http://snomed.info/sct&code=1").status == 422
    assert get(f"/fhir/ValueSet/$validate-code?url={GENDER}").status == 400


def test_every_operation_is_named_in_the_capability_statement(caller):
    from hallway.fhirapi.operations.table import OPERATIONS

    said = get("/fhir/metadata").json["rest"][0]
    named = {(None, one["name"]) for one in said.get("operation", [])}
    for kind in said["resource"]:
        named |= {(kind["type"], one["name"]) for one in kind.get("operation", [])}
    for one in OPERATIONS:
        words = one.shape.split("/")[2:]
        if words[-1].startswith("$"):
            kinds = {words[0] if len(words) > 1 else None}
            if "{type}" in kinds:
                kinds = {kind["type"] for kind in said["resource"]}
            assert {(kind, words[-1][1:]) for kind in kinds} <= named, one.shape
