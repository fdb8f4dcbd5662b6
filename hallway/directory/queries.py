"""Reads of people and places. They are shared facts: no patient stands in them, and no gate before them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from hallway import clock
from hallway.directory.models import Organization, OrganizationKind, Practitioner, PractitionerRole
from hallway.identity.requester import CLINICIANS
from hallway.ids import OrganizationId


@dataclass(frozen=True, slots=True)
class Need:
    """What somebody looks for; an empty word asks for nothing. ``kind`` is a role's code or a specialty."""

    kind: str = ""
    plan: str = ""
    language: str = ""
    state: str = ""


FEED = "feed-outside-records"
"""The FHIR id of the organization that stands for a feed whose sender nobody named."""


def for_everybody() -> list[OrganizationId]:
    """The organizations whose definitions (value sets, questionnaires) are everybody's: the network, the plain feed."""
    found = Organization.objects.filter(Q(kind=OrganizationKind.NETWORK) | Q(fhir_id=FEED))
    return [OrganizationId(one) for one in found.order_by("pk").values_list("pk", flat=True)]


def clinicians(need: Need, today: date) -> list[PractitionerRole]:
    """Clinicians whose role is in force and who fit, free ones first, then those who take new patients, by name."""
    held = _in_force(today)
    if need.kind:
        held = held.filter(
            Q(role=need.kind) | Q(specialty__iexact=need.kind) | Q(organization__specialty__iexact=need.kind)
        )
    if need.state:
        held = held.filter(organization__state=need.state)
    found = [one for one in held if _speaks(one, need.language) and _takes(one, need.plan)]
    return sorted(found, key=lambda one: (one.free_since is None, not one.accepting_new, one.practitioner.family))


def _in_force(today: date) -> QuerySet[PractitionerRole]:
    return (
        PractitionerRole.objects.filter(role__in=[str(role) for role in CLINICIANS], from_on__lte=today)
        .filter(Q(until_on__isnull=True) | Q(until_on__gte=today))
        .select_related("practitioner", "organization")
        .order_by("practitioner__family", "practitioner__given", "id")
    )


def _speaks(one: PractitionerRole, language: str) -> bool:
    return not language or language in one.practitioner.languages or language in one.organization.languages


def _takes(one: PractitionerRole, plan: str) -> bool:
    return not plan or plan in one.organization.health_plans


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be asked for: the words that stand in the directory today, in order."""

    specialties: tuple[str, ...]
    plans: tuple[str, ...]
    languages: tuple[str, ...]
    states: tuple[str, ...]


def choices(today: date) -> Choices:
    """Every specialty, plan, language and state of a clinician in force."""
    held = list(_in_force(today))
    places = {one.organization_id: one.organization for one in held}.values()
    return Choices(
        specialties=_words(word for one in held for word in (one.specialty, one.organization.specialty)),
        plans=_words(word for place in places for word in place.health_plans),
        languages=_words(word for one in held for word in (*one.practitioner.languages, *one.organization.languages)),
        states=_words(place.state for place in places),
    )


def _words(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({word for word in found if word}))


def clinicians_ever(organization_id: int) -> list[Practitioner]:
    """Everybody who is or was a clinician of an organization, by name: what they wrote stays theirs."""
    held = PractitionerRole.objects.filter(organization_id=organization_id, role__in=[str(role) for role in CLINICIANS])
    return list(Practitioner.objects.filter(id__in=held.values("practitioner_id")).order_by("family", "given", "id"))


def clinicians_at(organization_id: int) -> list[PractitionerRole]:
    """The clinical roles in force at an organization today."""
    return list(_in_force(clock.today()).filter(organization_id=organization_id))


def works_at(practitioner_id: int, organization_id: int) -> bool:
    """Does this person hold a clinical role there today?"""
    held = _in_force(clock.today()).filter(practitioner_id=practitioner_id, organization_id=organization_id)
    return held.exists()


def organization(organization_id: int) -> Organization:
    """One organization. Raises ``Organization.DoesNotExist``."""
    return Organization.objects.get(id=organization_id)


def programs(organization_ids: Iterable[int]) -> frozenset[int]:
    """Those of the organizations whose records are a substance use program's (42 CFR 2.11, 2.12(b)).

    A program or unit that was found to be one, whatever lies inside such a program, every substance use program of
    Connecticut (Conn. Gen. Stat. 17a-688), and one that nobody has evaluated yet: a doubt goes to the strict side. A
    practice is not one because a unit inside the same company is (2.12(e), one company with a unit).
    """
    wanted = {int(one) for one in organization_ids}
    above: dict[int, int | None] = {}
    program: set[int] = set()
    waiting = set(wanted)
    while waiting:
        rows = Organization.objects.filter(id__in=waiting).values_list("id", "kind", "is_part2", "parent_id")
        for own, kind, is_part2, parent in rows:
            above[own] = parent
            if is_part2 or kind == OrganizationKind.SUD_PROGRAM:
                program.add(own)
        waiting = {one for one in above.values() if one is not None} - set(above)
    return frozenset(one for one in wanted if program & set(_upward(one, above)))


def _upward(one: int, above: Mapping[int, int | None]) -> Iterator[int]:
    """An organization and everything it is part of; a circle ends."""
    seen: set[int] = set()
    here: int | None = one
    while here is not None and here not in seen:
        seen.add(here)
        yield here
        here = above.get(here)
