"""The labelled set: what it holds and how the labeller's error rates are counted on it. Pure.

Each phrase of ``phrases.txt`` stands in two resources: in a short element and in running text. Phrases were written and
labelled by reading, before the tables were tuned; every second one is held out, and no row was written for its sake.
``sources.toml`` holds cases where the source decides and not the words.
"""

import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hallway.labels import content, table
from hallway.labels.rules import SourceFacts, judge
from hallway.record.classes import DataClass

HERE = Path(__file__).parent
PRIMARY = SourceFacts(side="pc", kind="primary_care", state="MA", is_part2=False)
OF_CONTENT = ("MH", "HIV", "GENETIC", "REPRO", "GENDER", "SEX_ASSAULT", "DV")
"""Classes that the words and codes of a resource decide."""
PATIENT = {"reference": "Patient/01900000-0000-7000-8000-000000000001"}
SNOMED = "http://snomed.info/sct"
Body = dict[str, Any]


@dataclass(frozen=True)
class Item:
    """One resource with the classes it has, by reading. ``held_out``: no table row was written for its sake."""

    id: str
    carrier: str
    resource: Body
    expected: frozenset[str]
    held_out: bool = False


def _concept(text: str) -> Body:
    return {"coding": [{"system": SNOMED, "code": "138875005", "display": text}]}


def _attached(kind: str, text: str) -> Body:
    data = base64.b64encode(text.encode()).decode()
    return {"resourceType": "DocumentReference", "status": "current", "subject": PATIENT,
            "content": [{"attachment": {"contentType": kind, "data": data}}]}  # fmt: skip


def _asked(text: str) -> Body:
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "subject": PATIENT,
            "item": [{"linkId": "1", "text": "What brings you here?", "answer": [{"valueString": text}]}]}  # fmt: skip


def _booked(**more: object) -> Body:
    return {"resourceType": "Appointment", "status": "booked", "participant": [{"actor": PATIENT}]} | more


def _inside(text: str) -> Body:
    inner = {"resourceType": "Condition", "id": "c", "subject": PATIENT, "code": {"text": text}}
    return {"resourceType": "CarePlan", "status": "active", "subject": PATIENT, "contained": [inner],
            "addresses": [{"reference": "#c"}]}  # fmt: skip


SHORT: dict[str, Callable[[str], Body]] = {
    "condition text": lambda t: {"resourceType": "Condition", "subject": PATIENT, "code": {"text": t}},
    "condition display": lambda t: {"resourceType": "Condition", "subject": PATIENT, "code": _concept(t)},
    "observation value": lambda t: {"resourceType": "Observation", "subject": PATIENT, "valueString": t},
    "task reason": lambda t: {"resourceType": "Task", "for": PATIENT, "reasonCode": {"text": t}},
    "appointment comment": lambda t: _booked(comment=t),
    "appointment service": lambda t: _booked(serviceType=[_concept(t)]),
    "medicine": lambda t: {"resourceType": "MedicationRequest", "subject": PATIENT,
                           "medicationCodeableConcept": {"text": t}},
    "procedure": lambda t: {"resourceType": "Procedure", "subject": PATIENT, "code": _concept(t)},
    "reaction": lambda t: {"resourceType": "AllergyIntolerance", "patient": PATIENT, "reaction": [{"description": t}]},
    "answer": _asked,
    "reference display": lambda t: {"resourceType": "ServiceRequest", "subject": PATIENT,
                                    "performer": [{"reference": "HealthcareService/1", "display": t}]},
    "contained": _inside,
    "extension": lambda t: {"resourceType": "Encounter", "subject": PATIENT,
                            "extension": [{"url": "http://example.org/why", "valueString": t}]},
}  # fmt: skip
LONG: dict[str, Callable[[str], Body]] = {
    "narrative": lambda t: {"resourceType": "Observation", "subject": PATIENT, "text": {
        "status": "generated",
        "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>Seen today.</p><p>{t}.</p></div>'}},
    "note": lambda t: _attached("text/plain", f"Seen today for a check.\n\n{t}. Will follow up in a month."),
    "html note": lambda t: _attached("text/html", f"<h1>Visit</h1><p>Seen today.</p><ul><li>{t}</li></ul>"),
    "message": lambda t: {"resourceType": "Communication", "status": "completed", "subject": PATIENT,
                          "payload": [{"contentString": f"Dear doctor, please note: {t}. Thank you."}]},
    "plan": lambda t: {"resourceType": "CarePlan", "subject": PATIENT, "description": f"First visit.\n{t}\nEnd."},
    "conclusion": lambda t: {"resourceType": "DiagnosticReport", "subject": PATIENT,
                             "conclusion": f"Reviewed with the patient. {t}. No further work-up."},
    "annotation": lambda t: {"resourceType": "Goal", "subject": PATIENT, "note": [{"text": f"Talked: {t}"}]},
}  # fmt: skip


@cache
def phrases() -> tuple[tuple[frozenset[str], str], ...]:
    """Every phrase with its classes, in the order of the file."""
    lines = (HERE / "phrases.txt").read_text("utf-8").splitlines()
    pairs = (line.split(" | ", 1) for line in lines if line and not line.startswith("#"))
    return tuple((frozenset(classes.split()) - {"-"}, phrase) for classes, phrase in pairs)


@cache
def items() -> tuple[Item, ...]:
    """Every phrase in a short element and in running text."""
    return tuple(
        Item(f"{number}{which}", name, build(phrase), classes, held_out=number % 2 == 1)
        for number, (classes, phrase) in enumerate(phrases())
        for which, carriers in (("s", SHORT), ("l", LONG))
        for name, build in [list(carriers.items())[(number // 2) % len(carriers)]]
    )


def found(item: Item) -> frozenset[str]:
    """The classes of content that the labeller gives an item."""
    return _content_classes(judge(item.resource, encoded(item.resource), PRIMARY).mask)


def _content_classes(mask: int) -> frozenset[str]:
    return frozenset(name for name in OF_CONTENT if mask & DataClass[name])


def encoded(resource: Body) -> bytes:
    """A resource as it is stored."""
    return json.dumps(resource, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True)
class Count:
    """Hits and errors on one class. ``missed`` are leaks: the class stands in the item and not in its label."""

    name: str
    right: int
    missed: int
    added: int

    @property
    def recall(self) -> float:
        """Share of the items with the class that were labelled so."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def precision(self) -> float:
        """Share of the items labelled so that have the class."""
        return self.right / (self.right + self.added) if self.right + self.added else 1.0


def counts(judged: Sequence[tuple[frozenset[str], frozenset[str]]]) -> Iterator[Count]:
    """Hits and errors of each class over pairs of what is so and what was found."""
    for name in OF_CONTENT:
        yield Count(
            name,
            sum(name in so and name in said for so, said in judged),
            sum(name in so and name not in said for so, said in judged),
            sum(name not in so and name in said for so, said in judged),
        )


# Text that others wrote ----------------------------------------------------------------------------------------------


def described_codes(*, unseen: bool) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """What the tables say of an ICD-10-CM code, and what the words of its official description say: two sources.

    A sample of the April 2026 codes (CDC and CMS, public domain): every second sensitive one, every fourteenth other.
    Half of the categories were never looked at while the words were chosen: those are ``unseen``.
    """
    with gzip.open(HERE / "icd10cm_sample.tsv.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            code, _, description = line.rstrip("\n").partition("\t")
            if (zlib.crc32(code[:3].encode()) & 1) == unseen:
                yield _content_classes(table.of_icd(code).mask), _content_classes(content.of_text(description).mask)


def read_displays(displays: Sequence[str]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """What a person reads in a display of the synthetic lives, and what the labeller reads in it."""
    rows = (line.split("\t") for line in (HERE / "synthetic_lives.tsv").read_text().splitlines() if line[0] != "#")
    read = {digest: frozenset(classes.split()) for digest, classes in rows}
    for display in displays:
        digest = hashlib.blake2b(display.encode(), digest_size=6).hexdigest()
        yield read.get(digest, frozenset()), _content_classes(content.of_text(display).mask)
