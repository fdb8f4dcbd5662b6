"""Opens one chart for one page: one Release, one read with its ledger line, and the names of those it mentions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hallway import clock
from hallway.consent import gate
from hallway.directory.models import Organization, Practitioner
from hallway.identity.requester import Requester
from hallway.ids import ChartId, OrganizationId, PractitionerId
from hallway.record import queries
from hallway.record.evidence import Purpose, Release
from hallway.record.stored import PatientHeader, Stored
from hallway.web.chart import words
from hallway.web.chart.facts import Facts
from hallway.web.chart.people import Person, Place, Roster

PRONOUN_URLS = ("individual-pronouns", "genderIdentityPronouns", "pronouns")
ALWAYS = ("Patient", "Coverage", "AllergyIntolerance", "Appointment", "Encounter", "Observation", "MedicationRequest")
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
    )


def roster_of(stored: Iterable[Stored], *, also: tuple[OrganizationId, PractitionerId]) -> Roster:
    """Names of every practice and person these rows come from: two queries, whatever their number."""
    organizations, practitioners = {also[0]}, {also[1]}
    for one in stored:
        organizations.add(one.source_org)
        practitioners.add(one.author)
    places = {
        OrganizationId(one.id): Place(OrganizationId(one.id), one.name, one.side, one.kind)
        for one in Organization.objects.filter(id__in=organizations)
    }
    people = {
        PractitionerId(one.id): Person(
            PractitionerId(one.id), one.full_name, one.short_name, one.phone, one.best_time
        )
        for one in Practitioner.objects.filter(id__in=practitioners)
    }
    return Roster(places, people)


def header_of(facts: Facts, chart_id: ChartId) -> PatientHeader:
    """The header from the released Patient; "A patient" where a role may see facts but not who it is."""
    patient = facts.patient
    if patient is None:
        return PatientHeader(chart_id, "A patient", None, "", "", "", False)
    number = next((one.value for one in patient.identifier if one.value and _is_record_number(one.system or "")), "")
    number = number or next((one.value for one in patient.identifier if one.value), "") or ""
    return PatientHeader(
        chart_id=chart_id,
        name=words.human_name(patient.name),
        birth_date=words.day(patient.birth_date),
        gender=patient.gender or "",
        pronouns=_pronouns(facts),
        record_number=number if len(number) <= 20 else "",
        deceased=bool(patient.deceased_boolean or patient.deceased_date_time),
    )


def _is_record_number(system: str) -> bool:
    return "record" in system or system.endswith(("mrn", "/mr"))


def _pronouns(facts: Facts) -> str:
    for extension in facts.patient.extension if facts.patient else ():
        if (extension.url or "").endswith(PRONOUN_URLS):
            return _pronoun_words(extension.value_string or words.concept_words(extension.value_codeable_concept))
        for part in extension.extension if (extension.url or "").endswith(PRONOUN_URLS) else ():
            return words.concept_words(part.value_codeable_concept)
    return ""


def _pronoun_words(said: str) -> str:
    parts = said.lower().split("/")
    return "/".join(parts[:2]) if len(parts) >= 2 else said
