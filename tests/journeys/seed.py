"""A small network for the journeys: practices, people and patients of the demo's cast, made through real actions."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from hallway import clock
from hallway.app.demo import cast
from hallway.app.demo.archetypes import ARCHETYPES
from hallway.app.demo.facts import Fact, FactWriter
from hallway.app.demo.patients import DemoPatient
from hallway.consent import actions as consent
from hallway.directory.models import CareTeamMember, Organization, Practitioner, PractitionerRole
from hallway.identity import actions
from hallway.identity.models import Account
from hallway.identity.requester import Requester, Role
from hallway.ids import AccountId, ChartId, OrganizationId, PractitionerId, ResourceId

PRONOUNS = "http://hl7.org/fhir/StructureDefinition/individual-pronouns"
JOURNEY_PRACTICES = (cast.MILLBROOK, cast.NORTHGATE, cast.HARBOR, cast.COMMONWELL, cast.NETWORK)


@dataclass(slots=True)
class World:
    """Who is there, by the demo's keys and logins."""

    organizations: dict[str, Organization] = field(default_factory=dict)
    people: dict[str, Practitioner] = field(default_factory=dict)
    roles: dict[str, PractitionerRole] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    charts: dict[str, ChartId] = field(default_factory=dict)

    def requester(self, login: str) -> Requester:
        """The person in the first role of the cast, as the sign-in page would make them."""
        role = self.roles[login]
        return Requester(
            AccountId(self.accounts[login].pk),
            PractitionerId(self.people[login].pk),
            OrganizationId(role.organization_id),
            Role(role.role),
            sud_duty=role.sud_duty,
            name=self.people[login].full_name,
        )


def practices(*keys: str) -> World:
    """The organizations, people and roles of ``keys`` (all journey practices when none is named), with accounts."""
    world = World()
    wanted = keys or JOURNEY_PRACTICES
    for organization in cast.ORGANIZATIONS:
        if organization.key in wanted:
            world.organizations[organization.key] = _organization(organization)
    for person in cast.PEOPLE:
        if person.roles[0].organization in wanted:
            _person(world, person)
    return world


def _organization(demo: cast.DemoOrganization) -> Organization:
    return Organization.objects.create(
        fhir_id=f"demo-{demo.key}",
        name=demo.name,
        side=demo.side,
        kind=demo.kind,
        specialty=demo.specialty,
        state=demo.state,
        city=demo.city,
        is_part2=demo.is_part2,
        part2_basis="42 CFR 2.11 (1)(i), federally assisted" if demo.is_part2 else "",
        part2_evaluated_on=date(2026, 1, 5) if demo.is_part2 else None,
        phone=demo.phone,
        health_plans=list(demo.health_plans),
        on_hallway=demo.on_hallway,
    )


def _person(world: World, demo: cast.DemoPerson) -> None:
    practitioner = Practitioner.objects.create(
        fhir_id=f"demo-{demo.login}",
        family=demo.family,
        given=demo.given,
        prefix=demo.prefix,
        suffix=demo.suffix,
        licence=demo.licence,
        licence_state=world.organizations[demo.roles[0].organization].state,
        languages=list(demo.languages),
    )
    world.people[demo.login] = practitioner
    for held in demo.roles:
        role = PractitionerRole.objects.create(
            fhir_id=f"demo-{demo.login}-{held.organization}-{held.role}",
            practitioner=practitioner,
            organization=world.organizations[held.organization],
            role=held.role,
            specialty=held.specialty,
            sud_duty=held.sud_duty,
            from_on=date(2024, 1, 1),
            free_since=clock.now() if demo.free_now else None,
        )
        world.roles.setdefault(demo.login, role)
    world.accounts[demo.login] = _account(demo, practitioner)


def _account(demo: cast.DemoPerson, practitioner: Practitioner) -> Account:
    return actions.create_account(
        demo.login,
        practitioner.full_name,
        practitioner_id=PractitionerId(practitioner.pk),
        demo=True,
    )


PATIENTS: dict[str, DemoPatient] = {
    key: DemoPatient(
        number=number,
        given=given,
        family=family,
        gender=gender,
        born_on=born_on,
        archetype=ARCHETYPES[0],
        pc=cast.MILLBROOK,
        bh=bh,
        pcp="carewell",
        started_at=datetime(2026, 11, 1, tzinfo=clock.now().tzinfo),
        language=language,
    )
    for number, (key, given, family, gender, born_on, bh, language) in enumerate(
        (
            ("marisol", "Marisol", "Ejemplo", "female", date(1955, 3, 14), cast.NORTHGATE, "Spanish"),
            ("harold", "Harold", "Mockford", "male", date(1960, 2, 11), cast.NORTHGATE, "English"),
            ("otis", "Otis", "Fixture", "male", date(1974, 8, 30), cast.HARBOR, "English"),
            ("lena", "Lena", "Sampleton", "female", date(1987, 5, 2), cast.NORTHGATE, "English"),
            ("maya", "Maya", "Muestra", "female", date(2012, 5, 2), cast.NORTHGATE, "English"),
        )
    )
}
"""Invented people whose names say so."""


def open_chart(world: World, key: str, *, login: str = "carewell") -> ChartId:
    """A chart as primary care keeps it: who, plan, problems, medicines, allergy, scores, a visit with its note."""
    from hallway.consent import actions as consent
    from hallway.record import actions as record

    patient = PATIENTS[key]
    by = world.requester(login)
    organization = key_of(world, by.organization_id)
    write = FactWriter(f"journey-{key}", organization, login)
    chart = record.new_chart(ResourceId(write.patient_id))
    world.charts[key] = chart
    store(world, [_with_pronouns(write.patient(patient))], chart=chart)
    consent.join_team(
        chart,
        by=by,
        organization=by.organization_id,
        practitioner=by.practitioner_id,
        role=by.role.value,
        basis=CareTeamMember.Basis.ASSIGNED,
    )
    store(world, list(_primary_care(write)), chart=chart)
    return chart


def treated_by(world: World, chart: ChartId, *logins: str, basis: str) -> None:
    """The practices of these people treat the patient, by the word of the primary care clinician."""
    for login in logins:
        consent.join_team(
            chart,
            by=world.requester("carewell"),
            organization=world.requester(login).organization_id,
            basis=basis,
        )


def _with_pronouns(fact: Fact) -> Fact:
    words = "she/her" if fact.resource["gender"] == "female" else "he/him"
    value = {"url": "value", "valueCodeableConcept": {"text": words}}
    fact.resource["extension"] = [{"url": PRONOUNS, "extension": [value]}]
    return fact


def _primary_care(write: FactWriter) -> list[Fact]:
    today = clock.now().replace(hour=14, minute=0, second=0, microsecond=0)
    # Early in a UTC day that hour of the afternoon has not come yet: nothing here lies ahead.
    spring, visit = today - timedelta(days=210), min(today, clock.now()) - timedelta(hours=1)
    encounter = write.encounter(visit, "Low mood, forgets the stove")
    return [
        write.coverage("Bay Example HMO"),
        write.condition("E11.65", "Type 2 diabetes, blood sugar high", today - timedelta(days=3200)),
        write.condition("I10", "High blood pressure", today - timedelta(days=2900)),
        write.condition("M17.9", "Knee arthritis", today - timedelta(days=1400)),
        write.medicine("6809", "Metformin 1,000 mg", "twice a day", today - timedelta(days=900)),
        write.medicine("5487", "Hydrochlorothiazide 25 mg", "mornings", today - timedelta(days=900)),
        write.medicine("29046", "Lisinopril 20 mg", "mornings", today - timedelta(days=500)),
        write.allergy("Penicillin", "hives"),
        write.score(spring, "PHQ-9", 14),
        write.score(visit, "PHQ-9", 16),
        write.score(visit, "GAD-7", 11),
        write.quantity(today - timedelta(days=60), "4548-4", "A1c", 7.6, unit="%"),
        write.quantity(today - timedelta(days=60), "2951-2", "Sodium", 138, unit="mmol/L"),
        encounter,
        write.note(visit, "progress", "Sad since her sister died. Sleeps badly. Stopped cooking.", encounter.id),
    ]


def behavioral_health(world: World, key: str, *, login: str = "hearwell") -> None:
    """What a first visit leaves in a behavioral health chart, a psychotherapy note kept apart included."""
    by = world.requester(login)
    write = FactWriter(f"journey-{key}", key_of(world, by.organization_id), login)
    write.patient_id = FactWriter(f"journey-{key}", "", "").patient_id
    now = clock.now()
    encounter = write.encounter(now - timedelta(hours=1), "First visit, assessment")
    facts = [
        encounter,
        write.condition("F32.1", "Major depression, single episode, moderate", now),
        write.medicine("36437", "Sertraline 25 mg", "mornings, 50 mg after a week", now),
        write.score(now, "PHQ-9", 14),
        write.score(now, "GAD-7", 10),
        write.note(
            now, "progress", "Weekly therapy, behavioral activation. Goal: cook four days a week.", encounter.id
        ),
        write.note(now, "psychotherapy", "PLANTED-SESSION-CONTENT kept apart by its author.", encounter.id),
    ]
    store(world, facts, chart=world.charts[key])


def store(world: World, facts: list[Fact], *, chart: ChartId) -> None:
    """Label and store facts as their authors, references rewritten to the server's ids."""
    from hallway.consent import actions as consent
    from hallway.labels.actions import label
    from hallway.labels.source import Source

    for fact in facts:
        by = world.requester(fact.author)
        body = _rewritten(fact)
        source = Source(by.organization_id, by.practitioner_id, note_kind=fact.note_kind)
        consent.store([label(body, source=source)], by=by)


def _rewritten(fact: Fact) -> bytes:
    text = json.dumps(fact.resource)
    for kind in ("subject", "patient", "beneficiary"):
        text = text.replace(f'"{kind}": {{"reference": "urn:uuid:', f'"{kind}": {{"reference": "Patient/')
    return text.replace('"reference": "urn:uuid:', '"reference": "Encounter/').encode()


def key_of(world: World, organization: OrganizationId) -> str:
    """The demo's key of an organization."""
    return next(key for key, row in world.organizations.items() if row.pk == organization)
