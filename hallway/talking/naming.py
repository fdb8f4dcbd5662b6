"""Names and contact cards of people and practices."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hallway import clock
from hallway.directory.models import Organization, Practitioner
from hallway.talking.models import WayToReach
from hallway.talking.tables import library
from hallway.talking.views import Card


@dataclass(frozen=True, slots=True)
class Names:
    """People, practices and their ways to be reached, by id."""

    people: dict[int, Practitioner] = field(default_factory=dict[int, Practitioner])
    places: dict[int, Organization] = field(default_factory=dict[int, Organization])
    ways: dict[int, WayToReach] = field(default_factory=dict[int, WayToReach])

    def person(self, practitioner_id: int) -> str:
        """Their name, or empty for nobody in particular."""
        found = self.people.get(practitioner_id)
        return found.full_name if found else ""

    def place(self, organization_id: int) -> str:
        """The practice's name."""
        found = self.places.get(organization_id)
        return found.name if found else ""

    def side(self, organization_id: int) -> str:
        """The practice's side of the hall."""
        found = self.places.get(organization_id)
        return found.side if found else "other"

    def card(self, organization_id: int, practitioner_id: int = 0) -> Card:
        """How to reach them: what the person says, else the practice's own numbers."""
        place, person = self.places[organization_id], self.people.get(practitioner_id)
        way = self.ways.get(practitioner_id)
        phone = (way.phone if way else "") or (person.phone if person else "") or place.phone
        is_away = way is not None and way.away_until_on is not None and way.away_until_on >= clock.today()
        return Card(
            practice_id=place.id,
            practice=place.name,
            side=place.side,
            on_hallway=place.on_hallway,
            person=person.id if person else 0,
            name=person.full_name if person else "",
            channel=library.words().channel.get(way.channel, "") if way else "",
            phone=phone,
            fax=place.fax,
            best_time=(way.best_time if way else "") or (person.best_time if person else ""),
            note=way.note if way else "",
            away_until=way.away_until_on if way and is_away else None,
            cover=self.person(way.cover_practitioner_id) if way and is_away else "",
        )


def names_of(people: Iterable[int], places: Iterable[int]) -> Names:
    """Names of these, and of whoever covers for them."""
    wanted = {one for one in people if one}
    ways = {one.practitioner_id: one for one in WayToReach.objects.filter(practitioner_id__in=wanted)}
    wanted |= {one.cover_practitioner_id for one in ways.values() if one.cover_practitioner_id}
    return Names(
        people=Practitioner.objects.in_bulk(list(wanted)),
        places=Organization.objects.in_bulk([one for one in set(places) if one]),
        ways=ways,
    )


@dataclass(frozen=True, slots=True)
class Reach:
    """A number and a best time; while they are away, until when and who hears for them stands in its place."""

    phone: str
    best_time: str
    is_away: bool = False

    @property
    def said(self) -> str:
        """In a line of the directory: "best 12 to 1"."""
        return f"best {self.best_time}" if self.best_time and not self.is_away else self.best_time


def reached(people: Iterable[Practitioner]) -> dict[int, Reach]:
    """How each of them wants to be reached: as they say on their card, else as the directory has it."""
    rows = list(people)
    names = names_of([one.id for one in rows], ())
    return {one.id: _reach(one, names) for one in rows}


def _reach(one: Practitioner, names: Names) -> Reach:
    way = names.ways.get(one.id)
    if way is None:
        return Reach(one.phone, one.best_time)
    if way.away_until_on is not None and way.away_until_on >= clock.today():
        hears = names.person(way.cover_practitioner_id) or "the practice"
        return Reach(
            way.phone or one.phone, f"away until {way.away_until_on:%m/%d}, {hears} hears for them", is_away=True
        )
    return Reach(way.phone or one.phone, way.best_time or one.best_time)
