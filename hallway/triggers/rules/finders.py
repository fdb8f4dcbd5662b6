"""How moments come about, by the names that the rows call them by."""

from collections.abc import Callable, Iterable, Mapping

from hallway.triggers.rules import regimens, visits
from hallway.triggers.rules.look import Look, Moment, Values
from hallway.triggers.tables.rows import When

Finder = Callable[[Look, When, Values], Iterable[Moment]]


def fact(look: Look, when: When, parameters: Values) -> Iterable[Moment]:
    """Each fact that the row means, at its time, at its end, or when it was last stored."""
    for one in look.matching(when, parameters):
        at = one.when("end_at") if when.at == "end" else one.recorded_at if when.at == "recorded" else one.at
        if at is not None:
            yield Moment(one.ref, at, (one,), values={"code": _short(one.has("icd10") or one.has("loinc"))})


def _short(codes: tuple[str, ...]) -> str:
    return codes[0] if codes else ""


FINDERS: Mapping[str, Finder] = {
    "fact": fact,
    "first_visit": visits.first_visit,
    "regimen": regimens.changes,
}
"""Every finder."""
