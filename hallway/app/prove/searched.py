"""Searches at the FHIR door, of every form it takes: types of parameters, modifiers, orders, paths, counts, pages."""

import random
from urllib.parse import urlencode

from hallway.app.prove import facts
from hallway.app.prove.cast import MARKER, Cast
from hallway.fhirapi.search import registry

Pairs = list[tuple[str, str]]
CODES = ("I10", "F32.1", "F11.20", "44261-6", f"{facts.ICD}|F11.20", f"{facts.ICD}|", "|I10", "I10,F32.1,F11.20")
DATES = ("2026", "gt2020", "lt2026-11-22", "ge2026-11-01", "le2026", "sa2019-01-01", "eb2030", "ap2026-11", "ne2025")
NAMES = ("Ejem", "ejemplo", "Marisol", MARKER, MARKER[:4].lower(), "Otto", "zz")
FORMS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "Condition": (
        ("code", CODES), ("code:not", CODES[:4]), ("code:missing", ("true", "false")), ("recorded-date", DATES),
        ("clinical-status", ("active", "resolved")), ("subject:Patient.name", NAMES), ("patient.family", NAMES),
        ("encounter.status", ("finished", "planned")), ("encounter:missing", ("true", "false")),
        ("patient._has:Observation:patient:code", CODES),
    ),
    "Observation": (
        ("code", CODES), ("date", DATES), ("value-quantity", ("1", "gt1", "le27", "ap10", "ne3")),
        ("status", ("final", "final,amended")), ("subject:identifier", (f"{facts.NUMBERS}|1985-04-12",)),
        ("performer.name", NAMES), ("patient.birthdate", DATES), ("combo-code", CODES),
    ),
    "Encounter": (
        ("status", ("finished", "planned,finished")), ("date", DATES), ("_has:Condition:encounter:code", CODES),
        ("class", ("AMB", "VR")), ("patient.name", NAMES),
    ),
    "MedicationRequest": (
        ("code", ("1", "5640")), ("status", ("active",)), ("authoredon", DATES), ("intent", ("order",)),
        ("requester.name", NAMES),
    ),
    "DocumentReference": (("status", ("current",)), ("date", DATES), ("type:missing", ("true", "false"))),
    "Patient": (
        ("name", NAMES), ("family:contains", NAMES), ("given:exact", ("Marisol", "Otto", MARKER)), ("birthdate", DATES),
        ("identifier", (f"{facts.NUMBERS}|1985-04-12", f"{facts.NUMBERS}|")), ("gender", ("unknown", "female")),
        ("gender:in", ("http://hl7.org/fhir/ValueSet/administrative-gender",)),
        ("_has:Condition:patient:code", CODES), ("_has:Observation:subject:value-quantity", ("gt1",)),
        ("_has:Condition:patient:encounter.status", ("finished",)),
    ),
    "Practitioner": (("name", NAMES), ("family:contains", NAMES), ("active", ("true",))),
    "Provenance": (("recorded", DATES), ("target:missing", ("true", "false"))),
}  # fmt: skip
"""Parameter and values, by type: what each of the door's kinds of filter looks like."""
KINDS = tuple(FORMS)
_EVERY = (
    ("_lastUpdated", DATES),
    ("_security", ("R", "PSY", "42CFRPart2", "HIV")),
    ("_security:not", ("R", "PSY")),
    ("_tag:missing", ("true", "false")),
)
_SHAPES = (
    ("_count", ("0", "1", "2", "3", "50")),
    ("_total", ("accurate", "estimate", "none")),
    ("_summary", ("true", "text", "data", "count")),
    ("_elements", ("code", "subject,status")),
    ("_sort", ("_lastUpdated", "-_lastUpdated", "_id", "-_id")),
    ("_revinclude", ("Provenance:target", "Condition:encounter")),
)
_BY_KIND = {
    "Condition": (
        ("_include", ("Condition:encounter", "Condition:subject", "*")), ("_sort", ("code", "-recorded-date")),
    ),
    "Observation": (("_include", ("Observation:performer", "*")), ("_sort", ("date", "-date", "code"))),
    "Encounter": (
        ("_include", ("Encounter:*",)), ("_revinclude:iterate", ("Condition:encounter", "Provenance:target")),
    ),
    "MedicationRequest": (("_include", ("MedicationRequest:requester",)), ("_sort", ("authoredon",))),
    "Patient": (("_sort", ("name", "-birthdate")), ("_revinclude", ("Condition:patient", "Observation:subject"))),
}  # fmt: skip


def pairs(cast: Cast, kind: str, dice: random.Random, *, patient: bool) -> Pairs:
    """The parameters of one search of a type, about one patient or, without, about all."""
    asked: Pairs = []
    if patient and kind not in ("Patient", "Practitioner"):
        about = dice.choice(cast.known["patient_id"] * 3 + cast.known.get("hidden_patient", []))
        asked.append((dice.choice(("patient", "patient", "subject:Patient")), about))
    for _ in range(dice.choice((0, 1, 1, 2))):
        asked.append(_one(dice, (*FORMS.get(kind, ()), *_EVERY)))
    if dice.random() < 0.3:
        asked.append(_declared(cast, kind, dice))
    if dice.random() < 0.15:
        pool = cast.known.get(dice.choice(("resource", "hidden_resource", "patient_id", "hidden_patient")), [])
        asked.append(("_id", dice.choice(pool or ["none"])))
    shapes = {
        name: (name, value) for name, value in (_one(dice, (*_SHAPES, *_BY_KIND.get(kind, ()))) for _ in range(2))
    }
    if dice.random() < 0.2:
        name, value = _declared_shape(kind, dice)
        shapes[name] = (name, value)
    return [*asked, *(list(shapes.values()) if dice.random() < 0.8 else [])]


def _declared(cast: Cast, kind: str, dice: random.Random) -> tuple[str, str]:
    """Any parameter that the capability statement names for a type, with any modifier it takes."""
    one = dice.choice([known for _, known in sorted(registry.known(kind).items())] or [registry.COMMON["_id"]])
    modifier = dice.choice(("", "", *registry.modifiers(one)))
    if modifier == "missing":
        return f"{one.code}:missing", dice.choice(("true", "false"))
    name = f"{one.code}:{modifier}" if modifier else one.code
    pool = cast.known.get(dice.choice(("resource", "hidden_resource", "patient_id", "hidden_patient")), ["none"])
    values = {
        "date": DATES, "string": NAMES, "number": ("1", "gt0"), "quantity": ("1", "gt1", "le27||1"),
        "uri": ("urn:x", "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"),
        "composite": ("http://loinc.org|44261-6$gt1", "44261-6$gt2020", "44261-6$x"),
        "reference": tuple(f"{dice.choice(one.targets or ('Patient',))}/{each}" for each in pool),
    }.get(one.type, CODES)  # fmt: skip
    return name, dice.choice(values)


def _declared_shape(kind: str, dice: random.Random) -> tuple[str, str]:
    """Any path of inclusion and any key of an order that a type has."""
    ahead = [f"{kind}:{one.code}" for one in registry.references(kind)]
    back = [f"{source}:{code}" for source, code in registry.pointing_at(kind)]
    keys = sorted(registry.known(kind))
    shapes = [("_include", ahead), ("_include:iterate", ahead), ("_revinclude", back), ("_sort", keys)]
    name, values = dice.choice([(name, values) for name, values in shapes if values] or [("_sort", ["_id"])])
    return name, dice.choice(values)


def _one(dice: random.Random, forms: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[str, str]:
    name, values = dice.choice(forms)
    return name, dice.choice(values)


_TYPES = ("Condition,Observation,Encounter", "Condition", "DocumentReference,Patient,Provenance")
_OF_THE_PAST = (
    ("_count", ("1", "2", "50")),
    ("_since", ("2020-01-01T00:00:00Z", "2026-11-20T00:00:00Z", "2026-11-23T16:50:00Z", "2027")),
    ("_at", ("2026", "2026-11-23", "2026-11-23T16:50:00Z", "2026-11-23T16:55:00Z", "2025")),
    ("_sort", ("_lastUpdated", "-_lastUpdated")),
)


def past(dice: random.Random) -> Pairs:
    """The bounds and the order of a history."""
    return [_one(dice, (one,)) for one in dice.sample(_OF_THE_PAST, dice.choice((0, 1, 1, 2)))]


def query_of(cast: Cast, shape: str, kind: str, dice: random.Random) -> str:
    """The query, or the form, of a request to one of the door's searches."""
    if shape.endswith("_history"):
        asked = past(dice) + ([] if "{type}" in shape or dice.random() < 0.1 else [("_type", dice.choice(_TYPES))])
    elif "{id}" in shape:
        asked = pairs(cast, kind, dice, patient=False)
    elif "{type}" in shape:
        asked = pairs(cast, kind, dice, patient=dice.random() < 0.6)
    else:
        kinds = ",".join(dice.sample(("Condition", "Observation", "Encounter", "MedicationRequest"), 2))
        about = dice.choice(cast.known["patient_id"] * 3 + cast.known.get("hidden_patient", []))
        asked = [("_type", kinds), _one(dice, _EVERY), _one(dice, _SHAPES)]
        asked += [("patient", about)] if dice.random() < 0.6 else []
    return urlencode(asked)
