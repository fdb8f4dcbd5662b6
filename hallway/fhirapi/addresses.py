"""What an address of the FHIR door is, and how one is found in a table of them."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked

ID = r"[0-9A-Za-z\-.]{1,64}"
_BASE = "/fhir"
TYPE = r"[A-Z][A-Za-z]{1,39}"


@dataclass(frozen=True, slots=True)
class Route:
    """One method, address pattern and the function that answers it; ``public`` needs nobody signed in.

    ``takes`` are the content types of a body, none where nothing is sent.
    """

    name: str
    method: str
    shape: str
    pattern: re.Pattern[str]
    answer: Callable[[Asked], Answer]
    public: bool = False
    takes: tuple[str, ...] = ()


Found = tuple[Route, Mapping[str, str]]
"""A route, and the parts of the address by which it was found."""


def route(
    shape: str,
    answer: Callable[[Asked], Answer],
    *,
    method: str = "GET",
    public: bool = False,
    takes: tuple[str, ...] = (),
) -> Route:
    """A row of a table: ``{type}``, ``{id}``, ``{version}`` and ``{file}`` in ``shape`` stand for what is asked."""
    text = re.escape(shape).replace(r"\{type\}", f"(?P<type>{TYPE})")
    for name in ("id", "version", "file"):
        text = text.replace(rf"\{{{name}\}}", f"(?P<{name}>{ID})")
    return Route(f"{method} {shape}", method, shape, re.compile(text), answer, public, takes)


def find(table: Iterable[Route], method: str, path: str) -> Found | None:
    """The first route of a request and the parts of its address, or None. HEAD is answered as GET.

    Many clients put a slash after the base: a Bundle sent to ``/fhir/`` is one sent to ``/fhir``.
    """
    path = _BASE if path == f"{_BASE}/" else path
    wanted = "GET" if method == "HEAD" else method
    for one in table:
        if one.method == wanted:
            match = one.pattern.fullmatch(path)
            if match:
                return one, match.groupdict()
    return None


def methods_of(table: Iterable[Route], path: str) -> tuple[str, ...]:
    """What an address may be asked by; empty for one that does not exist."""
    path = _BASE if path == f"{_BASE}/" else path
    found = dict.fromkeys(one.method for one in table if one.pattern.fullmatch(path))
    return (*found, "HEAD") if "GET" in found else tuple(found)
