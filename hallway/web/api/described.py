"""What this package itself answers, for its own document."""

from hallway.standards.openapi import JSON, Answered, Example, Operation, Shows

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="openapi",
        method="GET",
        path="/api/openapi.json",
        group="Running",
        summary="This document",
        told="OpenAPI 3.1 of everything a program may ask besides FHIR, whose own is /fhir/metadata.",
        shows=Shows.NOTHING,
        answers=(Answered(200, "The document.", dict[str, object], JSON),),
        examples=(Example("all", 200),),
    ),
)
