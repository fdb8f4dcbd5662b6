"""How moments come about, by the names that the rows call them by."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import msgspec

from hallway.triggers.facts import Fact
from hallway.triggers.rules import pairs, regimens, scores, visits, watching
from hallway.triggers.rules.look import Look, Moment, Values, days, number
from hallway.triggers.tables.rows import When

_STILL_TAKEN_DAYS = 120
"""A drug that ran so shortly before is gone on with, not planned anew."""

Finder = Callable[[Look, When, Values], Iterable[Moment]]


def fact(look: Look, when: When, parameters: Values) -> Iterable[Moment]:
    """Each fact that the row means, at its time, at its end, or when it was last stored."""
    for one in look.matching(when, parameters):
        at = _time(one, when)
        if at is not None:
            yield Moment(one.ref, at, (one,), values={"code": _code(one, when)})


def _time(one: Fact, when: When) -> datetime | None:
    """``recorded`` of a fact that came in as it is now says nothing of when it became so: its own time stands."""
    if when.at == "end":
        return one.when("end_at")
    return one.recorded_at if when.at == "recorded" and one.version > 1 else one.at


def _code(one: Fact, when: When) -> str:
    """The code that says most shortly what it is: one that the row asked for, else one of these systems."""
    asked = sorted(code.partition(":")[2] for code in when.codes if code in one.codes and not code.startswith("set:"))
    found = (*asked, *(code for system in ("icd10", "loinc", "cpt", "hallway", "drug") for code in one.has(system)))
    return found[0] if found else ""


def any_above(look: Look, when: When, parameters: Values) -> Iterable[Moment]:
    """Each fact in which any of these codes has a number ``above``: a questionnaire with one answer among many."""
    for one in look.matching(_unnumbered(when), parameters):
        numbers = [one.number(code) for code in when.codes if code in one.codes]
        if any(value is not None and value > number(when.above or 0, parameters) for value in numbers):
            yield Moment(one.ref, one.at, (one,), values={"code": _code(one, when)})


def _unnumbered(when: When) -> When:
    """The same way of looking, without its number."""
    return msgspec.structs.replace(when, above=None)


def planned_drug(look: Look, when: When, parameters: Values) -> Iterable[Moment]:
    """The first order, draft or plan of a drug here; what goes on with a drug that is taken plans nothing."""
    for one in look.matching(when, parameters):
        before = [
            fact
            for fact in look.of("MedicationRequest", "MedicationStatement")
            if (fact.at, fact.id) < (one.at, one.id) and fact.has("drug") == one.has("drug")
        ]
        if not any(regimens.runs(fact, max(fact.at, one.at - days(_STILL_TAKEN_DAYS))) for fact in before):
            yield Moment(one.ref, one.at, (one,), values={"code": regimens.drug_of(one)})


FINDERS: Mapping[str, Finder] = {
    "fact": fact,
    "any_above": any_above,
    "planned_drug": planned_drug,
    "first_visit": visits.first_visit,
    "first_of_referral": visits.first_of_referral,
    "missed": visits.missed,
    "dropped_out": visits.dropped_out,
    "new_primary_care": visits.new_primary_care,
    "loop": visits.loop_opened,
    "regimen": regimens.changes,
    "pair": pairs.across_prescribers,
    "overdue": watching.overdue,
    "score_worse": scores.worse,
    "score_flat": scores.flat,
}
"""Every finder."""
