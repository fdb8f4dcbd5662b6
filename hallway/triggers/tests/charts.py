"""A chart that a psychiatrist and a primary care physician share, and what is put into it, for the tests of looks."""

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent.tests import town
from hallway.identity.requester import Requester, Role
from hallway.ids import ChartId, OrganizationId
from hallway.record.classes import DataClass
from hallway.triggers import looking
from hallway.triggers.tables import rows
from hallway.triggers.tables.rows import ROWS, Row

_DATES = ("authoredOn", "recordedDate", "effectiveDateTime", "sent")
NOW = datetime(2026, 11, 10, 15, 0, tzinfo=UTC)


class World(NamedTuple):
    """One patient, two practices."""

    chart: ChartId
    bh: OrganizationId
    pc: OrganizationId
    psychiatrist: Requester
    pcp: Requester


def world(*, is_shared: bool = True) -> World:
    """Both practices treat the patient; where it is not shared, primary care alone."""
    bh, pc = town.organization("Harbor", side="bh"), town.organization("Millbrook", side="pc")
    psychiatrist, pcp = town.person("Mindwell", bh, Role.PSYCHIATRIST), town.person("Carewell", pc, Role.PCP)
    chart = town.new_patient(bh if is_shared else pc)
    for who, role in ((psychiatrist, "psychiatrist"), (pcp, "pcp"))[0 if is_shared else 1 :]:
        consent.join_team(
            chart,
            by=town.LOADER,
            organization=who.organization_id,
            practitioner=who.practitioner_id,
            basis="assigned",
            role=role,
        )
    return World(chart, bh, pc, psychiatrist, pcp)


def put(chart: ChartId, source: OrganizationId, body: dict[str, Any], *, mask: int = 1, author: int = 0, rid: str = ""):
    """Store one resource, as any door does; its id."""
    kind = str(body["resourceType"])
    rid = rid or str(uuid.uuid4())
    text = json.dumps(body, separators=(",", ":"))
    one = town.labelled(chart, source, mask, kind=kind, author=author, resource_id=rid, body=text)
    at = next((datetime.fromisoformat(body[key]) for key in _DATES if key in body), None)
    consent.store([replace(one, dated_at=at)], by=town.LOADER)
    return rid


def lithium(at: datetime, *, status: str = "active", name: str = "lithium carbonate") -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": {"text": name, "coding": [RXNORM[name]]},
        "authoredOn": at.isoformat(),
    }


RXNORM = {
    "lithium carbonate": {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "6448"},
    "sertraline": {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "36437"},
}


def condition(at: datetime, code: str = "F32.1") -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}]},
        "recordedDate": at.isoformat(),
    }


def positive_answer(at: datetime) -> dict[str, Any]:
    """The ninth question of the PHQ-9, answered with two."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "44260-8"}]},
        "effectiveDateTime": at.isoformat(),
        "valueInteger": 2,
    }


LORAZEPAM = {"medicationCodeableConcept": {"text": "Lorazepam"}}


def drinking(at: datetime, *, days: int) -> dict[str, Any]:
    """The single alcohol question: days of heavy drinking in the last year."""
    return positive_answer(at) | {
        "code": {"coding": [{"system": "http://loinc.org", "code": "68517-2"}]},
        "valueInteger": days,
    }


def row(**changes: Any) -> dict[str, Row]:
    """One rule of the tests' own beside none: a diagnosis of another practice is told to primary care."""
    plain = {
        "id": "T999",
        "version": "test",
        "title": "A rule of the tests",
        "event": "e",
        "condition": "c",
        "action": "a",
        "owner": "pcp",
        "due": 3,
        "unit": "days",
        "escalation": "e",
        "suppress_days": 0,
        "stale_days": 60,
        "source": "test",
        "verified": False,
        "legal_review": False,
        "effective_from": datetime(2000, 1, 1).date(),
        "says": "{ago}",
        "sides": ["pc"],
        "when": [{"find": "fact", "kinds": ["Condition"], "whose": "other"}],
    }
    made = msgspec.convert(plain | changes, type=rows.Row)
    return {made.id: made}


def only(*names: str) -> dict[str, Row]:
    return {name: ROWS[name] for name in names}


def look(chart: ChartId, at: datetime = NOW) -> None:
    """What the worker does once it hears of a change."""
    with clock.stopped_at(at):
        looking.look(chart)


DAY = timedelta(days=1)
MH = int(DataClass.MH)
