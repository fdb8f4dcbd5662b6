"""Drugs of two prescribers that should not meet unseen. Pure; the pairs are rows of ``terms``, none reviewed yet."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from hallway.terms import medicines
from hallway.triggers.facts import Fact
from hallway.triggers.rules.look import Look, Moment, Values
from hallway.triggers.rules.regimens import runs, taken
from hallway.triggers.tables.rows import When

_RENEWED_WITHIN = timedelta(days=90)
"""A drug ordered again so soon is renewed, not begun."""


def across_prescribers(look: Look, when: When, parameters: Values) -> Iterable[Moment]:
    """The later of two drugs begins while the other, of another prescriber, is taken; one of them is this practice's.

    A renewal begins nothing. ``severity``: the least that counts; the same drug from two prescribers counts as major.
    """
    drugs = taken(look, when.codes)
    least = medicines.SEVERITIES.index(str(parameters["severity"]))
    for later in drugs:
        if _is_renewal(later, drugs):
            continue
        for earlier in drugs:
            if _is_pair(look, earlier, later):
                yield from _met(earlier, later, least)


def _is_renewal(order: Fact, drugs: list[Fact]) -> bool:
    return any(
        fact.ref != order.ref
        and (fact.at, fact.id) < (order.at, order.id)
        and fact.source_org == order.source_org
        and fact.author == order.author
        and fact.has("drug") == order.has("drug")
        and runs(fact, max(fact.at, order.at - _RENEWED_WITHIN))
        for fact in drugs
    )


def _is_pair(look: Look, earlier: Fact, later: Fact) -> bool:
    is_other = earlier.source_org != later.source_org or (
        earlier.author and later.author and earlier.author != later.author
    )
    is_ours = look.is_own(earlier) or look.is_own(later)
    return bool(is_other and is_ours and (earlier.at, earlier.id) < (later.at, later.id) and runs(earlier, later.at))


def _met(earlier: Fact, later: Fact, least: int) -> Iterator[Moment]:
    """The worst meeting of the ingredients of two drugs."""
    found = [meeting for one in earlier.has("drug") for other in later.has("drug") if (meeting := _meeting(one, other))]
    if not found:
        return
    severity, effect, row, one, other = max(found)
    if severity < least:
        return
    values = {
        "drug": other,
        "other": one,
        "severity": medicines.SEVERITIES[severity],
        "effect": effect,
        "row": row,
    }
    yield Moment(f"{later.ref}/{one}", later.at, (later, earlier), values=values, group=f"{one}+{other}")


def _meeting(one: str, other: str) -> tuple[int, str, str, str, str] | None:
    if "?" in (one, other):
        return None
    if one == other:
        return medicines.SEVERITIES.index("major"), "the same drug twice", "same", one, other
    row = medicines.interaction(one, other)
    return (medicines.SEVERITIES.index(row.severity), row.effect, row.id, one, other) if row else None
