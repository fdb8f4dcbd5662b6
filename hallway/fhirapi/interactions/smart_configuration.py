"""``GET /fhir/.well-known/smart-configuration``: where programs of others begin. Open to everybody."""

import msgspec

from hallway.exchange.smart.capabilities import configuration
from hallway.exchange.smart.places import Place
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked


def answer(asked: Asked) -> Answer:
    """The configuration, as the pages' side of the server tells it too."""
    told = configuration(Place(asked.base.removesuffix("/fhir")))
    return Answer(200, msgspec.json.encode(told), content_type="application/json")
