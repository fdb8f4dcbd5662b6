"""Resources broken on purpose, each in one named way, with the finding that must come of it."""

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from hallway.standards.fhir import definitions
from hallway.standards.fhir.definitions import Member

Json = dict[str, Any]


class Place(NamedTuple):
    """One value in a resource: the object and key that hold it, its index in a list, its FHIRPath."""

    holder: Json
    key: str
    index: int | None
    expression: str
    member: Member
    holder_expression: str

    def value(self) -> Any:
        held = self.holder[self.key]
        return held if self.index is None else held[self.index]

    def put(self, value: Any) -> None:
        if self.index is None:
            self.holder[self.key] = value
        else:
            self.holder[self.key][self.index] = value


class Broken(NamedTuple):
    """A broken resource and what must be found: the place, the kind of finding, the rule."""

    kind: str
    resource: Json
    expression: str
    code: str
    key: str


Breaker = Callable[[Json, random.Random], tuple[str, str, str] | None]
"""Breaks a resource in place; expression, code and key of the finding, or None when it has nothing to break."""


def places(held: Json, kind: str, expression: str) -> Iterator[Place]:
    """Every value of a resource with its definition."""
    for key, value in held.items():
        member = definitions.keys(kind).get(key)
        if member is None:
            continue
        listed = isinstance(value, list)
        for at, one in enumerate(value if listed else [value]):
            where = f"{expression}.{member.element.name}" + (f"[{at}]" if listed else "")
            yield Place(held, key, at if listed else None, where, member, expression)
            if isinstance(one, dict):
                inner = one.get("resourceType", member.kind) if member.kind == "Resource" else member.kind
                yield from places(one, inner, where)


def pick(resource: Json, chance: random.Random, fits: Callable[[Place], bool]) -> Place | None:
    found = [place for place in places(resource, resource["resourceType"], resource["resourceType"]) if fits(place)]
    return chance.choice(found) if found else None


def _is(*kinds: str) -> Callable[[Place], bool]:
    return lambda place: place.member.kind in kinds and place.value() is not None


def remove_mandatory(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(
        resource, chance,
        lambda one: one.member.element.least > 0 and one.index in {None, 0} and not _alone(one)
        and one.member.kind != "Extension",
    )  # fmt: skip
    if place is None:
        return None
    del place.holder[place.key]
    return f"{place.holder_expression}.{place.member.element.name}", "required", "min"


def _alone(place: Place) -> bool:
    return len(place.holder) < 2 or f"_{place.key}" in place.holder


def wrong_json_kind(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(resource, chance, lambda one: one.member.primitive and one.member.kind != "xhtml" and not _alone(one))
    if place is None:
        return None
    place.put(7 if isinstance(place.value(), str) else "seven")
    return place.expression, "structure", "json-kind"


def object_for_text(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(resource, chance, lambda one: one.member.kind == "string" and not _alone(one))
    if place is None:
        return None
    place.put({"value": "x"})
    return place.expression, "structure", "json-kind"


def text_for_object(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(resource, chance, lambda one: not one.member.primitive and one.member.kind != "Resource")
    if place is None:
        return None
    place.put("x")
    return place.expression, "structure", "json-kind"


def second_choice(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(resource, chance, lambda one: one.member.element.choice and len(one.member.element.types) > 1)
    if place is None:
        return None
    others = [t.kind for t in place.member.element.types if t.kind != place.member.kind]
    key = definitions.key_of(place.member.element, chance.choice(others))
    place.holder[key] = place.value()
    return f"{place.holder_expression}.{place.member.element.name}", "structure", "choice"


def unknown_element(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(resource, chance, lambda one: isinstance(one.value(), dict) and one.member.kind != "Resource")
    if place is None or chance.random() < 0.3:
        resource["flavour"] = "mint"
        return resource["resourceType"], "structure", "unknown-element"
    place.value()["flavour"] = "mint"
    return place.expression, "structure", "unknown-element"


def bad_code(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(
        resource, chance,
        lambda one: one.member.kind == "code" and one.member.element.strength == "r"
        and one.member.element.valueset is not None and one.member.element.valueset.systems is not None,
    )  # fmt: skip
    if place is None:
        return None
    place.put("no-such-code")
    return place.expression, "code-invalid", "binding"


def bad_date(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(resource, chance, _is("date", "dateTime", "instant"))
    if place is None:
        return None
    place.put(chance.choice(["2020-13-01", "2021-02-29", "20200101", "2020-1-1", "yesterday", "2020-01-01T10:00:00"]))
    return place.expression, "value", "form"


def bad_reference_type(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(
        resource, chance,
        lambda one: one.member.kind == "Reference" and 0 < len(one.member.target.targets) < 20
        and "Resource" not in one.member.target.targets and "reference" in one.value(),
    )  # fmt: skip
    if place is None:
        return None
    others = sorted(definitions.resource_names() - set(place.member.target.targets))
    place.value()["reference"] = f"{chance.choice(others)}/x1"
    return place.expression, "structure", "reference-target"


def bad_reference_form(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(resource, chance, lambda one: one.member.kind == "Reference" and "reference" in one.value())
    if place is None:
        return None
    place.value()["reference"] = chance.choice(
        ["nobody", "Patient/", "Person of interest/1", "urn:uuid:1", "Martian/4"]
    )
    return f"{place.expression}.reference", "value", "reference-form"


def contained_lost(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(resource, chance, lambda one: one.member.kind == "Reference" and "reference" in one.value())
    if place is None:
        return None
    place.value()["reference"] = "#nobody"
    return place.expression, "invariant", "ref-1"


def empty_object(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(resource, chance, lambda one: isinstance(one.value(), dict) and one.member.kind != "Resource")
    if place is None:
        return None
    place.put({})
    return place.expression, "invariant", "ele-1"


def empty_list(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(resource, chance, lambda one: one.index == 0 and f"_{one.key}" not in one.holder)
    if place is None:
        return None
    place.holder[place.key] = []
    return place.expression.removesuffix("[0]"), "structure", "json-kind"


def list_for_one(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(resource, chance, lambda one: one.index is None and f"_{one.key}" not in one.holder)
    if place is None:
        return None
    place.put([place.value()])
    return place.expression, "structure", "json-kind"


def one_for_list(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(resource, chance, lambda one: one.index == 0 and f"_{one.key}" not in one.holder)
    if place is None:
        return None
    place.holder[place.key] = place.value()
    return place.expression.removesuffix("[0]"), "structure", "json-kind"


def null_value(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(resource, chance, lambda one: one.member.primitive and f"_{one.key}" not in one.holder)
    if place is None:
        return None
    place.put(None)
    return place.expression, "structure", "json-kind"


def empty_text(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(resource, chance, _is("string", "uri", "code", "dateTime", "markdown"))
    if place is None or place.member.element.strength == "r":
        return None
    place.put("")
    return place.expression, "value", "form"


def bad_form(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(resource, chance, _is("id", "uri", "canonical", "base64Binary", "oid", "uuid", "url"))
    if place is None:
        return None
    place.put({"id": "a_b", "base64Binary": "***"}.get(place.member.kind, "two words"))
    return place.expression, "value", "form"


def point_in_integer(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(resource, chance, _is("integer", "positiveInt", "unsignedInt"))
    if place is None:
        return None
    place.put(99999999999)
    return place.expression, "value", "form"


def extension_with_both(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    if resource["resourceType"] in {"Bundle", "Binary", "Parameters"}:
        return None
    resource["extension"] = [{"url": "urn:x", "valueCode": "a", "extension": [{"url": "b", "valueCode": "a"}]}]
    return f"{resource['resourceType']}.extension[0]", "invariant", "ext-1"


def extension_with_none(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    if resource["resourceType"] in {"Bundle", "Binary", "Parameters"}:
        return None
    resource["extension"] = [{"url": "urn:x", "id": "a"}]
    return f"{resource['resourceType']}.extension[0]", "invariant", "ext-1"


def quantity_without_system(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(resource, chance, lambda one: one.member.kind == "Quantity" and {"code", "system"} <= set(one.value()))
    if place is None:
        return None
    del place.value()["system"]
    return place.expression, "invariant", "qty-3"


def period_reversed(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    place = pick(resource, chance, _is("Period"))
    if place is None:
        return None
    place.put({"start": "2020-05-04", "end": "2019-05-04"})
    return place.expression, "invariant", "per-1"


def narrative_script(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    if "div" not in resource.get("text", {}):
        return None
    ways = [
        "<script>1</script>",
        "<b onclick='x()'>b</b>",
        "<b>",
        "<iframe src='x'>a</iframe>",
        "<a href='javascript:x'>a</a>",
    ]
    resource["text"]["div"] = f'<div xmlns="http://www.w3.org/1999/xhtml">{chance.choice(ways)}</div>'
    return f"{resource['resourceType']}.text.div", "invariant", "txt-1"


def narrative_empty(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    if "div" not in resource.get("text", {}):
        return None
    resource["text"]["div"] = '<div xmlns="http://www.w3.org/1999/xhtml"> <p/> </div>'
    return f"{resource['resourceType']}.text.div", "invariant", "txt-2"


def contained_unnamed(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    if resource["resourceType"] in {"Bundle", "Binary", "Parameters"}:
        return None
    resource["contained"] = [{"resourceType": "Basic", "id": "alone", "code": {"text": "x"}}]
    return resource["resourceType"], "invariant", "dom-3"


def value_and_reason(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    if resource["resourceType"] != "Observation" or not any(key.startswith("value") for key in resource):
        return None
    resource["dataAbsentReason"] = {"text": "unknown"}
    return "Observation", "invariant", "obs-6"


def contact_of_nobody(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    if resource["resourceType"] != "Patient":
        return None
    resource["contact"] = [{"gender": "other"}]
    return "Patient.contact[0]", "invariant", "pat-1"


def too_deep(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    if resource["resourceType"] in {"Bundle", "Binary", "Parameters"}:
        return None
    inner: Json = {"url": "urn:x", "valueCode": "a"}
    for _ in range(150):
        inner = {"url": "urn:x", "extension": [inner]}
    resource["extension"] = [inner]
    return f"{resource['resourceType']}.extension[0]" + ".extension[0]" * 100, "too-long", "depth"


def no_such_type(resource: Json, chance: random.Random) -> tuple[str, str, str] | None:
    resource["resourceType"] = "Pateint"
    return "Pateint", "structure", "resource-type"


BREAKERS: dict[str, Breaker] = {
    one.__name__: one
    for one in (
        remove_mandatory, wrong_json_kind, object_for_text, text_for_object, second_choice, unknown_element, bad_code,
        bad_date, bad_reference_type, bad_reference_form, contained_lost, empty_object, empty_list, list_for_one,
        one_for_list, null_value, empty_text, bad_form, point_in_integer, extension_with_both, extension_with_none,
        quantity_without_system, period_reversed, narrative_script, narrative_empty, contained_unnamed,
        value_and_reason, contact_of_nobody, too_deep, no_such_type,
    )
}  # fmt: skip


def broken(resources: list[Json], count: int, seed: int) -> list[Broken]:
    """``count`` broken resources, the kinds in turn; the same seed gives the same."""
    chance = random.Random(seed)
    kinds = list(BREAKERS)
    out: list[Broken] = []
    tries = 0
    while len(out) < count:
        kind = kinds[(len(out)) % len(kinds)]
        tries += 1
        assert tries < count * 200, f"nothing to break for {kind}"
        resource = copy.deepcopy(chance.choice(resources))
        said = BREAKERS[kind](resource, chance)
        if said is not None:
            out.append(Broken(kind, resource, *said))
    return out
