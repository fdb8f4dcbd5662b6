"""Do reports come back? One query of aggregates, no patients, no small cells."""

import csv

from django.http import HttpResponse
from django.shortcuts import render

from hallway import clock
from hallway.identity.requester import Role
from hallway.quality.queries import Dashboard, cross_penetration, network_dashboard
from hallway.web.access import PageRequest, page
from hallway.web.network import figures

READERS = (Role.PCP, Role.MEDICAL_SPECIALIST, Role.PRACTICE_LEADER, Role.NETWORK_ADMINISTRATOR)


@page(*READERS)
def dashboard(request: PageRequest) -> HttpResponse:
    """Report-back rates beside the published lines."""
    key, board = _board(request)
    rows = figures.months(board.months)
    curves = [figures.curve(rows, which=which) for which in ("medical", "behavioral")]
    return render(
        request,
        "network/dashboard.html",
        {
            "finding": figures.finding(board),
            "subtitle": figures.subtitle(board),
            "periods": [{"name": name, "key": each, "current": each == key} for each, name in figures.PERIODS],
            "period": key,
            "five": figures.five(board),
            "bars": figures.bars(board.asked_of),
            "sources": figures.sources(board.lines),
            "stuck": figures.stuck(board.stuck),
            "months": rows,
            "curves": [one for one in curves if one],
            "months_sentence": figures.months_sentence(rows),
            "hand_offs": figures.hand_offs(board.hand_offs),
            "crossing": figures.crossing(cross_penetration(request.requester)),
            "hidden": figures.hidden(board.behavioral_reports),
        },
    )


@page(*READERS)
def download(request: PageRequest) -> HttpResponse:
    """The table by who was asked, as CSV; the same cells are left out."""
    key, board = _board(request)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="report-back-{key}.csv"'
    writer = csv.writer(answer)
    writer.writerow(["Asked of", "Clinicians, percent", "Line", "Clinicians", "Reports read", "Rate", "Median days"])
    for bar in figures.bars(board.asked_of):
        percent = "" if bar.percent is None else bar.percent
        writer.writerow([bar.name, percent, bar.line_words, bar.clinicians, bar.read, bar.rate, bar.days])
    return answer


def _board(request: PageRequest) -> tuple[str, Dashboard]:
    today = clock.today()
    key, first, last = figures.period(request.GET.get("period", ""), today)

    return key, network_dashboard(request.requester, from_on=first, until_on=last)
