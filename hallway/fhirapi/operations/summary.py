"""``/fhir/Patient/{id}/$summary``: a document of what may flow, in the shape of the International Patient Summary.

A section holds what the gate lets through. One that is empty says only that nothing is available here: it is the same
whether nothing was charted or nothing may flow, so the document tells nothing of what is not in it. The Composition is
made for this answer and kept nowhere; its id follows from what it holds.
"""

import hashlib
from typing import NamedTuple
from uuid import UUID

import msgspec

from hallway import clock
from hallway.consent.grants import notices
from hallway.fhirapi import bundles, plans
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.operations import parameters
from hallway.record import queries
from hallway.record.evidence import Release
from hallway.record.queries import Wanted
from hallway.record.stored import Stored, instant

LOINC = "http://loinc.org"


class Section(NamedTuple):
    """One section: LOINC code, title, types, and for observations the categories that belong in it."""

    code: str
    title: str
    kinds: tuple[str, ...]
    categories: tuple[str, ...] = ()


SECTIONS = (
    Section("11450-4", "Problem list", ("Condition",)),
    Section("48765-2", "Allergies and intolerances", ("AllergyIntolerance",)),
    Section("10160-0", "Medicines", ("MedicationRequest", "MedicationStatement")),
    Section("11369-6", "Immunizations", ("Immunization",)),
    Section("47519-4", "Procedures", ("Procedure",)),
    Section("30954-2", "Results", ("DiagnosticReport", "Observation"), ("laboratory", "imaging", "survey")),
    Section("8716-3", "Vital signs", ("Observation",), ("vital-signs",)),
    Section("29762-2", "Social history", ("Observation",), ("social-history",)),
    Section("18776-5", "Plan of care", ("CarePlan", "Goal")),
)
KINDS = ("Patient", *dict.fromkeys(kind for section in SECTIONS for kind in section.kinds))
EMPTY = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/list-empty-reason", "code": "unavailable"}],
    "text": "Nothing is available here.",
}


def answer(asked: Asked) -> Answer:
    """The document Bundle. Raises NOT_FOUND for a patient whose own resource may not flow."""
    parameters.called(asked)
    held = asked.scopes.whole() if asked.scopes is not None else None
    # As everything does: there is no place here for the criteria of a type that a granular scope narrows.
    wanted = Wanted(tuple(kind for kind in KINDS if held is None or kind in held) or ("Nothing",))

    def attempt(fresh: bool) -> tuple[list[Stored], tuple[Release, ...]]:
        releases = plans.patient_releases(asked, asked.resource_id(), fresh=fresh)
        pages = [queries.read_slice(one, wanted, route=asked.route) for one in releases]
        return queries.newest_first([one for page in pages for one in page]), releases

    found, releases = plans.with_fresh_plan(attempt)
    patient = next((one for one in found if one.id == asked.parts["id"]), None)
    if patient is None:
        raise plans.not_found()
    placed = [(section, [one for one in found if _belongs(one, section)]) for section in SECTIONS]
    held = list({(one.kind, one.id): one for one in [patient, *(one for _, ones in placed for one in ones)]}.values())
    document = _document(asked, patient, placed, held)
    return Answer(200, bundles.document(document, notices.owed(releases, held)))


class _Coded(msgspec.Struct):
    category: object = None


def _belongs(one: Stored, section: Section) -> bool:
    if one.kind not in section.kinds:
        return False
    if one.kind != "Observation":
        return True
    category = msgspec.json.encode(msgspec.json.decode(one.body, type=_Coded).category)
    return any(b'"%b"' % word.encode() in category for word in section.categories)


def _document(
    asked: Asked, patient: Stored, placed: list[tuple[Section, list[Stored]]], held: list[Stored]
) -> list[bytes]:
    """The entries: the Composition first, then the patient, then what the sections name."""
    text = "|".join(f"{one.kind}/{one.id}/{one.version_id}" for one in held)
    made = UUID(bytes=hashlib.sha256(f"summary|{text}".encode()).digest()[:16], version=4)
    composition = {
        "resourceType": "Composition",
        "id": str(made),
        "status": "final",
        "type": {"coding": [{"system": LOINC, "code": "60591-5", "display": "Patient summary Document"}]},
        "subject": {"reference": f"Patient/{patient.id}"},
        "date": instant(clock.now()).decode(),
        "author": [{"display": "Hallway"}],
        "title": "Patient summary",
        "section": [_section(section, ones) for section, ones in placed],
    }
    first = bundles.entry(f"urn:uuid:{made}", msgspec.json.encode(composition))
    return [first, *(bundles.entry_of(one, asked.base) for one in held)]


def _section(section: Section, ones: list[Stored]) -> dict[str, object]:
    coded: dict[str, object] = {
        "title": section.title,
        "code": {"coding": [{"system": LOINC, "code": section.code}]},
    }
    if not ones:
        return coded | {"emptyReason": EMPTY}
    return coded | {"entry": [{"reference": f"{one.kind}/{one.id}"} for one in ones]}
