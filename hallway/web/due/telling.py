"""Whom a finding may be told to, and what the gate says: asked before anything is composed and before it goes."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent.explaining.preview import Preview, preview
from hallway.consent.grants.licences import usual_classes
from hallway.directory.models import Organization, Practitioner
from hallway.directory.queries import works_at
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester
from hallway.ids import NOBODY, OrganizationId, PractitionerId
from hallway.record.classes import LICENCE_CLASSES
from hallway.talking import team
from hallway.talking.team import Parties
from hallway.triggers.views import FiringView
from hallway.web.messages.forms import to_choices
from hallway.web.messages.people import cards_for
from hallway.web.referrals import stepping
from hallway.web.referrals.parts import Option, Options
from hallway.web.referrals.recipients import grouped, recipients

LASTS = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Party:
    """Whom the word is for; ``value`` as a form names it: "12" or "12-34"."""

    organization: OrganizationId
    practitioner: PractitionerId
    name: str
    practice: str

    @property
    def value(self) -> str:
        """As ``stepping.recipient_of`` reads it."""
        return f"{self.organization}-{self.practitioner}" if self.practitioner else str(self.organization)


def party(view: FiringView, to: str) -> Party | None:
    """Who is chosen, else whom the rule names; None while nobody is. Raises UNPROCESSABLE for what names nobody."""
    organization, practitioner = view.counterpart_org, NOBODY
    if to:
        organization, practitioner = stepping.recipient_of({"to": to})
    place = Organization.objects.filter(pk=organization).first()
    if place is None or place.pk == view.organization_id:
        return None
    is_there = bool(practitioner) and works_at(practitioner, place.pk)
    person = Practitioner.objects.filter(pk=practitioner).first() if is_there else None
    who = person.full_name if person else place.name
    return Party(OrganizationId(place.pk), PractitionerId(person.pk if person else 0), who, place.name)


def choices(requester: Requester, view: FiringView, chosen: Party | None) -> tuple[Options, ...]:
    """Whom one may tell first, by practice: who treats the patient, as the reader's practice may know, or hears on
    paper. Then the directory's others, who are referred to before anything is told."""
    on, cards = chosen.value if chosen else "", cards_for(requester, view.chart_id)
    near: dict[str, list[Option]] = {}
    for card, (named, label) in zip(cards, to_choices(cards), strict=True):
        value = named.removesuffix("-0")
        near.setdefault(card.practice, []).append(Option(value, label, is_on=value == on))
    there = {card.practice_id for card in cards}
    others = grouped([one for one in recipients(requester) if one.organization not in there], chosen=on)
    first = [Options(practice, tuple(options)) for practice, options in near.items()]
    return (*first, *(replace(group, label=f"To be referred to first: {group.label}") for group in others))


def may_be_told(requester: Requester, view: FiringView, to: Party) -> bool:
    """Whether a message or a request may be addressed to them, whatever the law says of its words."""
    try:
        team.check_partner(requester, view.chart_id, Parties.of(requester, to.organization, to.practitioner))
    except HallwayError:
        return False
    return True


def may_tell(requester: Requester, view: FiringView, to: Party) -> Preview:
    """What the gate says of telling ``to`` this finding: the facts behind it, in the words of this clinician."""
    classes = usual_classes(requester.practitioner_id, requester.organization_id) | _told(view)
    return preview(
        chart_id=view.chart_id,
        discloser_practitioner=requester.practitioner_id,
        discloser_org=requester.organization_id,
        recipient_practitioner=to.practitioner,
        recipient_org=to.organization,
        classes=classes,
        asker=requester,
    )


def _told(view: FiringView) -> int:
    return reduce(or_, (fact.mask for fact in view.causes), 0)


def carried(view: FiringView) -> int:
    """Classes that words about this finding keep, whatever they say: those of the facts behind it.

    A licence binds whoever wrote the fact and is not passed on; the writer's own is added as to everything they write.
    """
    return _told(view) & ~int(LICENCE_CLASSES)


def check(requester: Requester, view: FiringView, to: Party) -> None:
    """Raises CONFLICT H-WEB-131 where it may not be told now: a right may have ended since the page was shown."""
    if not may_tell(requester, view, to).flows:
        raise HallwayError(
            Kind.CONFLICT,
            "H-WEB-131",
            what="This may not be told to them now.",
            undone="Nothing was sent.",
            to_do="Read on its page what would open it.",
        )


def prepare_form(requester: Requester, view: FiringView, to: Party) -> str:
    """Compose exactly the form that is missing; the address where it is signed, and from where one comes back.

    Raises CONFLICT H-WEB-132 when no signature is missing.
    """
    needed = may_tell(requester, view, to)
    if needed.verdict != "pen_before":
        raise HallwayError(
            Kind.CONFLICT,
            "H-WEB-132",
            what="No signature is missing for this now.",
            undone="No form was prepared.",
            to_do="Go back and look at what may be told.",
        )
    form = consent.compose_consent(
        consent.Composition(
            chart_id=view.chart_id,
            kind=needed.form_kind,
            discloser_org=requester.organization_id,
            recipient_org=to.organization,
            recipient_practitioner=to.practitioner,
            classes=needed.classes,
            expires_at=clock.now() + LASTS,
        ),
        by=requester,
    )
    after = f"{address(view.id)}?{urlencode({'to': to.value})}"
    return f"{reverse('consents:sign')}?{urlencode({'form': str(form), 'after': after})}"


def address(firing_id: UUID) -> str:
    """The page of one firing."""
    return reverse("due:show", args=[firing_id])
