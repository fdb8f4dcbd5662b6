"""Plain words of what was seen."""

import pytest

from hallway.web.my.plain import WHOLE, kinds_words

MANY = ("Coverage", "Condition", "MedicationRequest", "Observation", "Encounter", "DocumentReference", "Immunization")


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        ((), WHOLE),
        (("Patient",), "your name and birth date"),
        (("Patient", "MedicationRequest"), "your medicines"),
        (("Encounter", "Appointment"), "your visits"),
        (("Condition", "Observation"), "your health problems and your scores and test results"),
        (("Condition", "Basic"), "your health problems and other parts of your record"),
        (("Basic",), "other parts of your record"),
        (
            MANY,
            "your insurance, your health problems, your medicines, your scores and test results, your visits"
            " and other parts of your record",
        ),
    ],
)
def test_what_was_seen_reads_like_a_sentence(kinds, words):
    assert kinds_words(kinds) == words
