"""Pure mapping from a Patient resource to the header that lists show."""

import unicodedata
from dataclasses import dataclass
from datetime import date

from hallway.standards.fhir import r4

_PRONOUNS = "http://hl7.org/fhir/StructureDefinition/individual-pronouns"


@dataclass(frozen=True, slots=True)
class HeaderRow:
    """The projection of one Patient resource."""

    family: str
    given: str
    family_key: str
    given_key: str
    birth_on: date | None
    gender: str
    pronouns: str
    record_number: str
    deceased: bool


def fold(text: str) -> str:
    """Text as it is compared in search: case-folded, compatibility forms and accents removed, one space between."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def header_of(body: bytes) -> HeaderRow:
    """The header of a Patient resource. A name of any script, or none, is taken as it is."""
    patient = r4.decode(body, r4.Patient)
    name = _used_name(patient.name)
    family = (name.family or name.text or "") if name else ""
    given = " ".join(name.given) if name else ""
    return HeaderRow(
        family=family[:200],
        given=given[:200],
        family_key=fold(family)[:200],
        given_key=fold(given)[:200],
        birth_on=_day(patient.birth_date),
        gender=(patient.gender or "")[:20],
        pronouns=_pronouns(patient)[:40],
        record_number=_record_number(patient)[:80],
        deceased=bool(patient.deceased_boolean or patient.deceased_date_time),
    )


def _used_name(names: tuple[r4.HumanName, ...]) -> r4.HumanName | None:
    for use in ("usual", "official", None):
        for name in names:
            if use is None or name.use == use:
                return name
    return None


def _day(text: str | None) -> date | None:
    """A whole date, or None: a year or month alone is no birth date to match by."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _pronouns(patient: r4.Patient) -> str:
    for extension in patient.extension:
        if extension.url == _PRONOUNS:
            for inner in extension.extension:
                if inner.value_codeable_concept:
                    return inner.value_codeable_concept.text or ""
    return ""


_NO_RECORD_NUMBER = frozenset({"SS", "SB", "DL", "PPN", "TAX", "MA", "MC"})
"""Identifier types that are no practice's record number and must not be shown as one."""


def _record_number(patient: r4.Patient) -> str:
    """The medical record number, or the first identifier of no type that is somebody else's."""
    plain = ""
    for identifier in patient.identifier:
        codes = {coding.code for coding in identifier.type.coding} if identifier.type else set[str | None]()
        if "MR" in codes:
            return identifier.value or ""
        if not codes & _NO_RECORD_NUMBER and not plain and not identifier.type:
            plain = identifier.value or ""
    return plain
