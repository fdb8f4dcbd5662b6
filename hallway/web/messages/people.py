"""Whom one may talk to about a patient, as cards, and the gate's sentence for each practice."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from hallway import clock
from hallway.consent import gate
from hallway.consent.explaining.preview import Preview
from hallway.consent.queries import headers
from hallway.directory.models import PractitionerRole
from hallway.identity.requester import CLINICIANS, Requester
from hallway.ids import ChartId
from hallway.record.stored import PatientHeader
from hallway.talking import queries, team
from hallway.talking.team import Parties
from hallway.talking.views import Card

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Sentence:
    """The gate's sentence about writing to one practice. ``link``: the form to prepare, where one is missing."""

    practice: str
    preview: Preview
    link: str
    link_text: str


def header_of(by: Requester, chart_id: ChartId) -> PatientHeader:
    """The patient. Raises NOT_FOUND as the gate does."""
    gate.release(by, chart_id)
    found = headers(by, [chart_id]).get(chart_id)
    if found is None:
        raise gate.not_found()
    return found


def cards_for(by: Requester, chart_id: ChartId) -> list[Card]:
    """Each practice that treats the patient, as this one may know, then its clinicians."""
    places = team.partners(by, chart_id)
    today = clock.today()
    held = (
        PractitionerRole.objects.filter(
            organization_id__in=[one.id for one in places],
            role__in=[str(role) for role in CLINICIANS],
            from_on__lte=today,
        )
        .filter(Q(until_on=None) | Q(until_on__gte=today))
        .order_by("practitioner__family", "practitioner_id")
    )
    people: dict[int, list[int]] = {}
    for place, person in held.values_list("organization_id", "practitioner_id").distinct():
        people.setdefault(place, []).append(person)
    pairs = [(one.id, person) for one in places for person in (0, *dict.fromkeys(people.get(one.id, ())))]
    return queries.cards(pairs)


def sentences(by: Requester, chart_id: ChartId, cards: Sequence[Card]) -> list[Sentence]:
    """What the gate says about writing to each practice, before a word is written."""
    places = {one.practice_id: one.practice for one in cards}
    found: list[Sentence] = []
    for place, name in list(places.items())[:_SHOWN]:
        said = team.may_reach(chart_id, Parties.of(by, place))
        link = _form(by, chart_id, place, said) if said.verdict == "pen_before" else ""
        found.append(Sentence(name, said, link, "Prepare the form" if link else ""))
    return found


def _form(by: Requester, chart_id: ChartId, place: int, said: Preview) -> str:
    """The composer, with this form and this recipient chosen."""
    asked = {"kind": said.form_kind, "to": f"{place}-0", "for": "TREAT"}
    return f"{reverse('consents:compose', args=[chart_id])}?{urlencode(asked)}"
