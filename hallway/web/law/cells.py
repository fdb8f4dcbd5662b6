"""The golden cells of one row, and what a change of it would do to them. Reads rules only."""

from functools import lru_cache

import msgspec

from hallway import clock
from hallway.consent.explaining import what_if
from hallway.consent.explaining.what_if import Change, Golden
from hallway.consent.tables import library
from hallway.consent.tables.library import Rule

SHOWN = 100
WHAT_IFS = {
    "permit": "It permitted",
    "deny": "It denied",
    "needs": "It asked for an authorization",
    "gone": "It were not there",
}


def decided_by(rule_id: str) -> list[tuple[Golden, bool]]:
    """The cells in which the row speaks, each with whether content flows there."""
    return _decided(clock.today().toordinal()).get(rule_id, [])


@lru_cache(maxsize=2)
def _decided(_day: int) -> dict[str, list[tuple[Golden, bool]]]:
    """Every row with its cells: sorting tens of thousands of them for each page took a tenth of a second."""
    found: dict[str, list[tuple[Golden, bool]]] = {}
    for cell, answer in sorted(what_if.today(clock.today()).items()):
        for rule_id in set(answer.rule_ids):
            found.setdefault(rule_id, []).append((cell, answer.flows))
    return found


def what_ifs(rule_id: str) -> list[tuple[str, str]]:
    """The changes that may be tried on a row: those that are not so already."""
    rule = library.rules().get(rule_id)
    return [(key, words) for key, words in WHAT_IFS.items() if rule is not None and key != rule.outcome]


def changed_if(rule_id: str, change: str) -> list[Change]:
    """The cells that would differ. Raises nothing: an unknown row or change changes nothing."""
    return list(_changed(rule_id, change, clock.today().toordinal()))


@lru_cache(maxsize=512)
def _changed(rule_id: str, change: str, _day: int) -> tuple[Change, ...]:
    rule, rows = library.rules().get(rule_id), library.rules().values()
    if rule is None or change not in WHAT_IFS:
        return ()
    on = clock.today()
    made = what_if.without_row(rule_id, rows) if change == "gone" else what_if.with_row(_with(rule, change), rows)
    return tuple(what_if.differences(what_if.today(on), what_if.golden(made, on)))


def _with(rule: Rule, change: str) -> Rule:
    if change == "needs":
        return msgspec.structs.replace(rule, outcome="needs", needs=("authorization",), kinds=(), sud_duty=False)
    return msgspec.structs.replace(rule, outcome=change, needs=(), kinds=(), sud_duty=False)
