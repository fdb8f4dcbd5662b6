"""Names and sides of the practices and people that a chart's facts came from. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hallway.ids import OrganizationId, PractitionerId

_GENERIC_WORDS = """
associates behavioral care center clinic counseling family group health institute medical medicine mental of partners
physicians practice primary program psychiatry recovery services the and & inc llc pc specialty
"""
GENERIC = frozenset(_GENERIC_WORDS.split())
SIDE_WORDS = {"pc": "Primary care", "bh": "Behavioral health", "other": "Other"}


@dataclass(frozen=True, slots=True)
class Place:
    """A practice as a chart names it: ``short`` is its name without the words every practice has."""

    id: OrganizationId
    name: str
    side: str = "other"
    kind: str = ""

    @property
    def side_word(self) -> str:
        """The side in words, for readers who do not see the mark."""
        return SIDE_WORDS[self.side]

    @property
    def short(self) -> str:
        """ "Northgate" of "Northgate Behavioral Health"; the whole name when nothing else would be left."""
        words = self.name.split()
        kept = [word for word in words if word.strip(",.").lower() not in GENERIC]
        return " ".join(kept) or self.name


@dataclass(frozen=True, slots=True)
class Person:
    """A practitioner as a chart names them."""

    id: PractitionerId
    full_name: str
    short_name: str
    phone: str = ""
    best_time: str = ""


UNKNOWN_PLACE = Place(OrganizationId(0), "Another practice")


@dataclass(frozen=True, slots=True)
class Roster:
    """The places and people of one page, looked up by id; a missing one has a plain word, never a number."""

    places: Mapping[OrganizationId, Place] = field(default_factory=dict[OrganizationId, Place])
    people: Mapping[PractitionerId, Person] = field(default_factory=dict[PractitionerId, Person])

    def place(self, organization: OrganizationId) -> Place:
        """The practice, or "Another practice"."""
        return self.places.get(organization, UNKNOWN_PLACE)

    def full_name(self, practitioner: PractitionerId) -> str:
        """ "Tess Hearwell, LICSW", or nothing when nobody is named."""
        person = self.people.get(practitioner)
        return person.full_name if person else ""

    def short_name(self, practitioner: PractitionerId) -> str:
        """ "Dr. Carewell", or nothing when nobody is named."""
        person = self.people.get(practitioner)
        return person.short_name if person else ""
