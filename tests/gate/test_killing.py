"""The corpus that mutants must survive is one that the gate as it is survives, people who act for patients included."""

from tests.gate import killing


def test_the_gate_is_as_the_witness_judged_it():
    scenes, _ = killing.build(scenes=40, seed=29)
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
