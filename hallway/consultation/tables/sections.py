"""The sections of a consultation report, in the order of reading (``referral-loop.md`` 5.5)."""

from dataclasses import dataclass

ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Section:
    """``code`` is stored; ``title`` is read; a section that ``is_owed`` is named as missing while it has no line."""

    code: str
    title: str
    is_owed: bool


SECTIONS: tuple[Section, ...] = (
    Section(ANSWER, "Answer", is_owed=True),
    Section("seen", "Seen", is_owed=True),
    Section("diagnosis", "Diagnosis", is_owed=True),
    Section("findings", "Findings", is_owed=False),
    Section("scores", "Scores", is_owed=False),
    Section("safety", "Safety", is_owed=True),
    Section("plan", "Plan", is_owed=True),
    Section("medicines", "Medicines", is_owed=False),
    Section("asks", "We ask you to", is_owed=True),
    Section("we_do", "We will", is_owed=False),
    Section("told", "The patient knows", is_owed=False),
    Section("together", "How we share the work", is_owed=False),
    Section("next", "Next visit", is_owed=True),
    Section("contact", "Reach us", is_owed=False),
)
"""Psychotherapy content has no section: there is no place in a report to put it."""

TITLES = {section.code: section.title for section in SECTIONS}
OWED = tuple(section.code for section in SECTIONS if section.is_owed)
