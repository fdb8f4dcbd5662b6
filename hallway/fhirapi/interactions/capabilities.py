"""``GET /fhir/metadata``: what this door takes. Open to everybody, and tells nothing of anybody."""

from functools import lru_cache

import msgspec

from hallway import __version__
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.search.registry import KINDS, known


def answer(asked: Asked) -> Answer:
    """The capability statement, the same bytes for everybody."""
    return Answer(200, _statement())


@lru_cache(maxsize=1)
def _statement() -> bytes:
    interactions = [{"code": code} for code in ("read", "vread", "history-instance", "search-type")]
    resources: list[object] = [
        {
            "type": kind,
            "interaction": interactions,
            "versioning": "versioned",
            "searchParam": [{"name": name, "type": type_} for name, type_ in sorted(_parameters(kind).items())],
        }
        for kind in sorted(KINDS)
    ]
    everything = {"name": "everything", "definition": "http://hl7.org/fhir/OperationDefinition/Patient-everything"}
    return msgspec.json.encode(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": "2026-11-21",
            "kind": "instance",
            "software": {"name": "Hallway", "version": __version__},
            "fhirVersion": "4.0.1",
            "format": ["application/fhir+json"],
            "rest": [{"mode": "server", "resource": resources, "operation": [everything]}],
        }
    )


def _parameters(kind: str) -> dict[str, str]:
    return {code: one.type for code, one in known(kind).items()}
