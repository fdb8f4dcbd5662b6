"""Who controls a service to a minor: by state, age, kind of care and the facts recorded."""

import pytest

from hallway.consent.rights.minors import law_of, who_controls
from hallway.consent.tables.duties import controls
from hallway.consent.tables.minors import rows

CT_MH = {"would_refuse_otherwise", "clinically_indicated", "failure_detrimental", "knowing_and_voluntary", "mature",
         "signed_statement", "no_legend_drugs"}  # fmt: skip


@pytest.mark.parametrize(
    ("state", "age", "service", "facts", "who", "rule"),
    [
        ("MA", 14, "mental_health", set(), "parent", "US-PARENT"),
        ("MA", 14, "mental_health", {"lives_apart"}, "minor", "MA-MINOR-STATUS"),
        ("MA", 14, "substance_use", set(), "parent", "US-PARENT"),
        ("MA", 14, "substance_use", {"two_physicians"}, "minor", "MA-MINOR-DRUG"),
        ("MA", 11, "substance_use", {"two_physicians"}, "parent", "US-PARENT"),
        ("MA", 14, "general", {"mature_and_informed"}, "parent", "US-PARENT"),
        ("MA", 14, "hiv", {"disease_dangerous_to_public_health"}, "minor", "MA-MINOR-DISEASE"),
        ("CT", 14, "mental_health", CT_MH, "minor", "CT-MINOR-MH"),
        ("CT", 14, "mental_health", CT_MH - {"no_legend_drugs"}, "parent", "US-PARENT"),
        ("CT", 14, "mental_health", CT_MH - {"signed_statement"}, "parent", "US-PARENT"),
        ("CT", 14, "substance_use", set(), "minor", "CT-MINOR-SUD"),
        ("CT", 14, "general", {"lives_apart"}, "parent", "US-PARENT"),
        ("CA", 14, "mental_health", {"mature", "consulted_minor_first"}, "minor", "CA-MINOR-MH"),
        ("CA", 14, "mental_health", {"mature"}, "parent", "US-PARENT"),
        ("CA", 11, "mental_health", {"mature", "consulted_minor_first"}, "parent", "US-PARENT"),
        ("CA", 14, "substance_use", set(), "minor", "CA-MINOR-SUD"),
        ("CA", 11, "substance_use", set(), "parent", "US-PARENT"),
        ("ME", 14, "substance_use", {"two_physicians"}, "parent", "US-PARENT"),
        ("CA", 18, "substance_use", set(), "patient", "US-INDIVIDUAL"),
    ],
)
def test_who_controls(state, age, service, facts, who, rule):
    found = who_controls(state=state, age=age, service=service, facts=facts)
    assert (found.who, found.rule_id) == (who, rule)


def test_what_is_missing_is_named():
    found = who_controls(state="CT", age=14, service="mental_health", facts=CT_MH - {"mature"})
    assert found.missing == ("mature",)


def test_every_row_gives_control_on_its_own_facts_and_on_none_fewer():
    for row in rows():
        for service in row.services:
            for facts in row.facts:
                full = who_controls(state=row.state, age=max(row.age_from, 14), service=service, facts=facts)
                assert full.who == "minor", row.id
                for left_out in facts:
                    less = set(facts) - {left_out}
                    found = who_controls(state=row.state, age=max(row.age_from, 14), service=service, facts=less)
                    assert found.rule_id != row.id, row.id


def test_every_row_is_a_case_of_a_row_of_control_of_its_state_or_cites_its_own():
    for row in rows():
        if row.law:
            assert controls()[row.law].state == row.state, row.id
            assert law_of(row).citation == controls()[row.law].citation
        assert law_of(row).citation, row.id
    assert not law_of(next(row for row in rows() if row.id == "MA-MINOR-MATURE")).verified
