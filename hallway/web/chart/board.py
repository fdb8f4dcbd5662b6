"""Who is on the screen: name, alerts, team, what is coming, what was last measured. Pure, and only of released facts.

The team is read from who wrote what this reader may see, never from the care team itself: a member whose whole work is
withheld would tell that there is something to withhold.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hallway.identity.requester import Requester
from hallway.ids import PractitionerId
from hallway.record.stored import PatientHeader
from hallway.standards.fhir import r4
from hallway.talking.tables import library
from hallway.talking.tables.library import Payer
from hallway.web.chart import measures, scores, words
from hallway.web.chart.facts import Facts
from hallway.web.chart.people import Person, Place, Roster

RECENT_TEAM = timedelta(days=550)
TEAM_SHOWN = 5
OBJECT = {"she/her": "her", "he/him": "him", "they/them": "them"}
POSSESSIVE = {"she/her": "her", "he/him": "his", "they/them": "their"}
SUBJECT = {"she/her": "she", "he/him": "he", "they/them": "they"}


@dataclass(frozen=True, slots=True)
class Pronouns:
    """Words for the person, as the person gave them; else "they", because nobody is guessed."""

    key: str
    subject: str
    object: str
    possessive: str

    @property
    def subject_at_start(self) -> str:
        """ "She", for the start of a sentence."""
        return self.subject[:1].upper() + self.subject[1:]

    @property
    def verb_s(self) -> str:
        """ "s" where the verb takes one: "she asks", "they ask"."""
        return "" if self.subject in ("they", "you") else "s"


YOU = Pronouns("you", "you", "you", "your")
"""For pages that speak to the patient."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who wrote something here that this reader may see."""

    place: Place
    person: Person
    is_reader: bool


@dataclass(frozen=True, slots=True)
class Coming:
    """A booked visit that has not begun."""

    at: datetime
    who: str
    place: Place


@dataclass(frozen=True, slots=True)
class Board:
    """Everything in the left column."""

    header: PatientHeader
    pronouns: Pronouns
    languages: str
    alerts: tuple[str, ...]
    item_9: scores.Item9 | None
    team: tuple[Member, ...]
    coming: tuple[Coming, ...]
    measured: tuple[measures.Measured, ...]
    plan: str
    payer: Payer | None
    """The plan's help line, where a source gives one (R38)."""


def pronouns(header: PatientHeader) -> Pronouns:
    """From what the person gave ("she/her"); without it "they"."""
    given = header.pronouns.lower().strip()
    given = given if given in SUBJECT else "they/them"
    return Pronouns(SUBJECT[given], SUBJECT[given], OBJECT[given], POSSESSIVE[given])


def board(facts: Facts, roster: Roster, reader: Requester, *, header: PatientHeader, at: datetime) -> Board:
    """The left column for one reader at one instant."""
    return Board(
        header=header,
        pronouns=pronouns(header),
        languages=_languages(facts),
        alerts=tuple(_alerts(facts)),
        item_9=scores.last_item_9(facts),
        team=tuple(_team(facts, roster, reader, today=at.date())),
        coming=tuple(coming(facts, roster, at=at)),
        measured=tuple(measures.last_measured(facts)),
        plan=(plan := _plan(facts)),
        payer=library.payer_of(plan),
    )


def _languages(facts: Facts) -> str:
    spoken = facts.patient.communication if facts.patient else ()
    ordered = sorted(spoken, key=lambda one: not one.preferred)
    named = (words.concept_words(one.language) for one in ordered)
    return ", ".join(name.split(" (")[0] for name in named if name)


def _alerts(facts: Facts) -> list[str]:
    alerts: list[str] = []
    for fact in facts.of(r4.AllergyIntolerance):
        if words.codes_of([fact.view.clinical_status] if fact.view.clinical_status else []) & {"inactive", "resolved"}:
            continue
        reactions = [words.concept_words(one) for reaction in fact.view.reaction for one in reaction.manifestation]
        substance = words.capital(words.concept_words(fact.view.code))
        line = f"{substance}: {', '.join(reactions).lower()}" if reactions else substance
        if line and line not in alerts:
            alerts.append(line)
    return alerts


def _team(facts: Facts, roster: Roster, reader: Requester, *, today: date) -> list[Member]:
    found: dict[PractitionerId, Member] = {}
    written = [fact.stored for fact in facts.encounters] + [fact.stored for fact in facts.medicines]
    written += [*facts.stored("DocumentReference"), *facts.stored("Composition")]
    for stored in written:
        person = roster.people.get(stored.author)
        recent = stored.dated_at is not None and today - stored.dated_at.date() <= RECENT_TEAM
        if person and recent and stored.author not in found:
            place = roster.place(stored.source_org)
            found[stored.author] = Member(place, person, stored.author == reader.practitioner_id)
    order = {"pc": 0, "bh": 1, "other": 2}
    return sorted(found.values(), key=lambda one: (not one.is_reader, order[one.place.side]))[:TEAM_SHOWN]


def coming(facts: Facts, roster: Roster, *, at: datetime) -> list[Coming]:
    """Booked visits from now on, the next one first."""
    found: list[Coming] = []
    for fact in facts.of(r4.Appointment):
        start = words.instant(fact.view.start)
        if start and start >= at and fact.view.status in ("booked", "pending", "arrived"):
            place = roster.place(fact.stored.source_org)
            who = roster.short_name(fact.stored.author) or _first_named(fact.view) or place.short
            found.append(Coming(start, who, place))
    return sorted(found, key=lambda one: one.at)


def _first_named(view: r4.Appointment) -> str:
    actors = (one.actor for one in view.participant if one.actor and one.actor.display)
    return next((actor.display or "" for actor in actors if "Patient/" not in (actor.reference or "")), "")


def _plan(facts: Facts) -> str:
    for fact in facts.of(r4.Coverage):
        if fact.view.status == "active":
            named = next((one.display for one in fact.view.payor if one.display), "")
            return named or words.concept_words(fact.view.type)
    return ""
