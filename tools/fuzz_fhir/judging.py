"""What an answer of the door may never be, however odd the question."""

import base64
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from hallway.standards.fhir import validation
from tools.fuzz_fhir.wire import Answer, Request

SLOW = 5.0
"""Seconds that no answer may take."""
_INSIDE = (b"Traceback (most recent call last)", b"psycopg", b"site-packages", b'File "', b"hallway.fhirapi")
_VARYING = re.compile(rb'_page=[^"&]*|"lastUpdated":"[^"]*"|urn:uuid:[0-9a-f-]{36}')


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be: ``what`` it is, which request (``number``), and its bytes."""

    number: int
    what: str
    request: bytes
    answer: bytes

    def __str__(self) -> str:
        return f"#{self.number} {self.what}\n  > {self.request[:600]!r}\n  < {self.answer[:400]!r}"


class Judge:
    """Knows what is hidden."""

    def __init__(self, marker: bytes, hidden: tuple[str, ...]) -> None:
        self._words = (marker, *_in_base64(marker))
        self._hidden = tuple(one.encode() for one in hidden)

    def faults(self, request: Request, answer: Answer, *, slow: float = SLOW) -> list[str]:
        """Everything wrong with one answer."""
        found: list[str] = []
        if answer.status == 0:
            found.append("no answer")
        if answer.status >= 500:
            found.append(f"answered {answer.status}")
        if any(word in answer.body for word in _INSIDE):
            found.append("tells of its insides")
        if answer.seconds > slow:
            found.append(f"took {answer.seconds:.1f} s")
        if 400 <= answer.status < 500 and request.method != "HEAD" and at_the_door(request) and not _unread(answer):
            found += _outcome_faults(answer)
        return found + self._leaks(request, answer)

    def _leaks(self, request: Request, answer: Answer) -> list[str]:
        told = "\n".join(answer.headers.values()).encode("latin-1", "replace") + b"\n" + answer.body
        lowered = told.lower()
        if any(word in lowered or word in told for word in self._words):
            return ["shows a hidden word"]
        shown = [one for one in self._hidden if one in told]
        if shown:
            sent = b"\n".join((request.raw(), unquote_to_bytes(request.path), request.body))
            if any(one not in sent for one in shown):
                return ["shows a hidden id"]
        return []


def _in_base64(word: bytes) -> list[bytes]:
    """The word as it stands inside base64, at each of three places."""
    found: list[bytes] = []
    for form in (word.title(), word):
        for lead in range(3):
            text = base64.b64encode(b"x" * lead + form)
            found.append(text[4 if lead else 0 : -4])
    return found


def _unread(answer: Answer) -> bool:
    """Whether the HTTP server refused it before Hallway saw it: a line or header field too long, or none at all."""
    return answer.status in {400, 414, 431} and not answer.body and "content-type" not in answer.headers


def at_the_door(request: Request) -> bool:
    """Whether the FHIR door answers this, and no page."""
    path = unquote_to_bytes(request.path.partition("?")[0])
    return path == b"/fhir" or path.startswith(b"/fhir/")


def _outcome_faults(answer: Answer) -> list[str]:
    if not answer.headers.get("content-type", "").startswith("application/fhir+json"):
        return [f"a {answer.status} that is no FHIR JSON"]
    return list(_of_outcome(answer.body))


@lru_cache(maxsize=2000)
def _of_outcome(body: bytes) -> tuple[str, ...]:
    try:
        outcome = json.loads(body)
    except ValueError:
        return ("a refusal that is no JSON",)
    if not isinstance(outcome, dict) or outcome.get("resourceType") != "OperationOutcome" or not outcome.get("issue"):
        return ("a refusal that is no OperationOutcome",)
    wrong = [one for one in validation.validate(outcome) if one.severity in {"error", "fatal"}]
    return tuple(f"an OperationOutcome that is not valid: {one}" for one in wrong[:1])


def alike(first: Answer, second: Answer, hidden: str, absent: str) -> bool:
    """Whether what is hidden and what is nobody's were answered alike."""
    return _bare(first, hidden) == _bare(second, absent)


def _bare(answer: Answer, one: str) -> tuple[int, dict[str, str], bytes]:
    headers = {name: value for name, value in answer.headers.items() if name not in {"date", "x-request-id", "server"}}
    body = _VARYING.sub(b"*", answer.body.replace(one.encode(), b"ID"))
    if body != answer.body:
        headers.pop("content-length", None)
    headers.pop("etag", None) if answer.status < 300 and "lastUpdated" in answer.body.decode(
        "utf-8", "replace"
    ) else None
    return answer.status, {name: value.replace(one, "ID") for name, value in headers.items()}, body
