"""The functions that FHIR adds: extensions, references, value sets, profiles and narrative."""

from typing import cast

from hallway.standards.fhir.path.functions.base import Function, plain, with_one
from hallway.standards.fhir.path.operators import atom
from hallway.standards.fhir.path.running import Env, PathRunError, single, text
from hallway.standards.fhir.path.values import Items, Node


def _extension(found: Items, argument: Items, env: Env) -> Items:
    url = text(argument)
    out: Items = []
    for one in found:
        if type(one) is Node:
            held = [cast("Node", extension) for extension in one.child("extension")]
            env.spend(1 + len(held))
            out += [x for x in held if type(x.value) is dict and cast("dict[str, object]", x.value).get("url") == url]
    return out


def _has_value(found: Items, _: Env) -> Items:
    if len(found) != 1:
        return [False]
    one = found[0]
    return [type(one) is not Node or (one.value is not None and type(one.value) is not dict)]


def _get_value(found: Items, _: Env) -> Items:
    if len(found) != 1:
        return []
    plain_one = atom(found[0])
    return [] if type(plain_one) is Node else [plain_one]


def _resolve(found: Items, env: Env) -> Items:
    resolve = env.given.resolve
    if resolve is None:
        raise PathRunError("References cannot be followed in this run.")
    out: Items = []
    for one in found:
        value = one.value if type(one) is Node else one
        if type(value) is dict:
            value = cast("dict[str, object]", value).get("reference")
        if type(value) is str:
            inside = env.resource if type(env.resource) is Node else None
            there = resolve(value, inside)
            if there is not None:
                out.append(there)
    return out


def _asked(found: Items, argument: Items, env: Env, *, profile: bool) -> Items:
    ask = env.given.conforms_to if profile else env.given.member_of
    if ask is None:
        raise PathRunError("Value sets and profiles cannot be asked in this run.")
    one, url = found, text(argument)
    if not one or url is None:
        return []
    if len(one) > 1:
        raise PathRunError("One value is asked for where several stand.")
    node = one[0] if type(one[0]) is Node else Node(one[0], "string")
    said = ask(node, url)
    return [] if said is None else [said]


def _html_checks(found: Items, env: Env) -> Items:
    check = env.given.is_xhtml
    if check is None:
        raise PathRunError("Narrative cannot be checked in this run.")
    one = single(found)
    return [] if type(one) is not str else [check(one)]


FUNCTIONS: dict[str, Function] = {
    "extension": with_one(_extension),
    "hasValue": plain(_has_value),
    "getValue": plain(_get_value),
    "resolve": plain(_resolve),
    "memberOf": with_one(lambda found, argument, env: _asked(found, argument, env, profile=False)),
    "conformsTo": with_one(lambda found, argument, env: _asked(found, argument, env, profile=True)),
    "htmlChecks": plain(_html_checks),
}
