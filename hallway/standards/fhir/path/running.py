"""What a run of a compiled expression carries: where it stands, what it was given, and how much work is left."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from hallway.standards.fhir.path.syntax import PathError
from hallway.standards.fhir.path.values import Items, Moment, Node, Quantity, atom, is_number

WORK = 1_000_000
"""Steps (elements looked at, characters made) that one run may take."""

Run = Callable[["Env"], Items]
"""An expression: looks at ``env.this`` and gives a collection."""
Step = Callable[[Items, "Env"], Items]
"""What stands behind a dot: takes the collection before it."""


class PathRunError(PathError):
    """The expression cannot be answered for these values: several where one is asked for, or another kind."""


class PathWorkError(PathRunError):
    """The run took more than WORK steps."""


class Meter:
    """Work that several runs may take together; each takes its own off."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        """As many steps are left."""
        self.left = left


class Given(NamedTuple):
    """What the world outside gives to a run. A function that is asked for but not given is an error of the run."""

    now: datetime | None = None
    resolve: Callable[[str, Node | None], Node | None] | None = None
    """A reference's text and the resource it stands in (for ``#id``): the resource, or None when not there."""
    member_of: Callable[[Node, str], bool | None] | None = None
    conforms_to: Callable[[Node, str], bool | None] | None = None
    is_xhtml: Callable[[str], bool] | None = None
    variables: tuple[tuple[str, object], ...] = ()
    meter: Meter | None = None


class Env:
    """The state of one run."""

    __slots__ = ("context", "given", "index", "left", "resource", "root", "this", "total")

    def __init__(self, focus: Items, resource: object, root: object, given: Given) -> None:
        """Start at ``focus``, inside ``resource``, which is or is contained in ``root``."""
        self.this = focus
        self.context = focus
        self.index = 0
        self.total: Items = []
        self.resource = resource
        self.root = root
        self.given = given
        self.left = WORK

    def spend(self, steps: int) -> None:
        """Count work. Raises PathWorkError when too much was done."""
        self.left -= steps
        if self.left < 0:
            raise PathWorkError("The expression takes too much work.")


_LARGEST_POWER, _LARGEST_BITS = 400, 1400
"""Of ten and of two. Written out, or as an integer, a decimal of a few letters may fill a memory: 1E+999999."""


def is_reckonable(one: object) -> bool:
    """Whether a value is none of the numbers that cannot be written out or cut to an integer at any cost."""
    if type(one) is Decimal:
        return one.is_finite() and abs(one.adjusted()) <= _LARGEST_POWER
    if type(one) is int:
        return one.bit_length() <= _LARGEST_BITS
    return type(one) is not Quantity or is_reckonable(one.value)


def single(found: Items) -> object | None:
    """The one value as the system's own, None for an empty collection. Raises PathRunError for several.

    For a number beyond ``is_reckonable`` too.
    """
    if not found:
        return None
    if len(found) > 1:
        raise PathRunError("One value is asked for where several stand.")
    one = atom(found[0])
    if not is_reckonable(one):
        raise PathRunError("A number is beyond what can be reckoned with.")
    return one


def text(found: Items) -> str | None:
    """The one string, None for none. Raises PathRunError for several or another kind."""
    one = single(found)
    if one is None or type(one) is str:
        return one
    if type(one) is Moment:
        return one.text
    raise PathRunError("A string is asked for.")


def whole_number(found: Items) -> int | None:
    """The one integer, None for none. Raises PathRunError for several or another kind."""
    one = single(found)
    if one is None or type(one) is int:
        return one
    raise PathRunError("An integer is asked for.")


def truth(found: Items) -> bool | None:
    """A collection as a boolean: None for empty, true for any single value that is none. Raises PathRunError."""
    if not found:
        return None
    if len(found) > 1:
        raise PathRunError("One boolean is asked for where several values stand.")
    one = found[0]
    if type(one) is bool:
        return one
    plain = atom(one)
    return plain if type(plain) is bool else True


def as_text(one: object) -> str | None:
    """A system value as FHIRPath writes it; None for an element without one, and a number beyond reckoning."""
    plain = atom(one)
    if not is_reckonable(plain):
        return None
    if type(plain) is bool:
        return "true" if plain else "false"
    if type(plain) is str:
        return plain
    if is_number(plain):
        return f"{plain:f}" if type(plain) is not int else str(plain)
    if type(plain) is Moment:
        return plain.text
    if type(plain) is Quantity:
        unit = plain.unit if plain.calendar else f"'{plain.unit}'"
        return f"{plain.value:f} {unit}"
    return None
