"""Functions over collections: is anything there, which of it, and both sides together."""

from collections.abc import Callable

from hallway.standards.fhir.path import comparing, operators
from hallway.standards.fhir.path.functions.base import Compiled, Function, each, plain, standing_at, with_one
from hallway.standards.fhir.path.running import Env, PathRunError, Run, Step, truth, whole_number
from hallway.standards.fhir.path.syntax import Tree
from hallway.standards.fhir.path.values import Items, Node, descend


def _where(made: Compiled, parts: tuple[Tree, ...]) -> Step:
    inner = made.run(parts[0])
    return lambda found, env: [one for one, said in each(found, inner, env) if _told(said) is True]


def _told(said: Items) -> bool | None:
    """A criterion gives a boolean or nothing."""
    found = truth(said)
    if found and type(said[0]) is not bool and type(operators.atom(said[0])) is not bool:
        raise PathRunError("A criterion gives a boolean.")
    return found


def _exists(made: Compiled, parts: tuple[Tree, ...]) -> Step:
    if not parts:
        return lambda found, _: [bool(found)]
    inner = made.run(parts[0])
    return lambda found, env: [any(truth(said) is True for _, said in each(found, inner, env))]


def _all(made: Compiled, parts: tuple[Tree, ...]) -> Step:
    inner = made.run(parts[0])
    return lambda found, env: [all(truth(said) is True for _, said in each(found, inner, env))]


def _every(wanted: bool, *, one_is_enough: bool) -> Function:
    def work(found: Items, env: Env) -> Items:
        env.spend(len(found))
        plain_ones = [operators.atom(one) for one in found]
        if any(type(one) is not bool for one in plain_ones):
            raise PathRunError("Booleans are asked for.")
        fits = [one is wanted for one in plain_ones]
        return [any(fits) if one_is_enough else all(fits)]

    return plain(work)


def _select(made: Compiled, parts: tuple[Tree, ...]) -> Step:
    inner = made.run(parts[0])

    def step(found: Items, env: Env) -> Items:
        out: Items = []
        for _, said in each(found, inner, env):
            out += said
            env.spend(len(said))
        return out

    return step


def _repeat(made: Compiled, parts: tuple[Tree, ...]) -> Step:
    inner = made.run(parts[0])

    def step(found: Items, env: Env) -> Items:
        out: Items = []
        waiting = found
        while waiting:
            fresh: Items = []
            for _, said in each(waiting, inner, env):
                for one in said:
                    env.spend(1 if type(one) is Node else 1 + len(out))
                    if type(one) is Node or not comparing.holds(out, one):
                        out.append(one)
                        fresh.append(one)
            waiting = fresh
        return comparing.distinct(out, env.spend)

    return step


def _of_type(made: Compiled, parts: tuple[Tree, ...]) -> Step:
    name = made.type_name(parts[0])
    return lambda found, _: operators.as_type(found, name)


def _is(made: Compiled, parts: tuple[Tree, ...]) -> Step:
    name = made.type_name(parts[0])
    return lambda found, _: operators.is_type(found, name)


def _single(found: Items, _: Env) -> Items:
    if len(found) > 1:
        raise PathRunError("One value is asked for where several stand.")
    return found


def _counted(cut: Callable[[Items, int], Items]) -> Function:
    def work(found: Items, argument: Items, _: Env) -> Items:
        count = whole_number(argument)
        return [] if count is None else cut(found, count)

    return with_one(work)


def _distinct(found: Items, env: Env) -> Items:
    return comparing.distinct(found, env.spend)


def _is_distinct(found: Items, env: Env) -> Items:
    return [len(comparing.distinct(found, env.spend)) == len(found)]


def _union(found: Items, other: Items, env: Env) -> Items:
    return comparing.distinct(found + other, env.spend)


def _combine(found: Items, other: Items, env: Env) -> Items:
    env.spend(len(found) + len(other))
    return found + other


def _intersect(found: Items, other: Items, env: Env) -> Items:
    env.spend(len(found) * len(other))
    return comparing.distinct([one for one in found if comparing.holds(other, one)], env.spend)


def _exclude(found: Items, other: Items, env: Env) -> Items:
    env.spend(len(found) * len(other))
    return [one for one in found if not comparing.holds(other, one)]


def _subset(found: Items, other: Items, env: Env) -> Items:
    env.spend(len(found) * len(other))
    return [all(comparing.holds(other, one) for one in found)]


def _superset(found: Items, other: Items, env: Env) -> Items:
    return _subset(other, found, env)


def _iif(made: Compiled, parts: tuple[Tree, ...]) -> Step:
    criterion, then = made.run(parts[0]), made.run(parts[1])
    otherwise: Run = made.run(parts[2]) if len(parts) > 2 else lambda _: []

    def step(found: Items, env: Env) -> Items:
        if len(found) > 1:
            raise PathRunError("iif() looks at one value.")
        with standing_at(env, found):
            said = criterion(env)
            if said and (len(said) > 1 or type(operators.atom(said[0])) is not bool):
                raise PathRunError("A criterion gives a boolean.")
            return then(env) if said and operators.atom(said[0]) is True else otherwise(env)

    return step


def _children(found: Items, env: Env) -> Items:
    out: Items = []
    for one in found:
        if type(one) is Node:
            out += one.children()
    env.spend(len(out))
    return out


def _descendants(found: Items, env: Env) -> Items:
    out: Items = []
    for one in descend(found):
        out.append(one)
        env.spend(1)
    return out


def _not(found: Items, _: Env) -> Items:
    said = truth(found)
    return [] if said is None else [not said]


def _aggregate(made: Compiled, parts: tuple[Tree, ...]) -> Step:
    inner = made.run(parts[0])
    first: Run = made.run(parts[1]) if len(parts) > 1 else lambda _: []

    def step(found: Items, env: Env) -> Items:
        before = env.total
        env.total = first(env)
        try:
            for _, said in each(found, inner, env):
                env.total = said
            return env.total
        finally:
            env.total = before

    return step


def _trace(made: Compiled, parts: tuple[Tree, ...]) -> Step:
    """Nothing is traced: what a resource holds goes into no log. The arguments are compiled, so they are checked."""
    for part in parts:
        made.run(part)
    return lambda found, _: found


FUNCTIONS: dict[str, Function] = {
    "where": (1, 1, _where),
    "exists": (0, 1, _exists),
    "all": (1, 1, _all),
    "allTrue": _every(True, one_is_enough=False),
    "allFalse": _every(False, one_is_enough=False),
    "anyTrue": _every(True, one_is_enough=True),
    "anyFalse": _every(False, one_is_enough=True),
    "empty": plain(lambda found, _: [not found]),
    "count": plain(lambda found, _: [len(found)]),
    "select": (1, 1, _select),
    "repeat": (1, 1, _repeat),
    "ofType": (1, 1, _of_type),
    "as": (1, 1, _of_type),
    "is": (1, 1, _is),
    "single": plain(_single),
    "first": plain(lambda found, _: found[:1]),
    "last": plain(lambda found, _: found[-1:]),
    "tail": plain(lambda found, _: found[1:]),
    "skip": _counted(lambda found, count: found[max(count, 0) :]),
    "take": _counted(lambda found, count: found[: max(count, 0)]),
    "distinct": plain(_distinct),
    "isDistinct": plain(_is_distinct),
    "union": with_one(_union),
    "combine": (1, 2, with_one(_combine)[2]),
    "intersect": with_one(_intersect),
    "exclude": with_one(_exclude),
    "subsetOf": with_one(_subset),
    "supersetOf": with_one(_superset),
    "iif": (2, 3, _iif),
    "children": plain(_children),
    "descendants": plain(_descendants),
    "not": plain(_not),
    "aggregate": (1, 2, _aggregate),
    "trace": (1, 2, _trace),
}
