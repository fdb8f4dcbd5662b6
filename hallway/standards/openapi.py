"""OpenAPI 3.1 from operations that say what they take and give. Schemas come from the types that parse and write.

Knows no address of Hallway's: rooms above describe theirs beside their routes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

Json = dict[str, Any]
_REF = "#/components/schemas/{name}"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


class Shows(StrEnum):
    """What a program shows to be known at an address."""

    NOTHING = "nothing"
    CREDENTIAL = "credential"
    """The credential of a registered client, or a calling system's signed token, as a bearer token."""
    TOKEN = "token"  # noqa: S105 - the name of a scheme
    """An access token of SMART."""
    SECRET = "secret"  # noqa: S105 - the name of a scheme
    """A client's id and secret, or its signed assertion."""
    OPERATOR = "operator"
    """The operator's own token."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A part of the address or the query. ``shape`` is any type that msgspec knows."""

    name: str
    told: str
    where: str = "query"
    shape: Any = str
    required: bool = False
    example: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """One status with what it means, its content type and the type of its body; None for a body that is no JSON."""

    status: int
    told: str
    shape: Any = None
    kind: str = JSON


@dataclass(frozen=True, slots=True)
class Example:
    """A request that a test makes as it stands, and the status of its answer. ``sent`` is its JSON or its form."""

    name: str
    status: int
    sent: Any = None
    values: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one address. ``name`` is unique; ``group`` puts operations together for a reader."""

    name: str
    method: str
    path: str
    group: str
    summary: str
    told: str
    shows: Shows
    answers: Sequence[Answered]
    takes: Any = None
    takes_kind: str = JSON
    parameters: Sequence[Parameter] = ()
    examples: Sequence[Example] = ()


class Expression(msgspec.Struct, frozen=True):
    """One problem, by FHIR's code for it and our own words with the code of the error."""

    severity: str
    code: str
    diagnostics: str
    expression: list[str] = []


class OperationOutcome(msgspec.Struct, frozen=True, rename="camel"):
    """A refusal, as FHIR writes it."""

    resource_type: str
    issue: list[Expression]


SCHEMES: Mapping[Shows, Json] = {
    Shows.CREDENTIAL: {
        "type": "http",
        "scheme": "bearer",
        "description": "The credential that was told once when the client was registered.",
    },
    Shows.TOKEN: {"type": "http", "scheme": "bearer", "description": "An access token of SMART App Launch."},
    Shows.SECRET: {"type": "http", "scheme": "basic", "description": "The client's id and secret."},
    Shows.OPERATOR: {"type": "http", "scheme": "bearer", "description": "HALLWAY_METRICS_TOKEN."},
}


def document(operations: Sequence[Operation], *, title: str, version: str, told: str) -> Json:
    """The whole document. Two operations at one method and path, or of one name, raise ValueError."""
    names = [one.name for one in operations]
    if len(set(names)) < len(names) or len({(one.method, one.path) for one in operations}) < len(names):
        raise ValueError("two operations have one name or one address")
    shapes = list(dict.fromkeys(_shapes(operations)))
    schemas, components = msgspec.json.schema_components(shapes, ref_template=_REF, schema_hook=_of_anything)
    of_shape = dict(zip(shapes, schemas, strict=True))
    paths: dict[str, Json] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, of_shape)
    used = dict.fromkeys(one.shows for one in operations if one.shows is not Shows.NOTHING)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": told},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {one.value: SCHEMES[one] for one in used}},
    }


def _of_anything(kind: type[Any]) -> Json:
    """The schema of what is read past. Raises NotImplementedError for a type that nobody thought of."""
    if kind is object:
        return {"description": "Anything; it is read past."}
    raise NotImplementedError


def _shapes(operations: Iterable[Operation]) -> Iterable[Any]:
    """Every type that a schema is needed of."""
    for one in operations:
        yield from (parameter.shape for parameter in one.parameters)
        yield from (answered.shape for answered in one.answers if answered.shape is not None)
        if one.takes is not None:
            yield one.takes


def _operation(one: Operation, of_shape: Mapping[Any, Json]) -> Json:
    made: Json = {
        "operationId": one.name,
        "tags": [one.group],
        "summary": one.summary,
        "description": one.told,
        "responses": {str(answered.status): _response(answered, of_shape) for answered in one.answers},
        "security": [] if one.shows is Shows.NOTHING else [{one.shows.value: []}],
    }
    if one.parameters:
        made["parameters"] = [_parameter(parameter, of_shape) for parameter in one.parameters]
    if one.takes is not None:
        content: Json = {"schema": of_shape[one.takes]}
        shown = {example.name: {"value": example.sent} for example in one.examples if example.status < 400}
        made["requestBody"] = {"required": True, "content": {one.takes_kind: content | {"examples": shown}}}
    return made


def _parameter(one: Parameter, of_shape: Mapping[Any, Json]) -> Json:
    made: Json = {
        "name": one.name,
        "in": one.where,
        "description": one.told,
        "required": one.required or one.where == "path",
        "schema": of_shape[one.shape],
    }
    return made | ({"example": one.example} if one.example else {})


def _response(one: Answered, of_shape: Mapping[Any, Json]) -> Json:
    if one.shape is None:
        return {"description": one.told} | ({"content": {one.kind: {}}} if one.kind != JSON else {})
    return {"description": one.told, "content": {one.kind: {"schema": of_shape[one.shape]}}}
