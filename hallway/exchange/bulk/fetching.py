"""One file of an export, as it may leave now: the gate is asked again for each chart in it.

Where a chart stands as it stood, its lines leave as they lie. Where a right or the chart has changed since, it is read
again, and a line leaves only if that very version may still flow; what changed comes with the next export.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hallway.consent import gate
from hallway.errors import HallwayError, Kind
from hallway.exchange.bulk import actions, files, reading, refusals, resources
from hallway.exchange.bulk.models import Export, Segment, State
from hallway.identity.requester import Requester
from hallway.identity.scopes import Scopes
from hallway.ids import ChartId
from hallway.record import queries as record
from hallway.record.evidence import Release
from hallway.record.stored import StaleRelease

ROUTE = "GET /fhir/exports/{id}/{file}"


def ndjson(export_id: UUID, kind: str, file: int, *, by: Requester, scopes: Scopes | None) -> bytes:
    """The lines of a file that may leave now; one line of the ledger names every chart in it.

    Raises NOT_FOUND for another's export, one that is not ready and a file that is not there; GONE when a right changed
    twice while it was looked at.
    """
    row = actions.owned(export_id, by=by)
    if scopes is None or not actions.is_program(by, scopes) or not scopes.allows(kind, "s"):
        raise refusals.not_here()
    if not _still_holds(scopes, row, kind):
        raise refusals.not_here()
    segments = list(Segment.objects.filter(export_id=export_id, kind=kind, file=file).order_by("place"))
    if row.state != State.FINISHED or not segments:
        raise refusals.not_here()
    box = files.opened(export_id, bytes(row.sealed_key))
    try:
        return _lines(box, segments, by)
    except StaleRelease:
        return _lines(box, segments, by)


def manifest(row: Export, base: str) -> bytes:
    """What an export that is ready holds, file by file."""
    return resources.manifest(row, list(Segment.objects.filter(export_id=row.id)), base)


def _still_holds(scopes: Scopes, row: Export, kind: str) -> bool:
    """Whether all that the export was asked under for a type is open to this token: its lines are not judged anew."""
    then = msgspec.json.decode(row.scopes, type=Scopes).granted
    ways = (replace(one, kind=kind, verbs="s") for one in then if "s" in one.verbs and one.kind in ("*", kind))
    return scopes.holds(Scopes(tuple(ways), scopes.chart_id))


def _lines(box: AESGCM, segments: Sequence[Segment], by: Requester) -> bytes:
    """Ask for each chart, leave the line, and only then look at the bytes."""
    asked = {ChartId(one.chart_id) for one in segments if one.chart_id}
    releases = {chart: release for chart in sorted(asked) if (release := _release(by, chart)) is not None}
    if releases:
        record.ask_again(list(releases.values()), number=1, of=1)
    stands = record.standing(sorted(releases))
    found: list[bytes] = []
    for segment in segments:
        chart = ChartId(segment.chart_id)
        release = releases.get(chart)
        if release is None and chart:
            continue
        where = (segment.kind, segment.file, segment.place)
        content = files.read(box, UUID(str(segment.export_id)), where, segment.size)
        if release is None or _stands(segment, release, stands[chart]):
            found.append(content)
        else:
            found.extend(_still(segment, content, release))
    return b"".join(found)


def _release(by: Requester, chart_id: ChartId) -> Release | None:
    try:
        return gate.release(by, chart_id)
    except HallwayError as error:
        if error.kind in (Kind.NOT_FOUND, Kind.GONE):
            return None
        raise


def _stands(segment: Segment, release: Release, stand: tuple[int, int]) -> bool:
    """Whether nothing has changed since the lines were read: no right, no resource of the chart, no end by time."""
    same = (segment.epoch, segment.position) == stand and segment.epoch == release.epoch
    return same and bytes(segment.plan) == reading.plan_of(release)


def _still(segment: Segment, content: bytes, release: Release) -> Iterator[bytes]:
    """The lines whose very version flows under the release of now."""
    flowing = record.read_chart(release, kinds=[segment.kind], route=ROUTE)
    may = {hashlib.sha256(one.json_bytes()).digest() for one in flowing}
    for line in content.splitlines(keepends=True):
        if hashlib.sha256(line.rstrip(b"\n")).digest() in may:
            yield line
