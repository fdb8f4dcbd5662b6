"""What was last measured, and the value before: vital signs and the few laboratory results a minute has room for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hallway.standards.fhir import r4
from hallway.web.chart import words
from hallway.web.chart.facts import Fact, Facts

SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"
SHORT_NAMES = {
    "85354-9": "BP",
    "55284-4": "BP",
    "4548-4": "A1c",
    "2951-2": "Sodium",
    "2947-0": "Sodium",
    "33914-3": "eGFR",
    "48642-3": "eGFR",
    "62238-1": "eGFR",
    "98979-8": "eGFR",
    "2823-3": "Potassium",
    "3016-3": "TSH",
    "29463-7": "Weight",
    "39156-5": "BMI",
    "8867-4": "Pulse",
}
"""LOINC to the word on the board; a code that is not here is read under Scores, Documents and the timeline."""
LABS = frozenset(("4548-4", "2951-2", "2947-0", "33914-3", "48642-3", "62238-1", "98979-8", "2823-3", "3016-3"))
ON_BOARD = ("BP", "A1c", "Sodium", "eGFR", "Weight", "BMI")


@dataclass(frozen=True, slots=True)
class Measured:
    """The newest value of one kind, as words, and the one before when it differs."""

    name: str
    value: str
    on: date
    before: str = ""


def short_name(view: r4.Observation) -> str:
    """The board's word for an observation, else its own text."""
    code = words.code_in(view.code, words.LOINC)
    return SHORT_NAMES.get(code) or words.concept_words(view.code)


def is_laboratory(view: r4.Observation) -> bool:
    """By its category, or by its code where the sender gave none."""
    return "laboratory" in words.codes_of(view.category) or words.code_in(view.code, words.LOINC) in LABS


def value_words(view: r4.Observation) -> str:
    """ "142/86", "8.4%", "162 lb", or the words of a coded answer; nothing when there is no value."""
    pressure = {words.code_in(part.code, words.LOINC): part.value_quantity for part in view.component}
    if SYSTOLIC in pressure and DIASTOLIC in pressure:
        upper, lower = pressure[SYSTOLIC], pressure[DIASTOLIC]
        if upper and lower and upper.value is not None and lower.value is not None:
            return f"{round(upper.value)}/{round(lower.value)}"
    if view.value_quantity and view.value_quantity.value is not None:
        return _quantity(view.value_quantity)
    if view.value_integer is not None:
        return words.number(view.value_integer)
    return words.concept_words(view.value_codeable_concept) or view.value_string or ""


def _quantity(quantity: r4.Quantity) -> str:
    value = words.number(round(quantity.value, 2)) if quantity.value is not None else ""
    unit = quantity.unit or ""
    if unit == "%":
        return f"{value}%"
    plain = {"mm[Hg]", "mmol/L", "meq/L", "mEq/L", "mL/min/{1.73_m2}", "{score}", "/min", "kg/m2", "mIU/L", "u[IU]/mL"}
    return value if not unit or unit in plain else f"{value} {unit.strip('[]').replace('_av', '')}"


def last_measured(facts: Facts) -> list[Measured]:
    """One line a kind, in the board's order."""
    by_name: dict[str, list[Fact[r4.Observation]]] = {}
    for fact in facts.observed(*SHORT_NAMES):
        name = SHORT_NAMES.get(words.code_in(fact.view.code, words.LOINC), "")
        if name in ON_BOARD and fact.on is not None:
            by_name.setdefault(name, []).append(fact)
    return [_line(name, by_name[name]) for name in ON_BOARD if name in by_name]


def _line(name: str, newest_first: Sequence[Fact[r4.Observation]]) -> Measured:
    value = value_words(newest_first[0].view)
    earlier = next((value_words(fact.view) for fact in newest_first[1:] if fact.on != newest_first[0].on), "")
    on = newest_first[0].on
    assert on is not None
    return Measured(name, value, on, earlier if earlier != value and name != "BP" else "")
