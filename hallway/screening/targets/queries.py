"""Running targets as their reader may know them: of one chart, or of a practice, gated in the query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import LiteralString, NamedTuple, cast
from uuid import UUID

from hallway import ids
from hallway.consent import gate, searching
from hallway.consent.queries import grant_lateral, grant_parameters, own_desk
from hallway.identity.requester import Requester
from hallway.ids import ChartId, PractitionerId
from hallway.ledger import lines
from hallway.record import queries as record
from hallway.record.criteria import Query, Tokens
from hallway.record.evidence import Release
from hallway.record.queries import header_columns, header_from_row
from hallway.record.stored import PatientHeader, Stored
from hallway.screening import sheets
from hallway.screening.instruments.library import all_instruments
from hallway.screening.instruments.shapes import LOINC
from hallway.screening.models import Target
from hallway.screening.targets.rows import rows_of
from hallway.screening.targets.rules import Progress, Reading, progress
from hallway.standards.fhir import r4
from hallway.storage.connection import cursor, transaction

MOST = 400
"""Running targets that one list looks at."""
_MOST_RESOURCES = 20_000


def targets_of(release: Release) -> list[Target]:
    """Running targets of the chart that may be known, those of other practices too."""
    rows = Target.objects.filter(chart_id=release.chart_id, ended_at__isnull=True).order_by("set_at")
    return known(release, list(rows))


def ended_of(release: Release) -> list[Target]:
    """Those that have ended, newest first, as far as they may be known."""
    rows = Target.objects.filter(chart_id=release.chart_id, ended_at__isnull=False).order_by("-ended_at")[:50]
    return known(release, list(rows))


def known(release: Release, rows: Sequence[Target]) -> list[Target]:
    """Those that the release lets flow, by the label that their Goals have now."""
    masks = _masks(rows)
    return [
        row
        for row in rows
        if gate.may_know(release, source_org=row.source_org_id, mask=masks.get(row.id, row.mask), kind="Goal")
    ]


def _masks(rows: Iterable[Target]) -> dict[UUID, int]:
    """The label that each target's Goal has now: it rises with the problem and the score that the Goal names."""
    rows = list(rows)
    goals = {("Goal", row.goal_id): row.id for row in rows if ids.is_ours(row.goal_id)}
    found = record.masks_of(sorted({ChartId(row.chart_id) for row in rows}), list(goals)) if goals else {}
    return {goals[key]: mask for key, mask in found.items() if key in goals}


def progress_of(target: Target, found: Sequence[sheets.Sheet], today: date, changes: Sequence[date] = ()) -> Progress:
    """What the sheets that flow say about one target."""
    own = sheets.of_instrument(found, target.instrument)
    readings = [Reading(one.on, one.total, one.exact) for one in own if one.total is not None]
    return progress(
        target.instrument,
        baseline_of(target, own),
        readings,
        target.aim,
        rows=rows_of(target.instrument),
        today=today,
        plan_changes=changes,
    )


def baseline_of(target: Target, own: Sequence[sheets.Sheet]) -> Reading | None:
    """The baseline, where the resource it rests on flows to the reader; else the first of what does."""
    first = next((one for one in own if target.baseline_id and target.baseline_id in one.ids), None)
    return Reading(first.on, first.total, first.exact) if first is not None and first.total is not None else None


@dataclass(frozen=True, slots=True)
class Treated:
    """One person treated towards a target, as the reader of a list may know them."""

    target_id: UUID
    header: PatientHeader
    instrument: str
    aim: int
    practitioner: PractitionerId
    set_on: date
    progress: Progress


_NAMES = ("id", "chart_id", "practitioner_id", "instrument", "baseline_id", "aim", "set_at")
_COLUMNS = ", ".join(f"gated.{name}" for name in _NAMES)
_RUNNING = f"""
SELECT {_COLUMNS}, {header_columns()}
FROM (SELECT {", ".join(_NAMES)}, source_org_id, {own_desk(mask="coalesce(goal.goal_mask, mask)")}
      FROM screening_target
      LEFT JOIN unnest(%(targets)s::uuid[], %(masks)s::bigint[]) AS goal (target_id, goal_mask) ON target_id = id
      WHERE ended_at IS NULL AND organization_id = %(gate_org)s
        AND (%(practitioner)s::int = 0 OR practitioner_id = %(practitioner)s::int)) gated
JOIN record_header h ON h.chart_id = gated.chart_id AND NOT h.deceased
{grant_lateral("gated")}
ORDER BY gated.set_at, gated.id
LIMIT %(limit)s
"""  # noqa: S608 - every part is a constant of ours


class Listed(NamedTuple):
    """Those that were looked at. ``is_cut``: more targets run, and nothing is known here of how they go."""

    rows: list[Treated]
    is_cut: bool


def treated(requester: Requester, *, today: date, only_mine: bool = False) -> Listed:
    """Everybody whom the reader's practice (or the reader) treats towards a target, with what the scores that flow say.

    In the order that targets were set, at most ``MOST``. Two reads, each gated in its query, whatever their number; the
    ledger names every chart.
    """
    parameters = grant_parameters(requester, "Goal") | {
        "practitioner": requester.practitioner_id if only_mine else 0,
        "limit": MOST + 1,
    }
    with transaction():
        masks = _masks(Target.objects.filter(organization_id=requester.organization_id, ended_at__isnull=True))
        with cursor() as opened:
            labels = {"targets": list(masks), "masks": list(masks.values())}
            opened.execute(cast("LiteralString", _RUNNING), parameters | labels)
            looked_at = opened.fetchall()
        rows = looked_at[:MOST]
        charts = sorted({cast("int", row[1]) for row in rows})
        if charts:
            lines.write(lines.step_line(requester, "targets.read", charts=charts, detail="progress"))
        found = sheets_of(requester, [ChartId(one) for one in charts])
    return Listed([_treated(row, found, today) for row in rows], len(looked_at) > MOST)


def _treated(row: tuple[object, ...], found: dict[ChartId, list[Stored]], today: date) -> Treated:
    header = header_from_row(row[len(_NAMES) :])
    target = Target(**dict(zip(_NAMES, row, strict=False)))
    own = sheets.sheets(found.get(header.chart_id, []), birth_on=header.birth_date, gender=header.gender)
    return Treated(
        target_id=target.id,
        header=header,
        instrument=target.instrument,
        aim=target.aim,
        practitioner=PractitionerId(target.practitioner_id),
        set_on=target.set_at.astimezone(sheets.ZONE).date(),
        progress=progress_of(target, own, today),
    )


def sheets_of(requester: Requester, charts: Sequence[ChartId]) -> dict[ChartId, list[Stored]]:
    """The resources that sheets are made of, of these charts, as far as they flow; two searches over all of them."""
    patients = record.patients_of(charts)
    if not patients:
        return {}
    about = Tokens(tuple(f"patient=Patient/{one}" for one in patients.values()))
    codes = Tokens(tuple(f"code={LOINC}|{code}" for code in _codes()))
    asked = (
        Query("Observation", (about, codes), limit=_MOST_RESOURCES),
        Query("QuestionnaireResponse", (about,), limit=_MOST_RESOURCES),
    )
    by_patient = {str(patient): chart for chart, patient in patients.items()}
    found: dict[ChartId, list[Stored]] = {}
    for query in asked:
        for one in searching.find_across(requester, query, route="screening"):
            chart = by_patient.get(_patient_of(one))
            if chart is not None:
                found.setdefault(chart, []).append(one)
    return found


def _patient_of(one: Stored) -> str:
    kind = r4.Observation if one.kind == "Observation" else r4.QuestionnaireResponse
    subject = one.view(kind).subject
    return (subject.reference or "").removeprefix("Patient/") if subject else ""


def _codes() -> list[str]:
    """Every LOINC code by which an instrument's total, finding or question is known."""
    return sorted(
        {
            code
            for one in all_instruments()
            for code in (one.panel_code, one.total_code, *(question.code for question in one.questions))
            if code
        }
    )
