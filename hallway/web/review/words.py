"""Codes of labelling in plain words, and the words that stand in a paper. Pure."""

import re
from dataclasses import dataclass

import msgspec

from hallway.consent.entering.reviewing import Choice
from hallway.labels import content
from hallway.record.classes import DataClass
from hallway.record.stored import Stored
from hallway.standards.fhir import codec
from hallway.web.law.words import CLASS_WORDS

WHY = {
    "LBL-NOTE-UNKNOWN": "Nobody said what kind of note this is.",
    "LBL-ATTACHMENT-UNREADABLE": "It is a file that only people can read.",
    "LBL-ATTACHMENT-ELSEWHERE": "Its content lies outside Hallway.",
    "LBL-CODE-UNREADABLE": "It is told in codes alone that Hallway has no list of.",
    "LBL-SENT-R": "Whoever sent it marked it as restricted and did not say why.",
    "LBL-SENT-V": "Whoever sent it marked it as very restricted and did not say why.",
    "LBL-MARK-UNSURE": "Its author was not sure what it is.",
}
KINDS = {
    "DocumentReference": "Document",
    "DiagnosticReport": "Result",
    "Composition": "Document",
    "Binary": "File",
    "Media": "Picture or recording",
    "ClinicalImpression": "Assessment",
    "Condition": "Problem",
    "MedicationRequest": "Medicine",
    "Observation": "Finding",
    "Procedure": "Procedure",
    "AllergyIntolerance": "Allergy",
}


@dataclass(frozen=True, slots=True)
class Button:
    """One choice: its key on the keyboard, its words, and what follows from it."""

    choice: Choice
    key: str
    label: str
    follows: str


BUTTONS = (
    Button(Choice.GENERAL, "g", "Ordinary", "Nothing beyond what the rules have found."),
    Button(Choice.MENTAL_HEALTH, "m", "Mental health", "Shared for treatment as mental health content."),
    Button(Choice.SENSITIVE, "s", "Sensitive", "Treated as every sensitive class that state law names."),
    Button(Choice.PSYCHOTHERAPY, "p", "Psychotherapy note", "For its author alone, apart from the chart."),
    Button(Choice.SUD_COUNSELING, "c", "Substance use counseling note", "For its author alone, apart from the chart."),
    Button(Choice.KEEP, "w", "Keep withheld", "It stays shut and waits no longer."),
)
CHOSEN = {one.choice: one.label for one in BUTTONS}
_SAID = re.compile(
    rb'"(?:display|text|description|conclusion|title|valueString|comment|contentString|div)":"([^"\\]*(?:\\.[^"\\]*)*)"'
)
_TAG = re.compile(r"<[^>]+>")


def buttons(choices: tuple[Choice, ...]) -> list[Button]:
    """The buttons of what may be chosen, in their order."""
    return [one for one in BUTTONS if one.choice in choices]


def why(basis: tuple[str, ...]) -> list[str]:
    """Why something waits, in sentences."""
    return [WHY[one] for one in basis if one in WHY]


def kind(name: str) -> str:
    """A resource type in a word."""
    return KINDS.get(name, "Record entry")


def classes(mask: int) -> str:
    """The classes that the rules have found already, in words; empty for none."""
    found = [words for one, words in CLASS_WORDS.items() if mask & one and one is not DataClass.UNCLASSIFIED]
    return ", ".join(found)


def paragraphs(stored: Stored) -> list[str]:
    """Everything in a paper that a person can read: its short texts, then the words of its attachments."""
    texts = [_plain(str(msgspec.json.decode(b'"' + found + b'"'))) for found in _SAID.findall(stored.body)]
    for attachment in content.attachments(codec.decode(stored.body)):
        if text := content.words_in(attachment):
            texts += text.split("\n\n")
    return [one for one in dict.fromkeys(text.strip() for text in texts) if one]


def _plain(text: str) -> str:
    return _TAG.sub(" ", text)
