"""Valid requests of the newer kinds: pasts, value sets, questionnaires that are filled, bindings of a websocket."""

import json
import random
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tools.fuzz_fhir.wire import Request

if TYPE_CHECKING:
    from tools.fuzz_fhir.bases import Ground

JSON = "application/fhir+json"
_GENDER = "http://hl7.org/fhir/administrative-gender"
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
_PATHS = (
    "%patient.name.first().given",
    "%patient.birthDate",
    "%patient.name.where(use = 'official').family & ' x'",
    "today() - 3 days",
    "(1 | 2 | 3).aggregate($this + $total, 0)",
    "%context.descendants().count()",
    "%resource.repeat(item).linkId",
    "iif(%patient.exists(), 'yes', 'no')",
    "%nobody",
    "'a'.replaceMatches('(a+)+$', 'b')",
)
_QUERIES = ("Condition?patient={{%patient.id}}", "Observation?_count=2&_sort=-date", "Patient?_id={{%patient.id}}", "x")
_INSTANTS = ("2026-11-01", "2026-11-20T00:00:00Z", "2019", "2099-01-01T00:00:00+14:00", "ge2026", "gt2026-10-01")


def past(ground: "Ground", dice: random.Random, caller: str) -> Request:
    """What stood before: of one resource, of a type, of everything, in some order and between bounds."""
    kind, one = ground.id_of(dice)
    path = dice.choice((f"/fhir/{kind}/{one}/_history", f"/fhir/{kind}/_history", "/fhir/_history"))
    told = [
        ("_at", dice.choice(_INSTANTS)),
        ("_since", dice.choice(_INSTANTS)),
        ("_count", dice.choice(("0", "1", "3", "1000"))),
        ("_sort", dice.choice(("_lastUpdated", "-_lastUpdated", "none"))),
        ("_type", "Condition,Observation"),
    ]
    query = "&".join(f"{name}={quote(value)}" for name, value in told if dice.random() < 0.4)
    return ground.request("GET", f"{path}?{query}", caller)


def filled(ground: "Ground", dice: random.Random, caller: str) -> Request:
    """A questionnaire sent along, that asks a chart by expressions and by queries."""
    items = [_item(number, dice) for number in range(dice.randrange(1, 5))]
    patient = dice.choice((*ground.world.cast.known["patient_id"], ground.id_of(dice)[1]))
    sent = [
        {"name": "questionnaire", "resource": {"resourceType": "Questionnaire", "status": "draft", "item": items}},
        {"name": "subject", "valueReference": {"reference": f"Patient/{patient}"}},
    ]
    return ground.request("POST", "/fhir/Questionnaire/$populate", caller, _parameters(sent), JSON)


def _item(number: int, dice: random.Random) -> dict[str, Any]:
    if dice.random() < 0.3:
        told = {"name": "one", "language": "application/x-fhir-query", "expression": dice.choice(_QUERIES)}
        found = {"url": f"{_SDC}itemPopulationContext", "valueExpression": told}
        inner = [_asking(f"{number}.1", "%one.id")]
        return {"linkId": f"{number}", "type": "group", "repeats": True, "extension": [found], "item": inner}
    return _asking(f"{number}", dice.choice(_PATHS))


def _asking(link: str, path: str) -> dict[str, Any]:
    told = {"language": "text/fhirpath", "expression": path}
    return {
        "linkId": link,
        "type": "string",
        "extension": [{"url": f"{_SDC}initialExpression", "valueExpression": told}],
    }


def defined(ground: "Ground", dice: random.Random, caller: str) -> Request:
    """A value set of one's own: expanded as it is sent, or sent to be kept."""
    parts: list[dict[str, Any]] = [
        {"system": _GENDER},
        {"system": _GENDER, "concept": [{"code": "male"}]},
        {"system": _GENDER, "filter": [{"property": "concept", "op": dice.choice(("is-a", "in")), "value": "male"}]},
        {"valueSet": ["http://hl7.org/fhir/ValueSet/administrative-gender"]},
        {"valueSet": ["urn:fuzz:self"]},
        {"system": "http://snomed.info/sct"},
    ]
    compose = {"include": dice.sample(parts, 2), "exclude": dice.sample(parts, dice.randrange(2))}
    whole = {"resourceType": "ValueSet", "url": "urn:fuzz:self", "status": "draft", "compose": compose}
    if dice.random() < 0.3:
        return ground.request("POST", "/fhir/ValueSet", caller, json.dumps(whole).encode(), JSON)
    sent = [{"name": "valueSet", "resource": whole}, {"name": "count", "valueInteger": dice.choice((0, 2, 1000))}]
    path = dice.choice(("/fhir/ValueSet/$expand", "/fhir/ValueSet/$validate-code"))
    return ground.request("POST", path, caller, _parameters(sent), JSON)


def bound(ground: "Ground", dice: random.Random, caller: str) -> Request:
    """A token for a websocket, for one subscription or for all."""
    one = dice.choice(("", f"/{ground.id_of(dice)[1]}"))
    return ground.request("GET", f"/fhir/Subscription{one}/$get-ws-binding-token", caller)


def _parameters(sent: list[dict[str, Any]]) -> bytes:
    return json.dumps({"resourceType": "Parameters", "parameter": sent}).encode()
