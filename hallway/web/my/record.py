"""My record: to read here, to take along as FHIR, to print. Everything the right of access gives (45 CFR 164.524)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hallway import clock
from hallway.consent import gate
from hallway.consent.explaining.looks import chart_of
from hallway.errors import HallwayError
from hallway.identity.requester import Role
from hallway.record import queries
from hallway.record.stored import instant
from hallway.screening.days import as_sent
from hallway.standards import pdf
from hallway.web import words as plain_words
from hallway.web.access import PageRequest, page
from hallway.web.chart import board, feed, medicines, notes, problems, scores
from hallway.web.chart.reading import Opened, open_chart
from hallway.web.my.views import EITHER, refused

_TEMPLATE = Path(__file__).with_name("record.typ")
APART = (
    "Notes that a therapist keeps apart from the record are not in it, and nothing here says whether there are any."
    " Their author may choose to show them."
)
"""The same for everybody: 45 CFR 164.524(a)(1)(i)."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the record: lines of (lead, rest, paragraphs)."""

    title: str
    key: str
    lines: tuple[tuple[str, str, tuple[str, ...]], ...]


def sections_of(opened: Opened) -> list[Section]:
    """The record in parts, newest first within each."""
    facts, roster, today = opened.facts, opened.roster, opened.today
    drugs = medicines.medicines(facts, roster, today=today)
    found = problems.problems(facts, roster, today=today)
    return [
        Section("Health problems", "pr", tuple((one.words, _where(one.since, one.place.name), ()) for one in found)),
        Section("Allergies and alerts", "al", tuple((alert, "", ()) for alert in _alerts(opened))),
        Section("Medicines", "md", tuple((one.full, _medicine(one), ()) for one in drugs)),
        Section("Scores", "sc", _scores(scores.table(scores.sheets_of(facts), roster))),
        Section(
            "What happened", "tl", tuple(_entry(one) for one in feed.feed(facts, roster, opened.reader, today=today))
        ),
        Section("Notes and letters", "nt", tuple(_note(one) for one in notes.notes(facts, roster))),
    ]


def _alerts(opened: Opened) -> tuple[str, ...]:
    shown = board.board(opened.facts, opened.roster, opened.reader, header=opened.header, at=opened.at)
    return tuple(str(alert) for alert in shown.alerts)


def _where(since: str, place: str) -> str:
    return f"since {since}, {place}" if since else place


def _medicine(one: medicines.Medicine) -> str:
    state = "" if one.current else "stopped"
    return ", ".join(filter(None, (one.how, one.since_words and f"since {one.since_words}", one.place.name, state)))


def _scores(table: scores.Table) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    told = [row for row in table.rows if row.not_whole or any(total is not None for total in row.totals)]
    return tuple(_score(row, table.columns) for row in told)


def _score(row: scores.Row, columns: Sequence[scores.Instrument]) -> tuple[str, str, tuple[str, ...]]:
    totals = zip(columns, row.totals, strict=True)
    told = [f"{one.name}: {total}" for one, total in totals if total is not None]
    told += [f"{name}: not every question was answered" for name in row.not_whole]
    return as_sent(row.given, plain_words.long_day(row.on)), f"{', '.join(told)}, {row.place.name}", ()


def _entry(one: feed.Entry) -> tuple[str, str, tuple[str, ...]]:
    return plain_words.long_day(one.on), f"{one.lead}{one.rest}", (one.small,) if one.small else ()


def _note(one: notes.Note) -> tuple[str, str, tuple[str, ...]]:
    when = plain_words.long_day(one.on) if one.on else ""
    return one.title, ", ".join(filter(None, (when, one.author, one.place.name))), one.paragraphs


@page(*EITHER)
@require_GET
def record(request: PageRequest) -> HttpResponse:
    """The record in plain reading order."""
    try:
        opened = open_chart(request.requester, chart_of(request.requester), kinds=None, route="my/record")
    except HallwayError as wrong:
        return refused(request, wrong)
    values = {
        "name": opened.header.name,
        "born": opened.header.birth_date,
        "sections": sections_of(opened),
        "apart": APART,
        "is_mine": request.requester.role is Role.PATIENT,
    }
    return render(request, "my/record.html", values)


@page(*EITHER)
@require_GET
def download(request: PageRequest) -> HttpResponse:
    """One FHIR Bundle of everything that may flow, as it is stored."""
    release = gate.release(request.requester, chart_of(request.requester))
    found = queries.read_chart(release, route="my/record.json")
    entries = b",".join(
        b'{"fullUrl":"urn:uuid:%b","resource":%b}' % (one.id.encode(), one.json_bytes()) for one in found
    )
    listed = b',"entry":[%b]' % entries if entries else b""
    body = b'{"resourceType":"Bundle","type":"collection","timestamp":"%b"%b}' % (instant(clock.now()), listed)
    answer = HttpResponse(body, content_type="application/fhir+json; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="my-record.json"'
    return answer


@page(*EITHER)
@require_GET
def printed(request: PageRequest) -> HttpResponse:
    """The same as tagged PDF, in large print."""
    opened = open_chart(request.requester, chart_of(request.requester), kinds=None, route="my/record.pdf")
    told = {
        "patient": opened.header.name,
        "born": plain_words.birth_date(opened.header.birth_date) if opened.header.birth_date else "not known",
        "printed": plain_words.long_day(opened.at.date()),
        "apart": APART,
        "sections": [{"title": one.title, "lines": one.lines} for one in sections_of(opened) if one.lines],
    }
    answer = HttpResponse(pdf.printed(_TEMPLATE, told), content_type="application/pdf")
    answer["Content-Disposition"] = 'attachment; filename="my-record.pdf"'
    return answer
