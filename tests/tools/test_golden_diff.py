"""A changed row names the golden cells that change with it, and no other."""

import msgspec

from hallway.consent.tables import library
from tools import golden_diff


def tables():
    return {jurisdiction: library.read(jurisdiction) for jurisdiction in library.JURISDICTIONS}


def test_nothing_changed_is_no_cell():
    assert golden_diff.lines(tables(), tables()) == []


def test_a_treatment_row_that_denies_shuts_its_cells_alone():
    changed = tables()
    rules = changed["US"].rule
    at = next(n for n, row in enumerate(rules) if row.id == "US-TREAT")
    rules[at] = msgspec.structs.replace(rules[at], outcome="deny")
    found = golden_diff.lines(tables(), changed)
    assert found
    assert all(line.startswith("shuts: ") and "treating, TREAT" in line for line in found)
    assert all("US-TREAT" in line for line in found)
