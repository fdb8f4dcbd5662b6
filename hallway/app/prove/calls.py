"""What a gateway or another EHR asks, made up: about patients its organization knows, hidden ones, and nobody."""

import json
import random
from dataclasses import dataclass, field

from hallway.app.prove import systems
from hallway.app.prove.cast import Cast
from hallway.app.prove.facts import NUMBERS, new_id
from hallway.app.prove.shaped import aside
from hallway.exchange.cds_hooks.tables import services

CONSULT, DECISIONS = "gateways:consult", "gateways:decisions"
HOOK, TOLD = "gateways:hook", "gateways:told"
EXITS = frozenset({CONSULT, DECISIONS, HOOK, TOLD})
_HOOKS = tuple(sorted(services.SERVICES.keys() - {services.CONSULT}))
_PLACES = ("millbrook", "northgate")
_ITEMS: tuple[dict[str, object], ...] = (
    {"type": "Observation", "codes": [{"system": "http://loinc.org", "code": "8480-6"}]},
    {"type": "DocumentReference", "noteKind": "progress", "security": ["PSY"], "licence": "counselor"},
    {"type": "DocumentReference", "noteKind": "psychotherapy", "security": ["PSYTHPN"]},
    {"type": "Condition", "codes": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "F11.20"}]},
    {"type": "Condition", "security": ["42CFRPart2"], "receivedUnderNotice": True},
    {"type": "Observation"},
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A credential, the body to send with it, and what fills the address."""

    credential: str
    body: bytes
    values: dict[str, str] = field(default_factory=dict[str, str])


def made_up(exit_name: str, cast: Cast, dice: random.Random) -> Sent:
    """A call of one of these exits."""
    if exit_name == HOOK:
        return _hook(cast, dice)
    if exit_name == TOLD:
        return _told(cast, dice)
    return Sent(*_decision(exit_name, cast, dice))


def _hook(cast: Cast, dice: random.Random) -> Sent:
    """A person of the caller's own practice, or of another, looks at a patient by our id, by a number, or by both."""
    place, other = dice.sample(_PLACES, 2)
    people = [*cast.known[f"user_of_{place}"] * 3, *cast.known[f"user_of_{other}"], "nobody"]
    kinds = ("patient_id", "patient_id", "hidden_patient", "nobody")
    pool = cast.known.get(dice.choice(kinds), [])
    context = {
        "userId": f"Practitioner/{dice.choice(people)}",
        "patientId": dice.choice(pool) if pool and dice.random() < 0.8 else "their-own-id",
        "encounterId": "their-encounter",
        "draftOrders": {"resourceType": "Bundle", "entry": []},
    }
    born = dice.choice(("1985-04-12", "1985-04-12", "1979-08-30", "1962-09-30", "1900-01-01"))
    patient = {"resourceType": "Patient", "identifier": [{"system": NUMBERS, "value": born}]}
    prefetch = {"patient": patient} if dice.random() < 0.4 else {}
    service = dice.choice((*_HOOKS, "patient-view", "patient-view"))
    body = {"hook": service, "hookInstance": "1", "context": context, "prefetch": prefetch}
    shown = _shown(cast, place, f"/cds-services/{service}", dice)
    return Sent(shown, json.dumps(body).encode(), {"service": service})


def _shown(cast: Cast, place: str, path: str, dice: random.Random) -> str:
    """The credential of a practice's client, or as often a token signed by its chart system."""
    own = aside(dice, "signed")
    return cast.known[f"credential_of_{place}"][0] if own.random() < 0.5 else systems.token(cast, place, path, own)


def _told(cast: Cast, dice: random.Random) -> Sent:
    """What became of a card: of one that the practice was given, of another's, or of one that never was."""
    place, other = dice.sample(_PLACES, 2)
    cards = [cast.known.get(f"card_of_{one}", []) for one in (place, place, place, other)]
    one = {"card": dice.choice(dice.choice(cards) or [new_id()]), "outcome": dice.choice(("accepted", "overridden"))}
    service = "patient-view" if dice.random() < 0.7 else dice.choice(_HOOKS)
    shown = _shown(cast, place, f"/cds-services/{service}/feedback", dice)
    return Sent(shown, json.dumps({"feedback": [one]}).encode(), {"service": service})


def _decision(exit_name: str, cast: Cast, dice: random.Random) -> tuple[str, bytes]:
    credential = dice.choice([*cast.known["credential"] * 4, "nobody"])
    born = dice.choice(("1985-04-12", "1985-04-12", "1979-08-30", "1971-01-01", "1900-01-01"))
    who = [{"system": NUMBERS, "value": born}]
    items = [{"id": f"i{n}", **one} for n, one in enumerate(dice.sample(_ITEMS, dice.randint(1, len(_ITEMS))))]
    purpose = dice.choice(("TREAT", "TREAT", "PAY", "OPS", "EMERG", "LEGAL", "SURPRISE"))
    if exit_name == CONSULT:
        context = {"patientId": who, "actor": who, "purposeOfUse": purpose}
        context |= {"content": items} if dice.random() < 0.6 else {}
        call = {"hook": "patient-consent-consult", "hookInstance": "1", "context": context}
        return credential, json.dumps(call).encode()
    recipient = dice.choice(({"kind": "provider", "relation": "treating"}, {"kind": "plan"}, {"npi": "1234567893"}))
    asked = {"patient": {"identifier": who}, "recipient": recipient, "purpose": purpose, "items": items}
    return credential, json.dumps(asked).encode()
