"""Resources held against profiles: what R4 leaves open and a profile asks for."""

from typing import cast

from hallway.standards.fhir import definitions
from hallway.standards.fhir.definitions import Invariant
from hallway.standards.fhir.path import Node
from hallway.standards.fhir.profiles import Part, profile
from hallway.standards.fhir.validation.issues import Found, error, has_error, under, warning
from hallway.standards.fhir.validation.references import allowed, reference_issue
from hallway.standards.fhir.validation.running import Json, Run
from hallway.standards.fhir.validation.shapes import judge, rule
from hallway.standards.fhir.validation.slicing import Slicing, fits_codes, fits_pattern, in_valueset, resolved

_UNKNOWN = warning("not-found", "profile-unknown", "This profile is not known here, so nothing was asked for it.")
_OTHER_TYPE = error("structure", "profile-type", "The profile is for another type of resource.")
_FEW = error("required", "min", "The profile asks for more of this element.")
_MANY = error("structure", "max", "The profile allows fewer of this element.")
_KIND = error("structure", "type", "The profile does not allow this type here.")
_FIXED = error("value", "fixed", "The profile fixes this value, and another stands here.")
_PATTERN = error("value", "pattern", "The profile asks that this value hold certain parts, and it does not.")
_CODE = error("code-invalid", "binding", "The code is none of those that the profile allows here.")
_CLOSED = error("structure", "slice", "The profile allows only certain values here, and this is none of them.")
_EXTENSION = error("structure", "profile", "The value keeps none of the profiles that are asked for here.")


def profile_issues(url: str, node: Node, run: Run) -> Found:
    """What a profile, and those it builds on, say of a value."""
    wanted = profile(url)
    if wanted is None:
        name = url.partition("|")[0].removeprefix("http://hl7.org/fhir/StructureDefinition/")
        if definitions.is_known(name):
            return [] if name in definitions.ancestors(node.kind) else [_OTHER_TYPE]
        return [_UNKNOWN]
    if wanted.kind not in definitions.ancestors(node.kind):
        return [_OTHER_TYPE]
    found = profile_issues(wanted.base, node, run) if wanted.base else []
    return found + _ruled(wanted.root, node, run) + _inside(wanted.root, node, run)


def _conforms(url: str, node: Node, run: Run) -> bool:
    return not has_error(profile_issues(url, node, run))


def _ruled(part: Part, node: Node, run: Run) -> Found:
    rules = tuple(rule(Invariant(*one)) for one in part.invariants)
    return judge(rules, node, run) or [] if rules else []


def _inside(part: Part, node: Node, run: Run) -> Found:
    """What is asked of the elements of a value. An element that its type does not have is asked nothing."""
    found: Found = []
    members = definitions.members(node.kind) if type(node.value) is dict else {}
    for one in part.parts:
        if one.name in members:
            several = members[one.name][0].element.most != 1
            found += _element(one, [cast("Node", each) for each in node.child(one.name)], run, several=several)
    return found


def _place(name: str, at: int, *, several: bool) -> str:
    return f".{name}[{at}]" if several else f".{name}"


def _counted(part: Part, count: int) -> Found:
    if count < part.least:
        return under([_FEW], f".{part.name}")
    return under([_MANY], f".{part.name}") if -1 < part.most < count else []


def _element(part: Part, values: list[Node], run: Run, *, several: bool) -> Found:
    found = _counted(part, len(values))
    for at, node in enumerate(values):
        found += under(_value(part, node, run), _place(part.name, at, several=several))
    return found + _sliced(part, values, run, several=several) if part.slices else found


def _sliced(part: Part, values: list[Node], run: Run, *, several: bool) -> Found:
    found: Found = []
    free = set(range(len(values)))
    slicing = Slicing(part.discriminators, _conforms)
    for one in part.slices:
        mine = [at for at in sorted(free) if slicing.holds(values[at], one, run)]
        free -= set(mine)
        found += _counted(one, len(mine))
        for at in mine:
            found += under(_value(one, values[at], run), _place(part.name, at, several=several))
    if part.closed:
        found += [each for at in sorted(free) for each in under([_CLOSED], _place(part.name, at, several=several))]
    return found


def _value(part: Part, node: Node, run: Run) -> Found:
    """What is asked of one value."""
    found: Found = []
    if part.kinds and not definitions.ancestors(node.kind) & set(part.kinds):
        return [_KIND]
    if part.fixed is not None and node.value != part.fixed:
        found.append(_FIXED)
    if part.pattern is not None and not fits_pattern(node.value, part.pattern):
        found.append(_PATTERN)
    if part.codes and not fits_codes(node.value, part.codes):
        found.append(_CODE)
    if part.valueset and _is_coded(node) and in_valueset(node.value, part.valueset, run) is False:
        found.append(_CODE)
    if part.targets and node.kind == "Reference":
        found += reference_issue(cast("Json", node.value), allowed(part.targets), run) or []
    if part.profiles and not _keeps_one(part.profiles, node, run):
        found.append(_EXTENSION)
    return found + _ruled(part, node, run) + _inside(part, node, run)


def _is_coded(node: Node) -> bool:
    return node.value is not None and node.kind in {"code", "Coding", "CodeableConcept", "Quantity", "string", "uri"}


def _keeps_one(urls: tuple[str, ...], node: Node, run: Run) -> bool:
    """Whether a value, or what a reference names, keeps one of the profiles.

    A profile that is not known here is taken as kept, and so is all that a reference names outside.
    """
    there = resolved(node, run) if node.kind == "Reference" else node
    return there is None or any(_conforms(url, there, run) for url in urls)
