"""A resource in one line, for an answer to offer or to show. Pure."""

from hallway.record.stored import Stored
from hallway.referral import describing
from hallway.standards.fhir import r4
from hallway.web.chart.words import concept_words


def line_of(stored: Stored) -> str:
    """Words and day; empty for one that says nothing in a line."""
    text = _text(stored)
    on = stored.dated_at
    return f"{text}, {on:%m/%d/%Y}" if text and on else text


def _text(stored: Stored) -> str:
    if stored.kind == "DocumentReference":
        view = stored.view(r4.DocumentReference)
        return view.description or concept_words(view.type) or "Document"
    if stored.kind == "CarePlan":
        return stored.view(r4.CarePlan).title or "Treatment plan"
    if stored.kind == "DiagnosticReport":
        return concept_words(stored.view(r4.DiagnosticReport).code) or "Report"
    if stored.kind == "Procedure":
        return concept_words(stored.view(r4.Procedure).code)
    return describing.text_of(stored)
