"""``_summary`` and ``_elements``: a resource with a part of its elements, marked SUBSETTED. These two parse the body.

Mandatory elements stay, so what goes out is still a resource of its type. Decimals go out as they came in.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import cast

from hallway.fhirapi.search.results import Results
from hallway.record.stored import Stored
from hallway.standards.fhir import codec, definitions, search

Json = dict[str, object]
Shape = Callable[[Stored], bytes]
SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
_ALWAYS = frozenset({"resourceType", "id", "meta"})


def whole(one: Stored) -> bytes:
    """The resource as it is stored."""
    return one.json_bytes()


def shape_of(results: Results) -> Shape:
    """How each resource of an answer is written."""
    if results.elements:
        wanted = frozenset(results.elements)
        return lambda one: _subset(one, {name: frozenset() for name in wanted | _mandatory(one.kind)})
    match results.summary:
        case "true":
            return lambda one: _subset(one, _summary(one.kind))
        case "text":
            return lambda one: _subset(one, {name: frozenset() for name in {"text"} | _mandatory(one.kind)})
        case "data":
            return _without_text
        case _:
            return whole


@cache
def _mandatory(kind: str) -> frozenset[str]:
    return frozenset(one.name for one in definitions.definition(kind).elements if one.least > 0)


@cache
def _tables() -> Mapping[str, Mapping[str, frozenset[str]]]:
    found: dict[str, dict[str, frozenset[str]]] = {}
    for row in search.table("summaries.tsv"):
        paths = row["elements"].split(",")
        own = {path: frozenset[str]() for path in paths if "." not in path}
        for path in paths:
            parent, _, child = path.rpartition(".")
            if parent in own:
                own[parent] |= {child}
        found[row["kind"]] = own
    return found


@cache
def _summary(kind: str) -> Mapping[str, frozenset[str]]:
    """Element -> the parts of it that stand in a summary; no parts named: the whole."""
    return {**{name: frozenset[str]() for name in _mandatory(kind)}, **_tables().get(kind, {})}


def _subset(one: Stored, wanted: Mapping[str, frozenset[str]]) -> bytes:
    kept: Json = {}
    for key, value in codec.decode(one.json_bytes()).items():
        name = _element_of(one.kind, key)
        if key in _ALWAYS:
            kept[key] = value
        elif name in wanted:
            kept[key] = _parts(value, wanted[name]) if wanted[name] else value
    return codec.encode(_marked(kept))


def _parts(value: object, names: frozenset[str]) -> object:
    """A backbone element with the parts of its summary."""
    if isinstance(value, list):
        return [_parts(one, names) for one in cast("list[object]", value)]
    if isinstance(value, dict):
        held = cast("Json", value)
        return {key: part for key, part in held.items() if key == "id" or _plain(key, names)}
    return value


def _plain(key: str, names: frozenset[str]) -> bool:
    """Whether a key is one of the elements, be it one of several types (``valueQuantity`` of ``value``)."""
    name = key.removeprefix("_")
    return name in names or any(name.startswith(one) and name[len(one) :][:1].isupper() for one in names)


def _element_of(kind: str, key: str) -> str:
    """The element that a JSON key holds."""
    member = definitions.keys(kind).get(key.removeprefix("_"))
    return member.element.name if member else key


def _without_text(one: Stored) -> bytes:
    body = codec.decode(one.json_bytes())
    body.pop("text", None)
    return codec.encode(_marked(body))


def _marked(body: Json) -> Json:
    """With the tag that says: not the whole resource, so do not write it back."""
    meta = cast("Json", body.get("meta") or {})
    tags = [*cast("list[object]", meta.get("tag") or []), SUBSETTED]
    return {**body, "meta": {**meta, "tag": tags}}
