"""Who fits and is free, in the words of the directory. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from hallway.directory.models import PractitionerRole
from hallway.directory.queries import Need
from hallway.identity.requester import Role
from hallway.talking.naming import Reach
from hallway.web import words
from hallway.web.context import ROLE_LABELS

KINDS = (Role.PCP, Role.THERAPIST, Role.PSYCHIATRIST, Role.BH_CARE_MANAGER, Role.MEDICAL_SPECIALIST)
CRITERIA = {"kind": "the kind", "plan": "the plan", "language": "the language", "state": "the state"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One clinician at one practice."""

    role: PractitionerRole
    title: str
    place: str
    details: str
    is_free: bool
    takes_new: bool
    reach: Reach


@dataclass(frozen=True, slots=True)
class Widening:
    """What would be found without one criterion."""

    without: str
    count: int
    query: str


def entries_of(found: Sequence[PractitionerRole], ways: Mapping[int, Reach]) -> list[Entry]:
    """Rows of the directory. ``ways``: how each person wants to be reached."""
    return [_entry(one, ways[one.practitioner_id]) for one in found]


def _entry(one: PractitionerRole, reach: Reach) -> Entry:
    place = one.organization
    spoken = [
        *one.practitioner.languages,
        *(word for word in place.languages if word not in one.practitioner.languages),
    ]
    details = (
        ", ".join(spoken),
        "Takes " + ", ".join(place.health_plans) if place.health_plans else "",
        ", ".join(filter(None, (place.city, place.state))),
        "Not on Hallway: by link or fax" if not place.on_hallway else "",
    )
    return Entry(
        role=one,
        title=one.specialty or place.specialty or ROLE_LABELS[Role(one.role)],
        place=place.name,
        details=". ".join(filter(None, details)),
        is_free=one.free_since is not None,
        takes_new=one.accepting_new and place.accepts_new,
        reach=reach,
    )


def finding(entries: Sequence[Entry], need: Need) -> str:
    """The heading: how many fit."""
    if not entries:
        return "Nobody fits all of that"
    free = sum(entry.is_free for entry in entries)
    asked = any((need.kind, need.plan, need.language, need.state))
    verb = ("fits" if len(entries) == 1 else "fit") if asked else ("is" if len(entries) == 1 else "are")
    who = "clinician" if len(entries) == 1 else "clinicians"
    tail = f", {words.number(free).lower()} free now" if free else ""
    return f"{words.number(len(entries))} {who} {verb}{'' if asked else ' in the network'}{tail}"


def widenings(need: Need, count: Callable[[Need], int]) -> list[Widening]:
    """Which one criterion, dropped, would find somebody, and how many."""
    found: list[Widening] = []
    for name, words_of in CRITERIA.items():
        if not getattr(need, name):
            continue
        wider = replace(need, **{name: ""})
        number = count(wider)
        if number:
            found.append(Widening(words_of, number, name))
    return found
