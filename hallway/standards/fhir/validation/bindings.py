"""Required codes: of a code, a Coding, a CodeableConcept or a Quantity."""

import re
from typing import cast

from hallway.standards.fhir.definitions import Element, ValueSet
from hallway.standards.fhir.validation.issues import Found, Issue, error
from hallway.standards.fhir.validation.running import Check, Json, Run

_NOT_IN = error("code-invalid", "binding", "The code is none of those that R4 allows here.")
_NO_CODE = error("code-invalid", "binding", "A code out of a fixed list is asked for, and none is given.")
_FORMS = {
    "http://hl7.org/fhir/ValueSet/all-languages": re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*\Z"),
    "http://hl7.org/fhir/ValueSet/mimetypes": re.compile(
        r"[\w!#$&^+.-]+/[\w!#$&^+.-]+(?:\s*;.*)?\Z|[a-z]+\Z|application\Z"
    ),
    "http://hl7.org/fhir/ValueSet/currencies": re.compile(r"[A-Z]{3}\Z"),
}
"""Value sets of which only the form of the codes is known here: BCP 47, BCP 13, ISO 4217."""


def is_bound(element: Element) -> bool:
    """Whether an element's codes must come from its value set."""
    return element.strength in {"r", "m"} and element.valueset is not None


def _in_set(value: object, valueset: ValueSet, run: Run) -> bool:
    """Whether a plain code is in the set; True where that cannot be known."""
    if valueset.systems is not None:
        return value in valueset.codes
    form = _FORMS.get(valueset.url)
    if form is not None and not (type(value) is str and form.match(value)):
        return False
    return run.member_of is None or run.member_of(value, valueset.url) is not False


def _coding_in(coding: Json, valueset: ValueSet, run: Run) -> bool:
    system, code = coding.get("system"), coding.get("code")
    if valueset.systems is None:
        return run.member_of is None or run.member_of(coding, valueset.url) is not False
    return type(system) is str and type(code) is str and code in valueset.systems.get(system, frozenset[str]())


def code_check(valueset: ValueSet, place: str) -> Check:
    """A primitive whose values come from the set."""
    codes = valueset.codes if valueset.systems is not None else None
    found = [_NOT_IN._replace(expression=place)]

    def listed(value: object, _: Run) -> Found | None:
        return None if type(value) is str and codes is not None and value in codes else found

    def asked(value: object, run: Run) -> Found | None:
        return None if _in_set(value, valueset, run) else found

    return asked if codes is None else listed


def bound_issue(value: object, valueset: ValueSet, run: Run) -> Issue | None:
    """What a binding says of a Coding, CodeableConcept, Quantity or code."""
    if not isinstance(value, dict):
        return None if not isinstance(value, str) or _in_set(value, valueset, run) else _NOT_IN
    held = cast("Json", value)
    if "coding" not in held and ("code" in held or "system" in held):
        return None if _coding_in(held, valueset, run) else _NOT_IN
    codings = held.get("coding")
    if not isinstance(codings, list) or not codings:
        return _NO_CODE
    fits = any(
        isinstance(one, dict) and _coding_in(cast("Json", one), valueset, run) for one in cast("list[object]", codings)
    )
    return None if fits else _NOT_IN
