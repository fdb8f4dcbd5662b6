"""A second computation of the moments at which a practice owes a word, by brute force over plain resources. Pure.

Written from the sentences of the rules, and sharing no code with them: every rule scans the whole record again.
"""

from dataclasses import dataclass, field
from datetime import datetime

from hallway.app.witness.moments import changes, clocks, medicines, visits
from hallway.app.witness.moments.scanning import IN_FORCE, Answer, Clock, Moment, Practice, Record, Rule, Treats
from hallway.app.witness.moments.things import DAY, Thing, Version, thing

__all__ = [
    "COVERED", "Answer", "Clock", "Kept", "Moment", "Practice", "Record", "Scan", "Thing", "Treats", "Version", "due",
    "moments", "thing",
]  # fmt: skip

_ALL = medicines.RULES | visits.RULES | changes.RULES | clocks.RULES
COVERED: dict[str, Rule] = {rule: _ALL[rule] for rule in sorted(_ALL, key=lambda rule: int(rule[1:]))}
"""The rules that this computation speaks for."""


def moments(rule: str, record: Record) -> dict[str, Moment]:
    """The moments of a rule that the facts hold up to now, by occasion: the earliest of each."""
    found: dict[str, Moment] = {}
    for one in sorted(COVERED[rule].find(record), key=lambda each: (each.at, each.occasion)):
        if IN_FORCE <= one.at <= record.now:
            found.setdefault(one.occasion, record.labelled(one))
    return found


def due(rule: str, record: Record) -> dict[str, Moment]:
    """Those among them that are fresh, and that nothing else has answered."""
    return _due(rule, record, moments(rule, record))


def _due(rule: str, record: Record, found: dict[str, Moment]) -> dict[str, Moment]:
    row = COVERED[rule]
    if record.practice.is_dead and not row.after_death:
        return {}
    if row.gap_days:
        found = _apart(record, row, found)
    fresh = {key: one for key, one in found.items() if one.at >= record.now - row.stale_days * DAY}
    return {key: one for key, one in fresh.items() if not row.is_answered(record, one)}


def _apart(record: Record, row: Rule, found: dict[str, Moment]) -> dict[str, Moment]:
    """From the earliest on, each that nobody has answered and that no such one came shortly before."""
    kept = dict[str, Moment]()
    again = IN_FORCE
    for key, one in sorted(found.items(), key=lambda pair: (pair[1].at, pair[0])):
        if one.at >= again and not row.is_answered(record, one):
            kept[key] = one
            again = one.at + row.gap_days * DAY
    return kept


class Scan:
    """The moments of every rule in a record as it stands, found once up to a far day and asked about day by day."""

    def __init__(self, record: Record) -> None:
        """``record.now`` is the far day."""
        side = record.practice.side
        self.record = record
        self._found = {rule: moments(rule, record) for rule, row in COVERED.items() if side in row.sides}

    def at(self, now: datetime) -> tuple[set[tuple[str, str]], dict[tuple[str, str], Moment]]:
        """What stands at an instant, and what is due then, by rule and occasion."""
        self.record.now = now
        standing: set[tuple[str, str]] = set()
        owed: dict[tuple[str, str], Moment] = {}
        for rule, found in self._found.items():
            past = {key: one for key, one in found.items() if one.at <= now}
            standing |= {(rule, key) for key in past}
            owed |= {(rule, key): one for key, one in _due(rule, self.record, past).items()}
        return standing, owed


@dataclass
class _Held:
    state: str
    at: datetime
    group: str
    labels: frozenset[tuple[str, int, int]]
    into: tuple[str, str] | None = None


@dataclass
class Kept:
    """What one practice should have been told of one chart, look by look.

    A moment is told once: ``open``, or ``merged`` into an open one of its group that lies near and
    that rests on nothing which somebody who may know of this one may not know. It is ``withdrawn`` when its
    facts no longer hold, and told again when they do. That it has grown old or was answered takes nothing back; what a
    person closed stays closed.
    """

    held: dict[tuple[str, str], _Held] = field(default_factory=dict[tuple[str, str], _Held])

    def look(self, standing: set[tuple[str, str]], owed: dict[tuple[str, str], Moment]) -> None:
        """One look."""
        for key, one in self.held.items():
            if one.state in ("open", "merged") and key not in standing:
                one.state, one.into = "withdrawn", None
        for key, moment in sorted(owed.items(), key=lambda pair: (pair[1].at, *pair[0])):
            was = self.held.get(key)
            if was is None or was.state == "withdrawn" or self._is_part_of_nothing(was, moment):
                into = self._near(key, moment)
                self.held[key] = _Held("merged" if into else "open", moment.at, moment.group, moment.labels, into)

    def close(self, key: tuple[str, str], state: str) -> None:
        """A person has closed it."""
        self.held[key].state = state

    def states(self) -> dict[tuple[str, str], str]:
        """Everything that was ever told, and how it stands."""
        return {key: one.state for key, one in self.held.items()}

    def _is_part_of_nothing(self, one: _Held, moment: Moment) -> bool:
        whole = self.held.get(one.into) if one.into else None
        return one.state == "merged" and (
            whole is None or whole.state in ("withdrawn", "merged") or not whole.labels <= moment.labels
        )

    def _near(self, key: tuple[str, str], moment: Moment) -> tuple[str, str] | None:
        days = COVERED[key[0]].merge_days * DAY
        near = [
            (one.at, other)
            for other, one in self.held.items()
            if other[0] == key[0] and other != key and one.group == moment.group
            if one.state == "open" and abs(one.at - moment.at) < days and one.labels <= moment.labels
        ]
        return min(near)[1] if near else None
