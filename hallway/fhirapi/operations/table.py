"""The addresses of operations and of what belongs to them; ``routes`` puts them before everything else."""

from collections.abc import Callable
from typing import NamedTuple

from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.interactions import everything, group, subscription
from hallway.fhirapi.operations import codes, docref, export, lastn, match, merge, summary
from hallway.fhirapi.sent import JSON


class Operation(NamedTuple):
    """One address by one method."""

    shape: str
    answer: Callable[[Asked], Answer]
    method: str = "GET"
    takes: tuple[str, ...] = ()


def _posted(shape: str, answer: Callable[[Asked], Answer]) -> Operation:
    return Operation(shape, answer, "POST", JSON)


def _both(shape: str, answer: Callable[[Asked], Answer]) -> tuple[Operation, Operation]:
    return (Operation(shape, answer), _posted(shape, answer))


OPERATIONS: tuple[Operation, ...] = (
    *_both("/fhir/$export", export.of_everything),
    *_both("/fhir/Patient/$export", export.of_patients),
    *_both("/fhir/Group/{id}/$export", export.of_group),
    Operation("/fhir/exports/{id}", export.status),
    Operation("/fhir/exports/{id}", export.cancel, "DELETE"),
    Operation("/fhir/exports/{id}/{file}", export.file),
    _posted("/fhir/Patient/{id}/$everything", everything.answer),
    _posted("/fhir/Patient/$match", match.answer),
    _posted("/fhir/Patient/$merge", merge.answer),
    _posted("/fhir/Patient/$unmerge", merge.answer_undo),
    *_both("/fhir/Observation/$lastn", lastn.answer),
    *_both("/fhir/DocumentReference/$docref", docref.answer),
    *_both("/fhir/Patient/{id}/$summary", summary.answer),
    *_both("/fhir/ValueSet/$expand", codes.expand),
    *_both("/fhir/ValueSet/$validate-code", codes.validate_in_set),
    *_both("/fhir/CodeSystem/$validate-code", codes.validate_in_system),
    Operation("/fhir/Group/{id}", group.answer),
    Operation("/fhir/Group", group.answer_search),
    Operation("/fhir/Subscription/$status", subscription.status_of_all),
    Operation("/fhir/Subscription/{id}/$status", subscription.status),
    Operation("/fhir/Subscription/{id}/$events", subscription.events),
    Operation("/fhir/Subscription", subscription.search),
    Operation("/fhir/Subscription", subscription.create, "POST", JSON),
    Operation("/fhir/Subscription/{id}", subscription.read),
    Operation("/fhir/Subscription/{id}", subscription.update, "PUT", JSON),
    Operation("/fhir/Subscription/{id}", subscription.delete, "DELETE"),
)
