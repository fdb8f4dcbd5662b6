"""Each trigger does what its examples show; they are its documentation too (``docs/triggers.md``)."""

import re
from collections import Counter

import msgspec
import pytest
from msgspec.structs import replace

from hallway.triggers import checking
from hallway.triggers.examples import TODAY, Example, examples, examples_in
from hallway.triggers.explaining import words
from hallway.triggers.rules.finders import FINDERS
from hallway.triggers.rules.predicates import PREDICATES
from hallway.triggers.tables import rows
from hallway.triggers.tables.rows import ROWS, Acts, Row, Test, When
from tools import build_trigger_docs


@pytest.mark.parametrize("rule", list(ROWS))
def test_a_trigger_fires_and_is_silent_as_its_examples_show(rule: str) -> None:
    own = [example for example in examples() if example.rule == rule]
    assert {example.fires for example in own} == {True, False}
    found = checking.example_faults(own, {rule: ROWS[rule]})
    assert not found, "; ".join(found)


def test_the_triggers_of_the_plan_are_all_here() -> None:
    assert {f"T{number}" for number in range(1, 33)} <= set(ROWS)


def test_no_trigger_says_that_another_practice_hears_by_its_clock() -> None:
    """A finding is its own practice's alone, and of it the leader hears a number (``hallway.loops.presenting``)."""
    said = "The practice leader hears how many are past due; nobody outside the practice is told"
    assert [row.id for row in ROWS.values() if not row.escalation.startswith(said)] == []
    assert [row.id for row in ROWS.values() if bool(row.rises) != ("By the minute" in row.escalation)] == []


@pytest.mark.parametrize(
    ("lines", "fires", "fault"),
    [
        (("order drug:lorazpam @-2",), False, "there is no drug 'lorazpam'"),
        (("problem icd11:6A70 @-2",), False, "'icd11:6A70' has no system that is known: 'icd11'"),
        (("result loinc:44261-7 value=9 @-2",), False, "'loinc:44261-7' fails its check digit"),
        (("order drug:lithium @-2",), False, "fires and should be silent"),
        (("order drug:ibuprofen @-2",), True, "is silent and should fire"),
    ],
)
def test_an_example_that_shows_nothing_or_another_thing_is_named(
    lines: tuple[str, ...], fires: bool, fault: str
) -> None:
    example = Example("T1", "shown", lines, fires, "bh", ())
    found = checking.example_faults([example], {"T1": ROWS["T1"]})
    few = [
        f"T1: {1 - count} examples under {name!r}, 5 are needed"
        for name, count in (("fires", not fires), ("silent", fires))
    ]
    assert found == [f"T1, 'shown': {fault}", *few]


def test_an_example_with_a_word_for_no_kind_says_which_it_is() -> None:
    with pytest.raises(ValueError, match=r"T1, 'shown': 'orders drug:lithium @-2' begins with no kind of fact"):
        Example("T1", "shown", ("orders drug:lithium @-2",), True, "bh", ()).found()


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
    assert checking.faults(ROWS) == []


ROW = ROWS["T33"]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (replace(ROW, owner="autor|pcp"), "T33: there is no owner 'autor'"),
        (replace(ROW, acts=Acts(wanted=("medicine",))), "T33: there is no thing to ask for (acts) 'medicine'"),
        (replace(ROW, when=(When(find="pare"),)), "T33: there is no find 'pare'"),
        (replace(ROW, when=(When(kinds=("Observations",)),)), "T33: there is no kind of resource 'Observations'"),
        (replace(ROW, when=(When(codes=("group:BENZOS",)),)), "T33: there is no group 'BENZOS'"),
        (replace(ROW, when=(When(codes=("set:LIVR",)),)), "T33: there is no set 'LIVR'"),
        (replace(ROW, when=(When(of="loinc:8480-7"),)), "T33: 'loinc:8480-7' fails its check digit"),
        (replace(ROW, when=(When(at_least="$audt"),)), "T33: there is no parameter 'audt'"),
        (replace(ROW, unless=(Test(holds="tolled"),)), "T33: there is no holds 'tolled'"),
        (replace(ROW, only_if=(Test(not_codes=("drug:lorazpam",)),)), "T33: there is no drug 'lorazpam'"),
    ],
)
def test_a_name_that_means_nothing_stops_the_start_with_its_place(changed: Row, fault: str) -> None:
    assert checking.faults({"T33": changed}) == [fault]
    with pytest.raises(ValueError, match=re.escape(fault)):
        checking.refuse({"T33": changed})


def test_every_gap_in_a_sentence_is_filled_and_no_number_of_a_code_is_told_bare() -> None:
    for one in examples():
        for due in one.found() if one.fires else ():
            row = ROWS[due.rule]
            gaps = set(re.findall(r"{(\w+)}", row.says)) - {"ago", "by"}
            assert gaps <= set(due.parameters), f"{row.id}: nothing fills {gaps - set(due.parameters)} in its says"
            own = {code.partition(":")[2] for when in row.when for code in when.codes if code.startswith("loinc:")}
            bare = own & set(re.findall(r"[\d-]+", words(due, due.causes, now=TODAY)))
            assert not bare, f"{row.id}: give {', '.join(bare)} words of ours in hallway/triggers/tables/words.csv"


def test_a_misspelt_column_is_refused_with_its_place() -> None:
    with pytest.raises(msgspec.ValidationError, match="whenn"):
        rows.read(b'[[rule]]\nid = "X"\nwhenn = 1\n')
