"""The nine tabs of a chart. Each view opens the chart once, makes its values and shows them."""

from django.http import HttpResponse
from django.urls import reverse

from hallway.ids import ChartId, PractitionerId
from hallway.loops import queries as loop_queries
from hallway.loops.views import LoopRow
from hallway.referral import queries as referral_queries
from hallway.screening.sheets import not_whole
from hallway.web.access import PageRequest, page
from hallway.web.chart import answers, feed, forms, medicines, notes, owed, problems, scores, treated, writing
from hallway.web.chart.page import READERS, show
from hallway.web.chart.reading import ALWAYS, OVERVIEW, Opened, open_chart
from hallway.web.due import standing
from hallway.web.typed import place_in_list

FEED_LINES = 12
TIMELINE_LINES = 200


@page(*READERS, patient=True)
def overview(request: PageRequest, chart_id: int) -> HttpResponse:
    """Everything both sides may know, in a minute."""
    opened = open_chart(request.requester, ChartId(chart_id), kinds=OVERVIEW, route="chart/overview")
    lines = medicines.medicines(opened.facts, opened.roster, today=opened.today)
    asked = owed.asked(referral_queries.referrals_of_chart(opened.reader, opened.chart_id), today=opened.today)
    rows = loop_queries.loops_of_chart(opened.reader, opened.chart_id)
    return show(
        request,
        opened,
        tab="overview",
        template="chart/overview.html",
        values={
            "answers": answers.answers(
                opened.facts,
                opened.roster,
                reader_side=opened.reader_place.side,
                asked=asked,
                needs=owed.needs(
                    [row for row in rows if row.is_mine and row.group != "later"],
                    standing.sentences(opened, rows),
                ),
                lines=lines,
                at=opened.at,
            ),
            "acts": _acts(opened),
            "offer": standing.offer(opened),
            "years": feed.by_year(
                feed.feed(opened.facts, opened.roster, opened.reader, today=opened.today)[:FEED_LINES]
            ),
            "this_year": opened.today.year,
            **_problem_values(opened),
            **_medicine_values(opened, lines),
            **_score_values(opened, lines),
        },
    )


@page(*READERS, patient=True)
def timeline(request: PageRequest, chart_id: int) -> HttpResponse:
    """Both sides by year; ``side`` narrows it to one."""
    opened = open_chart(request.requester, ChartId(chart_id), kinds=OVERVIEW, route="chart/timeline")
    side = request.GET.get("side", "")
    side = side if side in ("pc", "bh") else ""
    entries = feed.feed(opened.facts, opened.roster, opened.reader, today=opened.today)
    chosen = [entry for entry in entries if side in ("", entry.place.side)]
    first = place_in_list(request.GET.get("from", ""))
    shown = chosen[first : first + TIMELINE_LINES]
    more = len(chosen) > first + TIMELINE_LINES
    values = {
        "years": feed.by_year(shown),
        "sides": [
            {"name": name, "url": f"?side={key}" if key else "?", "current": side == key}
            for key, name in (("", "Both"), ("pc", "Primary care"), ("bh", "Behavioral health"))
        ],
        "more_url": f"?side={side}&from={first + TIMELINE_LINES}" if more else "",
        "oldest": shown[-1].on if shown else None,
    }
    return show(request, opened, tab="timeline", template="chart/timeline.html", values=values)


@page(*READERS, patient=True)
def problem_list(request: PageRequest, chart_id: int) -> HttpResponse:
    """Problems, active and past."""
    opened = open_chart(request.requester, ChartId(chart_id), kinds=(*ALWAYS, "Condition"), route="chart/problems")
    values = {**_problem_values(opened), "form": writing.filled(request, forms.ProblemForm, opened.chart_id)}
    return show(request, opened, tab="problems", template="chart/problems.html", values=values)


@page(*READERS, patient=True)
def medicine_list(request: PageRequest, chart_id: int) -> HttpResponse:
    """Medicines by who prescribes them, and those that ended."""
    opened = open_chart(request.requester, ChartId(chart_id), kinds=ALWAYS, route="chart/medicines")
    lines = medicines.medicines(opened.facts, opened.roster, today=opened.today)
    values = {**_medicine_values(opened, lines), "form": writing.filled(request, forms.MedicineForm, opened.chart_id)}
    return show(request, opened, tab="medicines", template="chart/medicines.html", values=values)


@page(*READERS, patient=True)
def score_list(request: PageRequest, chart_id: int) -> HttpResponse:
    """One chart an instrument, with its table."""
    kinds = (*ALWAYS, "Condition", "ServiceRequest")
    opened = open_chart(request.requester, ChartId(chart_id), kinds=kinds, route="chart/scores")
    lines = medicines.medicines(opened.facts, opened.roster, today=opened.today)
    changes = scores.changes_of(lines, owed.referred_on(opened.facts))
    values = {
        **treated.values_of(opened, changes),
        "form": writing.filled(request, forms.ScoreForm, opened.chart_id),
    }
    return show(request, opened, tab="scores", template="chart/scores.html", values=values)


@page(*READERS, patient=True)
def note_list(request: PageRequest, chart_id: int) -> HttpResponse:
    """Notes, with the open one beside the list."""
    kinds = (*ALWAYS, "DocumentReference", "Composition")
    opened = open_chart(request.requester, ChartId(chart_id), kinds=kinds, route="chart/notes")
    listed = notes.notes(opened.facts, opened.roster)
    values = {"listed": listed, "open_note": notes.chosen(listed, request.GET.get("note", ""))}
    return show(request, opened, tab="notes", template="chart/notes.html", values=values)


@page(*READERS, patient=True)
def document_list(request: PageRequest, chart_id: int) -> HttpResponse:
    """Reports and files."""
    kinds = (*ALWAYS, "DocumentReference", "Composition")
    opened = open_chart(request.requester, ChartId(chart_id), kinds=kinds, route="chart/documents")
    values = {"listed": notes.documents(opened.facts, opened.roster)}
    return show(request, opened, tab="documents", template="chart/documents.html", values=values)


@page(*READERS, patient=True)
def loop_list(request: PageRequest, chart_id: int) -> HttpResponse:
    """What is owed about this patient, by whom, until when."""
    opened = open_chart(request.requester, ChartId(chart_id), kinds=ALWAYS, route="chart/loops")
    rows = loop_queries.loops_of_chart(opened.reader, opened.chart_id)
    mine: list[LoopRow] = [row for row in rows if row.is_mine]
    others: list[LoopRow] = [row for row in rows if not row.is_mine]
    values = {
        "mine": [owed.line(row) for row in mine],
        "others": [owed.line(row) for row in others],
        "referrals": referral_queries.referrals_of_chart(opened.reader, opened.chart_id),
    }
    return show(request, opened, tab="loops", template="chart/loops.html", values=values)


def _acts(opened: Opened) -> list[dict[str, str]]:
    return [
        {"words": "Refer", "icon": "send", "url": reverse("referrals:new", args=[opened.chart_id])},
        {"words": "Write a note", "icon": "pen", "url": reverse("chart:write_note", args=[opened.chart_id])},
    ]


def _problem_values(opened: Opened) -> dict[str, object]:
    rows = problems.problems(opened.facts, opened.roster, today=opened.today)
    return {"active_problems": problems.active(rows), "past_problems": [row for row in rows if not row.active]}


def _medicine_values(opened: Opened, lines: list[medicines.Medicine]) -> dict[str, object]:
    reader = PractitionerId(opened.reader.practitioner_id)
    return {
        "prescribers": medicines.by_prescriber(lines, reader=reader),
        "past_medicines": medicines.past(lines),
    }


def _score_values(opened: Opened, lines: list[medicines.Medicine]) -> dict[str, object]:
    changes = scores.changes_of(lines, owed.referred_on(opened.facts))
    found = scores.sheets_of(opened.facts)
    aims = {one.instrument: one.aim for one in treated.targets_of(opened.release)}
    return {
        "score_charts": scores.score_charts(found, opened.roster, changes, aims),
        "score_table": scores.table(found, opened.roster),
        "not_whole": not_whole(found),
    }
