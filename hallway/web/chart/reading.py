"""Opens one chart for one page: one Release, one read with its ledger line, and the names of those it mentions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hallway import clock
from hallway.consent import gate
from hallway.consent.grants import notices
from hallway.consent.grants.notices import NOTHING, Owed
from hallway.directory.models import Organization, Practitioner
from hallway.identity.requester import Requester
from hallway.ids import ChartId, OrganizationId, PractitionerId
from hallway.record import queries, resources
from hallway.record.evidence import Purpose, Release
from hallway.record.stored import PatientHeader, Stored
from hallway.talking.naming import reached
from hallway.web.chart import words
from hallway.web.chart.facts import Facts
from hallway.web.chart.people import Person, Place, Roster

ALWAYS = (
    "Patient", "Coverage", "AllergyIntolerance", "Appointment", "Encounter", "Observation", "QuestionnaireResponse",
    "MedicationRequest",
)  # fmt: skip
"""What the board beside every tab is made of."""
OVERVIEW = (
    *ALWAYS, "Condition", "DocumentReference", "Composition", "CarePlan", "Procedure", "ServiceRequest"
)  # fmt: skip
"""What the overview and the timeline are made of, on top of the board."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A chart as one reader may see it at one instant."""

    reader: Requester
    reader_place: Place
    chart_id: ChartId
    release: Release
    header: PatientHeader
    facts: Facts
    roster: Roster
    at: datetime
    owed: Owed = NOTHING
    """The notices that law makes travel with what this page shows, on screen and on paper."""

    @property
    def today(self) -> date:
        """The reader's calendar day."""
        return self.at.date()


def open_chart(
    reader: Requester, chart_id: ChartId, *, kinds: Sequence[str] | None, route: str, purpose: Purpose | None = None
) -> Opened:
    """Read what may flow of ``kinds`` (all when None). Raises NOT_FOUND, or GONE when the right has just changed."""
    release = gate.release(reader, chart_id, purpose)
    stored = queries.read_chart(release, kinds=kinds, route=route)
    facts = Facts(stored)
    roster = roster_of(stored, also=(reader.organization_id, reader.practitioner_id))
    return Opened(
        reader=reader,
        reader_place=roster.place(reader.organization_id),
        chart_id=chart_id,
        release=release,
        header=header_of(facts, chart_id),
        facts=facts,
        roster=roster,
        at=clock.now().astimezone(words.ZONE),
        owed=notices.owed([release], stored),
    )


def roster_of(stored: Iterable[Stored], *, also: tuple[OrganizationId, PractitionerId]) -> Roster:
    """Names of every practice and person these rows come from: two queries, whatever their number."""
    organizations, practitioners = {also[0]}, {also[1]}
    for one in stored:
        organizations.add(one.source_org)
        practitioners.add(one.author)
    return roster_of_ids(organizations, practitioners)


def roster_of_ids(organizations: set[OrganizationId], practitioners: set[PractitionerId]) -> Roster:
    """Names of these practices and people, and how they want to be reached, in a few queries whatever their number."""
    places = {
        OrganizationId(one.id): Place(OrganizationId(one.id), one.name, one.side, one.kind)
        for one in Organization.objects.filter(id__in=organizations)
    }
    found = list(Practitioner.objects.filter(id__in=practitioners))
    ways = reached(found)
    people = {
        PractitionerId(one.id): Person(
            PractitionerId(one.id), one.full_name, one.short_name, ways[one.id].phone, ways[one.id].best_time
        )
        for one in found
    }
    return Roster(places, people)


def header_of(facts: Facts, chart_id: ChartId) -> PatientHeader:
    """The header from the released Patient; "A patient" where a role may see facts but not who it is."""
    rows = facts.stored("Patient")
    if not rows:
        return PatientHeader(chart_id, "A patient", None, "", "", "", False)
    row = resources.header_of(rows[0].body)
    return PatientHeader(
        chart_id=chart_id,
        name=f"{row.given} {row.family}".strip() or "Name not known",
        birth_date=row.birth_on,
        gender=row.gender,
        pronouns=row.pronouns,
        record_number=row.record_number,
        deceased=row.deceased,
    )
