"""Sending what waits: one subscription at a time, its notices strictly in order, the gate asked before each.

Three short pieces of work, of which only the second waits for anybody: take one on and release it (a transaction that
leaves the ledger's line), send it (no transaction), settle it (a transaction). Killed in between, it is sent again.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connections
from django.db.models import Exists, OuterRef, Q

from hallway import clock, ids
from hallway.exchange import outward
from hallway.exchange.subscriptions import looking, owners, resources
from hallway.exchange.subscriptions.models import Notice, Subscription
from hallway.exchange.subscriptions.resources import FHIR_JSON, Told
from hallway.identity import keys
from hallway.storage.connection import transaction

LEASE = timedelta(seconds=60)
SECONDS = 10.0
"""How long a receiver may take to answer."""
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600))
"""How long to wait after each failure; the last one again and again."""
MOST_ATTEMPTS = 40
"""After these, about a day and a half, a notice is dead and the next one is tried. Dead ones can be sent again."""
FIRST_ERROR = 3
"""After so many failures in a row the subscription says ``error``; it goes on being tried."""
IDLE_SECONDS = 1.0
_log = logging.getLogger("hallway.subscriptions")


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes out next: a notice with its bytes, or a handshake or heartbeat without one."""

    row: Subscription
    body: bytes
    notice_id: int = 0
    focus: str = ""


def run_until(stopping: threading.Event) -> None:
    """Send whatever is due until ``stopping`` is set."""
    while not stopping.is_set():
        try:
            sent = send_due()
        except Exception:
            _log.exception("subscriptions could not be served")
            connections.close_all()
            sent = 0
        if not sent:
            stopping.wait(IDLE_SECONDS)


def send_due(*, most: int = 100, send: Callable[[Parcel], str] | None = None) -> int:
    """Send at most ``most`` notifications that are due; how many were tried.

    ``send`` takes a parcel to its receiver and gives the code of a failure, or nothing.
    """
    tried, sender = 0, send or _send
    while tried < most:
        parcel = _next_parcel()
        if parcel is None:
            break
        tried += 1
        _settle(parcel, sender(parcel))
    return tried


def _next_parcel() -> Parcel | None:
    """The next thing to send, released and leased. Notices that may not flow are left out on the way."""
    while (row := _lease()) is not None:
        parcel = _parcel(row)
        if parcel is not None:
            return parcel
        _give_back(row)
    return None


def _lease() -> Subscription | None:
    now = clock.now()
    waiting = Notice.objects.filter(subscription=OuterRef("pk"), state=Notice.State.WAITING)
    due = (
        Subscription.objects.exclude(state=Subscription.State.OFF)
        .filter(next_try_at__lte=now)
        .filter(Q(leased_until_at__isnull=True) | Q(leased_until_at__lte=now))
        .filter(Q(state=Subscription.State.REQUESTED) | Exists(waiting) | _beats(now))
    )
    with transaction():
        row = due.select_for_update(skip_locked=True).order_by("next_try_at", "id").first()
        if row is not None:
            row.leased_until_at = now + LEASE
            row.save(update_fields=["leased_until_at"])
    return row


def _beats(now: datetime) -> Q:
    """Due for a heartbeat. Its hour is set when something was sent, so that no arithmetic stands in the query."""
    return Q(heartbeat_seconds__gt=0, sent_at__isnull=False, state=Subscription.State.ACTIVE, next_try_at__lte=now)


def _parcel(row: Subscription) -> Parcel | None:
    """What is to be sent to one subscriber, or None when nothing is left."""
    now = clock.now()
    requester = owners.standing(row)
    if requester is None or (row.ends_at is not None and row.ends_at <= now):
        _switch_off(row, "owner" if requester is None else "ended")
        return None
    if row.state == Subscription.State.REQUESTED:
        return Parcel(row, _bare(row, "handshake", now))
    while (notice := _first_waiting(row)) is not None:
        with transaction():
            found = looking.released(notice, row.topic, requester)
            if found is not None:
                reference = f"{found.kind}/{found.id}"
                told = Told(row.delivered + 1, notice.happened_at, reference, found)
                said = resources.status(
                    row, "event-notification", [told], new_id=ids.new_uuid(now), count=row.delivered + 1
                )
                body = resources.notification(said, row, [told], at=now, new_id=ids.new_uuid(now))
                return Parcel(row, body, notice.id, reference)
            _leave_out(notice, now)
    beats = row.heartbeat_seconds and row.sent_at is not None
    is_due = beats and row.sent_at + timedelta(seconds=row.heartbeat_seconds) <= now  # type: ignore[operator]
    return Parcel(row, _bare(row, "heartbeat", now)) if is_due else None


def _first_waiting(row: Subscription) -> Notice | None:
    return Notice.objects.filter(subscription=row, state=Notice.State.WAITING).order_by("id").first()


def _bare(row: Subscription, kind: str, now: datetime) -> bytes:
    said = resources.status(row, kind, [], new_id=ids.new_uuid(now))
    return resources.notification(said, row, [], at=now, new_id=ids.new_uuid(now))


def _leave_out(notice: Notice, now: datetime) -> None:
    Notice.objects.filter(id=notice.id).update(state=Notice.State.LEFT_OUT, settled_at=now)


def _switch_off(row: Subscription, why: str) -> None:
    with transaction():
        now = clock.now()
        Subscription.objects.filter(id=row.id).update(
            state=Subscription.State.OFF, error=why, leased_until_at=None, updated_at=now
        )
        Notice.objects.filter(subscription=row, state=Notice.State.WAITING).update(
            state=Notice.State.LEFT_OUT, settled_at=now
        )


def _give_back(row: Subscription) -> None:
    """Nothing is left to send: look again when something happens, or when the heart beats."""
    seconds = row.heartbeat_seconds
    later = (row.sent_at + timedelta(seconds=seconds)) if seconds and row.sent_at else clock.now()
    Subscription.objects.filter(id=row.id).update(leased_until_at=None, next_try_at=later)


def _send(parcel: Parcel) -> str:
    """Empty when the receiver took it, else why not, as a code."""
    headers = {"Content-Type": FHIR_JSON}
    if parcel.row.headers:
        for line in keys.unseal(parcel.row.headers).split("\n"):
            name, _, value = line.partition(":")
            headers[name.strip()] = value.strip()
    try:
        reply = outward.send("POST", parcel.row.endpoint, body=parcel.body, headers=headers, seconds=SECONDS)
    except outward.OutwardError as error:
        return error.reason
    return "" if 200 <= reply.status < 300 else f"status-{reply.status}"


def _settle(parcel: Parcel, failure: str) -> None:
    with transaction():
        row = Subscription.objects.select_for_update().filter(id=parcel.row.id).first()
        if row is None or row.version != parcel.row.version:
            # It was changed or ended meanwhile: what was sent counts for nothing, and is sent anew.
            Subscription.objects.filter(id=parcel.row.id).update(leased_until_at=None)
            return
        row.leased_until_at = None
        if failure:
            _note_failure(row, parcel, failure)
        else:
            _note_success(row, parcel)
        row.save()


def _note_success(row: Subscription, parcel: Parcel) -> None:
    now = clock.now()
    if parcel.notice_id:
        row.delivered += 1
        Notice.objects.filter(id=parcel.notice_id).update(
            state=Notice.State.DELIVERED, number=row.delivered, focus=parcel.focus, settled_at=now, error=""
        )
    row.state = Subscription.State.ACTIVE
    row.attempts, row.error, row.sent_at, row.next_try_at = 0, "", now, now


def _note_failure(row: Subscription, parcel: Parcel, failure: str) -> None:
    now = clock.now()
    row.attempts += 1
    row.error = failure[:24]
    row.next_try_at = now + BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
    if row.attempts >= FIRST_ERROR and row.state == Subscription.State.ACTIVE:
        row.state = Subscription.State.ERROR
    if not parcel.notice_id:
        return
    notice = Notice.objects.select_for_update().get(id=parcel.notice_id)
    notice.attempts += 1
    notice.error = failure[:24]
    if notice.attempts >= MOST_ATTEMPTS:
        notice.state, notice.settled_at = Notice.State.DEAD, now
        row.attempts = FIRST_ERROR
    notice.save()


def events_of(row: Subscription, first: int, last: int | None) -> tuple[list[Told], int]:
    """What was delivered under numbers from ``first`` to ``last``, released anew, and how many there were.

    What was delivered and may no longer flow keeps its number and time and is not told again.
    """
    found = Notice.objects.filter(subscription=row, state=Notice.State.DELIVERED, number__gte=first)
    if last is not None:
        found = found.filter(number__lte=last)
    requester = owners.standing(row)
    told: list[Told] = []
    for notice in found.order_by("number")[:MOST_TOLD]:
        assert notice.number is not None
        seen = looking.released(notice, row.topic, requester) if requester is not None else None
        reference = f"{seen.kind}/{seen.id}" if seen is not None else ""
        told.append(Told(notice.number, notice.happened_at, reference, seen))
    return told, row.delivered


MOST_TOLD = 100
"""Events that one ``$events`` tells."""
