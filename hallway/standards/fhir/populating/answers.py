"""From a value that was found to an answer of the type that a question asks for; None where it cannot be one."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import cast

from hallway.standards.fhir import definitions
from hallway.standards.fhir.path import Moment, Node, Quantity, as_text, atom, is_reckonable
from hallway.standards.fhir.populating.asking import objects, part, stated, word
from hallway.standards.fhir.search import Json

Answer = dict[str, object]
UCUM = "http://unitsofmeasure.org"
_CODING = ("system", "version", "code", "display")
_DAY = 10
"""Letters of a whole date."""


def answer_of(value: object, question: Json) -> Answer | None:
    """``{"valueX": ...}`` of the question's type, and of its options where it has some."""
    make = _MAKERS.get(word(question, "type"))
    made = make(value, question) if make and is_reckonable(atom(value)) else None
    if made is None or not question.get("answerOption") or word(question, "type") in {"choice", "open-choice"}:
        return made
    return made if made in _options(question) else None


def _held(value: object) -> Json:
    """An element's members; nothing for a plain value."""
    return cast("Json", value.value) if isinstance(value, Node) and isinstance(value.value, dict) else {}


def _kind(value: object) -> str:
    return value.kind if isinstance(value, Node) else ""


def _boolean(value: object, _: Json) -> Answer | None:
    found = atom(value)
    return {"valueBoolean": found} if isinstance(found, bool) else None


def _number(value: object) -> Decimal | int | None:
    found = atom(value)
    if isinstance(found, Quantity):
        return found.value
    return found if isinstance(found, Decimal | int) and not isinstance(found, bool) else None


def _decimal(value: object, _: Json) -> Answer | None:
    found = _number(value)
    return None if found is None else {"valueDecimal": found}


def _integer(value: object, _: Json) -> Answer | None:
    found = _number(value)
    return None if found is None or found != int(found) else {"valueInteger": int(found)}


def _moment(value: object) -> Moment | None:
    found = atom(value)
    return found if isinstance(found, Moment) else None


def _date(value: object, _: Json) -> Answer | None:
    found = _moment(value)
    return None if found is None or found.kind == "time" else {"valueDate": found.text[:_DAY].rstrip("T")}


def _date_time(value: object, _: Json) -> Answer | None:
    found = _moment(value)
    return None if found is None or found.kind == "time" else {"valueDateTime": found.text.rstrip("T")}


def _time(value: object, _: Json) -> Answer | None:
    found = _moment(value)
    return {"valueTime": found.text} if found is not None and found.kind == "time" else None


def _words(value: object) -> str:
    """A value in words: a text, a number, or what a concept is called."""
    held = _held(value)
    if "text" in held or "coding" in held:
        return word(held, "text") or next((word(one, "display") for one in objects(held, "coding")), "")
    if "display" in held or "code" in held:
        return word(held, "display") or word(held, "code")
    return as_text(value) or ""


def _string(value: object, _: Json) -> Answer | None:
    found = _words(value)
    return {"valueString": found} if found.strip() else None


def _uri(value: object, _: Json) -> Answer | None:
    found = atom(value)
    return {"valueUri": found} if isinstance(found, str) and found else None


def _codings(value: object) -> list[Json]:
    held = _held(value)
    listed = objects(held, "coding") if "coding" in held else [held] if "code" in held else []
    return [{name: one[name] for name in _CODING if name in one} for one in listed if "code" in one]


def _options(question: Json) -> list[Answer]:
    """The answers to choose among."""
    return [stated(one) for one in objects(question, "answerOption")]


def _choice(value: object, question: Json) -> Answer | None:
    options = _options(question)
    codings = _codings(value)
    if not options:
        return {"valueCoding": codings[0]} if codings else None
    pairs = {(one.get("system"), one.get("code")) for one in codings}
    plain = atom(value)
    for option in options:
        coding = part(option, "valueCoding")
        if coding and ((coding.get("system"), coding.get("code")) in pairs or coding.get("code") == plain):
            return option
        if plain in [one for name, one in option.items() if name != "valueCoding"]:
            return option
    return None


def _open_choice(value: object, question: Json) -> Answer | None:
    return _choice(value, question) or _string(value, question)


def _quantity(value: object, _: Json) -> Answer | None:
    held = _held(value)
    if "Quantity" in definitions.ancestors(_kind(value)) and "value" in held:
        return {"valueQuantity": held}
    found = atom(value)
    if isinstance(found, Quantity):
        unit: Json = {} if found.unit == "1" else {"unit": found.unit, "system": UCUM, "code": found.unit}
        return {"valueQuantity": {"value": found.value, **unit}}
    number = _number(value)
    return None if number is None else {"valueQuantity": {"value": number}}


def _reference(value: object, _: Json) -> Answer | None:
    held = _held(value)
    if _kind(value) == "Reference":
        return {"valueReference": held} if held else None
    kind, name = word(held, "resourceType"), word(held, "id")
    return {"valueReference": {"reference": f"{kind}/{name}"}} if kind and name else None


_MAKERS: Mapping[str, Callable[[object, Json], Answer | None]] = {
    "boolean": _boolean, "decimal": _decimal, "integer": _integer, "date": _date, "dateTime": _date_time,
    "time": _time, "string": _string, "text": _string, "url": _uri, "choice": _choice, "open-choice": _open_choice,
    "quantity": _quantity, "reference": _reference,
}  # fmt: skip
"""By the type of the question. An attachment is never filled: it would copy a document out of its label."""
