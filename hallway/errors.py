"""The closed set of error kinds, each mapped once to HTTP, OperationOutcome and page.

A message has three parts: what happened, what was left undone, what to do. It never holds patient data, nor an echo of
what a person typed.
"""

from enum import StrEnum


class Kind(StrEnum):
    """What went wrong, in the only fourteen ways anything may."""

    INCORRECT = "incorrect"
    """The request cannot be understood or breaks a rule of form. HTTP 400."""
    UNAUTHENTICATED = "unauthenticated"
    """Nobody is signed in. HTTP 401."""
    FORBIDDEN = "forbidden"
    """This role may not use this function. Never used for a patient: that is NOT_FOUND. HTTP 403."""
    NOT_FOUND = "not-found"
    """Not there, or not for this reader: one answer for both. HTTP 404."""
    CONFLICT = "conflict"
    """Somebody else acted first, or the state does not allow the step. HTTP 409."""
    UNACCEPTABLE = "unacceptable"
    """The answer was asked for in a form that Hallway does not speak. HTTP 406."""
    GONE = "gone"
    """A right that the page stood on has ended. HTTP 410."""
    PRECONDITION = "precondition"
    """A condition that the request itself named does not hold (If-Match, a search that must find one). HTTP 412."""
    TOO_LARGE = "too-large"
    """More than Hallway takes at once. HTTP 413."""
    UNSUPPORTED = "unsupported"
    """What was sent is of a type that Hallway does not read. HTTP 415."""
    UNPROCESSABLE = "unprocessable"
    """Well formed, but the values break a rule of the field. HTTP 422."""
    TOO_MANY = "too-many"
    """More requests than were agreed; the answer says when to come back. HTTP 429."""
    UNAVAILABLE = "unavailable"
    """Something Hallway needs does not answer; try again. HTTP 503."""
    FAULT = "fault"
    """A defect of ours. HTTP 500."""


HTTP_STATUS: dict[Kind, int] = {
    Kind.INCORRECT: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.UNACCEPTABLE: 406,
    Kind.GONE: 410,
    Kind.PRECONDITION: 412,
    Kind.TOO_LARGE: 413,
    Kind.UNSUPPORTED: 415,
    Kind.UNPROCESSABLE: 422,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
    Kind.FAULT: 500,
}


class HallwayError(Exception):
    """Any failure a person may be shown. ``code`` is stable and unique across Hallway, like ``H-REC-003``.

    ``what`` happened, what was left ``undone``, what ``to_do`` now: three sentences without patient data.
    """

    def __init__(self, kind: Kind, code: str, *, what: str, undone: str, to_do: str, field: str | None = None) -> None:
        """Keep the three sentences; ``field`` names the form field at fault, where there is one."""
        super().__init__(f"{what} {undone} {to_do} ({code})")
        self.kind = kind
        self.code = code
        self.what = what
        self.undone = undone
        self.to_do = to_do
        self.field = field

    @property
    def status(self) -> int:
        """The HTTP status of this kind."""
        return HTTP_STATUS[self.kind]
