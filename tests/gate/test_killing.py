"""The corpus that mutants must survive is one that the gate as it is survives, people who act for patients included."""

import pytest

from tests.gate import killing, stored


@pytest.fixture(scope="module")
def scenes():
    return killing.build(scenes=40, seed=29)[0]


def test_the_gate_is_as_the_witness_judged_it(scenes):
    killing.check(scenes)
    acting = [case for scene in scenes if getattr(scene.facts, "acting", ()) for case in scene.cases]
    flows = [flows for case in acting for _, flows in case.expected]
    assert 0.05 < sum(flows) / len(flows) < 0.95


def test_disclosures_and_forms_are_as_the_witness_judged_them():
    asked = killing.build_asked(count=1500, seed=31)
    killing.check_asked(asked)
    rows = {row for *_, lacked in asked.shown for row in lacked}
    assert len(rows) > 60
    assert any(not lacked for *_, lacked in asked.shown)


def test_the_gate_of_the_tables_is_as_the_witness_judged_it(fresh_db, scenes):
    laid_out = stored.storable(scenes)
    stored.lay_out(laid_out)
    stored.check(laid_out)
