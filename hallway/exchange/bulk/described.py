"""What an export's own addresses take and give, for the OpenAPI document. The kick-off is an operation of FHIR."""

from typing import Annotated

from msgspec import Meta, Struct

from hallway.standards.openapi import Answered, Example, Operation, OperationOutcome, Parameter, Shows

_GROUP = "Bulk Data"
_FHIR = "application/fhir+json"
_UUID = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
_NAME = Annotated[str, Meta(pattern=r"^[A-Z][A-Za-z]{1,38}-[0-9]{1,6}\.ndjson$")]
_ONE = Parameter("id", "The export, as Content-Location named it.", where="path", shape=_UUID)
_FILE = Parameter("file", "The file, as the manifest names it.", where="path", shape=_NAME)
_EXAMPLE = {"id": "0198a2b4-7c1d-7e3f-8a9b-0c1d2e3f4a5b", "file": "Observation-0.ndjson"}


class Output(Struct, frozen=True):
    """One file; ``count`` is what was written: a right taken back since makes it shorter."""

    type: str
    url: str
    count: int


class Manifest(Struct, frozen=True, rename="camel"):
    """What is ready (Bulk Data Access 2.0, 2.5.3)."""

    transaction_time: str
    request: str
    requires_access_token: bool
    output: list[Output]
    deleted: list[Output]
    error: list[Output]


_REFUSALS = (
    Answered(400, "The request cannot be read.", OperationOutcome, _FHIR),
    Answered(401, "Nobody is signed in.", OperationOutcome, _FHIR),
    Answered(403, "Not a program that may export.", OperationOutcome, _FHIR),
    Answered(404, "No such export of this program, or nothing of it may leave.", OperationOutcome, _FHIR),
    Answered(410, "It has ended.", OperationOutcome, _FHIR),
    Answered(429, "Too many requests; Retry-After says when.", OperationOutcome, _FHIR),
    Answered(503, "The database does not answer.", OperationOutcome, _FHIR),
)
_NOBODY = (Example("without a token", 401, values=_EXAMPLE),)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="export-status",
        method="GET",
        path="/fhir/exports/{id}",
        group=_GROUP,
        summary="How far is an export?",
        told="Ask again after Retry-After seconds.",
        shows=Shows.TOKEN,
        parameters=(_ONE,),
        answers=(Answered(200, "Ready: the manifest.", Manifest), Answered(202, "It runs; X-Progress."), *_REFUSALS),
        examples=_NOBODY,
    ),
    Operation(
        name="export-end",
        method="DELETE",
        path="/fhir/exports/{id}",
        group=_GROUP,
        summary="End an export",
        told="Its files are deleted.",
        shows=Shows.TOKEN,
        parameters=(_ONE,),
        answers=(Answered(202, "It has ended.", OperationOutcome, _FHIR), *_REFUSALS),
        examples=_NOBODY,
    ),
    Operation(
        name="export-file",
        method="GET",
        path="/fhir/exports/{id}/{file}",
        group=_GROUP,
        summary="One file of an export",
        told="The lines that may still leave now: the gate is asked again as each file is fetched.",
        shows=Shows.TOKEN,
        parameters=(_ONE, _FILE),
        answers=(Answered(200, "Resources, one a line.", kind="application/fhir+ndjson"), *_REFUSALS),
        examples=_NOBODY,
    ),
)
