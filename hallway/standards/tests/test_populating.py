"""Filling questionnaires of our own wording from resources that stand for what somebody may see."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hallway.errors import HallwayError, Kind
from hallway.standards.fhir import codec
from hallway.standards.fhir.path import Node
from hallway.standards.fhir.populating import limits
from hallway.standards.fhir.populating.answers import answer_of
from hallway.standards.fhir.populating.expressions import Refused
from hallway.standards.fhir.populating.filling import fill
from hallway.standards.fhir.validation import validate

UCUM = "http://unitsofmeasure.org"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
OPTION = {"valueCoding": {"system": "s", "code": "a"}}
PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "birthDate": "1985-04-12",
    "gender": "female",
    "name": [{"family": "Ejemplo", "given": ["Marisol"]}],
    "generalPractitioner": [{"reference": "Practitioner/d1", "display": "Dr. Primaria"}],
}
AMOX = {"resourceType": "MedicationRequest", "id": "m1", "medicationCodeableConcept": {"text": "Amoxicillin"}}
ZINC = {"resourceType": "MedicationRequest", "id": "m2", "medicationCodeableConcept": {"text": "Zinc"}}
WEIGHT = {
    "resourceType": "Observation",
    "id": "o1",
    "valueQuantity": {"value": Decimal("70.50"), "unit": "kg", "code": "kg", "system": "http://unitsofmeasure.org"},
}


class Shelf:
    def __init__(self, **found):
        self.asked = []
        self.held = found

    def found(self, query):
        self.asked.append(query)
        kind = query.partition("?")[0]
        if kind not in self.held:
            raise Refused("not-supported", "No such query.")
        return self.held[kind]


def expression(text, language="text/fhirpath", name=""):
    return {"language": language, "expression": text, **({"name": name} if name else {})}


def query(text, name=""):
    return expression(text, "application/x-fhir-query", name)


def said(url, value, kind="Expression"):
    return {"url": url if url.startswith("http") else SDC + url, f"value{kind}": value}


def initial(text, **more):
    return {"extension": [said("initialExpression", expression(text))], **more}


def question(kind, link="1", **more):
    return {"linkId": link, "type": kind, "text": "Q", **more}


def asked(*items, **more):
    return {"resourceType": "Questionnaire", "status": "active", "item": list(items), **more}


def filled(*items, shelf=None, **more):
    return fill(asked(*items, **more), {"patient": PATIENT}, shelf or Shelf(), NOW)


def answers(*items, shelf=None, **more):
    (one,) = filled(*items, shelf=shelf, **more).items
    return one["answer"]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("date", "%patient.birthDate", {"valueDate": "1985-04-12"}),
        ("string", "%patient.name.given.first()", {"valueString": "Marisol"}),
        ("string", "%patient.name.given & ' ' & %patient.name.family", {"valueString": "Marisol Ejemplo"}),
        ("reference", "%patient.generalPractitioner", {"valueReference": PATIENT["generalPractitioner"][0]}),
        ("reference", "%patient", {"valueReference": {"reference": "Patient/p1"}}),
        ("boolean", "%patient.gender = 'female'", {"valueBoolean": True}),
        ("integer", "%patient.name.count()", {"valueInteger": 1}),
        ("decimal", "1.50", {"valueDecimal": Decimal("1.50")}),
        ("quantity", "2 'mg'", {"valueQuantity": {"value": 2, "unit": "mg", "system": UCUM, "code": "mg"}}),
        ("date", "today()", {"valueDate": "2026-11-22"}),
        ("string", "%questionnaire.title", {"valueString": "Ours"}),
    ],
)
def test_an_initial_expression_fills_a_question_of_its_type(kind, text, value):
    assert answers(question(kind, **initial(text)), title="Ours") == [value]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("%patient.nothing", "not-found"),
        ("%stranger", "invalid"),
        ("1 +", "invalid"),
        ("%patient.name.memberOf('x')", "invalid"),
        ("'abc'.matches('(a+)+$')", "invalid"),
        ("%patient.gender", "value"),
        ("%patient.name | %patient", "value"),
    ],
)
def test_what_has_no_value_leaves_its_question_empty_and_is_told_by_its_place(text, code):
    found = filled(question("display"), question("date", **initial(text)))
    assert found.items == []
    assert [(one.code, one.expression) for one in found.issues] == [(code, "Questionnaire.item[1]")]
    assert "stranger" not in found.issues[0].text


def test_what_a_questionnaire_is_opened_with_and_did_not_get_has_no_value():
    launch = {"url": SDC + "launchContext", "extension": [{"url": "name", "valueCoding": {"code": "encounter"}}]}
    found = filled(question("string", **initial("%encounter.status")), extension=[launch])
    assert [(one.code, one.severity) for one in found.issues] == [("not-found", "information")]


@pytest.mark.parametrize(
    ("kind", "found", "value"),
    [
        ("choice", {"coding": [{"system": "s", "code": "a", "display": "A"}]}, OPTION),
        ("choice", {"coding": [{"system": "other", "code": "a"}]}, None),
        ("open-choice", {"text": "Own words"}, {"valueString": "Own words"}),
        ("choice", {"text": "Own words"}, None),
    ],
)
def test_a_choice_is_one_of_its_options(kind, found, value):
    options = [OPTION, {"valueString": "b"}]
    node = Node(found, "CodeableConcept")
    assert answer_of(node, question(kind, answerOption=options)) == value
    assert answer_of("b", question(kind, answerOption=options)) == {"valueString": "b"}
    assert answer_of("b", question("string", answerOption=[{"valueString": "c"}])) is None


def test_a_document_is_never_copied_into_an_answer():
    assert answer_of(Node({"contentType": "text/plain"}, "Attachment"), question("attachment")) is None


ACTIVE = "MedicationRequest?status=active&patient={{%patient.id}}"
MEDICINES = question(
    "group",
    "g",
    repeats=True,
    extension=[said("itemPopulationContext", query(ACTIVE, "medicine"))],
    item=[question("string", "g.1", **initial("%medicine.medication.text"))],
)


def test_a_group_is_filled_once_for_each_thing_it_is_about():
    shelf = Shelf(MedicationRequest=[AMOX, ZINC])
    found = filled(MEDICINES, shelf=shelf)
    assert shelf.asked == ["MedicationRequest?status=active&patient=p1"]
    assert [one["item"][0]["answer"][0]["valueString"] for one in found.items] == ["Amoxicillin", "Zinc"]
    assert [one["linkId"] for one in found.items] == ["g", "g"]
    assert filled(MEDICINES, shelf=Shelf(MedicationRequest=[])).items == []
    once = MEDICINES | {"repeats": False}
    assert [one.code for one in filled(once, shelf=shelf).issues] == ["too-costly"]


def test_a_variable_holds_the_bundle_of_a_query_and_is_seen_below_it_alone():
    variable = said("http://hl7.org/fhir/StructureDefinition/variable", query("MedicationRequest?x=1", "meds"))
    inner = question("string", "1.1", repeats=True, **initial("%meds.entry.resource.medication.text"))
    group = question("group", extension=[variable], item=[inner])
    outer = question("string", "2", **initial("%meds.entry.count()"))
    found = filled(group, outer, shelf=Shelf(MedicationRequest=[AMOX, ZINC]))
    assert [one["valueString"] for one in found.items[0]["item"][0]["answer"]] == ["Amoxicillin", "Zinc"]
    assert [one.expression for one in found.issues] == ["Questionnaire.item[1]"]


def test_a_value_in_a_query_cannot_become_a_parameter_of_it():
    shelf = Shelf(Condition=[])
    text = "Condition?code={{'a&patient=x,y'}}&onset={{%patient.birthDate}}"
    filled(question("string", extension=[said("initialExpression", query(text))]), shelf=shelf)
    assert shelf.asked == ["Condition?code=a%26patient%3Dx%5C%2Cy&onset=1985-04-12"]
    nothing = question("string", extension=[said("initialExpression", query("Condition?code={{%patient.photo.url}}"))])
    assert filled(nothing, shelf=shelf).items == []
    assert len(shelf.asked) == 1


def linked(**period):
    return question(
        "quantity",
        code=[{"system": "http://loinc.org", "code": "29463-7"}],
        extension=[said("observationLinkPeriod", period, "Duration")],
    )


def test_the_newest_observation_within_the_period_fills_a_question_with_its_code():
    shelf = Shelf(Observation=[WEIGHT])
    assert answers(linked(value=1, code="a"), shelf=shelf) == [{"valueQuantity": WEIGHT["valueQuantity"]}]
    assert shelf.asked == [
        "Observation?code=http%3A%2F%2Floinc.org%7C29463-7&status=final,amended,corrected"
        "&date=ge2025-11-21&_sort=-date&_count=1"
    ]
    assert [one.code for one in filled(linked(value=1, code="a"), shelf=Shelf(Observation=[])).issues] == ["not-found"]
    assert [one.code for one in filled(linked(value=-1, code="a")).issues] == ["invalid"]


def test_what_is_fixed_fills_a_question_where_nothing_was_found():
    fixed = {"initial": [{"valueString": "as ever"}]}
    assert answers(question("string", **fixed)) == [{"valueString": "as ever"}]
    assert answers(question("string", **fixed, **initial("%patient.photo.url"))) == [{"valueString": "as ever"}]
    assert answers(question("string", **fixed, **initial("'new'"))) == [{"valueString": "new"}]
    options = [{"valueString": "a"}, {"valueString": "b", "initialSelected": True}]
    assert answers(question("choice", answerOption=options)) == [{"valueString": "b"}]


def test_a_question_that_is_asked_once_has_one_answer_and_questions_below_stand_under_it():
    several = question("string", **initial("'a' | 'b'"))
    assert [one.code for one in filled(several).issues] == ["too-costly"]
    assert [one["valueString"] for one in answers(several | {"repeats": True})] == ["a", "b"]
    above = question("boolean", **initial("true"), item=[question("string", "1.1", **initial("'why'"))])
    assert answers(above)[0]["item"][0]["answer"] == [{"valueString": "why"}]


def test_references_are_followed_as_far_as_they_may_be_seen():
    item = question("string", **initial("%patient.generalPractitioner.resolve().name.family"))
    doctor = {"resourceType": "Practitioner", "id": "d1", "name": [{"family": "Primaria"}]}
    shelf = Shelf(**{"Practitioner/d1": [doctor]})
    assert answers(item, shelf=shelf) == [{"valueString": "Primaria"}]
    hidden, missing = filled(item, shelf=Shelf(**{"Practitioner/d1": []})), filled(item)
    assert (hidden.items, hidden.issues) == (missing.items, missing.issues)


def test_other_languages_are_told_and_not_guessed():
    item = question("string", extension=[said("initialExpression", expression("define X: 1", "text/cql"))])
    assert [one.code for one in filled(item).issues] == ["not-supported"]


def test_what_was_filled_is_a_sound_response():
    found = filled(
        MEDICINES, linked(value=1, code="a"), question("date", "3", **initial("%patient.birthDate")),
        shelf=Shelf(MedicationRequest=[AMOX], Observation=[WEIGHT]),
    )  # fmt: skip
    whole = {"resourceType": "QuestionnaireResponse", "status": "in-progress", "item": found.items}
    assert [one for one in validate(codec.decode(codec.encode(whole))) if one.severity == "error"] == []
    assert b"70.50" in codec.encode(whole)


def too_much(*items, **more):
    with pytest.raises(HallwayError) as told:
        filled(*items, **more)
    return told.value.kind is Kind.TOO_LARGE


def test_a_questionnaire_has_a_bounded_number_of_questions_and_depth():
    nested = question("string")
    for _ in range(limits.DEEPEST):
        nested = question("group", item=[nested])
    assert too_much(nested)
    assert too_much(*[question("string", str(n)) for n in range(limits.MOST_QUESTIONS + 1)])


def test_work_queries_and_references_are_counted_over_the_whole_questionnaire(monkeypatch):
    heavy = question("integer", **initial("%patient.repeat(children()).count()"))
    monkeypatch.setattr(limits, "WORK", 50)
    assert too_much(*[heavy] * 20)
    monkeypatch.setattr(limits, "WORK", limits.MOST_QUESTIONS * 1000)
    monkeypatch.setattr(limits, "MOST_QUERIES", 2)
    asks = [question("string", extension=[said("initialExpression", query(f"X?a={n}"))]) for n in range(3)]
    assert too_much(*asks, shelf=Shelf(X=[]))
    monkeypatch.setattr(limits, "MOST_EXPRESSIONS", 2)
    assert too_much(*[question("string", **initial("'a'"))] * 3)
    monkeypatch.setattr(limits, "MOST_EXPRESSIONS", 100)
    monkeypatch.setattr(limits, "MOST_RESOLVED", 1)
    item = question("string", **initial("%patient.generalPractitioner.resolve().name.family"))
    assert too_much(item, item, shelf=Shelf(**{"Practitioner/d1": []}))


def test_an_expression_alone_has_its_bounds():
    long = question("string", **initial("'" + "a" * limits.LONGEST_EXPRESSION + "'"))
    assert [one.code for one in filled(long).issues] == ["too-long"]


@pytest.mark.parametrize("kind", ["integer", "string", "date", "quantity", "decimal"])
def test_a_number_beyond_reckoning_is_no_answer_and_takes_no_time(kind):
    assert answer_of(Decimal("1E+999990"), {"type": kind}) is None
    assert answer_of(Decimal("1E-999990"), {"type": kind}) is None


def test_a_period_beyond_reckoning_is_none():
    period = {"value": Decimal("9E+999999"), "unit": "year"}
    question = {
        "linkId": "1",
        "type": "quantity",
        "code": [{"code": "x"}],
        "extension": [said("observationLinkPeriod", period, "Duration")],
    }
    filled = fill({"resourceType": "Questionnaire", "item": [question]}, {}, Shelf(), NOW)
    assert not filled.items
    assert [one.code for one in filled.issues] == ["invalid"]
