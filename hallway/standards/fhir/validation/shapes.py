"""Objects validated by their shape.

The elements that stand in an object decide most of what is to be said about it: unknown and missing elements, choices
taken twice, invariants that ask for presence only. So for each set of keys that is met this is worked out once, and an
object of a known shape costs a look-up and the checks of its values.
"""

from collections.abc import Callable
from typing import NamedTuple, cast

from hallway.standards.fhir import definitions
from hallway.standards.fhir.definitions import Definition, Element, Invariant, Member
from hallway.standards.fhir.path import Node, Path, PathRunError, compile_path
from hallway.standards.fhir.validation.issues import Found, Issue, error, has_error, warning
from hallway.standards.fhir.validation.presence import Presence, says
from hallway.standards.fhir.validation.running import DEEPEST, Check, Json, Run

KEPT = 4_000
"""Shapes of one type that are kept; a sender of ever new ones costs time, not memory."""
UNKNOWN = 100
"""So many unknown elements of one object are told of."""
NATIVE = frozenset({"ref-1", "txt-1", "txt-2"})
"""Invariants that a check of its own keeps: the reference's and the narrative's."""

_NOT_OBJECT = error("structure", "json-kind", "An object belongs here.")
_TOO_DEEP = error("too-long", "depth", f"Objects stand in each other deeper than {DEEPEST} levels.")
_EMPTY = error("invariant", "ele-1", "An element has a value or elements of its own; this one has neither.")
_EXTENSION = error("invariant", "ext-1", "An extension has either a value or extensions of its own.")
_FAILED = "A rule of R4 could not be judged for these values."


class Rule(NamedTuple):
    """An invariant and its compiled expression."""

    invariant: Invariant
    path: Path


class Shape(NamedTuple):
    """What is known of every object with these keys, and what is still to be asked."""

    checks: tuple[Check, ...]
    issues: tuple[Issue, ...]
    pairs: tuple[tuple[Member, "Pair"], ...]
    rules: tuple[Rule, ...]
    is_told: bool
    """Nothing but the checks is left."""


Said = tuple[tuple[Issue, ...], tuple[Rule, ...]]
"""Invariants that presence breaks, and those that values decide."""
Pair = Callable[[Json, Run], Found | None]
"""A check of a primitive together with its id and extensions."""

_rules: dict[Invariant, Rule] = {}


def rule(invariant: Invariant) -> Rule:
    """The compiled rule. R4 meant ``matches`` of the whole text; newer FHIRPath finds a part."""
    found = _rules.get(invariant)
    if found is None:
        whole = invariant.expression.replace("matches(", "matchesFull(")
        found = _rules[invariant] = Rule(invariant, compile_path(whole, trusted=True))
    return found


def broken(invariant: Invariant) -> Issue:
    """The finding for an invariant that is not kept."""
    severity = "error" if invariant.severity == "e" else "warning"
    return Issue(severity, "invariant", "", invariant.key, f"The rule {invariant.key} of the standard is not kept.")


def judge(rules: tuple[Rule, ...], node: Node, run: Run) -> Found | None:
    """What the rules say of a value."""
    found: Found = []
    for one in rules:
        try:
            said = one.path.holds(
                node, resource=Node(run.resource, _kind(run.resource)), root=Node(run.root, _kind(run.root)),
                given=run.given(),
            )  # fmt: skip
        except PathRunError:
            found.append(warning("invariant", one.invariant.key, _FAILED))
            continue
        if said is False:
            found.append(broken(one.invariant))
    return found or None


def _kind(resource: Json) -> str:
    return cast("str", resource["resourceType"])


class ObjectType:
    """One type of which values are objects; its shapes are worked out as they are met."""

    def __init__(
        self, definition: Definition, member_check: Callable[[Member], Check], pair: Callable[[Member], Pair]
    ) -> None:
        """``member_check`` and ``pair`` make the checks of an element; they are asked once for each."""
        self.definition = definition
        self.keys = definitions.keys(definition.name)
        self.siblings = {one.sibling: one for one in self.keys.values() if one.primitive}
        self.is_resource = definition.kind.startswith("r")
        self.rules = tuple(rule(one) for one in definition.invariants if one.key not in NATIVE)
        self._member_check, self._pair = member_check, pair
        self._checks: dict[str, Check] = {}
        self._shapes: dict[tuple[str, ...], Shape] = {}
        self._sayings: dict[frozenset[str], Said] = {}

    def check(self, value: object, run: Run) -> Found | None:
        """What is wrong with one value of the type."""
        if type(value) is not dict:
            return [_NOT_OBJECT]
        held: Json = value
        names = tuple(held)
        shape = self._shapes.get(names) or self._known(names)
        if run.depth > DEEPEST:
            return [_TOO_DEEP]
        run.depth += 1
        found = list(shape.issues) if shape.issues else None
        for check, one in zip(shape.checks, held.values(), strict=False):
            bad = check(one, run)
            if bad is not None:
                found = bad if found is None else found + bad
        run.depth -= 1
        return found if shape.is_told else self._rest(shape, held, run, found)

    def _rest(self, shape: Shape, held: Json, run: Run, found: Found | None) -> Found | None:
        """Primitives with ids and extensions, and the invariants that ask for values; these only of what is sound."""
        out = found or []
        run.depth += 1
        for _, pair in shape.pairs:
            out = out + (pair(held, run) or [])
        run.depth -= 1
        if shape.rules and not has_error(out):
            out = out + (judge(shape.rules, Node(held, self.definition.name), run) or [])
        return out or None

    def _known(self, names: tuple[str, ...]) -> Shape:
        shape = self._shape(names)
        if len(self._shapes) < KEPT and len(names) < 100:
            self._shapes[names] = shape
        return shape

    def _shape(self, names: tuple[str, ...]) -> Shape:
        members = [self.keys.get(name) or self.siblings.get(name) for name in names]
        issues = self._structure(names, [one for one in members if one is not None])
        pairs = {one.key: one for one in members if one is not None and one.primitive and one.sibling in names}
        checks = tuple(_nothing if one is None or one.key in pairs else self._check(one) for one in members)
        refused, left = self._said(names)
        beside = tuple((one, self._pair(one)) for one in pairs.values())
        return Shape(checks, (*issues, *refused), beside, left, is_told=not left and not beside)

    def _said(self, names: tuple[str, ...]) -> Said:
        """What the invariants say of these elements, in whatever order they stand."""
        known = frozenset(name for name in names if name in self.keys or name in self.siblings)
        found = self._sayings.get(known)
        if found is None:
            there = self._presence(names)
            said = [(one, says(one.path.tree, there)) for one in self.rules]
            refused = tuple(broken(one.invariant) for one, kept in said if kept is False)
            found = refused, tuple(one for one, kept in said if kept is None)
            if len(self._sayings) < KEPT:
                self._sayings[known] = found
        return found

    def _check(self, member: Member) -> Check:
        found = self._checks.get(member.key)
        if found is None:
            found = self._checks[member.key] = self._member_check(member)
        return found

    def _structure(self, names: tuple[str, ...], members: list[Member]) -> Found:
        issues: Found = []
        for at, name in enumerate(names, 1):
            if len(issues) == UNKNOWN:
                break
            known = name in self.keys or name in self.siblings or (self.is_resource and name == "resourceType")
            if not known:
                issues.append(
                    error("structure", "unknown-element", f"The member at place {at} is none that R4 knows here.")
                )
        taken: dict[str, str] = {}
        for one in members:
            if taken.setdefault(one.element.name, one.key) != one.key:
                issues.append(
                    Issue(
                        "error",
                        "structure",
                        f".{one.element.name}",
                        "choice",
                        "Only one type of this element may stand.",
                    )
                )
        for element in self.definition.elements:
            if element.least and element.name not in taken:
                issues.append(missing(element))
        return issues + self._own(taken)

    def _own(self, taken: dict[str, str]) -> Found:
        """The two rules of every element: it is not empty, and an extension has one content."""
        if self.is_resource:
            return []
        if not set(taken) - {"id"}:
            return [_EMPTY]
        if self.definition.name == "Extension" and ("value" in taken) == ("extension" in taken):
            return [_EXTENSION]
        return []

    def _presence(self, names: tuple[str, ...]) -> Presence:
        present = {self.keys[name].element.name for name in names if name in self.keys}
        beside = {self.siblings[name].element.name for name in names if name in self.siblings}
        valued = {
            self.keys[name].element.name
            for name in names
            if name in self.keys and self.keys[name].primitive and self.keys[name].element.most == 1
        }
        elements = frozenset(element.name for element in self.definition.elements)
        return Presence(self.definition.name, elements, frozenset(present | beside), frozenset(valued))


def missing(element: Element) -> Issue:
    """The finding for a mandatory element that is not there."""
    return Issue("error", "required", f".{element.name}", "min", "An element that R4 asks for is missing.")


def _nothing(_: object, __: Run) -> Found | None:
    return None
