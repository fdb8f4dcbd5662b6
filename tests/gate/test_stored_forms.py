"""Stored forms: the gate's checker and the witness's find the same ones whole."""

from tests.gate import killing


def test_checker_and_witness_agree_on_stored_forms_and_both_answers_occur():
    asked = killing.build_asked(count=1000, seed=23)
    killing.check_asked(asked)
    valid = sum(is_valid for _, is_valid in asked.forms)
    assert 200 < valid < 800
