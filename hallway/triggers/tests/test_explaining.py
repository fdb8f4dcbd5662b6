"""The sentence of a firing: who, what, when, what is not yet done, and the source; nothing that somebody typed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hallway.triggers.examples import TODAY, Example, chart_of, examples
from hallway.triggers.explaining import ago, words
from hallway.triggers.rules import evaluate
from hallway.triggers.tables.rows import ROWS


def test_lithium_started_two_days_ago():
    chart = chart_of(["order drug:lithium @-2 by=10"], practice="bh")
    due = evaluate(chart, TODAY, {"T1": ROWS["T1"]}).due[0]
    assert words(due, due.causes, now=TODAY, people={10: "Dr. Rivera"}) == (
        "Lithium started 2 days ago by Dr. Rivera, primary care not yet told; Health Net manual, coordination of care"
    )


@pytest.mark.parametrize("example", [one for one in examples() if one.fires], ids=lambda one: f"{one.rule}")
def test_every_firing_has_a_whole_sentence(example: Example):
    for due in example.found():
        said = words(due, due.causes, now=TODAY)
        assert said[0] == said[0].upper()
        assert not {"{", "}", "()", "None", "  "} & {part for part in ("{", "}", "()", "None", "  ") if part in said}
        assert ROWS[due.rule].undone in said


def test_the_words_that_somebody_typed_stay_out():
    chart = chart_of(["order drug:lithium @-2"], practice="bh")
    typed = {kind: tuple(replace(fact, words="typed by hand") for fact in facts) for kind, facts in chart.facts.items()}
    due = evaluate(replace(chart, facts=typed), TODAY, {"T1": ROWS["T1"]}).due[0]
    assert "typed by hand" not in words(due, due.causes, now=TODAY) + repr(due.parameters)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(5, "just now"), (61, "an hour ago"), (180, "3 hours ago"), (1500, "yesterday"), (2880, "2 days ago")],
)
def test_how_long_ago(minutes: int, said: str):
    assert ago(TODAY - timedelta(minutes=minutes), TODAY) == said
