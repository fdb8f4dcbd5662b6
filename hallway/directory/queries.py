"""Reads of people and places. They are shared facts: no patient stands in them, and no gate before them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from hallway.directory.models import Organization, PractitionerRole
from hallway.identity.requester import CLINICIANS


@dataclass(frozen=True, slots=True)
class Need:
    """What somebody looks for; an empty word asks for nothing. ``kind`` is a role's code or a specialty."""

    kind: str = ""
    plan: str = ""
    language: str = ""
    state: str = ""


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


def organization(organization_id: int) -> Organization:
    """One organization. Raises ``Organization.DoesNotExist``."""
    return Organization.objects.get(id=organization_id)
