"""Which slice of a profile a value belongs to: by value, pattern, type, existence or profile."""

import re
from collections.abc import Callable
from typing import NamedTuple, cast

from hallway.standards.fhir import definitions
from hallway.standards.fhir.path import Node
from hallway.standards.fhir.profiles import Part
from hallway.standards.fhir.validation import bindings
from hallway.standards.fhir.validation.running import Json, Run

Conforms = Callable[[str, Node, Run], bool]
"""Whether a value keeps a profile, by the profile's address."""
_STEP = re.compile(r"resolve\(\)|ofType\((\w+)\)|extension\('([^']+)'\)|([A-Za-z]+)(?:\[x\])?")


def fits_pattern(value: object, wanted: object) -> bool:
    """Whether a value holds all that a pattern holds."""
    if isinstance(wanted, dict):
        if not isinstance(value, dict):
            return False
        held = cast("Json", value)
        return all(fits_pattern(held.get(key), one) for key, one in cast("Json", wanted).items())
    if isinstance(wanted, list):
        found = cast("list[object]", value) if isinstance(value, list) else []
        return all(any(fits_pattern(one, each) for one in found) for each in cast("list[object]", wanted))
    return type(value) is type(wanted) and value == wanted


def fits_codes(value: object, codes: tuple[tuple[str, str], ...]) -> bool:
    """Whether a Coding or CodeableConcept holds one of the codes."""
    if not isinstance(value, dict):
        return any(value == code for _, code in codes)
    held = cast("Json", value)
    codings = held.get("coding", [held])
    found = cast("list[object]", codings) if isinstance(codings, list) else []
    return any(
        isinstance(one, dict) and (cast("Json", one).get("system"), cast("Json", one).get("code")) in codes
        for one in found
    )


def _walked(node: Node, path: str, run: Run) -> list[Node]:
    """The values at a discriminator's path; a path that is not understood gives none."""
    found = [node]
    if path == "$this":
        return found
    for step in _STEP.finditer(path):
        of_type, url, name = step.groups()
        if of_type:
            found = [one for one in found if of_type in definitions.ancestors(one.kind)]
        elif url:
            found = [one for each in found for one in _extensions(each, url)]
        elif name:
            found = [cast("Node", one) for each in found for one in each.child(name)]
        else:
            found = [there for one in found if (there := resolved(one, run)) is not None]
    return found


def _extensions(node: Node, url: str) -> list[Node]:
    held = [cast("Node", one) for one in node.child("extension")]
    return [one for one in held if isinstance(one.value, dict) and cast("Json", one.value).get("url") == url]


def resolved(node: Node, run: Run) -> Node | None:
    """The resource that a reference names; None when it is not at hand."""
    reference = cast("Json", node.value).get("reference") if isinstance(node.value, dict) else node.value
    there = run.named(reference) if isinstance(reference, str) else None
    if there is None:
        return None
    kind = there.get("resourceType")
    return Node(there, kind if isinstance(kind, str) and definitions.is_known(kind) else "Resource")


def _part_at(part: Part, path: str) -> Part | None:
    """What a slice asks at a discriminator's path; None when nothing."""
    here = part
    if path == "$this":
        return here
    for step in _STEP.finditer(path):
        url, name = step.group(2), step.group(3)
        if not name and not url:
            continue
        wanted = name or "extension"
        found = next((one for one in here.parts if one.name == wanted), None)
        if found is not None and url:
            found = next((one for one in found.slices if url in one.profiles), None)
        if found is None:
            return None
        here = found
    return here


def _by_value(node: Node, part: Part, path: str, run: Run) -> bool:
    asked = _part_at(part, path)
    if path == "url" and part.profiles:
        return cast("Json", node.value).get("url") in {url.partition("|")[0] for url in part.profiles}
    if asked is None:
        return False
    values = [one.value for one in _walked(node, path, run)]
    if asked.codes:
        return any(fits_codes(one, asked.codes) for one in values)
    if asked.fixed is not None:
        return any(one == asked.fixed for one in values)
    if asked.pattern is not None:
        return any(fits_pattern(one, asked.pattern) for one in values)
    if asked.valueset:
        return any(in_valueset(one, asked.valueset, run) is True for one in values)
    inner = [one for one in cast("tuple[Part, ...]", asked.parts) if one.fixed is not None or one.pattern is not None]
    return bool(inner) and all(_by_value(node, part, f"{path}.{one.name}", run) for one in inner)


def in_valueset(value: object, url: str, run: Run) -> bool | None:
    """Whether a value's code is in a value set; None when the set is not known here."""
    listed = definitions.valueset(url)
    if listed is not None and listed.systems is not None:
        return bindings.bound_issue(value, listed, run) is None
    return None if run.member_of is None else run.member_of(value, url)


class Slicing(NamedTuple):
    """How slices are told apart, and who says whether a profile is kept."""

    discriminators: tuple[tuple[str, str], ...]
    conforms: Conforms

    def holds(self, node: Node, part: Part, run: Run) -> bool:
        """Whether a value belongs to a slice: every discriminator says so."""
        return bool(self.discriminators) and all(self._says(node, part, one, run) for one in self.discriminators)

    def _says(self, node: Node, part: Part, how: tuple[str, str], run: Run) -> bool:
        kind, path = how
        asked = _part_at(part, path)
        values = _walked(node, path, run)
        if kind == "type":
            kinds = asked.kinds if asked is not None else ()
            return any(definitions.ancestors(one.kind) & set(kinds) for one in values)
        if kind == "exists":
            return asked is not None and bool(values) == (asked.most != 0)
        if kind == "profile":
            urls = asked.profiles if asked is not None else ()
            return any(self.conforms(url, one, run) for url in urls for one in values)
        return _by_value(node, part, path, run)
