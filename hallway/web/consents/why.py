"""To whom one item flows and why, for readers who are entitled to know; for everybody else it is not there."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpResponse
from django.shortcuts import render

from hallway.consent import gate
from hallway.consent.explaining import explain
from hallway.consent.explaining.explain import Flow
from hallway.identity.requester import Role
from hallway.ids import ChartId, OrganizationId, PractitionerId, ResourceId, is_ours
from hallway.web.access import PageRequest, page
from hallway.web.chart import board, notes
from hallway.web.chart.page import READERS
from hallway.web.chart.people import Place, Roster
from hallway.web.chart.reading import Opened, open_chart, roster_of_ids
from hallway.web.consents.flows import SHORT
from hallway.web.consents.questions import CATEGORIES

NOTES = ("DocumentReference", "Composition")
KINDS = frozenset({kind for one in CATEGORIES for kind in one.kinds} | {"Patient", "Coverage", "AllergyIntolerance"})
"""What can be asked about by naming its type; a note needs no naming."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The item that is asked about, as the page names it."""

    id: str
    kind: str
    title: str
    on: date | datetime | None
    author: str
    place: Place
    is_note: bool = False


@page(*READERS, Role.PATIENT, patient=True)
def why(request: PageRequest, chart_id: int, resource_id: str) -> HttpResponse:
    """One item: who may see it, by which rule, and what would open it. ``?kind=`` names the type of what is no note."""
    chart, reader = ChartId(chart_id), request.requester
    asked = request.GET.get("kind", "")
    if not is_ours(resource_id) or (asked and asked not in KINDS):
        raise gate.not_found()
    kinds = tuple(dict.fromkeys(("Patient", *([asked] if asked else NOTES))))
    opened = open_chart(reader, chart, kinds=kinds, route="consents/why")
    subject = _of_kind(opened, asked, resource_id) if asked else _note(opened, resource_id)
    if subject is None:
        raise gate.not_found()
    found = explain.explain(reader, chart, subject.kind, ResourceId(resource_id))
    roster = roster_of_ids(
        {OrganizationId(flow.recipient_org) for flow in found},
        {PractitionerId(flow.recipient_practitioner) for flow in found},
    )
    who = board.pronouns(opened.header)
    values = {
        "header": opened.header,
        "chart_id": chart,
        "pronoun": who.key,
        "note": subject,
        "seen": [_line(flow, roster) for flow in found if flow.flows],
        "kept": [_line(flow, roster) for flow in found if not flow.flows],
    }
    return render(request, "consents/why.html", values)


def _note(opened: Opened, resource_id: str) -> Subject | None:
    found = next((one for one in notes.everything(opened.facts, opened.roster) if one.id == resource_id), None)
    if found is None:
        return None
    return Subject(found.id, found.kind, found.title, found.on, found.author, found.place, is_note=True)


def _of_kind(opened: Opened, kind: str, resource_id: str) -> Subject | None:
    found = next((one for one in opened.facts.stored(kind) if one.id == resource_id), None)
    if found is None:
        return None
    named = next((SHORT[one.key] for one in CATEGORIES if kind in one.kinds), "the record")
    author = opened.roster.full_name(found.author)
    return Subject(
        found.id, kind, f"An entry among {named}", found.dated_at, author, opened.roster.place(found.source_org)
    )


def _line(flow: Flow, roster: Roster) -> dict[str, object]:
    place = roster.place(flow.recipient_org)
    reasons = [one for one in flow.reasons if one.flows == flow.flows] or list(flow.reasons)
    asked = [one for one in reasons if one.needs] or reasons
    return {
        "place": place,
        "person": roster.full_name(flow.recipient_practitioner),
        "restricted": flow.restricted,
        "reason": asked[0] if asked else None,
        "in_full": flow.reasons,
    }
