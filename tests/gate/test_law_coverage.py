"""Every row of the decision tables of law stands in a table of ours, and a golden case hits it.

``tests/golden/law_rows.txt`` names the rows of law; ``disclosures.txt`` beside it holds the cases, which people review.
HALLWAY_GOLDEN=write writes the answers anew.
"""

import os
from functools import cache
from pathlib import Path

import pytest

from tests.gate.disclosure_cases import answer
from tools.law_coverage import PAGE, hits, law_rows, render, rules_by_law_row

GOLDEN = Path(__file__).parent.parent / "golden" / "disclosures.txt"
KINDS = ("ask", "form", "owed", "control")


@cache
def cases():
    """(kind, what is asked, the answer that stands in the file)."""
    found = []
    for line in GOLDEN.read_text().splitlines():
        kind, _, rest = line.partition(" ")
        if kind in KINDS:
            asked, _, said = rest.partition(" => ")
            found.append((kind, asked.strip(), said.strip()))
    return tuple(found)


def written_anew():
    lines = []
    for line in GOLDEN.read_text().splitlines():
        kind, _, rest = line.partition(" ")
        asked = rest.partition(" => ")[0].rstrip()
        lines.append(f"{kind} {asked} => {answer(kind, asked)[0]}" if kind in KINDS else line)
    return "\n".join(lines) + "\n"


def test_every_answer_is_the_reviewed_one():
    text = written_anew()
    if os.environ.get("HALLWAY_GOLDEN") == "write":
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text(), "An answer changed. Review the difference, then HALLWAY_GOLDEN=write."


def test_no_case_stands_twice():
    asked = [(kind, text) for kind, text, _ in cases()]
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("law_row", law_rows())
def test_a_row_of_law_has_a_rule_that_a_case_hits(law_row):
    rules = rules_by_law_row().get(law_row, ())
    assert rules, "No rule stands for this row of law."
    assert set(rules) & set(hits()), f"No golden case hits any of {rules}."


def test_no_rule_stands_for_a_row_that_is_not_listed():
    assert set(rules_by_law_row()) <= set(law_rows())


def test_every_rule_is_hit_by_a_case():
    every = {rule for rules in rules_by_law_row().values() for rule in rules}
    assert every - set(hits()) == set()


def test_the_report_is_what_the_tables_and_the_cases_say():
    assert PAGE.read_text() == render(), "Run: python -m tools.law_coverage"
