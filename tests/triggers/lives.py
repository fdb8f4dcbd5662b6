"""Three invented years of a patient between two practices, and how word of them arrives: late, twice, out of order,
corrected, entered in error."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

BEGUN = datetime(2023, 11, 1, 14, 0, tzinfo=UTC)
DAYS = 3 * 365
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
DIAGNOSES = ("F32.1", "F33.0", "F41.1", "F43.20", "F10.20", "E11.9", "I10", "G47.00", "M54.5", "Z00.00")
DRUGS = ("6448", "36437", "6809", "29046")
SCORES = (("44261-6", 27), ("70274-6", 21), ("44260-8", 3), ("55758-7", 6))
MEASURES = (("4548-4", 5, 11), ("2345-7", 80, 260), ("8867-4", 60, 140))


@dataclass(frozen=True)
class Sent:
    """One version of a resource as it arrives: who sent it, what it says, when Hallway gets it."""

    rid: str
    side: str
    body: dict[str, Any]
    arrives_at: datetime


def life(seed: int, *, events: int = 40) -> list[Sent]:
    """Everything that is sent about one patient, in the order of its arrival."""
    dice = random.Random(seed)
    sent: list[Sent] = []
    known: list[Sent] = []
    for _ in range(events):
        at = BEGUN + timedelta(days=dice.randrange(DAYS), minutes=dice.randrange(600))
        one = _event(dice, at, known)
        known.append(one)
        sent.append(one)
        sent += _again(dice, one)
    # No two at one instant, so that both computations look as often.
    ordered = sorted(sent, key=lambda each: each.arrives_at)
    return [replace(one, arrives_at=one.arrives_at + timedelta(seconds=n)) for n, one in enumerate(ordered)]


def _event(dice: random.Random, at: datetime, known: list[Sent]) -> Sent:
    side = dice.choice(("bh", "pc"))
    made = dice.choice((_visit, _visit, _problem, _problem, _drug, _score, _score, _measure, _pressure, _message))
    late = timedelta(days=dice.randrange(1, 90)) if dice.random() < 0.3 else timedelta(minutes=5)
    rid = str(uuid.UUID(int=dice.getrandbits(128), version=4))
    return Sent(rid, side, made(dice, at, [one for one in known if one.side == side]), at + late)


def _again(dice: random.Random, one: Sent) -> Iterator[Sent]:
    """Sometimes the same comes twice, corrected, or as an error."""
    later = one.arrives_at + timedelta(days=dice.randrange(1, 60))
    roll = dice.random()
    if roll < 0.1:
        yield replace(one, arrives_at=later)
    elif roll < 0.15 and one.body["resourceType"] == "Observation":
        yield replace(one, rid=str(uuid.UUID(int=dice.getrandbits(128), version=4)), arrives_at=later)
    elif roll < 0.25:
        yield replace(one, body=_in_error(one.body), arrives_at=later)
    elif roll < 0.35 and "valueQuantity" in one.body:
        value = max(0, one.body["valueQuantity"]["value"] + dice.choice((-6, 6)))
        yield replace(one, body=one.body | {"valueQuantity": {"value": value}}, arrives_at=later)


def _in_error(body: dict[str, Any]) -> dict[str, Any]:
    if body["resourceType"] == "Condition":
        return body | {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}}
    return body | {"status": "entered-in-error"}


def _visit(dice: random.Random, at: datetime, known: list[Sent]) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "status": dice.choice(("finished", "finished", "finished", "planned", "cancelled")),
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "period": {"start": at.isoformat(), "end": (at + timedelta(hours=1)).isoformat()},
    }


def _problem(dice: random.Random, at: datetime, known: list[Sent]) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"code": dice.choice(("active", "active", "active", "resolved"))}]},
        "code": {"coding": [{"system": ICD, "code": dice.choice(DIAGNOSES)}]},
        "recordedDate": at.isoformat(),
    }


def _drug(dice: random.Random, at: datetime, known: list[Sent]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": dice.choice(DRUGS)}]},
        "authoredOn": at.isoformat(),
    }
    if dice.random() < 0.6:
        end = (at + timedelta(days=dice.randrange(20, 200))).isoformat()
        body["dispenseRequest"] = {"validityPeriod": {"end": end}}
    return body


def _observed(at: datetime, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "status": "final", "effectiveDateTime": at.isoformat(), **more}


def _coded(code: str) -> dict[str, Any]:
    return {"coding": [{"system": LOINC, "code": code}]}


def _score(dice: random.Random, at: datetime, known: list[Sent]) -> dict[str, Any]:
    code, most = dice.choice(SCORES)
    return _observed(at, code=_coded(code), valueQuantity={"value": dice.randrange(most + 1)})


def _measure(dice: random.Random, at: datetime, known: list[Sent]) -> dict[str, Any]:
    code, least, most = dice.choice(MEASURES)
    return _observed(at, code=_coded(code), valueQuantity={"value": dice.randrange(least, most)})


def _pressure(dice: random.Random, at: datetime, known: list[Sent]) -> dict[str, Any]:
    parts = (("8480-6", dice.randrange(110, 200)), ("8462-4", dice.randrange(60, 110)))
    component = [{"code": _coded(code), "valueQuantity": {"value": value}} for code, value in parts]
    return _observed(at, code=_coded("85354-9"), component=component)


def _message(dice: random.Random, at: datetime, known: list[Sent]) -> dict[str, Any]:
    """To the other practice, mostly about something that was charted here."""
    about = [f"{one.body['resourceType']}/{one.rid}" for one in dice.sample(known, min(len(known), 2))]
    return {
        "resourceType": "Communication",
        "status": dice.choice(("completed", "completed", "preparation")),
        "sent": at.isoformat(),
        "about": [{"reference": ref} for ref in about],
        "recipient": [{"reference": "Organization/the-other-one"}],
    }
