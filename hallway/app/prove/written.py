"""Writes at the FHIR door, of every form it takes: new, in place of, patched, gone, by a condition, in a Bundle."""

import base64
import json
import random
from collections.abc import Callable
from urllib.parse import urlencode

from hallway.app.prove import facts, searched, shaped
from hallway.app.prove.cast import MARKER, Cast

Json = dict[str, object]
Pairs = tuple[tuple[str, str], ...]
PATCH = "application/json-patch+json"
KINDS = ("Condition", "Observation", "Encounter", "Condition", "Observation", "Communication", "Task", "Appointment")
STATUS = {"Observation": "final", "Encounter": "finished", "Communication": "completed", "Task": "accepted"}
_AMB: Json = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}


def _one(cast: Cast, dice: random.Random, name: str) -> str:
    """Mostly something of this side, sometimes hidden, sometimes nothing at all."""
    known, hidden = cast.known.get(name, []), cast.known.get(f"hidden_{name.removesuffix('_id')}", [])
    roll = dice.random()
    if roll < 0.1:
        return facts.new_id()
    return dice.choice(hidden if hidden and roll < 0.4 else known)


def resource(cast: Cast, kind: str, dice: random.Random) -> Json:
    """A resource about somebody, valid as R4, that may name what is hidden."""
    about = {"reference": f"Patient/{_one(cast, dice, 'patient_id')}"}
    coded: Json = {"coding": [{"system": facts.ICD, "code": dice.choice(("I10", "F32.1", "F11.20"))}]}
    made: Json = {"resourceType": kind, "subject": about, "identifier": [{"system": "urn:prove", "value": "w"}]}
    if kind in STATUS:
        made["status"] = STATUS[kind]
    if kind in ("Condition", "Observation"):
        made["code"] = coded
    if kind == "Encounter":
        made["class"] = _AMB
    if kind == "Task":
        made = {"resourceType": kind, "status": "accepted", "intent": "order", "for": about}
    if kind == "Appointment":
        made = {"resourceType": kind, "status": "cancelled", "participant": [{"actor": about, "status": "accepted"}]}
    if kind in ("Condition", "Observation", "Communication") and dice.random() < 0.6:
        made["encounter"] = {"reference": _reference(cast, dice, "Encounter")}
    if kind == "Observation" and dice.random() < 0.3:
        made["derivedFrom"] = [{"reference": _reference(cast, dice, "Observation")}]
    return made


def _reference(cast: Cast, dice: random.Random, kind: str) -> str:
    pool = dice.choice(("resource", "hidden_resource", "hidden_resource"))
    found = [one for one in cast.known.get(pool, []) if cast.kinds.get(one) == kind]
    return f"{kind}/{dice.choice(found) if found else facts.new_id()}"


def condition(cast: Cast, dice: random.Random, kind: str) -> str:
    """A search of this type that may find one, several, none, or only what is hidden."""
    pairs = dice.choice(
        (
            [("identifier", "urn:prove|w")],
            [("code", dice.choice(("I10", "F32.1", "F11.20")))],
            [("patient", _one(cast, dice, "patient_id")), ("code", dice.choice(("F11.20", "I10")))],
            [("_id", _one(cast, dice, "resource"))],
            [("patient.family", dice.choice(("Ejemplo", MARKER)))],
        )
    )
    return urlencode(pairs if kind in ("Condition", "Observation") else pairs[-1:])


Made = tuple[dict[str, str], str, str, bytes, str, Pairs]
"""Parts of the address, method, query, body, its content type, header fields."""


def _sent(body: object) -> bytes:
    return json.dumps(body).encode()


def _headers(cast: Cast, dice: random.Random, one: str = "") -> Pairs:
    found: list[tuple[str, str]] = []
    if dice.random() < 0.5:
        found.append(("Prefer", dice.choice(("return=minimal", "return=OperationOutcome", "handling=strict"))))
    if one and dice.random() < 0.4:
        found.append(("If-Match", f'W/"{dice.choice((cast.versions.get(one, "0"), "0"))}"'))
    return tuple(found)


def create(cast: Cast, dice: random.Random) -> Made:
    """A new resource; half of them on a condition."""
    kind = dice.choice(KINDS)
    headers = _headers(cast, dice)
    if dice.random() < 0.5:
        headers = (*headers, ("If-None-Exist", condition(cast, dice, kind)))
    return {"type": kind}, "POST", "", _sent(resource(cast, kind, dice)), "", headers


def _target(cast: Cast, dice: random.Random) -> tuple[str, str]:
    one = _one(cast, dice, "resource")
    return cast.kinds.get(one) or dice.choice(KINDS), one


def update(cast: Cast, dice: random.Random) -> Made:
    """Another version of something, hidden or not."""
    kind, one = _target(cast, dice)
    body = {**resource(cast, kind, dice), "id": one}
    return {"type": kind, "id": one}, "PUT", "", _sent(body), "", _headers(cast, dice, one)


def _operations(dice: random.Random) -> list[Json]:
    adds: Json = {"op": "add", "path": "/note", "value": [{"text": "patched"}]}
    tests: Json = {"op": "test", "path": "/code/coding/0/code", "value": dice.choice(("I10", "F11.20"))}
    return dice.choice(([adds], [tests, adds], []))


def patch(cast: Cast, dice: random.Random) -> Made:
    """A patch of something."""
    kind, one = _target(cast, dice)
    return {"type": kind, "id": one}, "PATCH", "", _sent(_operations(dice)), PATCH, _headers(cast, dice, one)


def delete(cast: Cast, dice: random.Random) -> Made:
    """Something goes."""
    kind, one = _target(cast, dice)
    return {"type": kind, "id": one}, "DELETE", "", b"", "", _headers(cast, dice, one)


def update_found(cast: Cast, dice: random.Random) -> Made:
    """Whatever a search finds is written anew."""
    kind = dice.choice(KINDS[:3])
    return {"type": kind}, "PUT", condition(cast, dice, kind), _sent(resource(cast, kind, dice)), "", ()


def patch_found(cast: Cast, dice: random.Random) -> Made:
    """Whatever a search finds is patched."""
    kind, found = dice.choice(KINDS[:3]), ""
    if dice.random() < 0.5:
        # By its id, of the right kind: chance alone would seldom meet one that may be patched.
        of_kind = [one for one in cast.known["resource"] if cast.kinds.get(one) == kind]
        found = urlencode({"_id": dice.choice(of_kind)}) if of_kind else ""
    return {"type": kind}, "PATCH", found or condition(cast, dice, kind), _sent(_operations(dice)), PATCH, ()


def delete_found(cast: Cast, dice: random.Random) -> Made:
    """Whatever a search finds goes."""
    kind = dice.choice(KINDS[:3])
    return {"type": kind}, "DELETE", condition(cast, dice, kind), b"", "", ()


_ENTRIES = (create, create, update, patch, delete, update_found, delete_found)


def _naming(cast: Cast, dice: random.Random) -> list[Json]:
    """A read, entries that name one another, and one that names what a search finds."""
    found: list[Json] = []
    if dice.random() < 0.5:
        kind, read = _target(cast, dice)
        found.append({"request": {"method": "GET", "url": f"{kind}/{read}"}})
    if dice.random() < 0.3:
        urn = f"urn:uuid:{facts.new_id()}"
        named: Json = {**resource(cast, "Observation", dice), "encounter": {"reference": urn}}
        found.append({"resource": named, "request": _posted("Observation")})
        visit = resource(cast, "Encounter", dice)
        found.append({"fullUrl": urn, "resource": visit, "request": _posted("Encounter")})
    if dice.random() < 0.3:
        by = {"reference": f"Encounter?{condition(cast, dice, 'Encounter')}"}
        looking: Json = {**resource(cast, "Observation", dice), "encounter": by}
        found.append({"resource": looking, "request": _posted("Observation")})
    return found


def _posted(kind: str) -> Json:
    return {"method": "POST", "url": kind}


def _calling(cast: Cast, dice: random.Random) -> list[Json]:
    """A posted search, an operation, a history: what an entry may ask beside resources."""
    found: list[Json] = []
    if dice.random() < 0.3:
        kind = dice.choice(searched.KINDS)
        form = [{"name": name, "valueString": value} for name, value in searched.pairs(cast, kind, dice, patient=True)]
        sent: Json = {"resourceType": "Parameters", "parameter": form}
        found.append({"resource": sent, "request": _posted(f"{kind}/_search")})
    if dice.random() < 0.2:
        found.append({"resource": json.loads(shaped.match(cast, dice).sent), "request": _posted("Patient/$match")})
    if dice.random() < 0.2:
        path = dice.choice((f"Observation/$lastn?{shaped.lastn(cast, dice).query}", "Condition/_history?_count=3"))
        found.append({"request": {"method": "GET", "url": path}})
    return found


def bundle(cast: Cast, dice: random.Random) -> Made:
    """A batch or transaction of these, with reads among them and names within."""
    entries: list[Json] = []
    for make in dice.sample(_ENTRIES, dice.choice((1, 2, 3))):
        parts, method, query, sent, _, headers = make(cast, dice)
        path = "/".join([parts["type"], *([parts["id"]] if "id" in parts else [])])
        request: Json = {"method": method, "url": f"{path}?{query}" if query else path}
        if found := [value for name, value in headers if name == "If-None-Exist"]:
            request["ifNoneExist"] = found[0]
        one: Json = {"request": request}
        if method == "PATCH":
            one["resource"] = {"resourceType": "Binary", "contentType": PATCH, "data": base64.b64encode(sent).decode()}
        elif sent:
            one["resource"] = json.loads(sent)
        entries.append(one)
    entries += [*_naming(cast, dice), *_calling(cast, dice)]
    kind = dice.choice(("batch", "transaction", "transaction"))
    return {}, "POST", "", _sent({"resourceType": "Bundle", "type": kind, "entry": entries}), "", _headers(cast, dice)


def validated(cast: Cast, dice: random.Random) -> Made:
    """What would be said of a resource, that may name what is hidden."""
    kind = dice.choice(KINDS)
    body: object = resource(cast, kind, dice)
    if dice.random() < 0.5:
        body = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": body}]}
    return {"type": kind}, "POST", dice.choice(("", "mode=create")), _sent(body), "", ()


def validated_there(cast: Cast, dice: random.Random) -> Made:
    """What is said of a resource that stands, hidden or not."""
    kind, one = _target(cast, dice)
    return {"type": kind, "id": one}, "GET", dice.choice(("", "mode=delete")), b"", "", ()


def validated_anew(cast: Cast, dice: random.Random) -> Made:
    """What would be said of its next version."""
    parts, _, _, sent, _, _ = update(cast, dice)
    return parts, "POST", "mode=update", sent, "", ()


WRITES: dict[str, Callable[[Cast, random.Random], Made]] = {
    "fhir:POST /fhir": bundle,
    "fhir:POST /fhir/{type}": create,
    "fhir:PUT /fhir/{type}/{id}": update,
    "fhir:PATCH /fhir/{type}/{id}": patch,
    "fhir:DELETE /fhir/{type}/{id}": delete,
    "fhir:PUT /fhir/{type}": update_found,
    "fhir:PATCH /fhir/{type}": patch_found,
    "fhir:DELETE /fhir/{type}": delete_found,
    "fhir:POST /fhir/{type}/$validate": validated,
    "fhir:/fhir/{type}/{id}/$validate": validated_there,
    "fhir:POST /fhir/{type}/{id}/$validate": validated_anew,
}
"""Exits whose requests are made here."""
