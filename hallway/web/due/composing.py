"""What is ready to send for a finding: words filled in from the facts behind it, as released to the sender. Pure."""

from collections.abc import Sequence
from datetime import date

from hallway.talking.tables import library
from hallway.triggers.facts import Fact
from hallway.triggers.tables.rows import Acts
from hallway.web import words


def said_of(fact: Fact) -> str:
    """ "Lithium carbonate 300 mg"; the value behind what was measured."""
    value = "" if fact.value is None else f" {fact.value:g}{' ' + fact.unit if fact.unit else ''}"
    said = fact.words or words_of_kind(fact.kind)
    return f"{said[:1].upper()}{said[1:]}{value}"


def line_of(fact: Fact, *, today: date) -> str:
    """The same with its day: "Lithium carbonate 300 mg, Nov 20"."""
    return f"{said_of(fact)}, {words.day(fact.at.date(), today)}"


_KINDS = {
    "MedicationRequest": "a prescription",
    "MedicationStatement": "a medicine",
    "MedicationDispense": "a medicine given out",
    "Condition": "a problem",
    "Observation": "a result",
    "QuestionnaireResponse": "a questionnaire",
    "Encounter": "a visit",
    "Appointment": "an appointment",
    "ServiceRequest": "a request",
    "DocumentReference": "a note",
    "CarePlan": "a plan",
}


def words_of_kind(kind: str) -> str:
    """What a fact without words of its own is called."""
    return _KINDS.get(kind, "an entry of the chart")


def message(finding: str, facts: Sequence[Fact], acts: Acts, *, today: date) -> str:
    """The message as it stands in the form; the sender reads and changes it."""
    told = "\n".join(f"- {line_of(fact, today=today)}" for fact in facts)
    return f"{finding}.\n{told}\n{acts.asks}"


def question(finding: str, acts: Acts) -> str:
    """The words of a request."""
    return f"{finding}. {acts.asks}"


_NAMING = ("drug:", "set:", "hallway:")


def treatment_of(facts: Sequence[Fact], parameters: Sequence[str]) -> str:
    """The treatment that waits for an evaluation, as far as the facts name one of ours; empty otherwise."""
    named = {code.split(":", 1)[1] for fact in facts for code in fact.codes if code.startswith(_NAMING)}
    said = {one.lower() for one in (*named, *parameters)}
    return next((key for key, one in library.treatments().items() if said & {key, one.words.lower()}), "")
