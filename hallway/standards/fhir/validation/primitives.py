"""Values of R4's primitive types: the JSON kind, the form, the range. Nothing here can hang on a long text."""

import binascii
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from hallway.standards.fhir.validation.issues import Issue, error
from hallway.standards.fhir.validation.narrative import narrative_issue

Judge = Callable[[object], Issue | None]
"""What is wrong with a value; None when nothing is."""

_KNOWN = 20_000
"""So many texts that were found right are kept for the next time."""
_LONGEST = 1024 * 1024
"""Characters of one string in R4."""
_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?\Z", re.ASCII)
_ZONE = r"(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)"
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?"
_DAY = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_DATE_TIME = re.compile(rf"(?:\d{{4}}(?:-(?:0[1-9]|1[0-2]))?|{_DAY}(?:T{_CLOCK}{_ZONE})?)\Z", re.ASCII)
_INSTANT = re.compile(rf"{_DAY}T{_CLOCK}{_ZONE}\Z", re.ASCII)
_TIME = re.compile(rf"{_CLOCK}\Z", re.ASCII)
_CODE = re.compile(r"\S+(?:\s\S+)*\Z")
_HEX = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_URI = re.compile(rf"(?!urn:uuid:(?!{_HEX}\Z))\S+\Z")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}\Z")
_OID = re.compile(r"urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+\Z", re.ASCII)
_UUID = re.compile(rf"urn:uuid:{_HEX}\Z")
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _wrong(what: str) -> Issue:
    return error("value", "form", what)


_NOT_TEXT = error("structure", "json-kind", "A text belongs here.")
_NOT_NUMBER = error("structure", "json-kind", "A number belongs here.")
_NOT_WHOLE = error("structure", "json-kind", "A whole number belongs here.")
_NOT_TRUTH = error("structure", "json-kind", "true or false belongs here.")
_EMPTY = _wrong("A text must not be empty.")
_BLANK = _wrong("A text must hold more than spaces.")
_LONG = error("too-long", "length", "A text is longer than R4 allows.")
_CONTROLS = _wrong("A text holds a control character.")
_RANGE = _wrong("A number is outside what its type allows.")
_NOT_BASE64 = _wrong("This is not base64.")
_NO_DAY = _wrong("The calendar has no such day.")


def string(value: object) -> Issue | None:
    """``string`` and ``markdown``."""
    if type(value) is not str:
        return _NOT_TEXT
    if value.isprintable() and len(value) < _LONGEST and not value.isspace():
        return None if value else _EMPTY
    if len(value) > _LONGEST:
        return _LONG
    return _BLANK if value.isspace() else _CONTROLS if _CONTROL.search(value) else None


def _form(pattern: "re.Pattern[str]", what: str) -> Judge:
    """A text of one form. Texts found right are remembered, so that systems and codes cost a look-up."""
    known: set[str] = set()
    wrong = _wrong(what)

    def judge(value: object) -> Issue | None:
        if type(value) is not str:
            return _NOT_TEXT
        if value in known:
            return None
        if pattern.match(value) is None:
            return wrong if value else _EMPTY
        if len(value) > _LONGEST:
            return _LONG
        if len(known) < _KNOWN and len(value) < 256:
            known.add(value)
        return None

    return judge


def _day(pattern: "re.Pattern[str]", what: str) -> Judge:
    wrong = _wrong(what)

    def judge(value: object) -> Issue | None:
        if type(value) is not str:
            return _NOT_TEXT
        if pattern.match(value) is None or value.startswith("0000"):
            return wrong if value else _EMPTY
        if len(value) >= 10 and value[8:10] > "28":
            try:
                date.fromisoformat(value[:10])
            except ValueError:
                return _NO_DAY
        return None

    return judge


def _time(value: object) -> Issue | None:
    if type(value) is not str:
        return _NOT_TEXT
    return None if _TIME.match(value) else _wrong("A time is written as hh:mm:ss.")


def boolean(value: object) -> Issue | None:
    """``boolean``."""
    return None if type(value) is bool else _NOT_TRUTH


def decimal(value: object) -> Issue | None:
    """``decimal``, with the digits that were sent."""
    return None if type(value) is Decimal or type(value) is int or type(value) is float else _NOT_NUMBER


def _whole(least: int) -> Judge:
    def judge(value: object) -> Issue | None:
        if type(value) is not int:
            return _NOT_WHOLE if type(value) is not Decimal else _wrong("A whole number is written without a point.")
        return None if least <= value <= 2147483647 else _RANGE

    return judge


def base64(value: object) -> Issue | None:
    """``base64Binary``; white space may stand in it."""
    if type(value) is not str:
        return _NOT_TEXT
    if not value:
        return _EMPTY
    return None if _is_base64(value) or _is_base64(_SPACE.sub("", value)) else _NOT_BASE64


def _is_base64(text: str) -> bool:
    try:
        return bool(binascii.a2b_base64(text, strict_mode=True))
    except ValueError:
        return False


def xhtml(value: object) -> Issue | None:
    """``Narrative.div``."""
    return narrative_issue(value) if type(value) is str else _NOT_TEXT


JUDGES: dict[str, Judge] = {
    "boolean": boolean,
    "integer": _whole(-2147483648),
    "unsignedInt": _whole(0),
    "positiveInt": _whole(1),
    "decimal": decimal,
    "string": string,
    "markdown": string,
    "code": _form(_CODE, "A code has no spaces around it and single ones inside."),
    "uri": _form(_URI, "An address has no spaces, and a UUID in it has its form."),
    "url": _form(_URI, "An address has no spaces."),
    "canonical": _form(_URI, "An address has no spaces."),
    "oid": _form(_OID, "An OID is written as urn:oid: and numbers with points."),
    "uuid": _form(_UUID, "A UUID is written as urn:uuid: and its digits."),
    "id": _form(_ID, "An id has 1 to 64 letters, digits, hyphens and points."),
    "date": _day(_DATE, "A date is written as YYYY, YYYY-MM or YYYY-MM-DD."),
    "dateTime": _day(_DATE_TIME, "A dateTime is a date, or a date and time with seconds and zone."),
    "instant": _day(_INSTANT, "An instant is a date and time with seconds and zone."),
    "time": _time,
    "base64Binary": base64,
    "xhtml": xhtml,
}
"""Every primitive type of R4."""
