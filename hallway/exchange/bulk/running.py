"""The job that writes an export, chart by chart. Killed at any point, it goes on from the last chart that was kept.

Each chart is read under a release of its own, given at that moment; its ledger line stands before any of its bytes lie
in a file. Files are synced before the rows that point into them are committed, so what a row names is there.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db.models import F

from hallway import clock
from hallway.consent import gate
from hallway.consent import queries as consent
from hallway.errors import HallwayError, Kind
from hallway.exchange.bulk import actions, files, reading
from hallway.exchange.bulk.models import ACTIVE, Export, Level, Part, Segment, State
from hallway.identity.requester import Requester
from hallway.ids import ChartId
from hallway.record import queries as record
from hallway.record.stored import StaleRelease, Stored
from hallway.storage.connection import transaction

CHARTS_AT_ONCE = 20
FILE_BYTES = 8 * 1024 * 1024
"""A file that has grown to this many bytes is followed by another; a download holds one file in memory."""
_log = logging.getLogger("hallway.bulk")


class _Superseded(Exception):  # noqa: N818 - no error: another run goes on, or the export was ended
    """This run may write nothing more."""


@dataclass(slots=True)
class _Job:
    """One run of an export. ``ends`` is where each type's newest file ends: its number and size."""

    export_id: UUID
    run: int
    asked: reading.Asked
    box: AESGCM
    ends: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])

    def place(self, kind: str) -> tuple[str, int, int]:
        """Where the next segment of a type goes."""
        file, end = self.ends.get(kind, (1, 0))
        return (kind, file + 1, 0) if end >= FILE_BYTES else (kind, file, end)


def run(export_id: UUID) -> None:
    """Write an export to its end. One that is over, or that another run took on, is left alone."""
    job = _begun(export_id)
    if job is None:
        return
    try:
        while waiting := _waiting(job):
            _keep(job, [(chart, segment) for chart in waiting for segment in _read(job, chart)], waiting)
        _finish(job)
    except _Superseded:
        _log.info("an export was taken from this run", extra={"fields": {"export": str(export_id)}})
    except HallwayError as error:
        if error.kind is not Kind.FAULT:
            raise
        actions.fail(export_id)


def _begun(export_id: UUID) -> _Job | None:
    """Take the export on: a number for this run, and at the first one the list of charts."""
    now = clock.now()
    with transaction():
        taken = Export.objects.filter(id=export_id, state__in=ACTIVE, ends_at__gt=now)
        if not taken.update(run=F("run") + 1, state=State.RUNNING, beat_at=now):
            return None
        row = Export.objects.get(id=export_id)
        asked = reading.Asked.of(row)
        if row.as_of_at is None:
            Export.objects.filter(id=export_id).update(as_of_at=now)
            charts = _charts(row, asked.requester)
            Part.objects.bulk_create([Part(export_id=export_id, chart_id=chart) for chart in charts], batch_size=2000)
    job = _Job(export_id, row.run, asked, files.opened(export_id, bytes(row.sealed_key)))
    for kind, file, end in (
        Segment.objects.filter(export_id=export_id)
        .order_by("file", "place")
        .values_list("kind", "file", F("place") + F("size"))
    ):
        job.ends[kind] = (file, end)
    return job


def _charts(row: Export, requester: Requester) -> Iterable[ChartId]:
    """The charts of an export: those of which something may flow to the program now, and chart 0 for everything."""
    found = consent.charts_open_to(requester)
    if row.level == Level.GROUP:
        members = consent.attributed_to(requester.organization_id)
        found = [chart for chart in found if chart in members]
    return [ChartId(0), *found] if row.level == Level.SYSTEM else found


def _waiting(job: _Job) -> list[ChartId]:
    rows = Part.objects.filter(export_id=job.export_id, is_done=False).order_by("chart_id")
    return [ChartId(one) for one in rows.values_list("chart_id", flat=True)[:CHARTS_AT_ONCE]]


@dataclass(frozen=True, slots=True)
class _Lines:
    """What one chart gave of one type, and under what."""

    kind: str
    content: bytes
    count: int
    stand: reading.Stand


def _read(job: _Job, chart_id: ChartId) -> list[_Lines]:
    """What may flow of one chart now, by type. A chart of which nothing may flow gives nothing, like one that is not.

    A right that changes while it is read is asked again; what changes a second time is an error of the moment.
    """
    if not chart_id:
        return _by_kind(reading.shared(job.asked), reading.NO_STAND)
    for last in (False, True):
        stand = record.standing([chart_id])[chart_id]
        try:
            release = gate.release(job.asked.requester, chart_id)
            found = reading.of_chart(job.asked, release)
        except StaleRelease:
            if last:
                raise
            continue
        except HallwayError as error:
            if error.kind in (Kind.NOT_FOUND, Kind.GONE):
                return []
            raise
        return _by_kind(found, reading.Stand(stand[0], stand[1], reading.plan_of(release)))
    return []


def _by_kind(found: Sequence[Stored], stand: reading.Stand) -> list[_Lines]:
    by_kind: dict[str, list[bytes]] = {}
    for one in found:
        by_kind.setdefault(one.kind, []).append(one.json_bytes() + b"\n")
    return [_Lines(kind, b"".join(lines), len(lines), stand) for kind, lines in sorted(by_kind.items())]


def _keep(job: _Job, read: Sequence[tuple[ChartId, _Lines]], charts: Sequence[ChartId]) -> None:
    """Write what was read into the files, and then the rows that point to it. All charts of a round, or none."""
    rows: list[Segment] = []
    for chart, one in read:
        kind, file, place = job.place(one.kind)
        size = files.append(job.box, job.export_id, (kind, file, place), one.content)
        job.ends[kind] = (file, place + size)
        rows.append(
            Segment(
                export_id=job.export_id,
                chart_id=chart,
                kind=kind,
                file=file,
                place=place,
                size=size,
                lines=one.count,
                epoch=one.stand.epoch,
                position=one.stand.position,
                plan=one.stand.plan,
            )
        )
    files.sync({files.path(job.export_id, row.kind, row.file) for row in rows})
    with transaction():
        _go_on(job)
        Segment.objects.bulk_create(rows)
        Part.objects.filter(export_id=job.export_id, chart_id__in=charts).update(is_done=True)


def _go_on(job: _Job) -> None:
    """A sign of life; raises when this run has lost its right to write."""
    mine = Export.objects.filter(id=job.export_id, run=job.run, state=State.RUNNING)
    if not mine.update(beat_at=clock.now()):
        raise _Superseded


def _finish(job: _Job) -> None:
    with transaction():
        _go_on(job)
        Export.objects.filter(id=job.export_id).update(state=State.FINISHED, finished_at=clock.now())
