"""The room's rows are whole: every word in them is known, and each says its source."""

import pytest

from hallway.talking import finding
from hallway.talking.tables import library

OWN_ROWS = {"team_pc", "team_bh", "requested", "filed", "consents"}


@pytest.mark.parametrize("row", library.processes().values(), ids=lambda row: row.key)
def test_every_process_is_found_by_a_finder_or_by_hand(row):
    assert not row.finds or row.finds in {*finding.FINDERS, *OWN_ROWS}
    assert row.source


def test_every_treatment_waits_for_parts_that_are_explained():
    for row in library.treatments().values():
        assert row.parts
        assert set(row.parts) <= library.parts().keys()
        assert "GK" not in row.source or not row.verified


@pytest.mark.parametrize(
    ("plan", "key"),
    [
        ("CarePartners of Connecticut HMO", "carepartners_ct"),
        ("Harvard Pilgrim Health Care PPO", "harvard_pilgrim"),
        ("TUFTS Health Plan", "tufts"),
        ("Health Net Enhanced Care", "health_net"),
        ("Somebody Else", ""),
    ],
)
def test_a_plan_finds_its_help_line_by_its_name(plan, key):
    found = library.payer_of(plan)
    assert (found.key if found else "") == key


def test_only_what_a_source_says_is_said_of_a_referral():
    needed = {row.key: row.needs_referral for row in library.payers().values()}
    assert needed == {"carepartners_ct": False, "tufts": False, "harvard_pilgrim": None, "health_net": None}
