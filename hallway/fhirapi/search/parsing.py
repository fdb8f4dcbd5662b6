"""An address's parameters as one search: filters by type, the patient it is about, and how the answer looks. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from hallway.fhirapi.budget import too_costly
from hallway.fhirapi.search import filters, registry, results
from hallway.fhirapi.search.filters import Filter, Near
from hallway.fhirapi.search.limits import MOST_KINDS, MOST_STEPS
from hallway.fhirapi.search.refusals import refused
from hallway.fhirapi.search.results import Results

Pairs = Sequence[tuple[str, str]]


class Search(NamedTuple):
    """One search of one type. ``patient`` is the id of the one whose chart it stays in, or None."""

    kind: str
    filters: tuple[Filter, ...]
    patient: str | None
    results: Results

    @property
    def steps(self) -> int:
        """How many searches it takes before its own."""
        return sum(map(filters.steps_of, self.filters))


def cost_of(searches: Sequence[Search]) -> int:
    """How many searches one request takes beyond its first. Raises TOO_COSTLY for more than one request may.

    Chains and ``_has`` are gone through anew for each type that is asked for.
    """
    cost = len(searches) - 1 + sum(one.steps for one in searches)
    if cost > MOST_STEPS:
        raise too_costly("A search goes through too many types of resources; name the type behind each reference.")
    return cost


def is_lenient(prefer: str) -> bool:
    """Whether the caller would rather have an answer than a refusal (``Prefer: handling=lenient``)."""
    return "handling=lenient" in prefer.replace(" ", "").replace('"', "").lower()


def search_of(kind: str, pairs: Pairs, near: Near, *, lenient: bool = False, several: bool = False) -> Search:
    """The search that the parameters of an address mean. Raises INCORRECT for what is not understood.

    ``lenient`` passes over unknown parameters of the answer's form, and never a filter: without it the caller would be
    shown more than was asked for. ``several``: one of several types, whose order is by column alone.
    """
    shown, wanted = list[tuple[str, str]](), list[tuple[str, str]]()
    for name, value in pairs:
        if name in results.NAMES:
            shown.append((name, value))
        elif not (lenient and _is_of_the_form(name)):
            wanted.append((name, value))
    found = tuple(filters.filter_of(kind, name, value, near) for name, value in wanted)
    named = [filters.patient_of(name, value, near.base) for name, value in wanted]
    patient = next((one for one in named if one is not None), None) if kind != "Patient" else None
    search = Search(kind, found, patient, results.results_of("" if several else kind, shown))
    cost_of([search])
    return search


def _is_of_the_form(name: str) -> bool:
    """Whether a parameter that nobody knows can only be about the form of an answer."""
    code = name.partition(":")[0].partition(".")[0]
    return name.startswith("_") and code not in results.FILTERS | registry.COMMON.keys() | {"_has"}


def kinds_of(pairs: Pairs) -> tuple[list[str], list[tuple[str, str]]]:
    """The types of a search over the whole system, and the other parameters. Raises INCORRECT without ``_type``."""
    listed = [value for name, value in pairs if name == "_type"]
    rest = [(name, value) for name, value in pairs if name != "_type"]
    if len(listed) != 1:
        raise refused("A search over the whole system names its types in one _type parameter.", name="_type")
    kinds = list(dict.fromkeys(listed[0].split(",")))
    if not set(kinds) <= registry.KINDS or len(kinds) > MOST_KINDS:
        raise refused("The _type parameter names what is not searched here, or too much.", name="_type")
    return kinds, rest
