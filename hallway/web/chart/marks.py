"""What an author may mark a note with at writing: classes that no rule could find in the words. Pure."""

from collections.abc import Iterable

from hallway.record.classes import DataClass

MARKS: tuple[tuple[str, str, int], ...] = (
    ("mental_health", "Mental health or substance use", int(DataClass.MH)),
    ("hiv", "HIV", int(DataClass.HIV)),
    ("reproductive", "Reproductive care", int(DataClass.REPRO)),
    ("gender", "Gender-affirming care", int(DataClass.GENDER)),
    ("genetic", "Genetic tests", int(DataClass.GENETIC)),
    ("assault", "Sexual assault", int(DataClass.SEX_ASSAULT)),
    ("violence", "Violence at home", int(DataClass.DV)),
    ("minor", "A service that the minor consented to alone", int(DataClass.MINOR_CONSENTED)),
    ("self_pay", "Paid by the patient, not to be told to the plan", int(DataClass.SELF_PAY_RESTRICTED)),
    ("unsure", "I am not sure: keep it shut until it is judged", int(DataClass.UNCLASSIFIED)),
)
"""Key, words and class of each mark, in the order of the form."""
CHOICES = tuple((key, label) for key, label, _ in MARKS)


def mask_of(keys: Iterable[str]) -> int:
    """The classes of these marks together."""
    chosen = set(keys)
    mask = 0
    for key, _, one in MARKS:
        mask |= one if key in chosen else 0
    return mask


def of_visit(mask: int) -> int:
    """What of a note's marks its visit carries: all but the doubt about the note's own words."""
    return mask & ~int(DataClass.UNCLASSIFIED)
