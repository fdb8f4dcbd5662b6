"""The index of a resource: what it can be found by, as tokens that are matched and ranges that are compared.

Tokens are spelled as ``record.criteria`` says: ``code=sys|123`` and ``code=123`` for coded values,
``subject=Patient/ID`` for references, ``family=carewell`` folded for names. A range holds both ends of a date, number
or quantity. What follows from two parameters of the resource itself (``code-value-quantity``, ``combo-code``) is not
kept twice: see ``EITHER`` and ``TOGETHER``.
"""

import csv
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from importlib import resources as package_files
from typing import NamedTuple, cast

import msgspec

from hallway.clock import microseconds
from hallway.standards.fhir import ranges
from hallway.standards.fhir.fhirpath import Compiled, Node, compile_expression, evaluate
from hallway.standards.fhir.ranges import Range

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


class Index(NamedTuple):
    """What a resource is found by. Tokens are sorted."""

    tokens: tuple[str, ...]
    ranges: tuple[Range, ...] = ()


Emit = Callable[[str, Node, set[str], list[Range]], None]
"""Adds what one value is found by, under a parameter's code."""


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
    for row in table("us_core_parameters.tsv"):
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


def fold(text: str) -> str:
    """Text as it is compared: case-folded, without accents, single spaces. Only short ones are remembered."""
    return _fold(text) if len(text) <= 200 else _fold.__wrapped__(text)


@lru_cache(maxsize=65536)
def _fold(text: str) -> str:
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def _emit_coded(code: str, value: Node, out: set[str], _: list[Range]) -> None:
    """Tokens for any coded shape: code, boolean, Coding, CodeableConcept, Identifier, ContactPoint."""
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
        out.update(_pair(code, found.get("system"), word))


@lru_cache(maxsize=65536)
def _pair(code: str, system: object, word: str) -> tuple[str, ...]:
    """The forms in which a coding is looked for; the system alone finds any of its words."""
    if type(system) is not str:
        return f"{code}={word}", f"{code}=|{word}"
    return f"{code}={word}", f"{code}={system}|{word}", f"{code}={system}|"


def _emit_identifier(code: str, value: Node, out: set[str], held: list[Range]) -> None:
    """An Identifier by its value, and by its type with its value."""
    _emit_coded(code, value, out, held)
    kind, word = (value.get("type"), value.get("value")) if type(value) is dict else (None, None)
    codings = kind.get("coding") if type(kind) is dict else None
    if type(codings) is list and type(word) is str:
        for coding in codings:
            if type(coding) is dict and type(coding.get("code")) is str:
                out.add(f"{code}:of-type={coding.get('system', '')}|{coding['code']}|{word}")


def _emit_reference(code: str, value: Node, out: set[str], _: list[Range]) -> None:
    if type(value) is dict:
        identifier = value.get("identifier")
        if type(identifier) is dict:
            _emit_pair(f"{code}:identifier", cast("Json", identifier), out)
        value = value.get("reference")
    if type(value) is str:
        out.add(f"{code}={value.split('/_history/')[0]}" if "/_history/" in value else f"{code}={value}")
        if "|" in value:
            out.add(f"{code}={value.split('|')[0]}")


def _emit_string(code: str, value: Node, out: set[str], held: list[Range]) -> None:
    """Text as sent, folded, and each of its words; a HumanName or Address gives each of its parts."""
    if isinstance(value, str):
        whole = fold(value[:400])
        out.update((f"{code}={whole}", f"{code}:exact={value}"))
        if " " in whole:
            out.update(f"{code}={word}" for word in whole.split())
    elif isinstance(value, dict):
        for name, part in cast("Json", value).items():
            if name not in {"use", "period", "extension", "id"}:
                for one in cast("list[Node]", part) if isinstance(part, list) else [part]:
                    _emit_string(code, one, out, held)


BEGINNING = 12
"""Letters of the beginnings by which a patient's name is found through the index."""


def _emit_begun(code: str, value: Node, out: set[str], held: list[Range]) -> None:
    """As a string, and by the beginnings of each word: ``family^car``. A name is looked for among all patients."""
    found: set[str] = set()
    _emit_string(code, value, found, held)
    out |= found
    head = len(code) + 1
    for token in found:
        if token[head - 1] == "=":
            word = token[head:]
            out.update(f"{code}^{word[:size]}" for size in range(1, min(len(word), BEGINNING) + 1))


def _emit_uri(code: str, value: Node, out: set[str], _: list[Range]) -> None:
    if isinstance(value, str):
        out.add(f"{code}={value}")
        if "|" in value:
            out.add(f"{code}={value.split('|')[0]}")


def _emit_date(code: str, value: Node, _: set[str], held: list[Range]) -> None:
    if code == "birthdate" and type(value) is str:
        value = value[:10]  # R4 gives it no time of day, and a search for a day relies on that.
    ends = ranges.of_date(value)
    if ends is not None:
        held.append(Range(code, ends[0], ends[1]))


def _emit_number(code: str, value: Node, _: set[str], held: list[Range]) -> None:
    ends = ranges.of_number(value)
    if ends is not None:
        held.append(Range(code, ends[0], ends[1]))


def _emit_quantity(code: str, value: Node, _: set[str], held: list[Range]) -> None:
    found = ranges.of_quantity(value)
    if found is not None:
        held.append(Range(code, found[0][0], found[0][1], found[1]))


_EMIT: dict[str, Emit] = {
    "token": _emit_coded,
    "reference": _emit_reference,
    "string": _emit_string,
    "uri": _emit_uri,
    "date": _emit_date,
    "number": _emit_number,
    "quantity": _emit_quantity,
}
# Free text has no place in an index that stands outside the wall: names and places are searched, narratives are not.
_NAMED = "Patient Practitioner Organization Location RelatedPerson HealthcareService CodeSystem Questionnaire ValueSet"
_TEXT_WANTED = frozenset(_NAMED.split())

EITHER = {
    ("Observation", f"combo-{code}"): (code, f"component-{code}")
    for code in ("code", "value-concept", "value-quantity", "data-absent-reason")
}
"""Parameters that say "under this or under that": nothing is kept under their own name."""
TOGETHER = {
    ("Observation", "code-value-concept"): ("code", "value-concept"),
    ("Observation", "code-value-date"): ("code", "value-date"),
    ("Observation", "code-value-quantity"): ("code", "value-quantity"),
}
"""Composites of two elements that a resource has once: it meets one exactly when it meets both. Nothing is kept."""
COMBINED = {
    ("Observation", "combo-code-value-concept"): ("code-value-concept", "component-code-value-concept"),
    ("Observation", "combo-code-value-quantity"): ("code-value-quantity", "component-code-value-quantity"),
}
"""Composites that look at the resource and at its components."""
_OF_COMPONENTS = frozenset({"component-code-value-concept", "component-code-value-quantity"})
"""Composites that are kept, joined: which value goes with which code matters there."""


def _emit_component(_: str, value: Node, out: set[str], held: list[Range]) -> None:
    """A component's code joined with its value."""
    if type(value) is not dict:
        return
    codes: set[str] = set()
    _emit_coded("", value.get("code"), codes, held)
    quantity = ranges.of_quantity(value.get("valueQuantity"))
    if quantity is not None:
        (low, high), unit = quantity
        held += [Range(f"component-code-value-quantity${code[1:]}", low, high, unit) for code in sorted(codes)]
    concepts: set[str] = set()
    _emit_coded("", value.get("valueCodeableConcept"), concepts, held)
    out.update(f"component-code-value-concept={code[1:]}${one[1:]}" for code in codes for one in concepts)


def _emitter(parameter: Parameter) -> Emit | None:
    """How a parameter's values are kept; None where nothing is."""
    kind, code = parameter.kind, parameter.code
    if (kind, code) in EITHER:
        return None
    if parameter.type == "string":
        if kind not in _TEXT_WANTED:
            return None
        return _emit_begun if kind == "Patient" else _emit_string
    if parameter.type == "token" and code == "identifier":
        return _emit_identifier
    return _EMIT.get(parameter.type)


def is_indexed(kind: str, code: str) -> bool:
    """Whether a resource of this type can be looked for by this parameter."""
    parameter = parameters(kind).get(code)
    if parameter is None:
        return False
    key = (kind, code)
    return key in EITHER or key in TOGETHER or key in COMBINED or code in _OF_COMPONENTS or bool(_emitter(parameter))


def _as_they_are(nodes: list[Node]) -> list[Node]:
    return nodes


@lru_cache(maxsize=256)
def plan(kind: str) -> Plan:
    """The extractors of a resource type, arranged by the element they start from."""
    by_root: dict[str, list[tuple[Compiled, Emit, str]]] = {}
    whole: list[tuple[Compiled, Emit, str]] = []
    for parameter in parameters(kind).values():
        emit = _emitter(parameter)
        for one in parameter.alternatives if emit else ():
            for root in one.roots:
                by_root.setdefault(root, []).append((one, cast("Emit", emit), parameter.code))
            if not one.roots:
                whole.append((one, cast("Emit", emit), parameter.code))
    if kind == "Observation":
        by_root.setdefault("component", []).append((Compiled(("component",), _as_they_are), _emit_component, ""))
    return Plan(by_root, whole)


def index(kind: str, resource: Json, meta: bytes = b"") -> Index:
    """What a resource is found by. Values over 1,000 characters make no token: an index entry must fit.

    ``meta`` is what its sender put into ``meta``, as members without braces; decimals in ``resource`` are Decimals.
    """
    made = plan(kind)
    out: set[str] = set()
    held: list[Range] = []
    for element, value in resource.items():
        extractors = made.by_root.get(element)
        if extractors is not None:
            nodes: list[Node] = cast("list[Node]", value) if type(value) is list else [value]
            for one, emit, code in extractors:
                for node in one.run(nodes):
                    emit(code, node, out, held)
    for one, emit, code in made.whole:
        for node in one.run([resource]):
            emit(code, node, out, held)
    if meta:
        out |= meta_tokens(meta)
    return Index(_fitting(out), tuple(dict.fromkeys(held)))


DAYS = frozenset({
    "date", "onset-date", "authoredon", "authored-on", "occurrence", "started", "sent", "recorded", "created",
    "start-date", "effective-time",
})  # fmt: skip
"""Date parameters that mostly mean the day by which a resource is ordered (``dates.dated_at``)."""
A_DAY = 24 * 3600 * 1_000_000


def wide(kind: str, held: Sequence[Range], dated_at: datetime | None) -> list[str]:
    """Marks for what lies under a parameter of ``DAYS`` and does not begin at that instant, or lasts longer than a day.

    Without such a mark a search by that parameter may walk along the index of days, within its bounds and a day before.
    """
    dated = None if dated_at is None else microseconds(dated_at)
    return [
        f"{WIDE}{kind}.{one.code}"
        for one in held
        if one.code in DAYS
        and parameters(kind)[one.code].type == "date"
        and not (one.low == dated and one.high - one.low <= A_DAY)
    ]


WIDE = "@wide="
"""Tokens of this beginning are marks of ``wide``."""


@lru_cache(maxsize=4096)
def meta_tokens(meta: bytes) -> frozenset[str]:
    """``_tag``, ``_profile`` and ``_source`` of what a sender put into ``meta``; labels are no tokens."""
    told: object = msgspec.json.decode(b"{" + meta + b"}")
    out: set[str] = set()
    if type(told) is dict:
        for name, emit in (("tag", _emit_coded), ("profile", _emit_uri), ("source", _emit_uri)):
            value = told.get(name)
            for one in cast("list[Node]", value) if type(value) is list else [value]:
                emit(f"_{name}", one, out, [])
    return frozenset(out)


def tokens(kind: str, resource: Json) -> tuple[str, ...]:
    """The search tokens of a resource, sorted; its ``meta`` is not looked at."""
    return index(kind, resource).tokens


LONGEST = 1000
"""Characters of a token; a longer one would not fit an index entry."""


def _fitting(found: set[str]) -> tuple[str, ...]:
    fits = max(map(len, found), default=0) <= LONGEST
    return tuple(sorted(found if fits else {one for one in found if len(one) <= LONGEST}))
