"""HL7's FHIRPath cases: every one that the built subset claims is answered as expected; the rest is on a page."""

from pathlib import Path

from tests.standards import fhirpath_cases
from tools.build_fhirpath_docs import PAGE, render


def test_every_case_of_the_subset_is_answered_as_expected(shared_data: Path) -> None:
    folder = shared_data / "fhirpath-r4"
    found = fhirpath_cases.judged(folder)
    unexplained = [(case.name, wrong) for case, wrong in found if wrong and not fhirpath_cases.reason(case, wrong)]
    assert unexplained == []
    assert sum(1 for _, wrong in found if not wrong) >= 830


def test_no_reason_stands_for_a_case_that_passes(shared_data: Path) -> None:
    wrong = {case.name for case, found in fhirpath_cases.judged(shared_data / "fhirpath-r4") if found}
    assert set(fhirpath_cases.EXPLAINED) <= wrong


def test_the_page_says_what_the_run_says(shared_data: Path) -> None:
    assert PAGE.read_text() == render(shared_data / "fhirpath-r4"), "Run: python -m tools.build_fhirpath_docs"
