"""The rules: all of them, one of them, and a try."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from hallway.consent.law.asking import Outcome
from hallway.consent.tables import disclosures
from hallway.web import errors
from hallway.web.access import page
from hallway.web.law import cells, rows, trying
from hallway.web.law.rows import Wanted
from hallway.web.law.words import class_word, first_up, golden_words, place_words, purpose_words

VERDICTS = {
    Outcome.PERMIT: ("open", "It may go."),
    Outcome.PERMIT_FILTERED: ("open", "It may go, as far as it is needed."),
    Outcome.PERMIT_WITH_NOTICE: ("open", "It may go, with its notice."),
    Outcome.DENY_NEEDS: ("pen_before", "It needs something first."),
    Outcome.DENY: ("shut", "It stays."),
}
SHOWN = 60
"""Rows of a first look; the rest is a press away."""


@page()
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Every row that fits the filter."""
    wanted = Wanted.of({name: request.GET.get(name, "") for name in request.GET})
    held = rows.choices()
    found = rows.found(wanted)
    shown = found if request.GET.get("all") == "1" else found[:SHOWN]
    values = {
        "rows": shown,
        "found": len(found),
        "all_of_them": f"?{urlencode([*request.GET.items(), ('all', '1')])}",
        "total": len(rows.every()),
        "wanted": wanted,
        "unverified": sum(not row.verified for row in found),
        "states": [(one, place_words(one)) for one in held.states],
        "classes": [(one.name, first_up(class_word(one))) for one in held.classes],
        "purposes": [(one, purpose_words(one)) for one in held.purposes],
    }
    return render(request, "law/list.html", values)


@page()
@require_GET
def row(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One row: what it says, its law, its days, who looked at it, and the golden cells that it decides."""
    found = rows.every().get(rule_id)
    if found is None:
        return errors.not_found(request, None)
    what_if = request.GET.get("if", "")
    decided, changed = cells.decided_by(rule_id), cells.changed_if(rule_id, what_if)
    values = {
        "row": found,
        "cells": [(golden_words(cell), flows) for cell, flows in decided[: cells.SHOWN]],
        "cells_in_all": len(decided),
        "what_ifs": cells.what_ifs(rule_id),
        "what_if": what_if,
        "changes": [(golden_words(one.cell), one.after.flows) for one in changed[: cells.SHOWN]],
        "changes_in_all": len(changed),
    }
    return render(request, "law/row.html", values)


@page()
@require_GET
def try_it(request: HttpRequest) -> HttpResponse:
    """A question without a patient, answered by the engine. Nothing of it is kept."""
    form = trying.asked(request.GET)
    answered = form.is_bound and form.is_valid()
    verdict = trying.verdict(form.cleaned_data) if answered else None
    kind, headline = VERDICTS[verdict.outcome] if verdict else ("", "")
    trail = [rows.every().get(rule_id) or rule_id for rule_id in (verdict.rule_ids if verdict else ())]
    values = {
        "form": form,
        "verdict": verdict,
        "kind": kind,
        "headline": headline,
        "trail": trail,
        "needs": [_plain("need", word) for word in (verdict.needs if verdict else ())],
        "obligations": [_plain("obligation", word) for word in (verdict.obligations if verdict else ())],
    }
    return render(request, "law/try.html", values, status=422 if form.errors else 200)


def _plain(kind: str, word: str) -> str:
    """A word of the rules as a person would say it; the word itself where the table has none."""
    parts = word.split(" or ")
    return " or ".join(disclosures.words()[kind].get(part, part) for part in parts)
