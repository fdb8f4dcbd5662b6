"""Who is treated towards a target, in the order in which they need somebody. Pure: rows in, groups with reasons out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from hallway.screening.targets.queries import Treated
from hallway.screening.targets.rules import Status
from hallway.web.words import count, day, given


class Group(StrEnum):
    """Why somebody stands on the list, the first that fits."""

    NOT_IMPROVING = "Not improving"
    OVERDUE = "Score overdue"
    LOST = "Lost: no score for long"
    UNDER_WAY = "Under way"
    AT_TARGET = "At the target"


@dataclass(frozen=True, slots=True)
class Row:
    """One person and one target; ``reason`` says in words why they stand in their group."""

    treated: Treated
    group: Group
    reason: str
    tone: str
    instrument: str
    owner: str = ""


def rows(
    found: Sequence[Treated], *, today: date, names: Mapping[str, str], owners: Mapping[int, str] | None = None
) -> list[Row]:
    """In the order of the groups; within one the longest first. ``names`` are instruments by key, ``owners`` people."""
    people = owners or {}
    made = [
        replace(
            _row(one, today, names.get(one.instrument, one.instrument)), owner=people.get(int(one.practitioner), "")
        )
        for one in found
    ]
    order = list(Group)
    return sorted(made, key=lambda row: (order.index(row.group), _since(row.treated), str(row.treated.target_id)))


def _row(one: Treated, today: date, name: str) -> Row:
    group = group_of(one)
    return Row(one, group, _reason(one, group, today), _TONES[group], name)


_TONES = {
    Group.NOT_IMPROVING: "late",
    Group.OVERDUE: "soon",
    Group.LOST: "soon",
    Group.UNDER_WAY: "",
    Group.AT_TARGET: "done",
}
_BACK = (Status.RELAPSE, Status.WORSE)
_THERE = (Status.RESPONSE, Status.MET, Status.REMISSION)


def group_of(one: Treated) -> Group:
    """Lost comes before overdue and not improving: of whom nothing is known for long, nothing else can be said."""
    progress = one.progress
    if progress.is_lost:
        return Group.LOST
    if progress.eight_weeks_flat or progress.status in _BACK:
        return Group.NOT_IMPROVING
    if progress.is_overdue or progress.newest is None:
        return Group.OVERDUE
    return Group.AT_TARGET if progress.status in _THERE else Group.UNDER_WAY


def _since(one: Treated) -> date:
    progress = one.progress
    if progress.flat_since:
        return progress.flat_since.on
    return progress.newest.on if progress.newest else one.set_on


def _reason(one: Treated, group: Group, today: date) -> str:
    progress = one.progress
    if progress.newest is None:
        return f"Target set {day(one.set_on, today)}, and no score yet"
    last = f"last score {given(progress.newest.given, today)}, {count((today - progress.newest.on).days, 'day')} ago"
    if group is Group.LOST:
        return f"{last[0].upper()}{last[1:]}"
    if group is Group.OVERDUE and progress.next_due_on:
        return f"Was due {day(progress.next_due_on, today)}; {last}"
    if group is Group.NOT_IMPROVING or progress.next_due_on is None:
        return progress.words
    return f"{progress.words}. Next score {day(progress.next_due_on, today)}"
