"""Questions about value sets and questionnaires: some are here for everybody, and one is filled from charts."""

import json
import random
from collections.abc import Callable
from urllib.parse import urlencode

from hallway.app.prove import facts
from hallway.app.prove.cast import Cast
from hallway.app.prove.shaped import Shaped, parameters, posted
from hallway.consent import actions as consent
from hallway.exchange.terminology import questionnaires
from hallway.labels.source import Source

Json = dict[str, object]
SETS = "urn:prove:set"
_GENDER = "http://hl7.org/fhir/administrative-gender"
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
_QUERY = "application/x-fhir-query"
QUERIES = (
    "Condition?patient={{%patient.id}}",
    "Condition?code=F11.20",
    "Observation?code=44261-6&_sort=-date&_count=2",
    "MedicationRequest?status=active",
    "Encounter?_has:Condition:encounter:code=F32.1",
    "Condition?_revinclude=Provenance:target",
    "DocumentReference?patient={{%patient.id}}",
)


def serve(cast: Cast) -> None:
    """A value set and a questionnaire of the network's, for everybody."""
    by = cast.callers["administrator"]
    part = {"system": _GENDER, "concept": [{"code": "male"}, {"code": "female"}]}
    whole = {"resourceType": "ValueSet", "url": SETS, "status": "active", "compose": {"include": [part]}}
    (made,) = consent.store([json.dumps(whole).encode()], by=by, source=Source(by.organization_id))
    cast.know("value_set", made.id)
    cast.know("questionnaire", questionnaires.keep(by))


def _id(cast: Cast, dice: random.Random, name: str) -> str:
    """Mostly one that is here; at times the id of something else, hidden or not."""
    other = [*cast.known["resource"], *cast.known.get("hidden_resource", []), facts.new_id()]
    return dice.choice(cast.known[name] if dice.random() < 0.7 else other)


def codes_by_id(cast: Cast, dice: random.Random) -> Shaped:
    """A code of a set that is named by its id."""
    return Shaped({"id": _id(cast, dice, "value_set")}, query=urlencode([("code", dice.choice(("male", "x")))]))


def expand_by_id(cast: Cast, dice: random.Random) -> Shaped:
    """The codes of such a set."""
    return Shaped({"id": _id(cast, dice, "value_set")}, query=dice.choice(("", "filter=fem")))


def look_up(cast: Cast, dice: random.Random) -> Shaped:
    """What is known of a code."""
    return Shaped({}, query=urlencode([("system", _GENDER), ("code", dice.choice(("male", "x")))]))


def _patient(cast: Cast, dice: random.Random) -> str:
    pool = [*cast.known["patient_id"] * 3, *cast.known.get("hidden_patient", []), *cast.known.get("nobody", [])]
    return f"Patient/{dice.choice(pool)}"


def fill(cast: Cast, dice: random.Random) -> Shaped:
    """The questionnaire of the network, filled about somebody."""
    asked = [("canonical", questionnaires.URL), ("subject", _patient(cast, dice))]
    return Shaped({}, query=urlencode(asked))


def fill_by_id(cast: Cast, dice: random.Random) -> Shaped:
    """The same, by its id."""
    named = {"id": _id(cast, dice, "questionnaire")}
    return Shaped(named, query=urlencode([("subject", _patient(cast, dice))]))


def fill_own(cast: Cast, dice: random.Random) -> Shaped:
    """A questionnaire of the caller's own, which asks the chart what chance puts into it."""
    items: list[Json] = []
    for number, query in enumerate(dice.sample(QUERIES, 3)):
        inner = [_asks(f"{number}.1", "reference", "%one"), _asks(f"{number}.2", "string", "%one.code.text")]
        told: Json = {"name": "one", "language": _QUERY, "expression": query}
        found = [{"url": f"{_SDC}itemPopulationContext", "valueExpression": told}]
        items.append({"linkId": str(number), "type": "group", "repeats": True, "extension": found, "item": inner})
    items.append(_asks("e", "string", "%encounter.status"))
    own: Json = {"resourceType": "Questionnaire", "status": "draft", "item": items}
    visit = _id(cast, dice, "resource")
    content = {"name": "content", "valueReference": {"reference": f"{cast.kinds.get(visit, 'Encounter')}/{visit}"}}
    named: list[Json] = [
        {"name": "questionnaire", "resource": own},
        {"name": "subject", "valueReference": {"reference": _patient(cast, dice)}},
        {"name": "context", "part": [{"name": "name", "valueString": "encounter"}, content]},
    ]
    callers = ("pcp", "therapist", "psychiatrist") if dice.random() < 0.7 else ()
    return Shaped({}, callers, "POST", sent=parameters(named))


def _asks(link: str, kind: str, path: str) -> Json:
    told = {"language": "text/fhirpath", "expression": path}
    found = [{"url": f"{_SDC}initialExpression", "valueExpression": told}]
    return {"linkId": link, "type": kind, "extension": found}


SHAPED: dict[str, Callable[[Cast, random.Random], Shaped]] = {
    "fhir:/fhir/CodeSystem/$lookup": look_up,
    "fhir:/fhir/Questionnaire/$populate": fill,
    "fhir:/fhir/Questionnaire/{id}/$populate": fill_by_id,
    "fhir:/fhir/ValueSet/{id}/$expand": expand_by_id,
    "fhir:/fhir/ValueSet/{id}/$validate-code": codes_by_id,
    "fhir:POST /fhir/CodeSystem/$lookup": posted(look_up),
    "fhir:POST /fhir/Questionnaire/$populate": fill_own,
    "fhir:POST /fhir/Questionnaire/{id}/$populate": posted(fill_by_id),
    "fhir:POST /fhir/ValueSet/{id}/$expand": posted(expand_by_id),
    "fhir:POST /fhir/ValueSet/{id}/$validate-code": posted(codes_by_id),
}
"""Exits whose questions are made here."""
