"""A questionnaire of our own wording, filled beforehand from the chart: what a patient goes through before a visit."""

import json

from hallway.consent import actions as consent
from hallway.identity.requester import Requester
from hallway.labels.source import Source

Json = dict[str, object]
URL = "urn:hallway:questionnaire:before-the-first-visit"
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
_WORDS = "select(iif(text.exists(), text, coding.display.first()))"
_LAUNCHED = {"system": "http://hl7.org/fhir/uv/sdc/CodeSystem/launchContext", "code": "patient"}


def _expression(url: str, text: str, *, name: str = "", language: str = "text/fhirpath") -> list[Json]:
    named = {"name": name} if name else {}
    return [{"url": _SDC + url, "valueExpression": {**named, "language": language, "expression": text}}]


def _filled(link: str, kind: str, text: str, path: str) -> Json:
    return {"linkId": link, "text": text, "type": kind, "extension": _expression("initialExpression", path)}


def _each(link: str, text: str, query: str, name: str, *items: Json) -> Json:
    """A group that stands once for each thing that a query finds."""
    found = _expression("itemPopulationContext", query, name=name, language="application/x-fhir-query")
    return {"linkId": link, "text": text, "type": "group", "repeats": True, "extension": found, "item": list(items)}


def _weight() -> Json:
    year = {"value": 1, "unit": "year", "system": "http://unitsofmeasure.org", "code": "a"}
    return {
        "linkId": "5",
        "text": "Your last weight in our records",
        "type": "quantity",
        "code": [{"system": "http://loinc.org", "code": "29463-7"}],
        "extension": [{"url": f"{_SDC}observationLinkPeriod", "valueDuration": year}],
    }


def before_the_first_visit() -> bytes:
    """The Questionnaire resource."""
    opened = [
        {"url": "name", "valueCoding": _LAUNCHED},
        {"url": "type", "valueCode": "Patient"},
    ]
    items = [
        _filled("1", "string", "Your name", "%patient.name.first().select(given.first() & ' ' & family)"),
        _filled("2", "date", "Your date of birth", "%patient.birthDate"),
        _each(
            "3", "Medicines our records say you take", "MedicationRequest?status=active&patient={{%patient.id}}",
            "medicine",
            _filled("3.1", "string", "Medicine", f"%medicine.medication.{_WORDS}"),
            {"linkId": "3.2", "text": "Do you still take it?", "type": "boolean"},
            {"linkId": "3.3", "text": "How do you take it?", "type": "string"},
        ),
        _each(
            "4", "Allergies in our records", "AllergyIntolerance?patient={{%patient.id}}", "allergy",
            _filled("4.1", "string", "What you react to", f"%allergy.code.{_WORDS}"),
            {"linkId": "4.2", "text": "Is that right?", "type": "boolean"},
        ),
        _weight(),
        {"linkId": "6", "text": "What is missing here, or wrong?", "type": "text"},
    ]  # fmt: skip
    whole = {
        "resourceType": "Questionnaire",
        "extension": [{"url": f"{_SDC}launchContext", "extension": opened}],
        "url": URL,
        "version": "1",
        "name": "BeforeTheFirstVisit",
        "title": "Before the first visit: medicines and allergies",
        "status": "active",
        "subjectType": ["Patient"],
        "publisher": "Hallway",
        "item": items,
    }
    return json.dumps(whole, separators=(",", ":")).encode()


def keep(by: Requester) -> str:
    """Store it as of somebody's organization; its id."""
    (written,) = consent.store([before_the_first_visit()], by=by, source=Source(by.organization_id))
    return str(written.id)
