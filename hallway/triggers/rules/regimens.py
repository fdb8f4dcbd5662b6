"""Psychotropic drugs begun, stopped, switched or changed in dose, from orders as they stand and as they stood. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from hallway.triggers.facts import Fact
from hallway.triggers.rules.ending import MEDICINES, end_of
from hallway.triggers.rules.look import Look, Moment, Values, bears, days
from hallway.triggers.tables.rows import When

NOT_YET = frozenset({"draft", "unknown", "preparation", "not-taken", "intended", "declined"})
_PROPOSED = frozenset({"proposal", "plan", "option"})
_SAME_VISIT = timedelta(hours=12)
_SWITCHED_WITHIN = timedelta(days=14)
"""One drug ended and another began so near each other: a switch."""


def drug_of(fact: Fact) -> str:
    """Its ingredients by name; ``?`` for a drug that no row knows."""
    return "+".join(fact.has("drug")) or "?"


def runs(fact: Fact, at: datetime) -> bool:
    """Whether a drug is taken at an instant."""
    end = end_of(fact)
    return fact.at <= at and (end is None or at < end)


def taken(look: Look, codes: tuple[str, ...] = ()) -> list[Fact]:
    """Orders, dispenses and what the patient says they take, of these drugs, earliest first; no drafts or plans."""
    return [
        fact
        for fact in look.of(*MEDICINES)
        if fact.status not in NOT_YET
        and fact.about.get("intent", "") not in _PROPOSED
        and (not codes or bears(fact, codes))
    ]


def unknown_drugs(look: Look) -> list[Fact]:
    """Drugs that are taken now and that no row knows: no rule has looked at them, and whoever reads is told so."""
    return [fact for fact in taken(look) if drug_of(fact) == "?" and runs(fact, look.now)]


def changes(look: Look, when: When, parameters: Values) -> Iterable[Moment]:
    """What this practice changed in the drugs that the row means; ``set.change`` says which change is meant.

    ``first``: begun where none was taken for ``free_days``. ``significant``: any other start, a stop, a switch, a dose
    changed by ``dose_percent``, and any change of dose of the drugs that need watching.
    """
    drugs = taken(look, when.codes)
    orders = [fact for fact in drugs if fact.kind == "MedicationRequest" and look.is_own(fact)]
    is_first = when.set.get("change") == "first"
    for order in orders:
        began = _began(order, drugs, parameters)
        if is_first and began == "first":
            yield Moment(order.ref, order.at, (order,), values=_values(order, "first"))
        if not is_first:
            if began and began != "first":
                yield Moment(order.ref, order.at, (order,), values=_values(order, began), group=drug_of(order))
            yield from _stopped(order, drugs)
            yield from _dosed(look, order, drugs, parameters)


def _values(order: Fact, change: str) -> dict[str, str | int | float]:
    dose = order.number("daily_mg")
    return {"drug": drug_of(order), "change": change} | ({"daily_mg": dose} if dose is not None else {})


def _began(order: Fact, drugs: list[Fact], parameters: Values) -> str:
    """How an order begins something: ``first``, ``start``, ``switch``, ``second``, ``long_acting``; empty if not."""
    since = order.at - days(float(parameters["free_days"]))
    before = [fact for fact in drugs if _is_before(fact, order) and _reaches(fact, since)]
    if not before:
        return "first"
    same = [fact for fact in before if drug_of(fact) == drug_of(order)]
    if same:
        is_new_form = "group:LONG_ACTING_INJECTABLE" in order.codes and not any(
            "group:LONG_ACTING_INJECTABLE" in fact.codes for fact in same
        )
        return "long_acting" if is_new_form else ""
    if any(_ends_near(fact, order) for fact in before):
        return "switch"
    is_second = "group:ANTIPSYCHOTIC_ANY" in order.codes and any(
        "group:ANTIPSYCHOTIC_ANY" in fact.codes and runs(fact, order.at) for fact in before
    )
    return "second" if is_second else "start"


def _is_before(fact: Fact, order: Fact) -> bool:
    """Whether one was taken earlier; two orders of one visit begin together."""
    if fact.ref == order.ref or fact.at >= order.at:
        return False
    return fact.kind != "MedicationRequest" or order.at - fact.at >= _SAME_VISIT or drug_of(fact) == drug_of(order)


def _reaches(fact: Fact, since: datetime) -> bool:
    end = end_of(fact)
    return end is None or end >= since


def _ends_near(fact: Fact, order: Fact) -> bool:
    end = end_of(fact)
    return end is not None and abs(end - order.at) <= _SWITCHED_WITHIN


def _stopped(order: Fact, drugs: list[Fact]) -> Iterable[Moment]:
    """An order stopped, unless the same drug goes on under another."""
    if order.status not in {"stopped", "cancelled"}:
        return
    end = end_of(order)
    if end is None or any(
        fact.ref != order.ref
        and drug_of(fact) == drug_of(order)
        and fact.at <= end + days(1)
        and runs(fact, end + days(1))
        for fact in drugs
    ):
        return
    yield Moment(f"{order.ref}/stop", end, (order,), values=_values(order, "stop"), group=drug_of(order))


def _dosed(look: Look, order: Fact, drugs: list[Fact], parameters: Values) -> Iterable[Moment]:
    """A dose changed against what was taken lately, or in the order itself between two of its versions."""
    new, since = order.number("daily_mg"), order.at - days(float(parameters["free_days"]))
    earlier = [
        fact
        for fact in drugs
        if fact.at < order.at
        and drug_of(fact) == drug_of(order)
        and _reaches(fact, since)
        and fact.number("daily_mg") is not None
    ]
    if new is not None and earlier:
        first = (look.past.get(order.ref) or [order])[0].number("daily_mg")
        if _is_significant(earlier[-1].number("daily_mg"), first, order, parameters):
            values = {**_values(order, "dose"), "was_mg": earlier[-1].number("daily_mg") or 0.0}
            yield Moment(f"{order.ref}/dose", order.at, (order, earlier[-1]), values=values, group=drug_of(order))
    versions = [*look.past.get(order.ref, []), order]
    for was, now in pairwise(versions):
        if _is_significant(was.number("daily_mg"), now.number("daily_mg"), order, parameters):
            values = {**_values(now, "dose"), "was_mg": was.number("daily_mg") or 0.0}
            yield Moment(
                f"{order.ref}/dose/{now.about['daily_mg']}",
                now.recorded_at,
                (order,),
                values=values,
                group=drug_of(order),
            )


def _is_significant(was: float | None, now: float | None, order: Fact, parameters: Values) -> bool:
    if was is None or now is None or not was or was == now:
        return False
    return "group:NEEDS_WATCH" in order.codes or abs(now - was) / was >= float(parameters["dose_percent"]) / 100
