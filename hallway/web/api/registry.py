"""The one registry of addresses for programs: what each package says beside its routes, in ``described``.

A test compares it with the addresses that Django answers: none is missing, none is invented.
"""

from functools import cache

import msgspec

from hallway import __version__
from hallway.exchange.bulk import described as bulk
from hallway.standards import openapi
from hallway.standards.openapi import Operation
from hallway.web import described as running
from hallway.web.api import described as api
from hallway.web.gateways import described as gateways
from hallway.web.programs import described as programs

DESCRIBED = (gateways, programs, bulk, api, running)
TOLD = (
    "What programs may ask of Hallway besides FHIR R4, which describes itself at /fhir/metadata. "
    "What is withheld from an asker looks as if it were not there. "
    "Errors say what happened, what was left undone and what to do, and repeat nothing that was sent."
)


def operations() -> tuple[Operation, ...]:
    """Every operation, group by group."""
    return tuple(one for module in DESCRIBED for one in module.OPERATIONS)


@cache
def document() -> bytes:
    """The OpenAPI document as JSON; the same bytes for everybody."""
    made = openapi.document(operations(), title="Hallway", version=__version__, told=TOLD)
    return msgspec.json.format(msgspec.json.encode(made), indent=1)
