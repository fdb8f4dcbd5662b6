"""Each trigger does what its examples show; they are its documentation too (``docs/triggers.md``)."""

from collections import Counter

import pytest

from hallway.triggers.examples import Example, examples
from hallway.triggers.tables.rows import ROWS
from tools import build_trigger_docs


@pytest.mark.parametrize("rule", list(ROWS))
def test_a_trigger_fires_and_is_silent_as_its_examples_show(rule: str) -> None:
    own = [example for example in examples() if example.rule == rule]
    wrong = [example.shows for example in own if bool(example.found()) != example.fires]
    assert wrong == []


def test_every_trigger_has_five_examples_of_each_kind() -> None:
    counted = Counter((example.rule, example.fires) for example in examples())
    assert {f"T{number}" for number in range(1, 33)} <= set(ROWS)
    assert [key for rule in ROWS for key in ((rule, True), (rule, False)) if counted[key] < 5] == []


def test_no_two_examples_of_a_trigger_are_the_same_patient() -> None:
    told: Counter[tuple[str, tuple[str, ...], tuple[str, ...]]] = Counter(_key(example) for example in examples())
    assert [key for key, count in told.items() if count > 1] == []


def _key(example: Example) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    return example.rule, example.lines, example.team


def test_the_page_of_triggers_is_what_the_tables_say() -> None:
    assert build_trigger_docs.PAGE.read_text() == build_trigger_docs.render(), "Run: python -m tools.build_trigger_docs"
