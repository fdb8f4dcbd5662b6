"""Who is due today for a clinic's list: today's appointments and the patients of the worklist, as the reader may know.

What is due follows from what of each chart flows to the reader, never from the rest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hallway import clock
from hallway.consent import gate, searching
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester
from hallway.ids import ChartId, ResourceId
from hallway.loops import queries as loops
from hallway.record import queries as record
from hallway.record.criteria import Compare, Query, Span, Spans
from hallway.record.resources import header_of
from hallway.record.stored import PatientHeader, Stored
from hallway.screening import sheets
from hallway.screening.instruments.shapes import Person
from hallway.screening.schedule import rows, rules
from hallway.screening.sheets import ZONE, Sheet
from hallway.screening.targets.queries import progress_of, targets_of
from hallway.standards.fhir import r4

_ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
STANDING = frozenset({"proposed", "pending", "booked", "arrived", "checked-in"})
"""Statuses of an appointment that is to be kept."""
_NOT_A_PROBLEM = frozenset({"entered-in-error", "refuted"})
_MOST_APPOINTMENTS = 500
VISIT_KINDS = {
    "CHECKUP": "checkup", "FOLLOWUP": "follow_up", "ROUTINE": "routine", "WALKIN": "walk_in", "EMERGENCY": "emergency",
}  # fmt: skip
"""HL7 v2 table 0276, by which R4 says what an appointment is for, to the visit kinds of the schedule's rows."""
KINDS = ("Patient", "Condition", *sheets.KINDS)
"""What of a chart says what is due."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A patient of today's list: when they come, empty where they stand on the worklist alone."""

    chart_id: ChartId
    starts_at: datetime | None
    visit_kind: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One patient of the list, and what is due; ``dues`` empty where nothing is.

    ``not_whole`` are the last answers to an instrument where some are missing: nothing due is then no all clear.
    """

    header: PatientHeader
    starts_at: datetime | None
    dues: tuple[rules.Due, ...]
    not_whole: tuple[Sheet, ...] = ()


def expected(requester: Requester) -> list[Expected]:
    """Today's appointments of the reader's practice in the order of time, then the worklist's patients in its order."""
    day = clock.now().astimezone(ZONE).date()
    found: dict[ChartId, Expected] = {}
    for one in sorted(_appointments(requester, day), key=lambda one: one.starts_at or clock.now()):
        found.setdefault(one.chart_id, one)
    for row in loops.worklist(requester).rows:
        if not row.header.deceased:
            found.setdefault(row.header.chart_id, Expected(row.header.chart_id, None, ""))
    return list(found.values())


def due_of(requester: Requester, one: Expected) -> Asked | None:
    """What is due for one patient; None when the chart does not open, or not any more, or the patient has died."""
    try:
        release = gate.release(requester, one.chart_id)
        stored = record.read_chart(release, kinds=KINDS, route="screening/today")
    except HallwayError as wrong:
        if wrong.kind in (Kind.NOT_FOUND, Kind.GONE):
            return None
        raise
    header = _header(stored, one.chart_id)
    if header is None or header.deceased:
        return None
    found = sheets.sheets(stored, birth_on=header.birth_date, gender=header.gender)
    day = clock.now().astimezone(ZONE).date()
    targets = [(target.instrument, progress_of(target, found, day).next_due_on) for target in targets_of(release)]
    dues = rules.due(
        Person(header.birth_date, header.gender, day),
        [taken(sheet) for sheet in found],
        problems(stored),
        one.visit_kind,
        rows=rows.rows(),
        targets=targets,
    )
    return Asked(header, one.starts_at, dues, tuple(sheets.not_whole(found)))


def taken(sheet: Sheet) -> rules.Taken:
    """A sheet as the rules take it."""
    return rules.Taken(
        sheet.instrument.key, sheet.on, sheet.total, sheet.is_complete, sheet.is_positive, bool(sheet.critical),
        sheet.exact,
    )  # fmt: skip


def problems(stored: Iterable[Stored]) -> list[str]:
    """ICD-10-CM codes of the active problems among what was released."""
    found: list[str] = []
    for one in stored:
        if one.kind != "Condition":
            continue
        view = one.view(r4.Condition)
        if _codes(view.verification_status) & _NOT_A_PROBLEM or _codes(view.clinical_status) - {
            "active", "recurrence", "relapse",
        }:  # fmt: skip
            continue
        coding = view.code.coding if view.code else ()
        found += [code.code for code in coding if code.system == _ICD_10_CM and code.code]
    return found


def _codes(concept: r4.CodeableConcept | None) -> set[str]:
    return {coding.code for coding in (concept.coding if concept else ()) if coding.code}


def _header(stored: Sequence[Stored], chart_id: ChartId) -> PatientHeader | None:
    patient = next((one for one in stored if one.kind == "Patient"), None)
    if patient is None:
        return None
    row = header_of(patient.body)
    name = f"{row.given} {row.family}".strip() or "Name not known"
    return PatientHeader(chart_id, name, row.birth_on, row.gender, row.pronouns, row.record_number, row.deceased)


def _appointments(requester: Requester, day: date) -> list[Expected]:
    start = datetime.combine(day, time.min, ZONE)
    span = Span(Compare.EQ, clock.microseconds(start), clock.microseconds(start + timedelta(days=1)) - 1)
    query = Query("Appointment", (Spans("date", (span,)),), limit=_MOST_APPOINTMENTS)
    stored = [
        one
        for one in searching.find_across(requester, query, route="screening/today")
        if one.source_org == requester.organization_id
    ]
    views = [one.view(r4.Appointment) for one in stored]
    named = [(view, patient) for view in views if view.status in STANDING for patient in _patients_of(view)]
    charts = record.charts_of([patient for _, patient in named])
    return [
        Expected(charts[patient], starts_at, _visit_kind(view))
        for view, patient in named
        if patient in charts and (starts_at := _instant(view.start)) is not None
    ]


def _patients_of(view: r4.Appointment) -> list[ResourceId]:
    """Everybody who is expected: a group session has several."""
    named = [part.actor.reference or "" for part in view.participant if part.actor]
    return [ResourceId(one.removeprefix("Patient/")) for one in named if one.startswith("Patient/")]


def _visit_kind(view: r4.Appointment) -> str:
    return next((VISIT_KINDS[code] for code in sorted(_codes(view.appointment_type)) if code in VISIT_KINDS), "visit")


def _instant(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at if at.tzinfo else None
