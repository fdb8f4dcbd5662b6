"""The addresses of operations and of what belongs to them; ``routes`` puts them before everything else."""

from collections.abc import Callable

from hallway.fhirapi.addresses import Route, route
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.composed import subscription
from hallway.fhirapi.operations import codes, docref, everything, export, lastn, match, merge, summary, validate
from hallway.fhirapi.operations.populate import answering as populate
from hallway.fhirapi.sent import JSON


def _posted(shape: str, answer: Callable[[Asked], Answer]) -> Route:
    return route(shape, answer, method="POST", takes=JSON)


def _both(shape: str, answer: Callable[[Asked], Answer]) -> tuple[Route, Route]:
    return (route(shape, answer), _posted(shape, answer))


OPERATIONS: tuple[Route, ...] = (
    *_both("/fhir/$export", export.of_everything),
    *_both("/fhir/Patient/$export", export.of_patients),
    *_both("/fhir/Group/{id}/$export", export.of_group),
    route("/fhir/exports/{id}", export.status),
    route("/fhir/exports/{id}", export.cancel, method="DELETE"),
    route("/fhir/exports/{id}/{file}", export.file),
    *_both("/fhir/Patient/{id}/$everything", everything.answer),
    _posted("/fhir/Patient/$match", match.answer),
    _posted("/fhir/Patient/$merge", merge.answer),
    _posted("/fhir/Patient/$unmerge", merge.answer_undo),
    *_both("/fhir/Observation/$lastn", lastn.answer),
    *_both("/fhir/DocumentReference/$docref", docref.answer),
    *_both("/fhir/Patient/{id}/$summary", summary.answer),
    *_both("/fhir/ValueSet/$expand", codes.answer_expansion),
    *_both("/fhir/ValueSet/{id}/$expand", codes.answer_expansion),
    *_both("/fhir/ValueSet/$validate-code", codes.validate_in_set),
    *_both("/fhir/ValueSet/{id}/$validate-code", codes.validate_in_set),
    *_both("/fhir/CodeSystem/$validate-code", codes.validate_in_system),
    *_both("/fhir/CodeSystem/$lookup", codes.look_up),
    *_both("/fhir/Questionnaire/$populate", populate.answer),
    *_both("/fhir/Questionnaire/{id}/$populate", populate.answer),
    route("/fhir/Subscription/$status", subscription.status_of_all),
    route("/fhir/Subscription/{id}/$status", subscription.status),
    route("/fhir/Subscription/{id}/$events", subscription.events),
    *_both("/fhir/Subscription/$get-ws-binding-token", subscription.binding_token_of_all),
    *_both("/fhir/Subscription/{id}/$get-ws-binding-token", subscription.binding_token),
    _posted("/fhir/{type}/$validate", validate.answer),
    *_both("/fhir/{type}/{id}/$validate", validate.answer),
)
