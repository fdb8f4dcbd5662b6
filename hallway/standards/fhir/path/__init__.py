"""FHIRPath 2.0 as FHIR R4 uses it, compiled once to Python closures.

``compile_path(expression)`` refuses what is not built here and what could be a bomb; ``Path.run`` gives a collection,
``Path.holds`` a truth of three values. Search parameters have a smaller and faster compiler of their own
(``hallway.standards.fhir.fhirpath``).
"""

from hallway.standards.fhir.path.compiling import Compiler
from hallway.standards.fhir.path.running import (
    Env,
    Given,
    Meter,
    PathRunError,
    PathWorkError,
    as_text,
    is_reckonable,
    truth,
)
from hallway.standards.fhir.path.syntax import NotSupportedError, PathError, PathSyntaxError, parse
from hallway.standards.fhir.path.values import Items, Moment, Node, Quantity, atom, root

_NOTHING = Given()


class Path:
    """A compiled expression. ``tree`` is kept for those who look at its form."""

    __slots__ = ("_run", "expression", "tree")

    def __init__(self, expression: str, variables: frozenset[str] = frozenset(), *, trusted: bool = False) -> None:
        """Compile. Raises PathSyntaxError or NotSupportedError."""
        self.expression = expression
        self.tree = parse(expression)
        self._run = Compiler(variables, trusted=trusted).run(self.tree)

    def run(
        self, focus: Node, *, resource: Node | None = None, root: Node | None = None, given: Given = _NOTHING
    ) -> Items:
        """The collection that the expression gives at ``focus``.

        ``resource`` is the one that holds it, ``root`` the one around that; both are ``focus`` by default. Raises
        PathRunError where the values do not fit the expression, or it takes too much work.
        """
        holder = focus if resource is None else resource
        env = Env([focus], holder, holder if root is None else root, given)
        if given.meter is not None:
            return self._metered(env, given.meter)
        return self._bounded(env)

    def _metered(self, env: Env, meter: Meter) -> Items:
        begun = env.left = min(env.left, meter.left)
        try:
            return self._bounded(env)
        finally:
            meter.left -= begun - env.left

    def _bounded(self, env: Env) -> Items:
        try:
            return self._run(env)
        except RecursionError:
            raise PathWorkError("The expression takes too much work.") from None
        except (ArithmeticError, ValueError):
            raise PathRunError("A number or text is beyond what can be reckoned with.") from None

    def holds(
        self, focus: Node, *, resource: Node | None = None, root: Node | None = None, given: Given = _NOTHING
    ) -> bool | None:
        """What the expression says of ``focus`` as a boolean; None for an empty answer. Raises as ``run`` does."""
        return truth(self.run(focus, resource=resource, root=root, given=given))


def compile_path(expression: str, variables: frozenset[str] = frozenset(), *, trusted: bool = False) -> Path:
    """An expression, compiled. ``variables`` are names behind % that every run gives.

    ``trusted`` only for expressions that ship with Hallway: their regexes are not looked at again. Raises
    PathSyntaxError or NotSupportedError.
    """
    return Path(expression, variables, trusted=trusted)


__all__ = [
    "Given",
    "Items",
    "Meter",
    "Moment",
    "Node",
    "NotSupportedError",
    "Path",
    "PathError",
    "PathRunError",
    "PathSyntaxError",
    "PathWorkError",
    "Quantity",
    "as_text",
    "atom",
    "compile_path",
    "is_reckonable",
    "root",
    "truth",
]
