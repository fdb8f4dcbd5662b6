"""``GET /fhir/{type}?...`` and ``POST /fhir/{type}/_search``, of one type, in a compartment, or over several types.

Everything is decided by the gate inside the query: one patient's search stays in that chart, one without a patient goes
over all that the caller's grants open, the directory is open to anybody signed in.
"""

from hallway.fhirapi import plans, sent
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.search import answering, registry


def answer(asked: Asked) -> Answer:
    """One type: ``/fhir/Observation?patient=...``, by GET or POST."""
    if asked.kind not in registry.KINDS:
        raise plans.not_found()
    return answering.answer(asked, asked.kind, _pairs(asked), asked.kind)


def answer_compartment(asked: Asked) -> Answer:
    """One type in a patient's compartment: ``/fhir/Patient/{id}/Observation?...``."""
    if asked.kind not in registry.KINDS - plans.PUBLIC_KINDS:
        raise plans.not_found()
    path = f"Patient/{asked.parts['id']}/{asked.kind}"
    return answering.answer(asked, path, _pairs(asked), asked.kind, patient=asked.parts["id"])


def answer_system(asked: Asked) -> Answer:
    """Several types at once: ``/fhir?_type=Condition,Observation&...``."""
    return answering.answer_system(asked, _pairs(asked))


def _pairs(asked: Asked) -> list[tuple[str, str]]:
    """The parameters of the address and, for POST, of the form."""
    return [*asked.query, *(sent.query_of(asked.body.decode("utf-8", "replace")) if asked.body else ())]
