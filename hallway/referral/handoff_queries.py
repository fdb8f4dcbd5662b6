"""Reads of hand-offs: who is free, where somebody knocks, how a walk stands. Before an answer no patient is named."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from hallway import clock
from hallway.consent import gate
from hallway.directory.models import PractitionerRole
from hallway.errors import HallwayError
from hallway.identity.requester import CLINICIANS, Requester
from hallway.ids import ReferralId, ResourceId
from hallway.record import queries as record
from hallway.referral import presenting
from hallway.referral.models import HandOff, HandOffAsk, Referral, Visit
from hallway.referral.presenting import Names
from hallway.referral.resources import words_of
from hallway.referral.sight import look
from hallway.referral.views import HandOffView, Party
from hallway.standards.fhir import r4
from hallway.talking.naming import reached

PRESENCE = timedelta(hours=4)
"""A presence older than this is taken for forgotten and not shown."""


def free_next_door(requester: Requester, *, specialty: str = "", language: str = "") -> Sequence[Party]:
    """Clinicians who switched on that they are free now, longest free first; nobody who did not. Never oneself."""
    roles = (
        PractitionerRole.objects.filter(
            free_since__gt=clock.now() - PRESENCE, role__in=[str(role) for role in CLINICIANS], until_on__isnull=True
        )
        .exclude(practitioner_id=requester.practitioner_id)
        .select_related("practitioner", "organization")
        .order_by("free_since", "id")
    )
    if specialty:
        roles = roles.filter(specialty=specialty)
    if language:
        roles = roles.filter(practitioner__languages__contains=[language])
    found = {role.practitioner.id: (role.organization, role.practitioner) for role in reversed(roles)}
    ways = reached(person for _, person in found.values())
    return tuple(
        Names({person.id: person}, {place.id: place}, ways).party(place.id, person.id)
        for place, person in reversed(found.values())
    )


def hand_off_for(requester: Requester, handoff_id: UUID) -> HandOffView:
    """One hand-off for the asking or an asked person. Raises HallwayError NOT_FOUND for everybody else."""
    handoff = HandOff.objects.filter(id=handoff_id).select_related("referral", "visit").first()
    if handoff is None or not _is_theirs(requester, handoff):
        raise gate.not_found()
    return _view(requester, handoff)


def hand_off_of(requester: Requester, referral: Referral) -> HandOffView | None:
    """The latest hand-off of a referral, for those who took part."""
    handoff = (
        HandOff.objects.filter(referral=referral).select_related("referral", "visit").order_by("-created_at").first()
    )
    return _view(requester, handoff) if handoff and _is_theirs(requester, handoff) else None


def knocks_for(requester: Requester) -> list[HandOffView]:
    """Doors at which somebody knocks for this person now."""
    asks = HandOffAsk.objects.filter(
        practitioner_id=requester.practitioner_id,
        org_id=requester.organization_id,
        answer="",
        expires_at__gt=clock.now(),
        handoff__state="asked",
    ).select_related("handoff__referral", "handoff__visit")
    return [_view(requester, ask.handoff) for ask in asks.order_by("asked_at")]


def _is_theirs(requester: Requester, handoff: HandOff) -> bool:
    if requester.organization_id == handoff.by_org_id:
        return True
    asked = HandOffAsk.objects.filter(handoff=handoff, asked_at__isnull=False)
    return asked.filter(org_id=requester.organization_id, practitioner_id=requester.practitioner_id).exists()


def _view(requester: Requester, handoff: HandOff) -> HandOffView:
    asks = list(HandOffAsk.objects.filter(handoff=handoff).order_by("position"))
    waiting = [ask for ask in asks if ask.asked_at and not ask.answer]
    mine = next((ask for ask in waiting if ask.practitioner_id == requester.practitioner_id), None)
    shown = mine or (waiting[0] if waiting else None)
    names = _names(handoff, asks)
    now = clock.now()
    left = int((shown.expires_at - now).total_seconds()) if shown and shown.expires_at else 0
    accepted = (
        names.party(handoff.accepted_org_id, handoff.accepted_practitioner_id) if handoff.accepted_org_id else None
    )
    visit: Visit | None = handoff.visit
    return HandOffView(
        id=handoff.id,
        referral_id=ReferralId(handoff.referral.id),
        state=handoff.state,
        by=names.party(handoff.by_org_id, handoff.by_practitioner_id),
        asked=names.party(shown.org_id, shown.practitioner_id) if shown else None,
        asked_at=shown.asked_at if shown else None,
        expires_at=shown.expires_at if shown else None,
        seconds_left=max(0, left),
        place=handoff.place,
        language=handoff.language,
        accepted=accepted,
        in_minutes=handoff.in_minutes,
        mode=handoff.mode,
        started_at=handoff.started_at,
        stopped_at=handoff.stopped_at,
        minutes=handoff.minutes,
        visit=presenting.visit_view(visit, names, as_booked=True) if visit else None,
        passed=tuple(names.person(ask.practitioner_id) for ask in asks if ask.answer in {"pass", "expired"}),
        is_mine_to_answer=mine is not None and left > 0,
        question=_question(requester, handoff),
    )


def _names(handoff: HandOff, asks: Sequence[HandOffAsk]) -> Names:
    people = {handoff.by_practitioner_id, *(ask.practitioner_id for ask in asks)}
    return Names.fetch(people, {handoff.by_org_id, *(ask.org_id for ask in asks)})


def _question(requester: Requester, handoff: HandOff) -> str:
    """The question, once somebody accepted and for who may read the referral: a screen is seen by others before."""
    if not handoff.accepted_practitioner_id:
        return ""
    try:
        sight = look(requester, handoff.referral.id)
    except HallwayError:
        return ""
    request_id = ResourceId(sight.referral.service_request_id)
    stored = record.read_one(sight.release, "ServiceRequest", request_id, route="hand-off")
    return words_of(stored.view(r4.ServiceRequest)).question if stored else ""
