"""The labelled set: published error rates are the measured ones, and never grow unnoticed."""

import gzip
import json
import re

import pytest

from tests.labels import items, sources
from tools.build_label_docs import PAGE, render

MOST_MISSED = 2
"""Items of the held-out half whose class may be missed, as published. To raise it is to publish a worse labeller."""


def test_the_set_holds_at_least_600_items_over_many_carriers_and_every_class():
    every = items.items()
    assert len(every) >= 600
    assert len({one.carrier for one in every}) == len(items.SHORT) + len(items.LONG)
    assert {name for one in every for name in one.expected} == set(items.OF_CONTENT)
    assert len({phrase for _, phrase in items.phrases()}) == len(items.phrases())


def test_no_more_of_the_held_out_half_is_missed_than_published():
    missed = [one.id for one in items.items() if one.held_out and one.expected - items.found(one)]
    assert len(missed) <= MOST_MISSED, missed


@pytest.mark.parametrize("carrier", [*items.SHORT, *items.LONG])
def test_a_class_is_found_in_every_carrier_it_can_stand_in(carrier):
    build = (items.SHORT | items.LONG)[carrier]
    for phrase, name in (
        ("Major depressive disorder", "MH"),
        ("HIV-1 RNA viral load", "HIV"),
        ("Rape kit", "SEX_ASSAULT"),
    ):
        one = items.Item("x", carrier, build(phrase), frozenset({name}))
        assert items.found(one) == {name}
    assert items.found(items.Item("x", carrier, build("Essential hypertension"), frozenset())) == frozenset()


@pytest.mark.parametrize(
    "text",
    ["MAJOR DEPRESSION", "depre\u00adssion", "d\u00e9pression", "major\ndepression", "severe\tdepression",
     "(depression)", "<b>depre</b>ssion", "&#100;epression", "opioid_drug_addiction", "bipolar/mania"],
)  # fmt: skip
@pytest.mark.parametrize("carrier", ["condition text", "narrative", "plan"])
def test_no_way_of_writing_hides_a_word(carrier, text):
    build = (items.SHORT | items.LONG)[carrier]
    assert "MH" in items.found(items.Item("x", carrier, build(text), frozenset({"MH"})))


@pytest.mark.parametrize("law", list(dict.fromkeys(case.law for case in sources.cases())))
def test_the_source_decides(law):
    wrong = [(case.id, case.source, case.found) for case in sources.cases() if case.law == law and not case.is_right]
    assert not wrong


def test_the_cases_of_the_source_can_fail():
    case = sources.cases()[0]
    assert case.is_right
    assert not sources.Case(case.id, case.law, case.source, case.resource, case.has << 9, 0).is_right
    assert not sources.Case(case.id, case.law, case.source, case.resource, 0, case.has).is_right


def test_the_page_says_what_is_measured():
    assert PAGE.read_text() == render(), "Run: python -m tools.build_label_docs"


def test_nothing_that_the_synthetic_lives_say_is_missed(shared_data):
    displays = sorted(_displays(shared_data))
    judged = list(items.read_displays(displays))
    assert sum(bool(so) for so, _ in judged) > 90
    assert [display for display, (so, said) in zip(displays, judged, strict=True) if so - said] == []
    assert sum(bool(said - so) for so, said in judged) <= 3


def _displays(folder):
    """Every display and text of the lives but names of people and streets."""
    found = set()
    for path in (folder / "synthea-massachusetts").glob("*.json.gz"):
        with gzip.open(path) as opened:
            _collect(json.load(opened), found)
    return {one for one in found if not re.fullmatch(r"[A-Z][A-Za-z'.]+\d+ .*|\d+ [A-Z][a-z]+ .*", one)}


def _collect(value, found):
    if isinstance(value, dict):
        if "reference" not in value:
            found.update(one for name in ("display", "text", "valueString") if isinstance(one := value.get(name), str))
        for one in value.values():
            _collect(one, found)
    elif isinstance(value, list):
        for one in value:
            _collect(one, found)
