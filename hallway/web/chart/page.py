"""What every tab of a chart hands its template: board, tabs, what this role may press. Pure but for addresses."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from hallway.identity.requester import CLINICIANS, Role
from hallway.record.evidence import Purpose
from hallway.screening.safety import queries as safety
from hallway.web.access import PageRequest
from hallway.web.chart import board, tabs
from hallway.web.chart.reading import Opened

READERS = (*sorted(CLINICIANS), Role.FRONT_DESK, Role.BILLER, Role.PRACTICE_LEADER, Role.PRIVACY_OFFICER)
"""Who may use a chart page at all; what it shows them is the gate's business."""
PRESCRIBERS = frozenset({Role.PCP, Role.PSYCHIATRIST, Role.MEDICAL_SPECIALIST})
AUTHORS_OF_PRIVATE_NOTES = frozenset({Role.THERAPIST, Role.PSYCHIATRIST})

PURPOSE_WORDS = {Purpose.TREATMENT: "treatment", Purpose.PAYMENT: "payment", Purpose.OPERATIONS: "operations"}


def show(
    request: PageRequest,
    opened: Opened,
    *,
    tab: str,
    template: str,
    values: Mapping[str, object],
    status: int = 200,
) -> HttpResponse:
    """One tab, with the board beside it."""
    made = board.board(opened.facts, opened.roster, opened.reader, header=opened.header, at=opened.at)
    role = opened.reader.role
    shared: dict[str, object] = {
        "chart_id": opened.chart_id,
        "board": made,
        "tabs": tabs.tabs(opened.chart_id, tab),
        "tab": tab,
        "tab_title": tabs.title(tab),
        "back": reverse(f"chart:{tab}", args=[opened.chart_id]),
        "pronoun": made.pronouns.key,
        "owed": opened.owed,
        "purpose_words": PURPOSE_WORDS.get(opened.release.purpose, ""),
        "reader_org": opened.reader.organization_id,
        "may_write": role in CLINICIANS,
        "may_prescribe": role in PRESCRIBERS,
        "may_keep_private": role in AUTHORS_OF_PRIVATE_NOTES,
        "may_refer": role in CLINICIANS,
        "may_open_emergency": role in CLINICIANS,
        "safety": safety.running_of(opened.release),
        "may_open_safety": role in CLINICIANS,
    }
    return render(request, template, {**shared, **values}, status=status)
