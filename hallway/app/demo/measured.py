"""People who are asked and treated to a target: questions answered, half answered and waiting, scores over months.

What a clinician types in goes through the same sitting as a tablet's; a target is set as a page sets it. Each row is a
patient whose visits of the last weeks leave room for a series of its own.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID

from hallway import clock
from hallway.app.demo import cast
from hallway.app.demo.facts import FactWriter
from hallway.app.demo.network import BY, Network
from hallway.app.demo.patients import CHILD, DemoPatient
from hallway.consent import actions as consent
from hallway.consent import gate
from hallway.errors import HallwayError
from hallway.ids import ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.loops import actions as loops
from hallway.loops.tables.clocks import LoopKind
from hallway.record import queries as record
from hallway.screening import sheets
from hallway.screening.asking import actions as asking
from hallway.screening.asking.keys import Ways
from hallway.screening.instruments import library
from hallway.screening.targets import actions as targets

DESK = "deskwell"
_SERTRALINE, _ESCITALOPRAM = ("36437", "Sertraline 100 mg"), ("321988", "Escitalopram 20 mg")
_LAMOTRIGINE = ("28439", "Lamotrigine 100 mg")


@dataclass(frozen=True, slots=True)
class Series:
    """Scores of one person: days before today and total, the first the baseline; ``plan`` is a dose that changed."""

    number: int
    login: str
    instrument: str
    aim: int
    scores: tuple[tuple[int, int], ...]
    plan: tuple[int, str, str] | None = None


SERIES = (
    Series(83, "carewell", "phq-9", 5, ((58, 16), (44, 12), (30, 9), (16, 6), (2, 4)), (44, *_SERTRALINE)),
    Series(90, "carewell", "phq-9", 5, ((76, 17), (62, 16), (48, 18), (30, 16), (6, 17))),
    Series(39, "carewell", "phq-9", 5, ((75, 14), (60, 8), (45, 3), (31, 4), (3, 12)), (60, *_LAMOTRIGINE)),
    Series(40, "carewell", "phq-9", 5, ((60, 20), (46, 15), (31, 11), (10, 9))),
    Series(71, "carewell", "gad-7", 5, ((40, 13), (26, 11), (12, 10))),
    Series(199, "carewell", "gad-7", 5, ((33, 12),)),
    Series(233, "carewell", "phq-9", 5, ((150, 13), (121, 11))),
    Series(59, "samplewell", "phq-9", 5, ((110, 15), (80, 14), (52, 15), (9, 14))),
    Series(123, "samplewell", "phq-9", 5, ((90, 14), (60, 7), (18, 4))),
    Series(151, "samplewell", "phq-9", 5, ((71, 12), (40, 10))),
    Series(143, "hearwell", "gad-7", 5, ((80, 15), (60, 11), (40, 8), (12, 6)), (40, *_ESCITALOPRAM)),
    Series(128, "hearwell", "gad-7", 5, ((58, 14), (44, 15), (30, 13), (8, 14))),
    Series(75, "hearwell", "phq-9", 5, ((50, 17), (36, 15))),
    Series(205, "hearwell", "gad-7", 5, ((100, 16), (72, 9), (44, 4), (16, 3))),
    Series(264, "mindham", "phq-9", 5, ((64, 11), (36, 9), (9, 8))),
    Series(219, "mindham", "phq-9", 5, ((104, 13),)),
    Series(125, "careline", "phq-9", 5, ((46, 13), (32, 12), (18, 9), (4, 6))),
    Series(79, "careline", "gad-7", 5, ((42, 14), (34, 13))),
)
_YEARLY = ("audit-c", "taps", "pc-ptsd-5", "hvs")
_ASKED = 0.85
"""Share of the yearly questions that were answered in the last year."""
_ITEMS = {"phq-9": 8, "gad-7": 7}
"""Over so many questions a total is spread; PHQ-9 item 9 is answered "not at all"."""


def live(network: Network, people: list[DemoPatient], until: datetime) -> None:
    """Everything, up to the demo's present."""
    by_number = {one.number: one for one in people}
    for series in SERIES:
        _measure(network, by_number[series.number], series, until)
    own = [one for one in people if _is_own(one)]
    _expect(network, own[6:14], DESK, until)
    _waiting_room(network, own[6:14], until)
    for patient in own:
        _yearly(network, patient, until)
    _expect(network, [by_number[one] for one in (143, 128, 90, 205)], "hearwell", until)
    _ahead(network, people[0], until)


def _is_own(patient: DemoPatient) -> bool:
    here = patient.pc == cast.MILLBROOK and patient.pcp == "carewell" and not patient.began_at_bh
    return here and patient.number not in (0, CHILD)


def _chart_of(patient: DemoPatient) -> ChartId:
    chart = record.chart_of(ResourceId(FactWriter(patient.key, "", "").patient_id))
    assert chart is not None
    return chart


def _place(login: str) -> str:
    return next(one.roles[0].organization for one in cast.PEOPLE if one.login == login)


def _joined(network: Network, patient: DemoPatient, login: str) -> ChartId:
    """The chart, which this clinician treats from now on."""
    chart = _chart_of(patient)
    consent.join_team(
        chart,
        by=BY,
        organization=OrganizationId(network.organizations[_place(login)].id),
        practitioner=PractitionerId(network.practitioners[login].id),
        basis="encounter",
    )
    return chart


def _writer(patient: DemoPatient, login: str, part: str) -> FactWriter:
    writer = FactWriter(f"{patient.key}/{part}", _place(login), login)
    writer.patient_id = FactWriter(patient.key, "", "").patient_id
    return writer


def _measure(network: Network, patient: DemoPatient, series: Series, until: datetime) -> None:
    """The scores one by one; at the first the target is set, at another the dose is changed."""
    by, write = network.requester(series.login), _writer(patient, series.login, "measured")
    days = [days for days, _ in series.scores]
    with clock.stopped_at(until - timedelta(days=days[0], hours=1)):
        chart = _joined(network, patient, series.login)
    for day, total in series.scores:
        with clock.stopped_at(until - timedelta(days=day)):
            paper = asking.Paper(answers={series.instrument: answers(series.instrument, total)})
            _read(asking.type_in(chart, by=by, mode="visit", paper=paper))
            if day == days[0]:
                first = _baseline(network, series, chart)
                targets.set_target(chart, targets.Aimed(series.instrument, series.aim, baseline_id=first), by=by)
            if series.plan and series.plan[0] == day:
                _, rxcui, text = series.plan
                network.store([write.medicine(rxcui, text, "mornings", clock.now())])


def _read(sitting_id: UUID) -> None:
    """Whoever typed it in has seen what came of it."""
    loops.close_subject(sitting_id, closed_as="read", kinds=(LoopKind.SCREEN,))


def _yearly(network: Network, patient: DemoPatient, until: datetime) -> None:
    """What everybody is asked once a year, answered without a finding some months ago."""
    own = Random(f"{patient.key}/yearly")  # noqa: S311
    asked = [key for key in _YEARLY if own.random() < _ASKED]
    at = max(until - timedelta(days=own.randint(20, 340)), patient.started_at + timedelta(hours=2))
    if not asked or at >= until:
        return
    # Whoever was referred lately may have come to this practice after that day: then nobody asked yet.
    with clock.stopped_at(at), suppress(HallwayError):
        paper = asking.Paper(answers={key: _calm(key) for key in asked})
        asking.type_in(_chart_of(patient), by=network.requester(DESK), mode="paper", paper=paper)


def _calm(key: str) -> dict[str, str]:
    """The answer without points to every question that is put to everybody."""
    one = library.instrument(key)
    return {
        question.key: min(one.choices(question.key), key=lambda choice: (choice.is_no_answer, choice.points)).key
        for question in one.questions
        if not question.ask_if
    }


def answers(instrument: str, total: int) -> dict[str, str]:
    """A sheet that comes to ``total``, spread over the questions that count."""
    each, more = divmod(total, _ITEMS[instrument])
    given = {f"q{number}": str(each + (number <= more)) for number in range(1, _ITEMS[instrument] + 1)}
    return given | {"q9": "0", "difficulty": "1"} if instrument == "phq-9" else given


def _baseline(network: Network, series: Series, chart: ChartId) -> str:
    """What the newest sheet of the instrument rests on, as whoever sets a target finds it on the page."""
    release = gate.release(network.requester(series.login), chart)
    stored = record.read_chart(release, kinds=[*sheets.KINDS], route="demo")
    found = sheets.of_instrument(sheets.sheets(stored, birth_on=None, gender=""), series.instrument)
    return max(found, key=lambda one: one.at).ids[0]


def _expect(network: Network, people: Sequence[DemoPatient], login: str, until: datetime) -> None:
    """Visits of today, one every half hour from nine on."""
    first = datetime.combine(until.astimezone(sheets.ZONE).date(), time(9), sheets.ZONE)
    with clock.stopped_at(until - timedelta(days=6)):
        for number, patient in enumerate(people):
            write = _writer(patient, login, "today")
            network.store([write.booked(first + timedelta(minutes=30 * number))])


def _waiting_room(network: Network, people: Sequence[DemoPatient], until: datetime) -> None:
    """The morning at Millbrook: two have answered, one in Spanish; one is in the middle of it; one was asked."""
    desk, doctor = network.requester(DESK), network.requester("carewell").practitioner_id
    calm = {"phq-2": {"q1": "0", "q2": "1"}, "gad-2": {"q1": "0", "q2": "0"}}
    low = {"phq-9": answers("phq-9", 13)}
    for patient, hours, given, language in ((people[0], 3.2, calm, "en"), (people[1], 2.6, low, "es")):
        with clock.stopped_at(until - timedelta(hours=hours)):
            _answer(network, patient, given, asking.Wish(language=language, practitioner=doctor))
    with clock.stopped_at(until - timedelta(minutes=6)):
        asked = asking.ask(
            _chart_of(people[2]), ["phq-9", "audit-c"], by=desk, mode="tablet", wish=asking.Wish(practitioner=doctor)
        )
        for number in range(1, 5):
            asking.answer(Ways(asked.secret), "phq-9", f"q{number}", "1", number=number)
    with clock.stopped_at(until - timedelta(days=1)):
        asking.ask(_chart_of(people[3]), ["gad-7", "hvs"], by=desk, mode="link", wish=asking.Wish(practitioner=doctor))


def _answer(network: Network, patient: DemoPatient, given: dict[str, dict[str, str]], wish: asking.Wish) -> None:
    """On the tablet from the first question to the last."""
    asked = asking.ask(_chart_of(patient), list(given), by=network.requester(DESK), mode="tablet", wish=wish)
    number = 0
    for instrument, own in given.items():
        for question, code in own.items():
            number += 1
            asking.answer(Ways(asked.secret), instrument, question, code, number=number)
    asking.finish(Ways(asked.secret))


def _ahead(network: Network, patient: DemoPatient, until: datetime) -> None:
    """The first patient of the list answers at home, in Spanish: some questions yesterday, the others not yet."""
    with clock.stopped_at(until - timedelta(hours=20)):
        wish = asking.Wish(language="es")
        asked = asking.ask(
            _chart_of(patient), ["phq-9", "gad-7"], by=network.requester("carewell"), mode="link", wish=wish
        )
        ways = Ways(asked.secret, asking.open_with_birth_date(asked.secret, patient.born_on))
        for number in range(1, 5):
            asking.answer(ways, "phq-9", f"q{number}", "1", number=number)
