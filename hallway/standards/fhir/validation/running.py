"""What a validation carries from place to place."""

from collections.abc import Callable, Mapping
from typing import cast

from hallway.standards.fhir.path import Given, Meter, Node
from hallway.standards.fhir.path import root as root_node
from hallway.standards.fhir.validation.issues import Found
from hallway.standards.fhir.validation.narrative import narrative_issue

Json = dict[str, object]
Resolve = Callable[[str], Json | None]
"""A reference's text to the resource that it names; None when it is not there."""
MemberOf = Callable[[object, str], bool | None]
"""A code, Coding, CodeableConcept or Quantity and a value set's address; None when that is not known."""

WORK = 300_000
"""Steps that conditions and regexes of questionnaires may take together: a response may bring its own along."""
DEEPEST = 100
"""Objects inside each other."""


class Run:
    """The state of one validation. ``urls``: the entries of the Bundle around, by fullUrl and by Type/id; its type."""

    __slots__ = (
        "bundle_type",
        "depth",
        "inside",
        "kept_given",
        "member_of",
        "meter",
        "resolve",
        "resource",
        "root",
        "urls",
    )

    def __init__(self, resource: Json, resolve: Resolve | None, member_of: MemberOf | None) -> None:
        """Start at ``resource``, which is its own root."""
        self.resource = resource
        self.root = resource
        self.resolve = resolve
        self.member_of = member_of
        self.urls: Mapping[str, Json] = {}
        self.bundle_type: str | None = None
        self.depth = 0
        self.kept_given: Given | None = None
        self.meter = Meter(WORK)
        self.inside: tuple[Json, dict[str, Json]] | None = None

    def contained(self, name: str) -> Json | None:
        """The contained resource with this id."""
        if self.inside is None or self.inside[0] is not self.root:
            listed = self.root.get("contained")
            held = cast("list[object]", listed) if isinstance(listed, list) else []
            found = [cast("Json", one) for one in held if isinstance(one, dict)]
            self.inside = self.root, {str(one.get("id")): one for one in reversed(found)}
        return self.inside[1].get(name)

    def named(self, reference: str) -> Json | None:
        """The resource that a reference names, inside, in the Bundle around, or where ``resolve`` finds it."""
        if reference.startswith("#"):
            return self.contained(reference[1:]) if len(reference) > 1 else self.root
        found = self.urls.get(reference)
        if found is None and self.resolve is not None:
            found = self.resolve(reference)
        return found

    def given(self) -> Given:
        """What expressions may ask for."""
        if self.kept_given is None:
            member_of = self.member_of

            def node(reference: str, _: Node | None) -> Node | None:
                found = self.named(reference)
                return None if found is None else root_node(found)

            def member(one: Node, url: str) -> bool | None:
                return None if member_of is None else member_of(one.value, url)

            def fine(text: str) -> bool:
                return narrative_issue(text) is None

            self.kept_given = Given(resolve=node, member_of=member, is_xhtml=fine)
        return self.kept_given


Check = Callable[[object, Run], Found | None]
"""What is wrong with a value; None when nothing is."""
