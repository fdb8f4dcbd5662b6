"""What goes out in parts: an answer of more than a part's bytes asks the gate again before each further part.

Every content that an answer holds was read under releases, which ``record.given`` collects. The first part goes out
right behind the read. Before each part that follows the statement that asks compares every epoch anew and writes a
line of its own; so after a revocation no part is begun. The answer then ends short of the length that its head told:
the receiver sees a transfer cut off, and the ledger says by its last line which part went.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import psycopg
from django.http import HttpResponse

from hallway.errors import HallwayError
from hallway.fhirapi import door
from hallway.fhirapi.application import WSGI, Environ, Start
from hallway.record import given, queries
from hallway.record.evidence import Release

PART_BYTES = 1_000_000
_log = logging.getLogger("hallway.sending")


def in_parts(inner: WSGI) -> WSGI:
    """``inner``, whose answers to readers leave in parts of at most ``PART_BYTES``."""

    def application(environ: Environ, start: Start) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET":
            return inner(environ, start)
        head = _Head()
        with given.collected() as found:
            answer = inner(environ, head)
        body = _body(answer)
        if len(body) <= PART_BYTES:
            start(head.status, head.headers)
            return answer
        if not any(name.lower() == "content-length" for name, _ in head.headers):
            head.headers.append(("Content-Length", str(len(body))))
        start(head.status, head.headers)
        return _Parts(answer, body, given.each_once(found))

    return application


class _Head:
    """Status and headers, held back until the length of the body is known."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []

    def __call__(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status, headers


def _body(answer: Iterable[bytes]) -> bytes:
    """The bytes of an answer that holds them all; nothing for a file of ours that streams itself."""
    if isinstance(answer, HttpResponse):
        return bytes(answer.content)
    return b"".join(answer) if isinstance(answer, list) else b""


@dataclass(frozen=True, slots=True)
class _Parts:
    """The body of an answer, part by part. ``answer`` is closed at its end, as a server closes any."""

    answer: Iterable[bytes]
    body: bytes
    releases: Sequence[Release]

    def __iter__(self) -> Iterator[bytes]:
        view, of = memoryview(self.body), -(-len(self.body) // PART_BYTES)
        for number in range(of):
            if number and self.releases and not self._may_go(number + 1, of):
                return
            yield bytes(view[number * PART_BYTES : (number + 1) * PART_BYTES])

    def _may_go(self, number: int, of: int) -> bool:
        """Whether this part may be begun. Where that cannot be known it may not."""
        try:
            with door.opened():
                queries.ask_again(self.releases, number=number, of=of)
        except (HallwayError, psycopg.Error) as error:
            _log.warning("an answer was cut off", extra={"fields": {"kind": type(error).__name__, "before": number}})
            return False
        return True

    def close(self) -> None:
        """Let the answer go."""
        closing = getattr(self.answer, "close", None)
        if closing is not None:
            closing()
