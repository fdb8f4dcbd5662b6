"""Who is asked about: the patient by identifier, the recipient by the directory or as described."""

from dataclasses import dataclass

from django.db.models import Q

from hallway import clock
from hallway.consent.grants import compiler, plans
from hallway.consent.law.asking import Recipient, RecipientKind, Tie
from hallway.consent.law.facts import ChartFacts
from hallway.directory.models import Organization, OrganizationKind, Practitioner, PractitionerRole
from hallway.exchange.decisions.asked import Identifier, Party, not_understood
from hallway.ids import NOBODY, OrganizationId, PractitionerId
from hallway.record import queries as record
from hallway.record.queries import Subject

ANYBODY = OrganizationId(0)


@dataclass(frozen=True, slots=True)
class About:
    """The patient as far as this asker may rely on it: the chart, and the facts in force now."""

    subject: Subject
    facts: ChartFacts


@dataclass(frozen=True, slots=True)
class Towards:
    """The recipient: by id where the directory has them, and as the law asks."""

    organization: OrganizationId
    practitioner: PractitionerId
    described: Party
    kind: RecipientKind
    state: str
    sud_duty: bool


def about(identifiers: tuple[Identifier, ...], holder: OrganizationId) -> About | None:
    """The one patient of these identifiers with whom the asker's organization has something to do, or None.

    Unknown, of others, and ambiguous are one answer.
    """
    tokens = [
        f"identifier={one.system}|{one.value}" if one.system else f"identifier={one.value}" for one in identifiers
    ]
    subjects = record.subjects_known_by(tokens)
    now = clock.now()
    loaded = zip(subjects, plans.load_facts([one.chart_id for one in subjects]), strict=True)
    mine = [About(one, compiler.in_force(facts, now)) for one, facts in loaded]
    mine = [one for one in mine if _stands(one.facts, holder)]
    return mine[0] if len(mine) == 1 else None


def _stands(facts: ChartFacts, holder: int) -> bool:
    """Whether the organization has put something into the chart or treats the patient."""
    return holder in facts.sources or any(member.organization == holder for member in facts.members)


def towards(party: Party) -> Towards:
    """The recipient. Raises INCORRECT for an NPI or reference that the directory does not have."""
    held = _role_of(party)
    if held is None and not party.npi and not party.reference:
        return Towards(ANYBODY, NOBODY, party, party.kind, party.state, party.sud_duty)
    organization = held.organization if held else _organization(party.reference)
    if organization is None:
        raise not_understood("recipient.npi" if party.npi else "recipient.reference")
    kind = RecipientKind.PLAN if organization.kind == OrganizationKind.PAYER else party.kind
    person = PractitionerId(held.practitioner_id) if held else NOBODY
    duty = held.sud_duty if held else False
    return Towards(OrganizationId(organization.id), person, party, kind, organization.state, duty)


def _role_of(party: Party) -> PractitionerRole | None:
    """The role in force of the practitioner that is named, if one is."""
    today = clock.today()
    kind, _, fhir_id = party.reference.partition("/")
    people = Practitioner.objects.filter(npi=party.npi) if party.npi else Practitioner.objects.filter(fhir_id=fhir_id)
    if not party.npi and kind != "Practitioner":
        return None
    held = PractitionerRole.objects.filter(practitioner__in=people, from_on__lte=today).filter(
        Q(until_on__isnull=True) | Q(until_on__gte=today)
    )
    return held.select_related("organization").order_by("id").first()


def _organization(reference: str) -> Organization | None:
    kind, _, fhir_id = reference.partition("/")
    return Organization.objects.filter(fhir_id=fhir_id).first() if kind == "Organization" and fhir_id else None


def recipient(one: Towards, facts: ChartFacts, holder: int, *, is_author: bool) -> Recipient:
    """The recipient of one item, as the engine asks."""
    if not one.organization:
        said = one.described
        return Recipient(
            kind=said.kind,
            state=said.state,
            relation=said.relation,
            covered_entity=said.covered_entity,
            responsible_for_care=said.responsible_for_care,
            sud_duty=said.sud_duty,
        )
    relation = _tie(one, facts, holder)
    return Recipient(
        kind=one.kind,
        state=one.state,
        relation=relation,
        covered_entity=True,
        responsible_for_care=relation in (Tie.TREATING, Tie.OWN),
        sud_duty=one.sud_duty,
        is_author=is_author,
    )


def _tie(one: Towards, facts: ChartFacts, holder: int) -> Tie:
    if one.organization == holder:
        return Tie.OWN
    if any(member.organization == one.organization for member in facts.members):
        return Tie.TREATING
    return Tie.FORMER if one.organization in facts.knew else Tie.NAMED
