"""Words on a chart, from codes and dates as they were sent. Pure."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from hallway.standards.fhir import r4
from hallway.zones import NETWORK_ZONE

ZONE = NETWORK_ZONE
LOINC = "http://loinc.org"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"

SEMANTIC_TAG = re.compile(r" \((?:disorder|finding|situation|procedure|regime/therapy|person|qualifier value)\)$")
STRENGTH = re.compile(
    r"(?P<name>.*?)\s+(?P<amount>\d[\d,]*(?:\.\d+)?(?:[-/]\d[\d,.]*)?)\s*"
    r"(?P<unit>mg|mcg|g|mL|units?|meq|mg/mL|actuat)\b(?P<rest>.*)",
    re.IGNORECASE,
)


def concept_words(concept: r4.CodeableConcept | None) -> str:
    """What a coded statement says: its text, else its first display, without SNOMED's tag in brackets."""
    if concept is None:
        return ""
    displays = (coding.display for coding in concept.coding or () if coding.display)
    words = concept.text or next(displays, "")
    return SEMANTIC_TAG.sub("", words)


def code_in(concept: r4.CodeableConcept | None, system: str) -> str:
    """The first code from ``system``, or nothing."""
    if concept is None:
        return ""
    return next((coding.code for coding in concept.coding or () if coding.system == system and coding.code), "")


def display_code(concept: r4.CodeableConcept | None) -> str:
    """The code worth a column: ICD-10-CM. Other systems' codes say nothing to a reader."""
    return code_in(concept, ICD_10_CM)


def codes_of(concepts: Sequence[r4.CodeableConcept] | None) -> set[str]:
    """Every code of every concept, whatever its system."""
    return {coding.code for concept in concepts or () for coding in concept.coding or () if coding.code}


SPANISH = ("spanish", "español")
"""How a record names it where it gives no code."""


def prefers_spanish(patient: r4.Patient | None) -> bool:
    """Whether the language that a record prefers, or names first, is Spanish: by its code, else by its name."""
    spoken = patient.communication if patient else ()
    first = min(spoken or (), key=lambda one: not one.preferred, default=None)
    if first is None or first.language is None:
        return False
    codes = {code.partition("-")[0].lower() for code in codes_of([first.language])}
    return "es" in codes or concept_words(first.language).lower().startswith(SPANISH)


def instant(text: str | None) -> datetime | None:
    """An aware instant in the practice's zone, or None for a bare date, a part of one, or nothing."""
    if not text or "T" not in text:
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return parsed.astimezone(ZONE) if parsed.tzinfo else parsed.replace(tzinfo=ZONE)


def day(text: str | None) -> date | None:
    """The calendar day of a FHIR date or dateTime; a year or month alone gives its first day."""
    at = instant(text)
    if at is not None:
        return at.date()
    parts = [int(part) for part in (text or "")[:10].split("-") if part.isdigit()]
    try:
        return date(*[*parts, 1, 1][:3]) if parts else None
    except ValueError:
        return None


def since(text: str | None, *, today: date) -> str:
    """ "Jun 2026" this year or last, "2011" before: as exact as a problem list needs, never more than was sent."""
    on = day(text)
    if on is None:
        return ""
    exact_to_month = len(text or "") >= 7
    return on.strftime("%b %Y") if exact_to_month and on.year >= today.year - 1 else str(on.year)


def number(value: Decimal | float | int | str) -> str:
    """0.5 not .5, 5 not 5.0, 1,000 with its comma (safety lists)."""
    exact = Decimal(str(value)).normalize()
    return f"{exact:,f}"


def one_dose(words: str) -> tuple[str, str, str]:
    """Name, "25 mg" and the rest of a medicine's words; the strength is empty when none is said.

    The rest keeps the form ("extended release tablet") in lower case. Nothing is dropped: what is not understood stays
    in the name.
    """
    match = STRENGTH.fullmatch(words.strip())
    if match is None:
        return capital(words.strip()), "", ""
    amounts = [number(part.replace(",", "")) for part in re.split(r"[-/]", match["amount"])]
    unit = match["unit"] if match["unit"] == "mL" else match["unit"].lower()
    return capital(match["name"].strip(" ,")), f"{'/'.join(amounts)} {unit}", match["rest"].strip(" ,").lower()


def capital(words: str) -> str:
    """The first letter large, the others as they are; a drug list in capitals becomes small."""
    if words.isupper() and len(words) > 4:
        words = words.lower()
    return words[:1].upper() + words[1:]
