"""What a gateway asks the decision service, made up: about patients its organization knows, hidden ones, and nobody."""

import json
import random

from hallway.app.prove.cast import Cast
from hallway.app.prove.facts import NUMBERS

CONSULT, DECISIONS = "gateways:consult", "gateways:decisions"
EXITS = frozenset({CONSULT, DECISIONS})
_ITEMS: tuple[dict[str, object], ...] = (
    {"type": "Observation", "codes": [{"system": "http://loinc.org", "code": "8480-6"}]},
    {"type": "DocumentReference", "noteKind": "progress", "security": ["PSY"], "licence": "counselor"},
    {"type": "DocumentReference", "noteKind": "psychotherapy", "security": ["PSYTHPN"]},
    {"type": "Condition", "codes": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "F11.20"}]},
    {"type": "Condition", "security": ["42CFRPart2"], "receivedUnderNotice": True},
    {"type": "Observation"},
)


def made_up(exit_name: str, cast: Cast, dice: random.Random) -> tuple[str, bytes]:
    """A credential and the body to send with it."""
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
