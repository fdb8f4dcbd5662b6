"""Whom one may talk to about a patient: those who treat them, as far as this practice may know.

That a program treats somebody is itself protected (42 CFR 2.11, 2.12): it is on no list but its own and that of whom a
signed form names. To everybody else it is answered as a practice that does not treat the patient.
"""

from dataclasses import dataclass
from typing import Self

from hallway import clock
from hallway.consent.explaining.preview import Preview, preview
from hallway.consent.explaining.reach import Portion, Recipient, as_known_at, whole
from hallway.consent.grants import compiler, licences, plans
from hallway.directory.models import Organization, OrganizationKind, Practitioner
from hallway.directory.queries import clinicians_at, programs, works_at
from hallway.identity.requester import Requester, Role
from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.talking import refusals
from hallway.talking.models import WayToReach
from hallway.talking.resources import Refs


@dataclass(frozen=True, slots=True)
class Parties:
    """Who says something to whom: practice and person on each side; 0 for nobody in particular."""

    from_org: OrganizationId
    from_person: PractitionerId
    to_org: OrganizationId
    to_person: PractitionerId = NOBODY

    @classmethod
    def of(cls, by: Requester, to_org: int, to_person: int = 0) -> Self:
        """The one who acts, to somebody."""
        return cls(by.organization_id, by.practitioner_id, OrganizationId(to_org), PractitionerId(to_person))

    @property
    def carries(self) -> int:
        """Classes that words between these two have whatever they say: a program's part in it is its record."""
        return int(DataClass.PART2) if programs([self.from_org, self.to_org]) else 0


def partners(by: Requester, chart_id: ChartId) -> list[Organization]:
    """Other practices that treat the patient, as this practice may know, and those that are not on Hallway.

    Ask it only about a chart that the gate has opened.
    """
    now = clock.now()
    facts = as_known_at(by.organization_id, compiler.in_force(plans.load_facts([chart_id])[0], now), now)
    known = {one.organization for one in facts.members}
    # A program that treats is known to whom its signed form names.
    named = {one.discloser_org for one in facts.forms if one.recipient_org == by.organization_id}
    rows = Organization.objects.exclude(id=by.organization_id).exclude(
        kind__in=(OrganizationKind.PAYER, OrganizationKind.NETWORK)
    )
    treating = list(rows.filter(id__in=known | named).order_by("name", "id"))
    outside = rows.filter(on_hallway=False, accepts_new=True).exclude(id__in=[one.id for one in treating])
    return [*treating, *outside.order_by("name", "id")]


def check_partner(by: Requester, chart_id: ChartId, parties: Parties) -> Organization:
    """The practice addressed. Raises H-TLK-005 for one that is not known to treat, or a person who is not there."""
    place = next((one for one in partners(by, chart_id) if one.id == parties.to_org), None)
    if place is None or (parties.to_person and not works_at(parties.to_person, parties.to_org)):
        raise refusals.not_a_partner()
    return place


def covered(practitioner_id: PractitionerId, organization_id: int) -> PractitionerId:
    """Who hears for them today: themselves, or while they are away whom they named, where that person works there."""
    way = WayToReach.objects.filter(practitioner_id=practitioner_id).first() if practitioner_id else None
    is_away = way is not None and way.away_until_on is not None and way.away_until_on >= clock.today()
    if way is None or not is_away:
        return practitioner_id
    cover = PractitionerId(way.cover_practitioner_id)
    return cover if cover and works_at(cover, organization_id) else NOBODY


def refs_of(chart_id: ChartId, parties: Parties) -> Refs:
    """References of everybody concerned."""
    return Refs(
        patient=f"Patient/{record.patient_of(chart_id)}",
        sender=_who(parties.from_person, parties.from_org),
        recipient=_who(parties.to_person, parties.to_org),
    )


def _who(person: int, place: int) -> str:
    found = Practitioner.objects.filter(id=person).first() if person else None
    return f"Practitioner/{found.fhir_id}" if found else f"Organization/{Organization.objects.get(id=place).fhir_id}"


def _usual(parties: Parties) -> int:
    """The classes of what the sender would write."""
    return licences.usual_classes(parties.from_person, parties.from_org) | parties.carries


def may_reach(chart_id: ChartId, parties: Parties, *, classes: int | None = None) -> Preview:
    """The gate's sentence about words of ``classes`` (default: what the sender would write) from one to the other."""
    return preview(
        chart_id=chart_id,
        discloser_practitioner=parties.from_person,
        discloser_org=parties.from_org,
        recipient_practitioner=parties.to_person,
        recipient_org=parties.to_org,
        classes=classes if classes is not None else _usual(parties),
        kind="Communication",
    )


def can_read(chart_id: ChartId, parties: Parties, *, classes: int | None = None) -> bool:
    """Whether a clinician there could read words of ``classes`` (default: what the sender would write) as grants stand.

    ``may_reach`` says what the law lets one send to whoever treats. Talking joins nobody to the care team, so what is
    sent to a practice that has left it would lie where none of them reads it.
    """
    reach = whole(chart_id)(parties.from_org)
    word = Portion("Communication", parties.from_person, _usual(parties) if classes is None else classes)
    return any(
        reach.sees(
            Recipient(parties.to_org, PractitionerId(one.practitioner_id), Role(one.role), sud_duty=one.sud_duty), word
        )
        for one in clinicians_at(parties.to_org)
    )
