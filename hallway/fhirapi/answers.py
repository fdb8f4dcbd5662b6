"""Answers of the FHIR door: status, headers, bytes; and errors as OperationOutcome, from the closed set of kinds."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

import msgspec

from hallway.errors import HTTP_STATUS, HallwayError, Kind
from hallway.standards.fhir.validation import Issue

FHIR_JSON = "application/fhir+json; charset=utf-8"
REASONS = {status.value: status.phrase for status in HTTPStatus} | {
    413: "Content Too Large",
    422: "Unprocessable Content",
}
_ISSUE = {
    Kind.INCORRECT: "invalid",
    Kind.UNAUTHENTICATED: "login",
    Kind.FORBIDDEN: "forbidden",
    Kind.NOT_FOUND: "not-found",
    Kind.CONFLICT: "conflict",
    Kind.UNACCEPTABLE: "not-supported",
    Kind.GONE: "expired",
    Kind.PRECONDITION: "conflict",
    Kind.TOO_LARGE: "too-costly",
    Kind.UNSUPPORTED: "not-supported",
    Kind.UNPROCESSABLE: "business-rule",
    Kind.TOO_MANY: "throttled",
    Kind.UNAVAILABLE: "transient",
    Kind.FAULT: "exception",
}
_OWN_ISSUE = {"H-API-061": "too-costly"}
"""Errors of one kind that FHIR has a word of their own for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out. Nothing may be kept by anybody in between: every answer is ``no-store``."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = FHIR_JSON

    def wsgi_headers(self) -> list[tuple[str, str]]:
        """All headers, in a fixed order."""
        return [
            ("Content-Type", self.content_type),
            ("Content-Length", str(len(self.body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            *self.headers,
        ]


class IssuesError(HallwayError):
    """A resource refused for what validation found; the answer lists the findings, places and all, and no value."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        """Keep the findings beside the sentences."""
        super().__init__(
            Kind.UNPROCESSABLE,
            "H-WRT-022",
            what="The resource is not what FHIR R4, or a profile that binds here, says it must be.",
            undone="Nothing was saved.",
            to_do="Mend what the issues name and send it again.",
        )
        self.issues = tuple(issues)


def _outcome(code: str, text: str, expression: str | None = None) -> bytes:
    issue: dict[str, object] = {"severity": "error", "code": code, "diagnostics": text}
    if expression:
        issue["expression"] = [expression]
    return msgspec.json.encode({"resourceType": "OperationOutcome", "issue": [issue]})


def outcome_of(issues: Sequence[Issue], *, most: int = 50) -> bytes:
    """An OperationOutcome of findings; beyond ``most`` they are counted, not told."""
    told: list[dict[str, object]] = []
    for one in issues[:most]:
        told.append({"severity": one.severity, "code": one.code, "diagnostics": f"{one.text} ({one.key})"})
        if one.expression:
            told[-1]["expression"] = [one.expression]
    if len(issues) > most:
        text = f"There are {len(issues) - most} further findings."
        told.append({"severity": "information", "code": "too-costly", "diagnostics": text})
    if not told:
        told.append({"severity": "information", "code": "informational", "diagnostics": "No faults were found."})
    return msgspec.json.encode({"resourceType": "OperationOutcome", "issue": told})


def told(text: str) -> bytes:
    """An outcome that says what was done."""
    issue = {"severity": "information", "code": "informational", "diagnostics": text}
    return msgspec.json.encode({"resourceType": "OperationOutcome", "issue": [issue]})


_NOTHING = "Nothing is here, or nothing you may open. Nothing was shown. Check the address. (H-API-001)"
NOT_FOUND = Answer(404, _outcome("not-found", _NOTHING))
"""One answer, byte for byte, for "not there" and "not yours", whichever room said so."""

FAULT = Answer(
    500, _outcome("exception", "Hallway failed. Nothing was shown and nothing was saved. Try again. (H-API-002)")
)

UNAVAILABLE = Answer(
    503, _outcome("transient", "The database does not answer. Nothing was shown. Try again. (H-API-008)")
)

NOBODY_SIGNED_IN = HallwayError(
    Kind.UNAUTHENTICATED,
    "H-API-003",
    what="Nobody is signed in.",
    undone="Nothing was shown.",
    to_do="Sign in and try again.",
)


def of_error(error: HallwayError) -> Answer:
    """The OperationOutcome of an error a person may be shown."""
    if error.kind is Kind.NOT_FOUND:
        return Answer(404, _outcome("not-found", _NOTHING, error.field)) if error.field else NOT_FOUND
    if isinstance(error, IssuesError):
        return Answer(HTTP_STATUS[error.kind], outcome_of(error.issues))
    code = _OWN_ISSUE.get(error.code, _ISSUE[error.kind])
    return Answer(HTTP_STATUS[error.kind], _outcome(code, str(error), error.field))


def not_allowed(methods: Sequence[str]) -> Answer:
    """405, naming what the address may be asked by."""
    text = "This address takes no such request. Nothing was done. Read /fhir/metadata. (H-API-004)"
    return Answer(405, _outcome("not-supported", text), (("Allow", ", ".join(methods)),))
