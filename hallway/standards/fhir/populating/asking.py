"""What a questionnaire says of how its questions are filled: extensions read into typed values."""

from collections.abc import Iterator
from typing import NamedTuple, cast

from hallway.standards.fhir.search import Json

_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
_VARIABLE = "http://hl7.org/fhir/StructureDefinition/variable"
FHIRPATH = "text/fhirpath"
QUERY = "application/x-fhir-query"


class Expression(NamedTuple):
    """An expression with its language; ``name`` is what its value is called, or empty."""

    language: str
    text: str
    name: str = ""


def objects(held: Json, name: str) -> list[Json]:
    """The objects of a list; nothing where there is none."""
    found = held.get(name)
    listed = cast("list[object]", found) if isinstance(found, list) else []
    return [cast("Json", one) for one in listed if isinstance(one, dict)]


def word(held: Json, name: str) -> str:
    """A text, or empty."""
    found = held.get(name)
    return found if isinstance(found, str) else ""


def part(held: Json, name: str) -> Json:
    """An object, or an empty one."""
    found = held.get(name)
    return cast("Json", found) if isinstance(found, dict) else {}


def stated(held: Json) -> Json:
    """The member that is a value, whatever its type, under its own name."""
    return {name: value for name, value in held.items() if name.startswith("value")}


def _extensions(held: Json, url: str) -> Iterator[Json]:
    return (one for one in objects(held, "extension") if one.get("url") == url)


def _expressions(held: Json, url: str) -> Iterator[Expression]:
    for one in _extensions(held, url):
        value = part(one, "valueExpression")
        yield Expression(word(value, "language"), word(value, "expression"), word(value, "name"))


def variables(held: Json) -> list[Expression]:
    """What is reckoned once for everything below, in the order it stands."""
    return list(_expressions(held, _VARIABLE))


def initial(question: Json) -> Expression | None:
    """The expression whose value fills a question."""
    return next(_expressions(question, f"{_SDC}initialExpression"), None)


def context(question: Json) -> Expression | None:
    """The expression that a group is filled from, once for each thing it finds."""
    return next(_expressions(question, f"{_SDC}itemPopulationContext"), None)


def launched(questionnaire: Json) -> list[str]:
    """The names of what a questionnaire wants to be opened with: ``patient``, ``encounter``, ``user``, ..."""
    found: list[str] = []
    for one in _extensions(questionnaire, f"{_SDC}launchContext"):
        for each in objects(one, "extension"):
            if each.get("url") == "name":
                found.append(word(each, "valueId") or word(part(each, "valueCoding"), "code"))
    return [name for name in found if name]


def link_period(question: Json) -> Json | None:
    """How far back the newest observation of a question's codes may lie (a Duration); None where none is meant."""
    return next((part(one, "valueDuration") for one in _extensions(question, f"{_SDC}observationLinkPeriod")), None)
