"""Type in answers that were given aloud or on paper: every question on one page; the score comes after saving."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hallway import clock, ids
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS
from hallway.ids import ChartId
from hallway.screening.asking import actions
from hallway.screening.asking.standing import puttable
from hallway.screening.instruments.shapes import Instrument, Question
from hallway.screening.models import Sitting
from hallway.web.access import PageRequest, page
from hallway.web.chart.words import ZONE
from hallway.web.screening.asking import LANGUAGE_NAMES, TYPED, header_of
from hallway.web.screening.today import ASKERS

_USUAL = ("phq-9",)
_MODES = {mode.value: mode.label for mode in TYPED}


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that may be given; ``number`` is the key that picks it."""

    key: str
    words: str
    number: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One question on the page."""

    name: str
    lead: str
    words: str
    choices: tuple[Choice, ...]
    depends: bool
    """Asked only after some answers: it may stay empty."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One instrument on the page."""

    instrument: Instrument
    title: str
    introduction: str
    lines: tuple[Line, ...]


@page(*ASKERS, patient=True)
@require_http_methods(["GET", "POST"])
def type_in(request: PageRequest, chart_id: int) -> HttpResponse:
    """The questions and, once saved, the way to what they say."""
    chart = ChartId(chart_id)
    header = header_of(request, chart)
    sent = request.POST if request.method == "POST" else request.GET
    instruments = _instruments(sent.getlist("i"))
    error: HallwayError | None = None
    if request.method == "POST":
        try:
            sitting_id = actions.type_in(
                chart, by=request.requester, mode=sent.get("mode", ""), paper=_paper(request, instruments)
            )
            # What was answered is for clinicians: the desk goes back to its list.
            reads = request.requester.role in CLINICIANS
            there = reverse("screening:answers", args=[sitting_id]) if reads else reverse("screening:today")
            return HttpResponseRedirect(there)
        except HallwayError as wrong:
            if wrong.kind not in (Kind.UNPROCESSABLE, Kind.INCORRECT, Kind.CONFLICT):
                raise
            error = wrong
    language = sent.get("language", "en")
    values = {
        "header": header,
        "papers": [_sheet(one, sent, language) for one in instruments],
        "mode": sent.get("mode", "") if sent.get("mode", "") in _MODES else Sitting.Mode.VISIT.value,
        "modes": list(_MODES.items()),
        "today": clock.now().astimezone(ZONE).date(),
        "on": sent.get("on", ""),
        "languages": [(key, LANGUAGE_NAMES[key]) for key in actions.LANGUAGES],
        "language": language,
        "error": error,
        "once": _once(sent),
    }
    return render(request, "screening/type_in.html", values, status=422 if error else 200)


def _instruments(keys: Sequence[str]) -> list[Instrument]:
    """What can be asked of what was named, in that order; the usual where nothing can."""
    wanted = [*dict.fromkeys(keys[:20])]
    found = [one for key in wanted if (one := puttable(key, mode=Sitting.Mode.PAPER)) is not None]
    return found or [one for key in _USUAL if (one := puttable(key, mode=Sitting.Mode.PAPER)) is not None]


def _paper(request: PageRequest, instruments: Sequence[Instrument]) -> actions.Paper:
    answers = {
        one.key: {
            question.key: code
            for question in one.questions
            if (code := request.POST.get(f"{one.key}/{question.key}", ""))
        }
        for one in instruments
    }
    return actions.Paper(
        language=request.POST.get("language", "en"),
        answered_by="patient",
        answers=answers,
        answered_at=_answered_at(request.POST.get("on", "")),
        once=_once(request.POST),
    )


def _once(sent: Mapping[str, str]) -> UUID:
    """What the page that was opened sends along with its press, kept while the same page is shown again."""
    try:
        return UUID(sent.get("once", ""))
    except ValueError:
        return ids.new_uuid(clock.now())


def _answered_at(text: str) -> datetime | None:
    """Noon of the day typed, now for today or none. Raises UNPROCESSABLE for a day that is none or has not come."""
    now = clock.now().astimezone(ZONE)
    if not text:
        return None
    try:
        on = date.fromisoformat(text)
    except ValueError:
        raise _wrong_day() from None
    if on > now.date() or on.year < 1900:
        raise _wrong_day()
    return None if on == now.date() else datetime.combine(on, time(12), ZONE)


def _wrong_day() -> HallwayError:
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-WSC-001",
        what="That day does not exist or has not come yet.",
        undone="Nothing was saved.",
        to_do="Use today or a day before.",
        field="on",
    )


def _sheet(one: Instrument, sent: Mapping[str, str], language: str) -> Sheet:
    return Sheet(
        one,
        _in(one.title, language) or one.name,
        _in(one.introduction, language),
        tuple(_line(one, question, sent, language) for question in one.questions),
    )


def _line(one: Instrument, question: Question, sent: Mapping[str, str], language: str) -> Line:
    name = f"{one.key}/{question.key}"
    chosen = sent.get(name, "")
    return Line(
        name,
        _in(question.lead, language),
        _in(question.text, language) or question.key,
        tuple(
            Choice(choice.key, _in(choice.text, language) or choice.key, number, choice.key == chosen)
            for number, choice in enumerate(one.choices(question.key), start=1)
        ),
        bool(question.ask_if),
    )


def _in(text: Mapping[str, str], language: str) -> str:
    return text.get(language) or text.get("en", "")
