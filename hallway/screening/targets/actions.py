"""Set, change and end the score that a practice treats towards. Each step writes the Goal that others read."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError

from hallway import clock, ids
from hallway.consent import gate
from hallway.consent.actions import keep, label_entering, store
from hallway.directory.models import Practitioner
from hallway.identity.requester import Requester
from hallway.ids import ChartId, OrganizationId, ResourceId
from hallway.labels.source import Incoming, Source
from hallway.ledger import lines
from hallway.record import queries as record
from hallway.record.evidence import Release
from hallway.record.stored import Stored
from hallway.screening import sheets
from hallway.screening.instruments import library
from hallway.screening.instruments.shapes import Instrument
from hallway.screening.models import Target
from hallway.screening.targets import queries, refusals, resources
from hallway.storage.connection import transaction


@dataclass(frozen=True, slots=True)
class Aimed:
    """What a clinician chooses: a total of ``instrument`` below ``aim``.

    ``problem_id`` is a Condition of the chart or empty; ``baseline_id`` the resource of the first score
    ("Observation/ID"), or empty for none.
    """

    instrument: str
    aim: int
    problem_id: str = ""
    baseline_id: str = ""


def set_target(chart_id: ChartId, wanted: Aimed, *, by: Requester) -> UUID:
    """Begin to treat towards a score. The practice and whoever sets it own it; the Goal says it to others.

    Raises NOT_FOUND for a chart that is not theirs, UNPROCESSABLE H-TGT-001, 002, 006, CONFLICT H-TGT-003.
    """
    release = gate.release(by, chart_id)
    one = _instrument(wanted)
    patient = record.patient_of(chart_id)
    if patient is None:
        raise gate.not_found()
    basis = _basis(release, wanted)
    who = Practitioner.objects.get(id=by.practitioner_id)
    now = clock.now()
    goal_id, target_id = ResourceId(str(ids.new_uuid(now))), ids.new_uuid(now)
    first = next((sheet for sheet in basis.sheets if wanted.baseline_id in sheet.ids), None)
    made = resources.goal(
        goal_id,
        resources.Wanted(
            one, wanted.aim, _reference("Condition", wanted.problem_id), wanted.baseline_id,
            first.total if first else None,
        ),
        resources.Setter(patient, who.fhir_id, who.full_name),
        on=clock.today().isoformat(),
    )  # fmt: skip
    with transaction():
        (labelled,) = label_entering([Incoming(made, Source(by.organization_id, by.practitioner_id), goal_id)])
        keep([labelled], by=by)
        row = Target(
            id=target_id,
            chart_id=chart_id,
            organization_id=by.organization_id,
            practitioner_id=by.practitioner_id,
            instrument=one.key,
            problem_id=wanted.problem_id,
            goal_id=goal_id,
            baseline_id=wanted.baseline_id,
            baseline_total=first.total if first else None,
            baseline_at=None,
            aim=wanted.aim,
            source_org_id=by.organization_id,
            mask=labelled.mask,
            set_at=now,
        )
        row.baseline_at = first.at if first else None
        _insert(row)
        lines.write(lines.step_line(by, "target.set", charts=[chart_id], detail=f"target/{target_id}"))
    return target_id


def change_target(target_id: UUID, aim: int, *, by: Requester, expected_version: int) -> None:
    """Aim at another total. Raises as ``set_target``, and CONFLICT H-TGT-004 when it was changed meanwhile."""
    with transaction():
        row, release = _held(target_id, by, expected_version)
        one = library.instrument(row.instrument)
        _check_aim(one, aim)
        wanted = resources.Wanted(one, aim, baseline_total=row.baseline_total)
        stored = _goal(release, row)
        if stored is not None:
            body = resources.changed(stored.json_bytes(), wanted, on=clock.today().isoformat())
            _write(body, stored, by=by)
        Target.objects.filter(id=row.id).update(aim=aim, version=row.version + 1)
        lines.write(lines.step_line(by, "target.changed", charts=[row.chart_id], detail=f"target/{row.id}"))


def end_target(target_id: UUID, ended_as: str, *, by: Requester, expected_version: int) -> None:
    """Stop treating towards it, and say how it ended. Raises as ``change_target``, and UNPROCESSABLE H-TGT-005."""
    if ended_as not in resources.ENDINGS:
        raise refusals.no_reason()
    with transaction():
        row, release = _held(target_id, by, expected_version)
        stored = _goal(release, row)
        if stored is not None:
            _write(resources.ended(stored.json_bytes(), ended_as, on=clock.today().isoformat()), stored, by=by)
        Target.objects.filter(id=row.id).update(ended_at=clock.now(), ended_as=ended_as, version=row.version + 1)
        lines.write(lines.step_line(by, "target.ended", charts=[row.chart_id], detail=f"target/{row.id} {ended_as}"))


def _instrument(wanted: Aimed) -> Instrument:
    try:
        one = library.instrument(wanted.instrument)
    except KeyError:
        raise refusals.no_instrument() from None
    if one.scoring.total != "sum":
        raise refusals.no_instrument()
    _check_aim(one, wanted.aim)
    return one


def _check_aim(one: Instrument, aim: int) -> None:
    if not one.scoring.low < aim <= one.scoring.high:
        raise refusals.wrong_aim(one.scoring.low + 1, one.scoring.high)


@dataclass(frozen=True, slots=True)
class _Basis:
    """What of the chart a target may rest on."""

    sheets: Sequence[sheets.Sheet]


def _basis(release: Release, wanted: Aimed) -> _Basis:
    """The sheets of the chart; the problem and the baseline named must be among what flows to whoever names them."""
    stored = record.read_chart(release, kinds=[*sheets.KINDS, "Condition"], route="screening/target")
    held = {f"{one.kind}/{one.id}" for one in stored}
    named = {one for one in (_reference("Condition", wanted.problem_id), wanted.baseline_id) if one}
    found = [one for one in sheets.sheets(stored, birth_on=None, gender="") if one.total is not None]
    of_it = {name for one in found if one.instrument.key == wanted.instrument for name in one.ids}
    if named - held or (wanted.baseline_id and wanted.baseline_id not in of_it):
        raise refusals.wrong_basis()
    return _Basis(found)


def _reference(kind: str, resource_id: str) -> str:
    return f"{kind}/{resource_id}" if resource_id else ""


def _insert(row: Target) -> None:
    try:
        with transaction():
            row.save(force_insert=True)
    except IntegrityError:
        raise refusals.runs_already() from None


def _held(target_id: UUID, by: Requester, expected_version: int) -> tuple[Target, Release]:
    """The running target of the asker's practice, locked. One answer for unknown and not theirs."""
    row = Target.objects.select_for_update().filter(id=target_id, organization_id=by.organization_id or -1).first()
    if row is None:
        raise gate.not_found()
    release = gate.release(by, ChartId(row.chart_id))
    if not queries.known(release, [row]):
        raise gate.not_found()
    if row.ended_at is not None or row.version != expected_version:
        raise refusals.was_changed()
    return row, release


def _goal(release: Release, row: Target) -> Stored | None:
    return record.read_one(release, "Goal", ResourceId(row.goal_id), route="screening/target") if row.goal_id else None


def _write(body: bytes, stored: Stored, *, by: Requester) -> None:
    store([body], by=by, source=Source(OrganizationId(stored.source_org), stored.author))
