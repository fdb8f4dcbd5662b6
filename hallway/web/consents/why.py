"""To whom one item flows and why, for readers who are entitled to know; for everybody else it is not there."""

from django.http import HttpResponse
from django.shortcuts import render

from hallway.consent import explain, gate
from hallway.consent.explain import Flow
from hallway.ids import ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.web.access import PageRequest, page
from hallway.web.chart import board, notes
from hallway.web.chart.page import READERS
from hallway.web.chart.people import Roster
from hallway.web.chart.reading import open_chart, roster_of_ids


@page(*READERS, patient=True)
def why(request: PageRequest, chart_id: int, resource_id: str) -> HttpResponse:
    """One note or document: who may see it, by which rule, and what would open it."""
    chart, reader = ChartId(chart_id), request.requester
    opened = open_chart(reader, chart, kinds=("Patient", "DocumentReference", "Composition"), route="consents/why")
    note = next((one for one in notes.everything(opened.facts, opened.roster) if one.id == resource_id), None)
    if note is None:
        raise gate.not_found()
    found = explain.explain(reader, chart, note.kind, ResourceId(resource_id))
    roster = roster_of_ids(
        {OrganizationId(flow.recipient_org) for flow in found},
        {PractitionerId(flow.recipient_practitioner) for flow in found},
    )
    who = board.pronouns(opened.header)
    values = {
        "header": opened.header,
        "chart_id": chart,
        "pronoun": who.key,
        "note": note,
        "seen": [_line(flow, roster) for flow in found if flow.flows],
        "kept": [_line(flow, roster) for flow in found if not flow.flows],
    }
    return render(request, "consents/why.html", values)


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
