"""What the operator's own addresses take and give, for the OpenAPI document."""

from hallway.standards.openapi import Answered, Example, Operation, Shows

_GROUP = "Running"
_TEXT = "text/plain"

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="health",
        method="GET",
        path="/healthz",
        group=_GROUP,
        summary="Is Hallway ready?",
        told="200 when the pages and the database answer. Says nothing else.",
        shows=Shows.NOTHING,
        answers=(Answered(200, "Ready.", kind=_TEXT),),
        examples=(Example("ready", 200),),
    ),
    Operation(
        name="metrics",
        method="GET",
        path="/metrics",
        group=_GROUP,
        summary="Figures for Prometheus",
        told="Requests by route and class of status, durations, what waits. Not there without the operator's token.",
        shows=Shows.OPERATOR,
        answers=(
            Answered(200, "The figures, as Prometheus reads them.", kind=_TEXT),
            Answered(404, "Nothing is here.", kind="text/html"),
        ),
        examples=(Example("without the token", 404),),
    ),
)
