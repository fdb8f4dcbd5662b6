"""``POST /fhir/Patient/$match``: who of those one may open is meant, with scores and grades (R4, Patient-match)."""

import msgspec

from hallway.exchange.matching import queries, rules
from hallway.fhirapi import bundles
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked, refused
from hallway.fhirapi.operations import parameters
from hallway.fhirapi.search import scoped
from hallway.standards.fhir.r4 import Patient, decode

MOST = 50
USUAL = 10


def answer(asked: Asked) -> Answer:
    """The best matches, best first. Raises INCORRECT without one Patient, UNPROCESSABLE where it says too little.

    ``onlyCertainMatches`` gives one certain match or none: two that are certain are a doubt.
    """
    scoped.require(asked, "Patient", "s")
    called = parameters.called(asked, "resource", "onlyCertainMatches", "count", whole=("resource",))
    count = called.number("count", least=1, most=MOST, else_=USUAL)
    sent = _person(called)
    narrowed = scoped.criteria_of(asked, "Patient", "s")
    judged = [
        (one, found) for one in queries.candidates(sent, by=asked.requester, narrowed=narrowed, route=asked.route)
        if (found := rules.judge(sent, rules.person_of(one.view(Patient)))).grade
    ]  # fmt: skip
    judged.sort(key=lambda pair: (-pair[1].score, pair[0].id))
    if called.flag("onlyCertainMatches"):
        judged = [pair for pair in judged if pair[1].grade == "certain"]
        judged = judged if len(judged) == 1 else []
    found = [(one, verdict.score, verdict.grade) for one, verdict in judged[:count]]
    return Answer(200, bundles.scored(found, asked.base))


def _person(called: parameters.Called) -> rules.Person:
    sent = called.resources.get("resource", ())
    if len(sent) != 1:
        raise refused("Send one Patient as the parameter resource.")
    try:
        person = rules.person_of(decode(sent[0], Patient))
    except msgspec.MsgspecError as error:
        raise refused("The parameter resource is not a Patient.") from error
    if not (person.identifiers or person.telecoms or person.families or person.birth_date):
        raise parameters.unprocessable(
            "The Patient holds nothing to find anybody by.",
            "Send an identifier, a family name, a birth date or a telephone.",
        )
    return person
