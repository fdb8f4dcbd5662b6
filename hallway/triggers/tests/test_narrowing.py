"""What is passed over unread is what no rule asks of: worked out of the rows."""

import pytest

from hallway.triggers import narrowing
from hallway.triggers.tests import charts


def bp(*codes: str) -> bytes:
    return b'{"resourceType":"Observation","code":{"coding":[%b]}}' % b",".join(
        b'{"code":"%b"}' % code.encode() for code in codes
    )


def test_a_measurement_that_a_rule_or_a_check_of_a_drug_names_is_read():
    assert narrowing.is_asked("Observation", bp("44261-6"))
    assert narrowing.is_asked("Observation", bp("2160-0", "29463-7"))
    assert narrowing.is_asked("Observation", b'{"interpretation":[{"coding":[{"code":"H"}]}]}')


def test_one_that_nobody_names_is_not_and_other_kinds_always_are():
    assert not narrowing.is_asked("Observation", bp("72166-2"))
    assert narrowing.is_asked("Condition", bp("72166-2"))


@pytest.mark.parametrize(
    "seek",
    [
        {"kinds": ["Observation"]},
        {"kinds": ["Observation"], "codes": ["loinc:44*"]},
        {"kinds": ["Observation"], "codes": ["category:survey"]},
        {"codes": ["name:mood"]},
    ],
)
def test_a_row_that_asks_in_a_way_that_bytes_do_not_tell_lets_everything_through(seek):
    rows = charts.row(when=[{"find": "fact", **seek}])
    assert narrowing.wanted_by(rows, ()) is None


def test_every_code_of_a_row_is_looked_for_wherever_it_stands_in_the_row():
    test = {"kinds": ["Observation"], "codes": ["loinc:1-8"]}
    others = [{"holds": "has", "codes": ["loinc:3-4"]}]
    rows = charts.row(
        when=[{"find": "fact", "kinds": ["Condition"], "unless": [test], "only_if": others}],
        unless=[{"kinds": ["Observation"], "codes": ["snomed:77", "set:X"]}],
    )
    wanted = narrowing.wanted_by(rows, ("loinc:9-9",))
    assert wanted is not None
    assert [code for code in ("1-8", "3-4", "77", "9-9", "X", "2-2") if wanted.found(bp(code))] == [
        "1-8", "3-4", "77", "9-9",
    ]  # fmt: skip
