"""One answer and its question: the type, the options, the limits."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple, cast

from hallway.standards.fhir import definitions
from hallway.standards.fhir.path import Node
from hallway.standards.fhir.path.comparing import ordered
from hallway.standards.fhir.path.functions.regexes import OF_ONE_STEP, steps
from hallway.standards.fhir.path.values import Quantity, moment, quantity_of
from hallway.standards.fhir.validation import bindings
from hallway.standards.fhir.validation.issues import Found, Issue, error
from hallway.standards.fhir.validation.running import Json, Run

_CORE = "http://hl7.org/fhir/StructureDefinition/"
_TYPES: dict[str, frozenset[str]] = {
    "boolean": frozenset({"valueBoolean"}),
    "decimal": frozenset({"valueDecimal"}),
    "integer": frozenset({"valueInteger"}),
    "date": frozenset({"valueDate"}),
    "dateTime": frozenset({"valueDateTime"}),
    "time": frozenset({"valueTime"}),
    "string": frozenset({"valueString"}),
    "text": frozenset({"valueString"}),
    "url": frozenset({"valueUri"}),
    "choice": frozenset({"valueCoding", "valueString", "valueInteger", "valueDate", "valueTime", "valueReference"}),
    "open-choice": frozenset(
        {"valueCoding", "valueString", "valueInteger", "valueDate", "valueTime", "valueReference"}
    ),
    "attachment": frozenset({"valueAttachment"}),
    "reference": frozenset({"valueReference"}),
    "quantity": frozenset({"valueQuantity"}),
}
_TYPE = error("structure", "answer-type", "The answer is of another type than the question asks for.")
_OPTION = error("code-invalid", "answer-option", "The answer is none of the options of the question.")
_ABSTRACT = error("structure", "answer-type", "A question of this type takes no answer.")


def _limit(key: str, text: str) -> Issue:
    return error("value", key, text)


_LONG = _limit("answer-length", "The answer is longer than the question allows.")
_SHORT = _limit("answer-length", "The answer is shorter than the question asks for.")
_FORM = _limit("answer-form", "The answer is not of the form that the question asks for.")
_LINES = _limit("answer-form", "A string has no line breaks; a text may have.")
_LOW = _limit("answer-range", "The answer is below what the question allows.")
_HIGH = _limit("answer-range", "The answer is above what the question allows.")
_PLACES = _limit("answer-range", "The answer has more decimal places than the question allows.")
_SIZE = _limit("answer-size", "The attachment is larger than the question allows, or says another size than it has.")
_MIME = _limit("answer-size", "The attachment is of a type that the question does not allow.")
_UNIT = error("code-invalid", "answer-unit", "The unit is none of those that the question allows.")
_TARGET = error("structure", "reference-target", "A resource of this type may not be named as the answer.")


def _listed(held: Json, name: str) -> list[Json]:
    found = held.get(name)
    return (
        [cast("Json", one) for one in cast("list[object]", found) if isinstance(one, dict)]
        if isinstance(found, list)
        else []
    )


def _extensions(held: Json, name: str) -> list[object]:
    found = [one for one in _listed(held, "extension") if one.get("url") == _CORE + name]
    return [value for one in found for key, value in one.items() if key.startswith("value")]


def _value(held: Json) -> tuple[str, object]:
    """The key and value of an answer, an option or a condition; empty without one."""
    for key, value in held.items():
        if key.startswith(("value", "answer")):
            return key, value
    return "", None


Mark = tuple[object, ...]
"""What makes two answers the same answer: of a Coding system and code, of a reference whom it names."""


def mark_of(held: Json) -> Mark:
    """The mark of an answer, an option or a condition; empty without a value."""
    _, value = _value(held)
    if isinstance(value, dict):
        one = cast("Json", value)
        if "code" in one and "value" not in one:
            return "code", str(one.get("system")), str(one["code"])
        return tuple(sorted((key, _plain(part)) for key, part in one.items() if key != "display"))
    return () if value is None else (type(value) is str, _plain(value))


def _plain(value: object) -> str:
    """A value as text, a number without the zeros behind it."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{Decimal(value).normalize():f}"
    return str(value)


def matches_answer(answer: Json, wanted: Json) -> bool:
    """Whether an answer is that of an option or condition."""
    return mark_of(answer) == mark_of(wanted)


class Asked(NamedTuple):
    """A question, the marks of its options, and the questionnaire around it."""

    question: Json
    options: frozenset[Mark]
    questionnaire: Json


def asked_of(question: Json, questionnaire: Json) -> Asked:
    """A question made ready for many answers."""
    return Asked(question, frozenset(mark_of(one) for one in _listed(question, "answerOption")), questionnaire)


def answer_issues(asked: Asked, answer: Json, run: Run) -> Found:
    """What is wrong with an answer as an answer to this question."""
    question = asked.question
    key, value = _value(answer)
    if not key:
        return []
    kind = str(question.get("type"))
    if kind not in _TYPES:
        return [_ABSTRACT]
    if key not in _TYPES[kind] or (kind == "choice" and key == "valueString" and not _has_text_options(question)):
        return [_TYPE]
    found = _options(asked, answer, run)
    for judge in _JUDGES.get(key, ()):
        issue = judge(question, value)
        if issue is not None:
            found.append(issue)
    if not found and isinstance(value, str) and key in _FORMED:
        found += _formed(question, value, run)
    return found


def _has_text_options(question: Json) -> bool:
    return any("valueString" in one for one in _listed(question, "answerOption"))


def _options(asked: Asked, answer: Json, run: Run) -> Found:
    question = asked.question
    key, value = _value(answer)
    kind = question.get("type")
    if kind == "open-choice" and key == "valueString":
        return []
    if asked.options:
        return [] if mark_of(answer) in asked.options else [_OPTION]
    url = question.get("answerValueSet")
    if key == "valueCoding" and isinstance(url, str) and in_set(value, url, asked.questionnaire, run) is False:
        return [_OPTION]
    return []


def in_set(value: object, url: str, questionnaire: Json, run: Run) -> bool | None:
    """Whether a code is in a value set: one of R4's, one contained in the questionnaire, or one that is asked about."""
    if url.startswith("#"):
        inside = next((one for one in _listed(questionnaire, "contained") if one.get("id") == url[1:]), None)
        return None if inside is None else _in_contained(cast("Json", value), inside)
    listed = definitions.valueset(url.partition("|")[0])
    if listed is not None and listed.systems is not None:
        return bindings.bound_issue(value, listed, run) is None
    there = run.named(url)
    if there is not None and there.get("resourceType") == "ValueSet":
        return _in_contained(cast("Json", value), there)
    return None if run.member_of is None else run.member_of(value, url)


def _in_contained(coding: Json, valueset: Json) -> bool | None:
    compose = valueset.get("compose")
    if not isinstance(compose, dict):
        return None
    for one in _listed(cast("Json", compose), "include"):
        if "concept" not in one or "filter" in one:
            return None
        if one.get("system") == coding.get("system") and any(
            c.get("code") == coding.get("code") for c in _listed(one, "concept")
        ):
            return True
    return False


Judge = Callable[[Json, object], Issue | None]
"""A question and the value of an answer to it."""


def _text(question: Json, value: object) -> Issue | None:
    if not isinstance(value, str):
        return None
    most = question.get("maxLength")
    if isinstance(most, int) and len(value) > most:
        return _LONG
    if any(isinstance(least, int) and len(value) < least for least in _extensions(question, "minLength")):
        return _SHORT
    if question.get("type") == "string" and ("\n" in value or "\r" in value):
        return _LINES
    return None


_FORMED = frozenset({"valueString", "valueUri"})


def _formed(question: Json, value: str, run: Run) -> Found:
    """The regex of a questionnaire runs only when it cannot hang, and all of a response soon end; another is passed."""
    for pattern in _extensions(question, "regex"):
        worst = steps(pattern, value) if isinstance(pattern, str) else None
        if worst is None or run.meter.left < 0:
            continue
        run.meter.left -= worst // OF_ONE_STEP
        if re.fullmatch(str(pattern), value) is None:
            return [_FORM]
    return []


def _comparable(key: str, value: object) -> object:
    if isinstance(value, dict):
        held = cast("Json", value)
        return quantity_of(Node(held, "Quantity")) or held
    if isinstance(value, str):
        return moment(value) or value
    return value


def _range(question: Json, value: object) -> Issue | None:
    for name, sign, issue in (("minValue", -1, _LOW), ("maxValue", 1, _HIGH)):
        for limit in _extensions(question, name):
            if _compared(value, limit) == sign:
                return issue
    return None


def _compared(value: object, limit: object) -> int | None:
    left, right = _comparable("", value), _comparable("", limit)
    if isinstance(left, Quantity) and not isinstance(right, Quantity):
        left = left.value
    try:
        return ordered(left, right)
    except TypeError:
        return None


def _places(question: Json, value: object) -> Issue | None:
    for most in _extensions(question, "maxDecimalPlaces"):
        exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
        if isinstance(most, int) and isinstance(exponent, int) and -exponent > most:
            return _PLACES
    return None


def _attachment(question: Json, value: object) -> Issue | None:
    held = cast("Json", value)
    content, size = held.get("data"), held.get("size")
    length = len(content.rstrip("=")) * 3 // 4 if isinstance(content, str) else size
    if isinstance(content, str) and isinstance(size, int) and size != length:
        return _SIZE
    for most in _extensions(question, "maxSize"):
        if isinstance(most, int | Decimal) and isinstance(length, int) and length > most:
            return _SIZE
    allowed = _extensions(question, "mimeType")
    return _MIME if allowed and held.get("contentType") not in allowed else None


def _unit(question: Json, value: object) -> Issue | None:
    held = cast("Json", value)
    options = [cast("Json", one) for one in _extensions(question, "questionnaire-unitOption") if isinstance(one, dict)]
    if not options:
        return None
    fits = any((one.get("system"), one.get("code")) == (held.get("system"), held.get("code")) for one in options)
    return None if fits else _UNIT


def _quantity_range(question: Json, value: object) -> Issue | None:
    held = cast("Json", value)
    for name, sign, issue in (("sdc-questionnaire-minQuantity", -1, _LOW), ("sdc-questionnaire-maxQuantity", 1, _HIGH)):
        for one in _listed(question, "extension"):
            if str(one.get("url")).endswith(name):
                said = _compared(held, one.get("valueQuantity"))
                if said == sign:
                    return issue
                if said is None:
                    return _UNIT
    return None


def _reference(question: Json, value: object) -> Issue | None:
    reference = cast("Json", value).get("reference")
    allowed = _extensions(question, "questionnaire-referenceResource")
    if not isinstance(reference, str) or not allowed:
        return None
    named = [part for part in reference.split("/") if part in definitions.resource_names()]
    return _TARGET if named and named[-1] not in allowed else None


_JUDGES: dict[str, tuple[Judge, ...]] = {
    "valueString": (_text,),
    "valueUri": (_text,),
    "valueInteger": (_range,),
    "valueDecimal": (_range, _places),
    "valueDate": (_range,),
    "valueDateTime": (_range,),
    "valueTime": (_range,),
    "valueAttachment": (_attachment,),
    "valueQuantity": (_unit, _range, _quantity_range),
    "valueReference": (_reference,),
}
