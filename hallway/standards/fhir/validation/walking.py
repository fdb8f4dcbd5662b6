"""The checks of elements and types, made once and then only called."""

from collections.abc import Callable
from functools import cache
from typing import cast

from hallway.standards.fhir import definitions
from hallway.standards.fhir.definitions import Element, Member
from hallway.standards.fhir.path import Node
from hallway.standards.fhir.validation import bindings, bundles, questionnaires
from hallway.standards.fhir.validation.issues import Found, Issue, error, has_error, under, warning
from hallway.standards.fhir.validation.primitives import JUDGES
from hallway.standards.fhir.validation.references import allowed, reference_issue
from hallway.standards.fhir.validation.running import Check, Json, Run
from hallway.standards.fhir.validation.shapes import ObjectType, Pair, Rule, judge, rule

_NOT_LIST = error("structure", "json-kind", "A list belongs here.")
_IS_LIST = error("structure", "json-kind", "One value belongs here, not a list.")
_EMPTY_LIST = error("structure", "json-kind", "A list must not be empty.")
_NULL = error("structure", "json-kind", "null may stand only where an id or extension stands beside it.")
_MANY = error("structure", "max", "More values stand here than R4 allows.")
_FEW = error("required", "min", "Fewer values stand here than R4 asks for.")
_NOT_FIXED = error("value", "fixed", "This value is fixed by the standard, and another stands here.")
_UNEVEN = error("structure", "json-kind", "The list of ids and extensions is longer than the list of values.")
_NO_TYPE = error("structure", "resource-type", "This is no resource of R4.")
_MORE = warning("incomplete", "findings", "More may be wrong in this list; the rest was not looked at.")
LISTED = 200
"""So many values of one list are told of."""
_NO_VALUE = error("invariant", "ele-1", "An element has a value or an extension; this one has neither.")


@cache
def object_type(name: str) -> ObjectType:
    """The type of this name; its checks are made as its shapes are met."""
    return ObjectType(definitions.definition(name), _member_check, _pair)


def type_check(name: str) -> Check:
    """The check of one value of a type, without anything its element adds."""
    if definitions.is_primitive(name):
        judge_one = JUDGES[name]

        def primitive(value: object, _: Run) -> Found | None:
            issue = judge_one(value)
            return None if issue is None else [issue]

        return primitive
    if name in {"Resource", "DomainResource"}:
        return inner_resource
    return object_type(name).check


def resource_check(value: object, run: Run) -> Found | None:
    """A resource, by the type that it names itself."""
    kind = cast("Json", value).get("resourceType") if isinstance(value, dict) else None
    if type(kind) is not str or kind not in definitions.resource_names():
        return [_NO_TYPE]
    found = object_type(kind).check(value, run)
    if kind == "Bundle" or (kind in _WHOLE and not (found and has_error(found))):
        more = _WHOLE[kind](cast("Json", value), run)
        return ((found or []) + more) or None
    return found


def _is_sound(kind: str, value: Json) -> bool:
    """Whether a resource that others are held against can be read: its parts are of the kinds that they should be."""
    if value.get("resourceType") != kind:
        return False
    found = object_type(kind).check(value, Run(value, None, None)) or []
    return not any(one.severity == "error" and one.code in {"structure", "too-long"} for one in found)


def _response_issues(response: Json, run: Run) -> Found:
    return questionnaires.response_issues(response, run, lambda found: _is_sound("Questionnaire", found))


_WHOLE: dict[str, Callable[[Json, Run], Found]] = {
    "Bundle": lambda value, _: bundles.bundle_issues(value),
    "Questionnaire": questionnaires.questionnaire_issues,
    "QuestionnaireResponse": _response_issues,
}
"""What a resource must be as a whole, beyond its elements; asked of one whose elements are sound, or of a Bundle."""


def enter_bundle(run: Run) -> None:
    """From here on references may name the entries of this Bundle."""
    run.urls = bundles.urls_of(run.resource)
    kind = run.resource.get("type")
    run.bundle_type = kind if isinstance(kind, str) else None


def inner_resource(value: object, run: Run) -> Found | None:
    """A resource inside a Bundle or Parameters: it is its own root."""
    if not isinstance(value, dict):
        return resource_check(value, run)
    before = run.resource, run.root, run.urls, run.bundle_type
    run.resource = run.root = cast("Json", value)
    if run.resource.get("resourceType") == "Bundle":
        enter_bundle(run)
    try:
        return resource_check(value, run)
    finally:
        run.resource, run.root, run.urls, run.bundle_type = before


def _contained(value: object, run: Run) -> Found | None:
    """A contained resource: the one around stays the root."""
    if not isinstance(value, dict):
        return resource_check(value, run)
    before = run.resource
    run.resource = cast("Json", value)
    try:
        return resource_check(value, run)
    finally:
        run.resource = before


def _value_check(member: Member) -> Check:
    """One value of an element: its type, and what the element adds."""
    element, target = member.element, member.target
    kind = next((one for one in target.profiles if definitions.is_known(one)), member.kind)
    if member.primitive:
        return _primitive_check(member)
    check: Check = _contained if element.name == "contained" else type_check(kind)
    if member.kind == "Reference":
        check = _reference_check(check, allowed(target.targets))
    if bindings.is_bound(element) and member.kind in {"Coding", "CodeableConcept", "Quantity"}:
        check = _bound(check, element)
    return _with_rules(check, element, member.kind)


def _primitive_check(member: Member) -> Check:
    element, judge_one = member.element, JUDGES[member.kind]
    if bindings.is_bound(element) and element.valueset is not None and member.kind in {"code", "string", "uri"}:
        listed = bindings.code_check(element.valueset, "")

        def bound(value: object, run: Run) -> Found | None:
            if listed(value, run) is None:
                return None
            issue = judge_one(value)
            return listed(value, run) if issue is None else [issue]

        return _with_rules(bound, element, member.kind)
    return _with_rules(type_check(member.kind), element, member.kind)


def _reference_check(check: Check, targets: frozenset[str]) -> Check:
    def with_target(value: object, run: Run) -> Found | None:
        found = check(value, run)
        if type(value) is not dict or (found is not None and has_error(found)):
            return found
        held: Json = value
        more = reference_issue(held, targets, run)
        return more if found is None else found + (more or [])

    return with_target


def _bound(check: Check, element: Element) -> Check:
    valueset = element.valueset
    assert valueset is not None

    def with_code(value: object, run: Run) -> Found | None:
        found = check(value, run)
        issue = None if found and has_error(found) else bindings.bound_issue(value, valueset, run)
        if issue is None:
            return found
        return [issue] if found is None else [*found, issue]

    return with_code


def _with_rules(check: Check, element: Element, kind: str) -> Check:
    """With the invariants and the fixed value that the element adds to its type."""
    rules = tuple(rule(one) for one in element.invariants if one.key not in {"txt-1", "txt-2"})
    if rules:
        check = _ruled(check, rules, kind)
    if element.fixed is not None and element.fixed[0] == "f":
        check = _fixed(check, element.fixed[1])
    return check


def _ruled(check: Check, rules: tuple[Rule, ...], kind: str) -> Check:
    def with_rules(value: object, run: Run) -> Found | None:
        found = check(value, run)
        if found is not None and has_error(found):
            return found
        more = judge(rules, Node(value, kind), run)
        return more if found is None else found + (more or [])

    return with_rules


def _fixed(check: Check, wanted: object) -> Check:
    def with_fixed(value: object, run: Run) -> Found | None:
        return check(value, run) or (None if value == wanted else [_NOT_FIXED])

    return with_fixed


def _member_check(member: Member) -> Check:
    """The check of everything that stands under a key."""
    place = f".{member.element.name}"
    return _single(member, place) if member.element.most == 1 else _several(member, place)


def _single(member: Member, place: str) -> Check:
    one_check = _value_check(member)
    if member.primitive and member.element.strength not in {"r", "m"} and not member.element.invariants:
        judge_one = JUDGES[member.kind]

        def plain(value: object, _: Run) -> Found | None:
            issue = judge_one(value)
            return None if issue is None else [_listed(value, issue)._replace(expression=place)]

        return plain

    def check(value: object, run: Run) -> Found | None:
        found = one_check(value, run)
        if found is None:
            return None
        return under([_listed(value, one) for one in found] if isinstance(value, list) else found, place)

    return check


def _listed(value: object, issue: Issue) -> Issue:
    """A list where one value belongs says so, whatever else is wrong."""
    return _IS_LIST if isinstance(value, list) else issue


def _counts(held: list[object], element: Element) -> Found:
    if not held:
        return [_EMPTY_LIST]
    if element.most > 1 and len(held) > element.most:
        return [_MANY]
    return [_FEW] if len(held) < element.least else []


def _several(member: Member, place: str) -> Check:
    one_check, element = _value_check(member), member.element

    def check(value: object, run: Run) -> Found | None:
        if type(value) is not list:
            return [_NOT_LIST._replace(expression=place)]
        held: list[object] = value
        counted: Found | None = None
        if not held or element.most > 1 or element.least > 1:
            counted = under(_counts(held, element), place) or None
        found = _each(held, one_check, run, place)
        return found if counted is None else counted + (found or [])

    return check


def _each(held: list[object], one_check: Check, run: Run, place: str) -> Found | None:
    """The findings in a list. After LISTED values with errors the rest is not looked at, and that is said."""
    found: Found | None = None
    wrong = 0
    for at, one in enumerate(held):
        bad = [_NULL] if one is None else one_check(one, run)
        if bad is not None:
            found = found or []
            found += under(bad, f"{place}[{at}]")
            wrong += has_error(bad)
            if wrong == LISTED:
                return [*found, _MORE._replace(expression=place)]
    return found


def _pair(member: Member) -> Pair:
    """A primitive and what stands beside it under its key with an underscore."""
    place = f".{member.element.name}"
    return _pair_of_lists(member, place) if member.element.most != 1 else _pair_of_one(member, place)


def _beside(more: object, run: Run, *, valued: bool) -> Found:
    """The id and extensions of a primitive; without a value it needs an extension."""
    if type(more) is not dict:
        return [error("structure", "json-kind", "An object with id or extensions belongs here.")]
    found = object_type("Element").check(more, run) or []
    bare = [one for one in found if one.key != "ele-1" or one.expression]
    if "extension" in more or (valued and "id" in more):
        return bare
    return [*bare, _NO_VALUE]


def _pair_of_one(member: Member, place: str) -> Pair:
    one_check = _value_check(member)

    def pair(held: Json, run: Run) -> Found | None:
        found: Found = []
        if member.key in held:
            value = held[member.key]
            found += [_NULL] if value is None else one_check(value, run) or []
        found += _beside(held[member.sibling], run, valued=member.key in held)
        return under(found, place) or None

    return pair


def _pair_of_lists(member: Member, place: str) -> Pair:
    one_check = _value_check(member)

    def one(value: object, more: object, run: Run) -> Found:
        if value is None and more is None:
            return [_NULL]
        found = [] if value is None else one_check(value, run) or []
        return found if more is None else found + _beside(more, run, valued=value is not None)

    def pair(held: Json, run: Run) -> Found | None:
        values, mores = held.get(member.key, []), held[member.sibling]
        if type(values) is not list or type(mores) is not list:
            return [_NOT_LIST._replace(expression=place)]
        left, right = cast("list[object]", values), cast("list[object]", mores)
        if member.key in held and len(right) > len(left):
            return [_UNEVEN._replace(expression=place)]
        found = under(_counts(left or right, member.element), place)
        for at in range(max(len(left), len(right))):
            value, more = (side[at] if at < len(side) else None for side in (left, right))
            found += under(one(value, more, run), f"{place}[{at}]")
            if len(found) > LISTED:
                return [*found, _MORE._replace(expression=place)]
        return found or None

    return pair
