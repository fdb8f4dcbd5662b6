"""Answers and totals from anywhere become sheets: a whole one has a total, a critical answer stands regardless."""

import json
from datetime import UTC, date, datetime

import pytest

from hallway.ids import OrganizationId, PractitionerId, ResourceId, new_resource_id
from hallway.record.stored import Stored
from hallway.screening.days import NOT_SENT, Exact, Given, as_sent, given_on, within
from hallway.screening.sheets import not_whole, sheets

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


# Days -----------------------------------------------------------------------------------------------------------------


def undated(one, **more):
    """The same without a day, as it came on June 9; ``more`` is what the body says instead."""
    body = {key: value for key, value in json.loads(one.body).items() if key not in ("authored", "effectiveDateTime")}
    text = json.dumps(body | more, separators=(",", ":")).encode()
    came = datetime(2026, 6, 10, 2, tzinfo=UTC)
    return one._replace(
        dated_at=None, id=new_resource_id(came), updated_at=datetime(2026, 11, 1, tzinfo=UTC), body=text
    )


def test_a_score_whose_day_was_not_sent_is_kept_by_the_day_it_came_and_says_so():
    for one in (response([1] * 9), total(9)):
        (sheet,) = read(undated(one))
        assert (sheet.given, sheet.total) == (Given(date(2026, 6, 9), Exact.ARRIVED), 9)
        assert NOT_SENT in sheet.faults
    assert read(undated(total(9), effectiveDateTime="soon"))[0].exact is Exact.ARRIVED
    assert NOT_SENT not in read(total(9))[0].faults


def test_the_day_it_came_stays_when_it_is_stored_again():
    one = undated(total(9))
    assert read(one)[0].on == read(one._replace(version=2, updated_at=datetime(2026, 12, 1, tzinfo=UTC)))[0].on
    assert read(one._replace(id=ResourceId("of another")))[0].on == date(2026, 10, 31)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"effectivePeriod": {"start": "2026-05-04T09:00:00-04:00", "end": "2026-05-07"}}, Given(date(2026, 5, 4))),
        ({"effectivePeriod": {"end": "2026-05-07"}}, Given(date(2026, 5, 7))),
        ({"effectiveInstant": "2026-05-05T01:00:00Z"}, Given(date(2026, 5, 4))),
        ({"issued": "2026-05-05T13:00:00Z"}, Given(date(2026, 5, 5))),
        ({"effectiveDateTime": "2026-05"}, Given(date(2026, 5, 1), Exact.MONTH)),
        ({"effectiveDateTime": "2025"}, Given(date(2025, 1, 1), Exact.YEAR)),
    ],
)
def test_a_period_counts_by_its_start_and_a_part_of_a_date_by_its_first_day(sent, expected):
    (sheet,) = read(undated(total(9), **sent))
    assert sheet.given == expected
    assert NOT_SENT not in sheet.faults


def test_a_month_alone_is_no_day_and_is_not_put_together_with_one():
    rows = [undated(total(9), effectiveDateTime="2026-06"), total(2, code="44260-8", id_="2", on="2026-06-01")]
    assert len(read(*rows)) == 2


@pytest.mark.parametrize(
    ("sent", "shown", "inside"),
    [
        ("2026-06-09", "Jun 9", "on Jun 9"),
        ("2026-06", "Jun 2026", "in Jun 2026"),
        ("2026", "2026", "in 2026"),
    ],
)
def test_a_day_is_told_as_it_was_sent(sent, shown, inside):
    one = given_on(sent)
    assert (as_sent(one, "Jun 9"), within(one, "Jun 9")) == (shown, inside)
    assert as_sent(Given(date(2026, 6, 9), Exact.ARRIVED), "Jun 9") == "Jun 9 (arrived)"


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-13", "0000", "2026-02-30", "2026-06-09Tx", "0001-01-01T00:00:00+14:00"]
)
def test_what_is_no_date_is_none(text):
    assert given_on(text) is None


# What is not whole ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["in-progress", "stopped"])
def test_what_is_not_finished_is_positive_or_not_known_and_never_negative(status):
    (quiet,) = read(response([0] * 9, status=status))
    assert (quiet.is_positive, quiet.band, quiet.is_complete) == (None, None, False)
    (loud,) = read(response([2] * 9, status=status))
    assert (loud.is_positive, loud.band_words) == (True, "moderately severe")


def test_no_older_total_speaks_for_answers_that_are_not_whole():
    whole, part = total(3, on="2026-06-01"), response([3, 3, 3, None, None, None, None, None, None], id_="2")
    assert [one.ids for one in not_whole(read(whole, part))] == [("QuestionnaireResponse/2",)]
    later = total(3, id_="3", on="2026-06-10")
    assert not_whole(read(whole, part, later)) == []
