"""Answers held against their questions, rule by rule."""

# ruff: noqa: E501 - a case is one line

import copy
import time
from decimal import Decimal
from typing import Any

import pytest

from hallway.standards.fhir.validation import validate

Json = dict[str, Any]
URL = "http://example.org/Questionnaire/q"
EXTENSION = "http://hl7.org/fhir/StructureDefinition/"


def asked(*items: Json) -> Json:
    return {"resourceType": "Questionnaire", "url": URL, "status": "active", "item": list(items)}


def found(questionnaire: Json, items: list[Json], status: str = "completed") -> set[tuple[str, str]]:
    response = {"resourceType": "QuestionnaireResponse", "questionnaire": URL, "status": status, "item": items}
    if not items:
        del response["item"]
    issues = validate(copy.deepcopy(response), resolve=lambda _: questionnaire)
    return {
        (one.expression.removeprefix("QuestionnaireResponse"), one.key) for one in issues if one.severity == "error"
    }


def given(link: str, *values: Json, **more: Any) -> Json:
    return {"linkId": link, **({"answer": list(values)} if values else {}), **more}


ONE = {"linkId": "a", "type": "boolean"}
CHOICE = {"linkId": "a", "type": "choice", "answerOption": [{"valueCoding": {"system": "s", "code": "0"}}]}
WHEN = {"linkId": "b", "type": "string", "enableWhen": [{"question": "a", "operator": "=", "answerBoolean": True}]}


@pytest.mark.parametrize(
    ("items", "answers", "expected"),
    [
        ([ONE], [given("a", {"valueBoolean": True})], set()),
        ([ONE], [], set()),
        ([ONE], [given("z", {"valueBoolean": True})], {(".item[0]", "question-unknown")}),
        ([ONE], [given("a", {"valueString": "x"})], {(".item[0].answer[0]", "answer-type")}),
        ([ONE], [given("a", {"valueBoolean": True}, {"valueBoolean": False})], {(".item[0]", "question-repeats")}),
        ([ONE | {"repeats": True}], [given("a", {"valueBoolean": True}, {"valueBoolean": False})], set()),
        ([ONE | {"required": True}], [given("a")], {(".item[0]", "question-required")}),
        ([ONE | {"required": True}], [], {("", "question-required")}),
        ([CHOICE], [given("a", {"valueCoding": {"system": "s", "code": "0", "display": "x"}})], set()),
        ([CHOICE], [given("a", {"valueCoding": {"system": "s", "code": "1"}})], {(".item[0].answer[0]", "answer-option")}),
        ([CHOICE], [given("a", {"valueString": "x"})], {(".item[0].answer[0]", "answer-type")}),
        ([CHOICE | {"type": "open-choice"}], [given("a", {"valueString": "x"})], set()),
        ([{"linkId": "a", "type": "string", "maxLength": 2}], [given("a", {"valueString": "abc"})], {(".item[0].answer[0]", "answer-length")}),
        ([ONE, WHEN], [given("a", {"valueBoolean": True}), given("b", {"valueString": "x"})], set()),
        ([ONE, WHEN], [given("a", {"valueBoolean": False}), given("b", {"valueString": "x"})], {(".item[1]", "question-disabled")}),
        (
            [{"linkId": "a", "type": "quantity"}, WHEN | {"enableWhen": [{"question": "a", "operator": "=", "answerQuantity": {"value": 1, "code": "d"}}]}],
            [given("a", {"valueQuantity": {"value": 2, "code": "d", "system": "s"}}), given("b", {"valueString": "x"})],
            {(".item[1]", "question-disabled")},
        ),
        (
            [{"linkId": "a", "type": "decimal"}, WHEN | {"enableWhen": [{"question": "a", "operator": "=", "answerDecimal": Decimal("1.0")}]}],
            [given("a", {"valueDecimal": 1}), given("b", {"valueString": "x"})],
            set(),
        ),
        ([ONE, WHEN | {"required": True}], [given("a", {"valueBoolean": False})], set()),
        ([ONE, {"linkId": "b", "type": "string"}], [given("b", {"valueString": "x"}), given("a", {"valueBoolean": True})], {(".item[1]", "question-order")}),
        ([{"linkId": "g", "type": "group", "item": [ONE]}], [given("g", item=[given("a", {"valueBoolean": True})])], set()),
        ([{"linkId": "g", "type": "group", "item": [ONE]}], [given("a", {"valueBoolean": True})], {(".item[0]", "question-unknown")}),
        ([{"linkId": "g", "type": "group", "item": [ONE]}], [given("g", {"valueBoolean": True})], {(".item[0]", "question-nesting")}),
        ([ONE | {"item": [{"linkId": "b", "type": "string"}]}], [given("a", {"valueBoolean": True, "item": [given("b", {"valueString": "x"})]})], set()),
    ],
)  # fmt: skip
def test_answers_are_held_against_their_questions(items: list[Json], answers: list[Json], expected: Any) -> None:
    assert found(asked(*items), answers) == expected


@pytest.mark.parametrize(
    ("kind", "limit", "value", "key"),
    [
        ("integer", {"url": f"{EXTENSION}maxValue", "valueInteger": 3}, {"valueInteger": 4}, "answer-range"),
        ("integer", {"url": f"{EXTENSION}minValue", "valueInteger": 3}, {"valueInteger": 2}, "answer-range"),
        ("decimal", {"url": f"{EXTENSION}maxDecimalPlaces", "valueInteger": 1}, {"valueDecimal": Decimal("1.23")}, "answer-range"),
        ("date", {"url": f"{EXTENSION}maxValue", "valueDate": "2026-01-01"}, {"valueDate": "2026-01-02"}, "answer-range"),
        ("string", {"url": f"{EXTENSION}minLength", "valueInteger": 3}, {"valueString": "ab"}, "answer-length"),
        ("string", {"url": f"{EXTENSION}regex", "valueString": "[0-9]+"}, {"valueString": "ab"}, "answer-form"),
    ],
)  # fmt: skip
def test_limits_of_a_question_are_kept(kind: str, limit: Json, value: Json, key: str) -> None:
    question = {"linkId": "a", "type": kind, "extension": [limit]}
    assert found(asked(question), [given("a", value)]) == {(".item[0].answer[0]", key)}


def test_a_regex_that_could_hang_is_not_run() -> None:
    question = {"linkId": "a", "type": "string", "extension": [{"url": f"{EXTENSION}regex", "valueString": "(a+)+$"}]}
    assert found(asked(question), [given("a", {"valueString": "a" * 60 + "!"})]) == set()


def test_an_answer_still_being_written_lacks_what_it_lacks() -> None:
    assert found(asked(ONE | {"required": True}), [], status="in-progress") == set()


def test_without_the_questionnaire_nothing_is_compared_and_that_is_said() -> None:
    response = {"resourceType": "QuestionnaireResponse", "questionnaire": URL, "status": "completed"}
    assert "questionnaire-lost" in {one.key for one in validate(response, resolve=lambda _: None)}
    assert "questionnaire-lost" in {
        one.key for one in validate(response, resolve=lambda _: {"resourceType": "Patient"})
    }
    assert "questionnaire-lost" not in {one.key for one in validate(response)}


def test_a_condition_asks_a_question_that_is_there() -> None:
    held = asked(ONE, WHEN | {"enableWhen": [{"question": "z", "operator": "exists", "answerBoolean": True}]})
    assert {(one.expression, one.key) for one in validate(held) if one.severity == "error"} == {
        ("Questionnaire.item[1].enableWhen[0].question", "question-condition")
    }


def test_thousands_of_answers_take_no_long_time() -> None:
    many = [{"linkId": f"q{at}", "type": "string"} for at in range(4000)]
    options = [{"valueCoding": {"system": "s", "code": str(at)}} for at in range(3000)]
    choice = {"linkId": "c", "type": "choice", "repeats": True, "answerOption": options}
    answers = [given(f"q{at}", {"valueString": "x"}) for at in range(4000)]
    began = time.process_time()
    assert found(asked(*many, choice), [*answers, given("c", *options)]) == set()
    assert time.process_time() - began < 3


def test_the_conditions_of_a_questionnaire_that_comes_along_take_no_long_time_together() -> None:
    bomb = "'" + "a" * 180 + "'"
    text = f"{bomb}.toChars().select({bomb}.toChars().select({bomb}.toChars())).count() > 0"
    held = {"expression": text, "language": "text/fhirpath"}
    when = [
        {
            "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression",
            "valueExpression": held,
        }
    ]
    questions = [{"linkId": str(at), "type": "string", "extension": when} for at in range(200)]
    began = time.perf_counter()
    found(asked(*questions), [])
    assert time.perf_counter() - began < 3


def test_the_regexes_of_a_questionnaire_that_comes_along_take_no_long_time_together() -> None:
    formed = [{"url": f"{EXTENSION}regex", "valueString": "a*a*c"}]
    questions = [{"linkId": str(at), "type": "string", "extension": formed} for at in range(2000)]
    answers = [given(str(at), {"valueString": "a" * 200}) for at in range(2000)]
    began = time.perf_counter()
    assert len(found(asked(*questions), answers)) < 2000
    assert time.perf_counter() - began < 10
