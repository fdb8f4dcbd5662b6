"""Answers and totals from anywhere become sheets: a whole one has a total, a critical answer stands regardless."""

import json
from datetime import UTC, date, datetime

import pytest

from hallway.ids import OrganizationId, PractitionerId, ResourceId
from hallway.record.stored import Stored
from hallway.screening.sheets import sheets

LOINC = "http://loinc.org"
PHQ = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")
ANSWERS = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")


def stored(kind, body, *, id_="1", on="2026-06-09", org=1):
    at = datetime.fromisoformat(f"{on}T14:00:00").replace(tzinfo=UTC)
    text = json.dumps({"resourceType": kind, **body}, separators=(",", ":")).encode()
    return Stored(kind, ResourceId(id_), 1, at, at, OrganizationId(org), PractitionerId(1), 3, b"", text)


def response(answers, *, id_="1", status="completed", on="2026-06-09", questionnaire="urn:hallway:questionnaire:phq-9"):
    items = [
        {"linkId": f"/{code}", "answer": [{"valueCoding": {"system": LOINC, "code": ANSWERS[answer]}}]}
        for code, answer in zip(PHQ, answers, strict=True)
        if answer is not None
    ]
    body = {"status": status, "questionnaire": questionnaire, "authored": on, "item": items}
    return stored("QuestionnaireResponse", body, id_=id_, on=on)


def total(value, *, code="44261-6", id_="1", on="2026-06-09", org=1, **more):
    body = {
        "status": "final", "code": {"coding": [{"system": LOINC, "code": code}]},
        "effectiveDateTime": on, "valueInteger": value, **more,
    }  # fmt: skip
    return stored("Observation", body, id_=id_, on=on, org=org)


def read(*rows):
    return sheets(rows, birth_on=date(1980, 1, 1), gender="female")


def test_a_whole_response_has_its_sum_its_band_and_no_critical_answer():
    (one,) = read(response([2, 2, 1, 1, 1, 1, 1, 1, 0]))
    assert (one.instrument.key, one.total, one.band_words, one.is_positive) == ("phq-9", 10, "moderate", True)
    assert (one.is_complete, one.critical, one.missing) == (True, (), ())


def test_a_missing_answer_leaves_no_total_and_a_positive_item_9_stands():
    (one,) = read(response([0, None, 0, 0, 0, 0, 0, 0, 1]))
    assert (one.total, one.is_complete, one.missing) == (None, False, ("q2",))
    assert [critical.code for critical in one.critical] == ["44260-8"]


def test_a_response_that_is_not_finished_has_no_total():
    (one,) = read(response([1] * 9, status="in-progress"))
    assert (one.total, one.is_complete) == (None, False)
    assert one.critical


def test_a_total_and_its_item_9_of_one_day_are_one_sheet():
    (one,) = read(total(16), total(2, code="44260-8", id_="2"))
    assert (one.total, one.band_words, one.is_positive, one.is_complete) == (16, "moderately severe", True, True)
    assert [critical.code for critical in one.critical] == ["44260-8"]
    assert set(one.ids) == {"Observation/1", "Observation/2"}


def test_two_totals_of_one_day_are_two_sheets_and_so_are_those_of_two_practices():
    assert [one.total for one in read(total(16), total(12, id_="2"))].count(12) == 1
    assert len(read(total(16), total(16, id_="2", org=2))) == 2


def test_an_observation_made_of_a_response_is_the_same_sheet():
    made = total(9, id_="2", derivedFrom=[{"reference": "QuestionnaireResponse/1"}])
    assert len(read(response([1] * 9), made)) == 1
    assert [one.total for one in read(made)] == [9]


@pytest.mark.parametrize("value", [28, -1])
def test_a_total_that_cannot_be_is_none(value):
    (one,) = read(total(value))
    assert (one.total, one.is_complete, one.is_positive) == (None, False, None)


def test_a_sent_total_that_is_not_the_sum_is_said_and_the_sum_shown():
    components = [{"code": {"coding": [{"system": LOINC, "code": code}]}, "valueInteger": 1} for code in PHQ]
    body = {"status": "final", "code": {"coding": [{"system": LOINC, "code": "44249-1"}]}}
    parts = [*components, {"code": {"coding": [{"system": LOINC, "code": "44261-6"}]}, "valueInteger": 20}]
    (one,) = read(stored("Observation", {**body, "effectiveDateTime": "2026-06-09", "component": parts}))
    assert one.total == 9
    assert any("not the sum" in words for words in one.faults)


def test_laboratory_results_and_what_was_entered_in_error_are_no_sheets():
    assert read(total(7, code="4548-4")) == []
    assert read(response([1] * 9, status="entered-in-error")) == []


def test_the_newest_comes_first_and_the_order_of_rows_changes_nothing():
    rows = [total(16, on="2026-05-01"), total(9, id_="2", on="2026-06-01"), response([1] * 9, id_="3")]
    assert [one.on.month for one in read(*rows)] == [6, 6, 5]
    assert read(*rows) == read(*reversed(rows))
