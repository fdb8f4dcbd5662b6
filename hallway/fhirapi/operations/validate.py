"""``$validate``: what would be said of a resource if it were written. Nothing is kept, and nobody's record is told."""

import msgspec

from hallway.errors import HallwayError, Kind
from hallway.fhirapi import answers
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.operations.parameters import called
from hallway.fhirapi.search import scoped
from hallway.fhirapi.writing import accepting, answering, references, rights
from hallway.fhirapi.writing.accepting import incorrect
from hallway.fhirapi.writing.references import Sight
from hallway.fhirapi.writing.rights import Verb
from hallway.standards.fhir.search import Json
from hallway.standards.fhir.validation import Issue

_MODES: dict[str, Verb] = {"create": "c", "update": "u", "delete": "d"}


class _Head(msgspec.Struct, rename="camel"):
    resource_type: str = ""


def answer(asked: Asked) -> Answer:
    """200 with an OperationOutcome of all findings; the operation has no other verdict.

    The resource comes as the body or in Parameters, and where an id stands in the address and nothing is sent, it is
    the one that stands there. A reference to what is withheld is told as one to what is missing.
    """
    wanted, mode, profiles = _called(asked)
    _refuse_scopes(asked)
    if mode and mode not in {*_MODES, "profile"}:
        raise incorrect("H-WRT-061", "The mode is create, update, delete or profile.")
    found = (
        _of_mode(asked, mode) if wanted is None else [*_of_resource(asked, wanted, profiles), *_of_mode(asked, mode)]
    )
    return Answer(200, answers.outcome_of(found))


def _refuse_scopes(asked: Asked) -> None:
    """A program validates what it may write or read: a verdict on references tells what is there."""
    if not any(scoped.allows(asked, asked.kind, verb) for verb in "cur"):
        raise scoped.refused()


def _called(asked: Asked) -> tuple[Json | None, str, tuple[str, ...]]:
    """The resource if any, the mode, the profiles asked for."""
    mode = next((value for name, value in asked.query if name == "mode"), "")
    profiles = tuple(value for name, value in asked.query if name == "profile")
    raw = asked.body
    try:
        wrapped = bool(raw) and msgspec.json.decode(raw, type=_Head).resource_type == "Parameters"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        wrapped = False
    if wrapped and asked.kind != "Parameters":
        call = called(asked, "resource", "mode", "profile", whole=("resource",))
        sent = call.resources.get("resource", ())
        raw, mode, profiles = (sent[0] if sent else b""), call.text("mode"), tuple(call.texts.get("profile", ()))
    elif any(name not in {"mode", "profile", "_format", "_pretty"} for name, _ in asked.query):
        raise incorrect("H-WRT-062", "A parameter is none that $validate takes.")
    if raw:
        return accepting.decoded(references.own_words(raw, asked.base)), mode, profiles
    if "id" not in asked.parts:
        if mode == "delete":
            return None, mode, profiles
        raise incorrect("H-WRT-064", "There is no body.")
    narrowed = scoped.criteria_of(asked, asked.kind, "r")
    current = Sight(asked).current(asked.kind, asked.parts["id"], narrowed)
    if current is None:
        raise answering.nothing_to_change()
    return (None if mode == "delete" else accepting.decoded(current.json_bytes())), mode, profiles


def _of_resource(asked: Asked, resource: Json, profiles: tuple[str, ...]) -> list[Issue]:
    """What validation says, and which references lead nowhere for this requester."""
    found = accepting.findings(resource, profiles=profiles)
    if resource["resourceType"] != asked.kind:
        found = [_issue("structure", "resourceType", "The type of the resource is not the one in the address."), *found]
    sight = Sight(asked)
    for named in references.named_in(resource):
        target = references.ours(named.text)
        if target is not None and not sight.sees(*target):
            text = "It names what is not here, or what you may not open."
            found.append(Issue("error", "not-found", named.place, "H-WRT-065", text))
    return found


def _of_mode(asked: Asked, mode: str) -> list[Issue]:
    """Whether the requester's role may do at all what the mode says."""
    if mode not in _MODES:
        return []
    try:
        rights.check(asked, asked.kind, _MODES[mode])
    except HallwayError as error:
        if error.kind is Kind.FORBIDDEN:
            return [_issue("forbidden", "", error.what)]
        raise
    return []


def _issue(code: str, place: str, text: str) -> Issue:
    return Issue("error", code, place, "H-WRT-063", text)
