"""Each trigger does what its examples show; they are its documentation too (``docs/triggers.md``)."""

from collections import Counter

import msgspec
import pytest

from hallway.triggers.examples import Example, examples, examples_in
from hallway.triggers.rules.finders import FINDERS
from hallway.triggers.rules.predicates import PREDICATES
from hallway.triggers.tables import rows
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


def test_a_trigger_of_data_alone_as_the_page_tells_it() -> None:
    """The example of ``docs/adding-a-trigger.md`` is read, fires and is silent as it stands there."""
    page = (build_trigger_docs.PAGE.parent / "adding-a-trigger.md").read_text()
    row, sheet = (block.partition("```")[0].encode() for block in page.split("```toml\n")[1:3])
    rules = {one.id: one for one in rows.read(row)}
    told = examples_in(sheet, rules)
    assert {one.fires for one in told} == {True, False}
    assert [one.shows for one in told if bool(one.found(rules)) != one.fires] == []


def test_the_page_names_every_finder_and_every_predicate() -> None:
    page = (build_trigger_docs.PAGE.parent / "adding-a-trigger.md").read_text()
    assert [name for name in (*FINDERS, *PREDICATES) if f"| `{name}` |" not in page] == []


def test_every_name_in_a_row_is_known() -> None:
    """A parameter, finder or predicate that is not there would fail in the middle of the night."""
    for row in ROWS.values():
        for when in row.when:
            assert when.find in FINDERS
            tests = (*row.only_if, *row.unless, *when.only_if, *when.unless)
            assert {test.holds for test in tests} <= set(PREDICATES)
            named = [getattr(one, name) for one in (row, when, *tests) for name in one.__struct_fields__]
            wanted = {value[1:] for value in named if isinstance(value, str) and value.startswith("$")}
            assert wanted <= set(row.parameters), row.id


def test_a_misspelt_column_is_refused_with_its_place() -> None:
    with pytest.raises(msgspec.ValidationError, match="whenn"):
        rows.read(b'[[rule]]\nid = "X"\nwhenn = 1\n')
