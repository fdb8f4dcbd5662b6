"""Search tokens of a resource: one string for each thing it can be found by.

``code=sys|123`` and ``code=123`` for coded values, ``subject=Patient/ID`` for references, ``family=carewell`` folded
for names, ``url=...`` for addresses. Dates, quantities and composites make no token: they are compared, not matched.
"""

import csv
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from importlib import resources as package_files
from typing import NamedTuple, cast

from hallway.standards.fhir.fhirpath import Compiled, Node, compile_expression, evaluate

Json = dict[str, object]


class Parameter(NamedTuple):
    """One search parameter of one resource type, compiled."""

    kind: str
    code: str
    type: str
    targets: tuple[str, ...]
    alternatives: list[Compiled]


class Plan(NamedTuple):
    """Extractors of one resource type: by element of the resource, and those that look at the whole."""

    by_root: dict[str, list[tuple[Compiled, "Emit", str]]]
    whole: list[tuple[Compiled, "Emit", str]]


Emit = Callable[[str, Node, set[str]], None]
"""Adds the tokens of one value to a set, under a parameter's code."""


def table(name: str) -> list[dict[str, str]]:
    """The rows of one of the standard's tables kept beside this module."""
    text = package_files.files("hallway.standards.fhir").joinpath("tables", name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


@lru_cache(maxsize=1)
def kinds() -> frozenset[str]:
    """Every resource type of R4."""
    return frozenset(row["kind"] for row in table("kinds.tsv"))


@lru_cache(maxsize=1)
def choices() -> dict[str, tuple[str, ...]]:
    """Dotted path -> types of each element that may take several."""
    return {row["path"]: tuple(row["types"].split(",")) for row in table("choices.tsv")}


@lru_cache(maxsize=1)
def _rows() -> dict[str, list[dict[str, str]]]:
    by_kind: dict[str, list[dict[str, str]]] = {}
    for row in table("search_parameters.tsv"):
        by_kind.setdefault(row["kind"], []).append(row)
    return by_kind


@lru_cache(maxsize=256)
def parameters(kind: str) -> dict[str, Parameter]:
    """Code -> search parameter of a resource type; without those of every resource (``_id``, ``_tag``)."""
    known = choices()
    return {
        row["code"]: Parameter(
            kind,
            row["code"],
            row["type"],
            tuple(row["targets"].split(",")) if row["targets"] else (),
            compile_expression(row["expression"], known),
        )
        for row in _rows().get(kind, [])
    }


def values(kind: str, code: str, resource: Json) -> list[Node]:
    """What a search parameter finds in a resource; an unknown parameter finds nothing."""
    parameter = parameters(kind).get(code)
    return evaluate(parameter.alternatives, resource) if parameter else []


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Text as it is compared: case-folded, without accents, single spaces."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def _emit_coded(code: str, value: Node, out: set[str]) -> None:
    """A token for any coded shape: code, boolean, Coding, CodeableConcept, Identifier, ContactPoint."""
    if type(value) is dict:
        codings = value.get("coding")
        if type(codings) is list:
            for coding in codings:
                if type(coding) is dict:
                    _emit_pair(code, coding, out)
        else:
            _emit_pair(code, cast("Json", value), out)
    elif type(value) is str:
        out.add(f"{code}={value}")
    elif type(value) is bool:
        out.add(f"{code}={'true' if value else 'false'}")


def _emit_pair(code: str, found: Json, out: set[str]) -> None:
    word = found.get("code")
    if type(word) is not str:
        word = found.get("value")
    if type(word) is str:
        out.add(f"{code}={word}")
        system = found.get("system")
        if type(system) is str:
            out.add(f"{code}={system}|{word}")


def _emit_reference(code: str, value: Node, out: set[str]) -> None:
    if type(value) is dict:
        value = value.get("reference")
    if type(value) is str:
        out.add(f"{code}={value.split('/_history/')[0]}" if "/_history/" in value else f"{code}={value}")


def _emit_string(code: str, value: Node, out: set[str]) -> None:
    """Folded text and each of its words; a HumanName or Address gives each of its parts."""
    if isinstance(value, str):
        whole = fold(value[:400])
        out.add(f"{code}={whole}")
        if " " in whole:
            out.update(f"{code}={word}" for word in whole.split())
    elif isinstance(value, dict):
        for name, part in cast("Json", value).items():
            if name not in {"use", "period", "extension", "id"}:
                for one in cast("list[Node]", part) if isinstance(part, list) else [part]:
                    _emit_string(code, one, out)


def _emit_uri(code: str, value: Node, out: set[str]) -> None:
    if isinstance(value, str):
        out.add(f"{code}={value}")


_EMIT: dict[str, Emit] = {
    "token": _emit_coded,
    "reference": _emit_reference,
    "string": _emit_string,
    "uri": _emit_uri,
}
# Free text has no place in an index that stands outside the wall: names and places are searched, narratives are not.
_TEXT_WANTED = frozenset({"Patient", "Practitioner", "Organization", "Location", "RelatedPerson", "HealthcareService"})


@lru_cache(maxsize=256)
def plan(kind: str) -> Plan:
    """The extractors of a resource type, arranged by the element they start from."""
    by_root: dict[str, list[tuple[Compiled, Emit, str]]] = {}
    whole: list[tuple[Compiled, Emit, str]] = []
    for parameter in parameters(kind).values():
        emit = _EMIT.get(parameter.type)
        if emit is None or (parameter.type == "string" and kind not in _TEXT_WANTED):
            continue
        for one in parameter.alternatives:
            for root in one.roots:
                by_root.setdefault(root, []).append((one, emit, parameter.code))
            if not one.roots:
                whole.append((one, emit, parameter.code))
    return Plan(by_root, whole)


def tokens(kind: str, resource: Json) -> tuple[str, ...]:
    """The search tokens of a resource, sorted. Values over 1,000 characters make none: an index entry must fit."""
    made = plan(kind)
    out: set[str] = set()
    for element, value in resource.items():
        extractors = made.by_root.get(element)
        if extractors is not None:
            nodes: list[Node] = cast("list[Node]", value) if type(value) is list else [value]
            for one, emit, code in extractors:
                for node in one.run(nodes):
                    emit(code, node, out)
    for one, emit, code in made.whole:
        for node in one.run([resource]):
            emit(code, node, out)
    made_tokens = sorted(out)
    return tuple(made_tokens if max(map(len, out), default=0) <= LONGEST else filter(_fits, made_tokens))


LONGEST = 1000
"""Characters of a token; a longer one would not fit an index entry."""


def _fits(token: str) -> bool:
    return len(token) <= LONGEST
