"""Trees of FHIRPath compiled once to Python closures. What is not supported is refused here, never when it runs."""

from collections.abc import Callable
from typing import cast

from hallway.standards.fhir import definitions
from hallway.standards.fhir.path import operators
from hallway.standards.fhir.path.functions import FUNCTIONS, Compiled
from hallway.standards.fhir.path.running import Env, PathRunError, Run, Step
from hallway.standards.fhir.path.syntax import NotSupportedError, PathSyntaxError, Tree
from hallway.standards.fhir.path.values import Items, Node, Quantity, moment

_CONSTANTS = {
    "ucum": "http://unitsofmeasure.org",
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
}
_SETS = {"vs-": "http://hl7.org/fhir/ValueSet/", "ext-": "http://hl7.org/fhir/StructureDefinition/"}
_PLACES: dict[str, Callable[[Env], Items]] = {
    "context": lambda env: env.context,
    "resource": lambda env: [env.resource],
    "rootResource": lambda env: [env.root],
}


class Compiler(Compiled):
    """Turns trees into closures; functions ask it for their arguments."""

    def __init__(self, variables: frozenset[str], *, trusted: bool) -> None:
        """``variables`` may be named behind %; ``trusted``: the regexes were read by us and cannot hang."""
        self.variables = variables
        self.trusted = trusted

    def run(self, tree: Tree) -> Run:
        """An expression by itself. Of an outsider's each part counts as a step, whatever it does."""
        made = _MAKERS[tree.kind](self, tree)
        if self.trusted:
            return made

        def counted(env: Env) -> Items:
            env.spend(1)
            return made(env)

        return counted

    def step(self, tree: Tree) -> Step:
        """What stands behind a dot."""
        if tree.kind == "name":
            return _child(tree.text)
        if tree.kind == "call":
            return self.call(tree)
        raise PathSyntaxError("Behind a dot stands a name or a function.")

    def call(self, tree: Tree) -> Step:
        """A function with its arguments."""
        found = FUNCTIONS.get(tree.text)
        if found is None:
            raise NotSupportedError(f"The function {tree.text}() is not supported.")
        least, most, make = found
        if not least <= len(tree.parts) <= most:
            raise PathSyntaxError(f"{tree.text}() takes {least} to {most} arguments.")
        return make(self, tree.parts)

    def type_name(self, tree: Tree) -> str:
        """A type given as an argument: ``Patient`` or ``FHIR.Patient``."""
        if tree.kind == "name":
            return checked_type(tree.text)
        if tree.kind == "dot" and all(part.kind == "name" for part in tree.parts):
            return checked_type(f"{tree.parts[0].text}.{tree.parts[1].text}")
        raise PathSyntaxError("A type is asked for.")


def checked_type(name: str) -> str:
    """A type's name as written. Raises NotSupportedError for one that neither FHIR nor FHIRPath knows."""
    space, _, bare = name.rpartition(".")
    known = {"FHIR": definitions.is_known(bare), "System": bare in operators.SYSTEM_TYPES}
    if space not in {"", "FHIR", "System"} or not (known[space] if space else any(known.values())):
        raise NotSupportedError("The expression names a type that is not known.")
    return name


def _child(name: str) -> Step:
    def step(found: Items, env: Env) -> Items:
        if len(found) == 1:
            one = found[0]
            return one.child(name) if type(one) is Node else []
        out: Items = []
        for one in found:
            if type(one) is Node:
                out += one.child(name)
        env.spend(len(out))
        return out

    return step


def _first_name(_: Compiler, tree: Tree) -> Run:
    name = tree.text
    step = _child(name)
    if not name[0].isupper() or not definitions.is_known(name):
        return lambda env: step(env.this, env)

    def run(env: Env) -> Items:
        if all(type(one) is Node and name in definitions.ancestors(one.kind) for one in env.this):
            return env.this
        return step(env.this, env)

    return run


def _call(made: Compiler, tree: Tree) -> Run:
    step = made.call(tree)
    return lambda env: step(env.this, env)


def _dot(made: Compiler, tree: Tree) -> Run:
    left = made.run(tree.parts[0])
    step = made.step(tree.parts[1])
    return lambda env: step(left(env), env)


def _index(made: Compiler, tree: Tree) -> Run:
    left, which = made.run(tree.parts[0]), made.run(tree.parts[1])

    def run(env: Env) -> Items:
        found, at = left(env), which(env)
        if len(at) != 1 or type(at[0]) is not int:
            raise PathRunError("An index is one integer.")
        return found[at[0] : at[0] + 1] if at[0] >= 0 else []

    return run


def _constant(value: object) -> Run:
    found: Items = [value]
    return lambda _: found


def _literal(_: Compiler, tree: Tree) -> Run:
    return _constant(tree.value)


def _date(_: Compiler, tree: Tree) -> Run:
    found = moment(tree.text)
    if found is None:
        raise PathSyntaxError("A date or time is not possible.")
    return _constant(found._replace(text=tree.text.removeprefix("T")))


def _quantity(_: Compiler, tree: Tree) -> Run:
    return _constant(operators.quantity(tree.value, tree.text))


def _variable(made: Compiler, tree: Tree) -> Run:
    name = tree.text
    if name in _PLACES:
        return _PLACES[name]
    if name in _CONSTANTS:
        return _constant(_CONSTANTS[name])
    for prefix, space in _SETS.items():
        if name.startswith(prefix):
            return _constant(space + name.removeprefix(prefix))
    if name not in made.variables:
        raise NotSupportedError("The expression names a variable that is not given.")

    def run(env: Env) -> Items:
        return [value for one, value in env.given.variables if one == name]

    return run


def _special(_: Compiler, tree: Tree) -> Run:
    found: dict[str, Run] = {
        "$this": lambda env: env.this,
        "$index": lambda env: [env.index],
        "$total": lambda env: env.total,
    }
    if tree.text not in found:
        raise PathSyntaxError("Behind $ stands this, index or total.")
    return found[tree.text]


def _type(made: Compiler, tree: Tree) -> Run:
    left = made.run(tree.parts[0])
    name = checked_type(tree.parts[1].text)
    if tree.text == "is":
        return lambda env: operators.is_type(left(env), name)
    return lambda env: operators.as_type(left(env), name)


def _unary(made: Compiler, tree: Tree) -> Run:
    inner = made.run(tree.parts[0])
    sign = -1 if tree.text == "-" else 1

    def run(env: Env) -> Items:
        found = inner(env)
        if not found:
            return found
        one = operators.numeric(found)
        if type(one) is Quantity:
            return [one._replace(value=one.value * sign)]
        return [cast("int", one) * sign]

    return run


def _binary(made: Compiler, tree: Tree) -> Run:
    left, right = made.run(tree.parts[0]), made.run(tree.parts[1])
    lazy = operators.LOGIC.get(tree.text)
    if lazy is not None:
        return lazy(left, right)
    work = operators.BINARY[tree.text]
    return lambda env: work(left(env), right(env), env)


_MAKERS: dict[str, Callable[[Compiler, Tree], Run]] = {
    "literal": _literal,
    "date": _date,
    "quantity": _quantity,
    "name": _first_name,
    "call": _call,
    "dot": _dot,
    "index": _index,
    "binary": _binary,
    "unary": _unary,
    "type": _type,
    "variable": _variable,
    "special": _special,
    "empty": lambda _, __: lambda ___: [],
}
