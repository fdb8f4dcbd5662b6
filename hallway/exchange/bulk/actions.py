"""Asking for an export, looking how far it is, cancelling it, and deleting on time. The job itself: ``running``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.conf import settings
from django.db.models import F

from hallway import clock, ids
from hallway.exchange.bulk import files, refusals
from hallway.exchange.bulk.models import ACTIVE, Export, Level, Part, Segment, State
from hallway.exchange.bulk.narrowing import Narrowed, packed
from hallway.identity.requester import Requester, Role, owner_of
from hallway.identity.scopes import Scopes
from hallway.ledger import lines
from hallway.storage import outbox
from hallway.storage.connection import take_turns, transaction

MOST_AT_ONCE = 2
"""Exports under way that one program may have."""
SHORTEST_POLL = timedelta(seconds=1)
DEAD_AFTER = timedelta(seconds=90)
"""Without a sign of life for this long, a job is started again where it stood."""
TASK = "hallway.export"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an export is asked for. No ``kinds``: every type that the scopes open; each type is ``narrowed`` once."""

    level: Level
    kinds: tuple[str, ...] = ()
    since: datetime | None = None
    narrowed: tuple[Narrowed, ...] = ()
    request: str = ""


def is_program(requester: Requester, scopes: Scopes | None) -> bool:
    """Whether a system principal with system scopes asks: nobody else exports."""
    granted = scopes.granted if scopes is not None else ()
    return requester.role is Role.SYSTEM and any(one.side == "system" and "s" in one.verbs for one in granted)


def ask(wanted: Wanted, *, by: Requester, scopes: Scopes | None) -> UUID:
    """Begin an export; its id. The job is queued in the same transaction, and a line of the ledger says who asked.

    Raises FORBIDDEN for anybody but a program with system scopes, and for a type these do not open; TOO_MANY beyond
    ``MOST_AT_ONCE``.
    """
    if scopes is None or not is_program(by, scopes):
        raise refusals.not_a_program()
    if any(not scopes.allows(kind, "s") for kind in wanted.kinds):
        raise refusals.not_granted()
    now, owner = clock.now(), owner_of(by)
    export_id = ids.new_uuid(now)
    with transaction():
        take_turns(f"exports {owner}")  # else two at once would each count too few
        if Export.objects.filter(owner=owner, state__in=ACTIVE).count() >= MOST_AT_ONCE:
            raise refusals.too_many()
        Export.objects.create(
            id=export_id,
            owner=owner,
            asker=msgspec.json.encode(by).decode(),
            scopes=msgspec.json.encode(scopes).decode(),
            level=wanted.level,
            kinds=list(wanted.kinds),
            filters=packed(wanted.narrowed),
            since_at=wanted.since,
            request=wanted.request,
            sealed_key=files.new_key(export_id),
            asked_at=now,
            beat_at=now,
            ends_at=now + timedelta(hours=settings.EXPORT_HOURS),
        )
        lines.write(lines.step_line(by, "export.asked", charts=(), purpose="", detail=f"{wanted.level}/{export_id}"))
        outbox.defer(TASK, {"export_id": str(export_id)})
    return export_id


def owned(export_id: UUID, *, by: Requester) -> Export:
    """The export of this program. Raises NOT_FOUND for another's, an unknown one and one that is over: all the same."""
    row = Export.objects.filter(id=export_id, owner=owner_of(by)).first()
    if row is None or row.state in (State.CANCELLED, State.EXPIRED) or row.ends_at <= clock.now():
        raise refusals.not_here()
    return row


def poll(export_id: UUID, *, by: Requester) -> Export:
    """How far an export is. Raises TOO_MANY when asked twice within ``SHORTEST_POLL``, FAULT when it failed."""
    row, now = owned(export_id, by=by), clock.now()
    if row.state in ACTIVE and row.polled_at is not None and now - row.polled_at < SHORTEST_POLL:
        raise refusals.too_often()
    Export.objects.filter(id=row.id).update(polled_at=now)
    if row.state == State.FAILED:
        raise refusals.failed()
    return row


def cancel(export_id: UUID, *, by: Requester) -> None:
    """End an export, or delete the files of one that is ready."""
    row = owned(export_id, by=by)
    with transaction():
        _end([row.id], State.CANCELLED)
        lines.write(lines.step_line(by, "export.cancelled", charts=(), purpose="", detail=str(row.id)))
    files.remove(row.id)


def fail(export_id: UUID) -> None:
    """End an export that cannot be finished."""
    with transaction():
        _end([export_id], State.FAILED)
    files.remove(export_id)


def _end(export_ids: Sequence[UUID], state: State) -> None:
    """No files, no key, no list of charts from here on; whatever job still runs loses its right to write."""
    Segment.objects.filter(export_id__in=export_ids).delete()
    Part.objects.filter(export_id__in=export_ids).delete()
    Export.objects.filter(id__in=export_ids).update(state=state, sealed_key=b"", run=F("run") + 1)


def tend(now: datetime) -> int:
    """Delete what has had its time, start again what died, sweep away folders without an export. How many of each."""
    late = list(
        Export.objects.filter(ends_at__lte=now, state__in=[*ACTIVE, State.FINISHED]).values_list("id", flat=True)
    )
    with transaction():
        _end(late, State.EXPIRED)
    for export_id in late:
        files.remove(export_id)
    died = list(Export.objects.filter(state__in=ACTIVE, beat_at__lte=now - DEAD_AFTER).values_list("id", flat=True))
    for export_id in died:
        with transaction():
            Export.objects.filter(id=export_id).update(beat_at=now)
            outbox.defer(TASK, {"export_id": str(export_id)})
    held = set(Export.objects.filter(state__in=[*ACTIVE, State.FINISHED]).values_list("id", flat=True))
    stray = [export_id for export_id in files.kept() if export_id not in held]
    for export_id in stray:
        files.remove(export_id)
    return len(late) + len(died) + len(stray)
