"""What a scope means, in words that a person can say yes or no to. Pure."""

import re
from dataclasses import dataclass

from hallway.identity.scopes import Scope, Wanted

KINDS = {
    "*": "everything in the record",
    "AllergyIntolerance": "allergies",
    "Appointment": "appointments",
    "CarePlan": "care plans",
    "CareTeam": "who is on the care team",
    "Communication": "messages between practices",
    "Condition": "problems and diagnoses",
    "Consent": "forms about sharing",
    "Coverage": "insurance",
    "Device": "devices",
    "DiagnosticReport": "reports of tests",
    "DocumentReference": "notes and documents",
    "Encounter": "visits",
    "Goal": "goals",
    "Immunization": "vaccinations",
    "Location": "places",
    "Medication": "medicines",
    "MedicationRequest": "prescriptions",
    "Observation": "measurements, lab results and scores",
    "Organization": "practices",
    "Patient": "name, birth date and contact details",
    "Practitioner": "clinicians' names",
    "PractitionerRole": "where clinicians work",
    "Procedure": "procedures",
    "Provenance": "who wrote what",
    "QuestionnaireResponse": "answers to questionnaires",
    "RelatedPerson": "family and friends",
    "ServiceRequest": "referrals and orders",
    "Task": "steps of referrals",
}
PLAIN = {
    "openid": "Know that it is you",
    "fhirUser": "Know who you are in the directory",
    "profile": "Know your name",
    "launch": "Know which patient you opened it from",
    "launch/patient": "Know which patient you choose",
    "launch/encounter": "Know which visit you opened it from",
    "offline_access": "Go on when you have signed out, for 90 days at most",
    "online_access": "Go on while you are signed in",
}
HL7 = "http://terminology.hl7.org/CodeSystem/"
_PIECE = re.compile(r"(?:\\.|[^,])+")
"""One of several values; a comma behind a backslash is part of it."""
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9\-]{0,40}")
VERBS = (("r", "read"), ("s", "search"), ("c", "add"), ("u", "change"), ("d", "remove"))


@dataclass(frozen=True, slots=True)
class Line:
    """One scope to say yes or no to; ``changes`` where it would let the program write."""

    scope: str
    words: str
    small: str = ""
    changes: bool = False


def lines(wanted: Wanted) -> list[Line]:
    """Every scope as a line: what is about the record first, reading before writing."""
    clinical = sorted((_line(one) for one in wanted.clinical), key=lambda line: line.changes)
    return [*clinical, *(Line(name, words) for name, words in PLAIN.items() if name in wanted.plain)]


def _line(one: Scope) -> Line:
    verbs = [word for letter, word in VERBS if letter in one.verbs]
    said = verbs[0] if len(verbs) == 1 else f"{', '.join(verbs[:-1])} and {verbs[-1]}"
    kind = KINDS.get(one.kind, f"{one.kind} entries")
    whose = {"patient": "of this patient", "user": "of every patient you may open", "system": "of your organization"}
    small = "; ".join(f"{name} {_alternatives(value)}" for name, value in one.narrowing)
    return Line(
        one.text(),
        f"{said.capitalize()} {kind}, {whose[one.side]}",
        f"Only: {small}" if small else "",
        bool(set("cud") & set(one.verbs)),
    )


def _alternatives(value: str) -> str:
    """Every value that would do, for the program chose their order and none may stand behind another."""
    return " or ".join(_word(one) for one in _PIECE.findall(value)) or value


def _word(value: str) -> str:
    """The code alone where its system is one of HL7's, which names it; anything else as it was sent."""
    system, mark, code = value.partition("|")
    is_known = mark and system.startswith(HL7) and _CODE.fullmatch(code)
    return code if is_known else value
