"""What the chart says, from facts made by hand. Every rule of pages.md that a presenter keeps has a line here."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hallway.record.classes import DataClass
from hallway.screening.days import Given
from hallway.web.chart import answers, board, feed, measures, medicines, notes, plot, problems, scores, treating, words
from hallway.web.chart.tests.made import (
    CAREWELL,
    HEADER,
    HEARWELL,
    MINDHAM,
    NORTHGATE,
    NOW,
    PCP,
    ROSTER,
    TODAY,
    concept,
    facts,
    medicine,
    note,
    problem,
    score,
    stored,
    visit,
)

BH = {"org": NORTHGATE, "author": HEARWELL}


@pytest.mark.parametrize(
    ("said", "name", "dose", "form"),
    [
        ("sertraline 25 MG Oral Tablet", "Sertraline", "25 mg", "oral tablet"),
        ("Metformin 1000 mg", "Metformin", "1,000 mg", ""),
        ("levothyroxine .5 mg", "levothyroxine .5 mg".capitalize(), "", ""),
        ("lorazepam 0.50 mg", "Lorazepam", "0.5 mg", ""),
        ("NAPROXEN", "Naproxen", "", ""),
        ("insulin glargine 100 units", "Insulin glargine", "100 units", ""),
    ],
)
def test_a_medicine_is_written_as_the_safety_lists_ask(said, name, dose, form):
    assert words.one_dose(said) == (name, dose, form)


def test_numbers_have_no_trailing_zero_and_a_comma():
    assert [words.number(Decimal(n)) for n in ("5.0", "1000", "0.50", "100")] == ["5", "1,000", "0.5", "100"]


def test_a_problem_since_last_year_names_the_month_and_before_only_the_year():
    assert words.since("2026-06-02", today=TODAY) == "Jun 2026"
    assert words.since("2011-04-01", today=TODAY) == "2011"
    assert words.since("2025", today=TODAY) == "2025"
    assert words.since(None, today=TODAY) == ""


def test_problems_put_active_ones_first_and_say_one_practices_repeat_once():
    ended = {"clinicalStatus": concept("resolved", system="x"), "code": concept("J06.9", "Cold")}
    rows = problems.problems(
        facts(
            stored("Condition", "2026-06-01", ended),
            problem("2008-01-01", "I10", "High blood pressure"),
            problem("2009-01-01", "I10", "High blood pressure"),
        ),
        ROSTER,
        today=TODAY,
    )
    assert [(row.words, row.active) for row in rows] == [("High blood pressure", True), ("Cold", False)]


def test_a_refuted_problem_is_not_a_fact():
    refuted = {"verificationStatus": concept("refuted", system="x"), "code": concept("F20", "Schizophrenia")}
    assert problems.problems(facts(stored("Condition", "2026-06-01", refuted)), ROSTER, today=TODAY) == []


def test_a_medicine_that_no_list_of_ours_has_says_that_nobody_checked_it():
    lines = medicines.medicines(
        facts(medicine("2026-06-04", "sertraline 25 mg"), medicine("2026-06-05", "Brandnewol 5 mg")),
        ROSTER,
        today=TODAY,
    )
    assert {line.name: line.is_known for line in lines} == {"Brandnewol": False, "Sertraline": True}


def test_medicines_stand_under_their_prescriber_and_the_reader_is_you():
    lines = medicines.medicines(
        facts(
            medicine("2026-06-04", "sertraline 25 mg", org=NORTHGATE, author=MINDHAM),
            medicine("2024-01-01", "lisinopril 20 mg"),
            medicine("2020-01-01", "aspirin 81 mg", status="stopped"),
        ),
        ROSTER,
        today=TODAY,
    )
    groups = medicines.by_prescriber(lines, reader=CAREWELL)
    assert [group.heading for group in groups] == ["Northgate, Dr. Mindham", "Millbrook, you"]
    assert groups[0].lines[0].recent
    assert not groups[1].lines[0].recent
    assert [line.name for line in medicines.past(lines)] == ["Aspirin"]


def test_an_observation_without_a_total_is_no_reading_and_a_gap_is_not_zero():
    made = facts(
        score("2026-05-26", "44261-6", 16),
        score("2026-06-02", "44261-6", None, **BH),
        score("2026-06-08", "44261-6", 11, **BH),
    )
    assert [one.total for one in scores.readings(scores.sheets_of(made), ROSTER, "phq-9")] == [11, 16]


def test_a_total_outside_the_instrument_is_no_reading():
    assert scores.readings(scores.sheets_of(facts(score("2026-05-26", "44261-6", 28))), ROSTER, "phq-9") == []


def test_the_score_chart_states_its_finding_and_the_table_has_the_same_readings():
    made = facts(
        score("2026-04-14", "44261-6", 14),
        score("2026-05-26", "44261-6", 16),
        score("2026-06-08", "44261-6", 11, **BH),
        score("2026-06-08", "70274-6", 8, **BH),
        score("2026-06-08", "44260-8", 0, **BH),
    )
    found = scores.sheets_of(made)
    (phq, gad) = scores.score_charts(found, ROSTER, [])
    assert phq.sentence == "PHQ-9 from April 2026 to June 2026: 14, 16, 11. Remission is below 5."
    assert phq.trend == scores.Trend("done", "5 points lower than May 26")
    assert gad.trend is None
    assert scores.score_charts(found, ROSTER, [], {"phq-9": 10})[0].sentence.endswith("Target is below 10.")
    table = scores.table(found, ROSTER)
    assert [one.name for one in table.columns] == ["PHQ-9", "GAD-7"]
    rows = table.rows
    assert rows[0].totals == (11, 8)
    assert (rows[0].on, rows[0].item_9) == (date(2026, 6, 8), 0)
    assert sorted(value for row in rows if (value := row.totals[0])) == [11, 14, 16]


def test_a_small_change_has_no_color():
    made = facts(score("2026-05-26", "44261-6", 16), score("2026-06-08", "44261-6", 14))
    assert scores.score_charts(scores.sheets_of(made), ROSTER, [])[0].trend == scores.Trend(
        "", "2 points lower than May 26"
    )


def test_the_axis_begins_at_zero_and_ends_at_the_band_above_the_highest():
    drawing = plot.draw(
        [
            plot.Reading(date(2026, 4, 14), 14, "pc"),
            plot.Reading(date(2026, 5, 26), 16, "pc"),
            plot.Reading(date(2026, 6, 8), 11, "bh"),
        ],
        changes=[plot.Change(date(2026, 5, 26), "Referred")],
        bands=(5, 10, 15, 20),
        full=27,
        goal=plot.Goal(5),
    )
    assert [tick.word for tick in drawing.y_ticks] == ["0", "5", "10", "15", "20"]
    assert [point.label for point in drawing.points] == ["14", "16", "11"]
    assert [segment.side for segment in drawing.segments] == ["pc", "bh"]
    assert drawing.uprights[0].word == "Referred"


def test_every_point_lies_inside_the_picture_over_ten_years():
    many = [plot.Reading(date(2016 + n, 3, 1), n * 2, "pc") for n in range(10)]
    drawing = plot.draw(many, changes=[], bands=(5, 10, 15, 20), full=27, goal=plot.Goal(5))
    assert all(plot.LEFT <= point.x <= plot.RIGHT and plot.TOP <= point.y <= plot.BOTTOM for point in drawing.points)
    assert len(drawing.x_ticks) <= 5


def test_one_day_of_one_practice_is_one_line_led_by_its_visit():
    made = facts(
        visit("2026-05-26", "low mood"), score("2026-05-26", "44261-6", 16), score("2026-05-26", "70274-6", 11)
    )
    (entry,) = feed.feed(made, ROSTER, PCP, today=TODAY)
    assert entry.lead == "Visit, you"
    assert entry.rest == ": low mood"
    assert set(entry.small.split(", ")) == {"PHQ-9 16", "GAD-7 11"}


def test_the_feed_is_newest_first_over_both_sides():
    made = facts(visit("2026-05-26"), visit("2026-06-02", **BH), medicine("2026-06-04", "sertraline 25 mg", **BH))
    entries = feed.feed(made, ROSTER, PCP, today=TODAY)
    assert [(entry.on.day, entry.place.side) for entry in entries] == [(4, "bh"), (2, "bh"), (26, "pc")]


def test_psychotherapy_notes_stand_in_no_list_and_no_count_but_their_own():
    made = facts(
        note("2026-06-02", "Session content", mask=DataClass.PSYTHER_NOTE | DataClass.MH, **BH),
        note("2026-06-02", "Came to the first visit.", **BH),
    )
    assert [one.first_words for one in notes.notes(made, ROSTER)] == ["Came to the first visit."]
    assert notes.documents(made, ROSTER) == []
    assert [one.first_words for one in notes.private(made, ROSTER)] == ["Session content"]
    assert "Session" not in repr(feed.feed(made, ROSTER, PCP, today=TODAY))


def test_a_note_that_is_not_in_the_list_is_not_there():
    listed = notes.notes(facts(note("2026-06-02", "One")), ROSTER)
    assert notes.chosen(listed, "some-other-id") is None
    assert notes.chosen(listed, "") is listed[0]


def test_blood_pressure_and_a_changed_a1c_are_said_as_people_say_them():
    def lab(on, value):
        return stored(
            "Observation",
            on,
            {
                "status": "final",
                "code": concept("4548-4", system="http://loinc.org"),
                "valueQuantity": {"value": value, "unit": "%"},
            },
        )

    parts = [
        {"code": concept(code, system="http://loinc.org"), "valueQuantity": {"value": value, "unit": "mm[Hg]"}}
        for code, value in (("8480-6", 142), ("8462-4", 86))
    ]
    pressure = {"status": "final", "code": concept("85354-9", system="http://loinc.org"), "component": parts}
    made = facts(lab("2026-05-29", 8.4), lab("2026-02-03", 7.6), stored("Observation", "2026-05-26", pressure))
    lines = [(one.name, one.value, one.before) for one in measures.last_measured(made)]
    assert lines == [("BP", "142/86", ""), ("A1c", "8.4%", "7.6%")]


def test_the_team_is_read_from_what_was_released():
    made = board.board(facts(visit("2026-06-02", **BH), visit("2026-05-26")), ROSTER, PCP, header=HEADER, at=NOW)
    assert [(member.person.short_name, member.is_reader) for member in made.team] == [
        ("Dr. Carewell", True),
        ("Tess Hearwell", False),
    ]


def test_item_9_is_an_answer_and_its_day():
    made = board.board(facts(score("2026-06-08", "44260-8", 0)), ROSTER, PCP, header=HEADER, at=NOW)
    assert made.item_9 == scores.Item9(0, Given(date(2026, 6, 8)))


def test_item_9_is_known_by_its_answer_too_not_by_a_number_alone():
    answered = {
        "status": "final",
        "code": concept("44260-8", system="http://loinc.org"),
        "effectiveDateTime": "2026-06-09",
        "valueCodeableConcept": concept("LA6569-3", "Several days", "http://loinc.org"),
    }
    found = facts(stored("Observation", "2026-06-09", answered), score("2026-06-08", "44260-8", 0))
    assert scores.last_item_9(found) == scores.Item9(1, Given(date(2026, 6, 9)))


def broken_off(on):
    """A PHQ-9 of which two questions were answered."""
    items = [
        {"linkId": f"/{code}", "answer": [{"valueCoding": {"system": "http://loinc.org", "code": "LA6568-5"}}]}
        for code in ("44250-9", "44255-8")
    ]
    named = {"questionnaire": "urn:hallway:questionnaire:phq-9", "status": "stopped", "item": items}
    return stored("QuestionnaireResponse", on, named | ({"authored": on} if on else {}))


def test_a_later_phq_9_that_leaves_item_9_out_is_said_beside_the_answer_before():
    found = facts(score("2026-06-08", "44260-8", 0), broken_off("2026-06-09"))
    assert scores.last_item_9(found) == scores.Item9(0, Given(date(2026, 6, 8)), Given(date(2026, 6, 9)))


def test_answers_that_are_not_whole_stand_in_the_table_beside_older_totals():
    found = scores.sheets_of(facts(score("2026-05-26", "44261-6", 3), broken_off("2026-06-09")))
    rows = scores.table(found, ROSTER).rows
    assert [(row.totals, row.not_whole) for row in rows] == [((None,), ("PHQ-9",)), ((3,), ())]
    assert treating.last(found[0], ROSTER).words == "No total: 7 of 9 not answered"


def test_a_score_without_a_day_stands_in_the_feed_and_a_total_that_is_not_final_does_not():
    undated = stored(
        "Observation",
        None,
        {"status": "final", "code": concept("44261-6", system="http://loinc.org"), "valueInteger": 12},
    )
    draft = stored(
        "Observation",
        "2026-06-09",
        {
            "status": "preliminary",
            "effectiveDateTime": "2026-06-09",
            "code": concept("44261-6", system="http://loinc.org"),
            "valueInteger": 1,
        },
    )
    (entry,) = feed.feed(facts(undated, draft), ROSTER, PCP, today=TODAY)
    assert (entry.on, entry.rest) == (NOW.date(), "PHQ-9 12 (day not sent)")


def test_a_day_without_a_time_is_that_day():
    row = stored(
        "Encounter", "2026-06-02", {"status": "finished", "class": {"code": "AMB"}, "period": {"start": "2026-06-02"}}
    )
    made = facts(row._replace(dated_at=datetime(2026, 6, 2, tzinfo=UTC)))
    assert made.encounters[0].on == date(2026, 6, 2)


def test_pronouns_are_as_given_and_nobody_is_guessed():
    assert board.pronouns(HEADER).possessive == "her"
    assert board.pronouns(replace(HEADER, pronouns="")).subject == "they"


def the_answers(*rows, asked=()):
    made = facts(*rows)
    lines = medicines.medicines(made, ROSTER, today=TODAY)
    return answers.answers(made, ROSTER, reader_side="pc", asked=asked, needs=(), lines=lines, at=NOW)


def test_the_four_answers_come_from_the_other_side():
    made = the_answers(
        visit("2026-05-26"),
        visit("2026-06-02", **BH),
        problem("2026-06-02", "F32.1", "Depression", **BH),
        medicine("2026-06-04", "sertraline 25 mg", org=NORTHGATE, author=MINDHAM),
    )
    assert made.seen.bold == "Yes, June 2"
    assert made.seen.small == "Tess Hearwell, LICSW."
    assert made.plan.bold == "Depression"
    assert made.medicines.bold == "Sertraline 25 mg, since June 4"


def test_nothing_shared_reads_the_same_as_nothing_known():
    assert the_answers(visit("2026-05-26")) == the_answers()
    assert the_answers().seen.bold == "Nothing shared with you here"


def test_an_open_referral_says_when_it_was_asked_and_where_it_stands():
    asked = [answers.Asked(date(2026, 5, 26), "Northgate", "Waiting for report")]
    made = the_answers(asked=asked)
    assert (made.seen.bold, made.seen.status) == ("Asked May 26", "Waiting for report")


def test_short_names_drop_what_every_practice_is_called():
    assert [place.short for place in ROSTER.places.values()] == ["Millbrook", "Northgate"]


def test_an_evening_instant_keeps_its_local_day():
    assert words.day("2026-06-09T01:30:00Z") == date(2026, 6, 8)
    assert words.instant("2026-06-08T21:30:00-04:00") == datetime(2026, 6, 8, 21, 30, tzinfo=words.ZONE)
