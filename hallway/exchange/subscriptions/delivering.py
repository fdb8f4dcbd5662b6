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
from django.db.models import Exists, OuterRef, Q, QuerySet

from hallway import clock, ids
from hallway.exchange import mail, outward
from hallway.exchange.subscriptions import looking, owners, resources
from hallway.exchange.subscriptions.models import Notice, Subscription
from hallway.exchange.subscriptions.resources import FHIR_JSON, Told
from hallway.identity import keys
from hallway.identity.requester import Requester
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
BETWEEN_MAILS = timedelta(minutes=15)
"""A mail says that something waits; what happens in the minutes after waits for the next one."""
MOST_IN_A_MAIL = 100
MOST_TOLD = 100
"""Events that one ``$events`` tells."""
CALLED = ~Q(channel=Subscription.Channel.SOCKET)
"""What Hallway takes to its receiver; what goes by a websocket waits until the receiver has opened it."""
_log = logging.getLogger("hallway.subscriptions")


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes out next: bytes with the notices (and foci) they tell of; a handshake or heartbeat tells of none."""

    row: Subscription
    body: bytes
    told: tuple[tuple[int, str], ...] = ()


def run_until(stopping: threading.Event, channel: str = Subscription.Channel.HOOK) -> None:
    """Send whatever is due by one channel until ``stopping`` is set."""
    while not stopping.is_set():
        try:
            sent = send_due(among=Q(channel=channel))
        except Exception:
            _log.exception("subscriptions could not be served")
            connections.close_all()
            sent = 0
        if not sent:
            stopping.wait(IDLE_SECONDS)


def send_due(*, most: int = 100, send: Callable[[Parcel], str] | None = None, among: Q = CALLED) -> int:
    """Send at most ``most`` notifications that are due; how many were tried.

    ``send`` takes a parcel to its receiver and gives the code of a failure, or nothing.
    """
    tried, sender = 0, send or _send
    while tried < most:
        parcel = next_parcel(among)
        if parcel is None:
            break
        tried += 1
        settle(parcel, sender(parcel))
    return tried


def next_parcel(among: Q, reader: Requester | None = None) -> Parcel | None:
    """The next thing to send, released and leased. Notices that may not flow are left out on the way.

    It is released for the subscription's owner; for ``reader`` where the owner is at the other end now.
    """
    while (row := _lease(among)) is not None:
        parcel = _parcel(row, reader)
        if parcel is not None:
            return parcel
        _give_back(row)
    return None


def due() -> QuerySet[Subscription]:
    """Subscriptions for which something may have to be sent now."""
    now = clock.now()
    waiting = Notice.objects.filter(subscription=OuterRef("pk"), state=Notice.State.WAITING)
    beats = Q(beats_at__lte=now) & ~Q(state=Subscription.State.REQUESTED)
    return (
        Subscription.objects.exclude(state=Subscription.State.OFF)
        .filter(next_try_at__lte=now)
        .filter(Q(leased_until_at__isnull=True) | Q(leased_until_at__lte=now))
        .filter(Q(state=Subscription.State.REQUESTED) | Exists(waiting) | beats | Q(ends_at__lte=now))
    )


def _lease(among: Q) -> Subscription | None:
    now = clock.now()
    with transaction():
        row = (
            due().filter(among).select_for_update(skip_locked=True, of=("self",)).order_by("next_try_at", "id").first()
        )
        if row is not None:
            row.leased_until_at = now + LEASE
            row.save(update_fields=["leased_until_at"])
    return row


def _parcel(row: Subscription, reader: Requester | None) -> Parcel | None:
    """What is to be sent to one subscriber, or None when nothing is left."""
    now = clock.now()
    owner = owners.standing(row)
    if owner is None or (row.ends_at is not None and row.ends_at <= now):
        _switch_off(row, "owner" if owner is None else "ended")
        return None
    if row.state == Subscription.State.REQUESTED:
        return Parcel(row, _bare(row, "handshake", now))
    told = _told(row, reader or owner, now)
    if told:
        count = row.delivered + len(told)
        said = resources.status(row, "event-notification", list(told.values()), new_id=ids.new_uuid(now), count=count)
        body = resources.notification(said, row, list(told.values()), at=now, new_id=ids.new_uuid(now))
        return Parcel(row, body, tuple((notice_id, one.reference) for notice_id, one in told.items()))
    is_due = row.beats_at is not None and row.beats_at <= now
    return Parcel(row, _bare(row, "heartbeat", now)) if is_due else None


def _told(row: Subscription, reader: Requester, now: datetime) -> dict[int, Told]:
    """The next event that may flow, by its notice; for a mail, which names none, several at once."""
    most = MOST_IN_A_MAIL if row.channel == Subscription.Channel.MAIL else 1
    found: dict[int, Told] = {}
    waiting = Notice.objects.filter(subscription=row, state=Notice.State.WAITING).order_by("id")
    while len(found) < most and (notice := waiting.filter(id__gt=max(found, default=0)).first()) is not None:
        with transaction():
            seen = looking.released(notice, row.topic, reader)
            if seen is None:
                _leave_out(notice, now)
                continue
            number = row.delivered + len(found) + 1
            found[notice.id] = Told(number, notice.happened_at, f"{seen.kind}/{seen.id}", seen)
    return found


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
    Subscription.objects.filter(id=row.id).update(leased_until_at=None)


def _send(parcel: Parcel) -> str:
    """Empty when the receiver took it, else why not, as a code."""
    return _mail(parcel) if parcel.row.channel == Subscription.Channel.MAIL else _call(parcel)


def _call(parcel: Parcel) -> str:
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


def _mail(parcel: Parcel) -> str:
    subject, text = resources.letter(parcel.row, len(parcel.told))
    try:
        mail.send(parcel.row.endpoint, subject=subject, text=text)
    except mail.MailError as error:
        return error.reason
    return ""


def settle(parcel: Parcel, failure: str) -> None:
    """Keep what became of a parcel: its events get their numbers once it was taken, and not before."""
    with transaction():
        row = Subscription.objects.select_for_update(of=("self",)).filter(id=parcel.row.id).first()
        if row is None or (row.version, row.bound_to_id) != (parcel.row.version, parcel.row.bound_to_id):
            # It was changed, ended or bound anew meanwhile: what was sent counts for nothing, and is sent anew.
            leased = Subscription.objects.filter(id=parcel.row.id, leased_until_at=parcel.row.leased_until_at)
            leased.update(leased_until_at=None)
            return
        row.leased_until_at = None
        if failure:
            _note_failure(row, parcel, failure)
        else:
            _note_success(row, parcel)
        row.save()


def _note_success(row: Subscription, parcel: Parcel) -> None:
    now = clock.now()
    for notice_id, focus in parcel.told:
        row.delivered += 1
        Notice.objects.filter(id=notice_id).update(
            state=Notice.State.DELIVERED, number=row.delivered, focus=focus, settled_at=now, error=""
        )
    row.state = Subscription.State.ACTIVE
    row.attempts, row.error, row.sent_at, row.next_try_at = 0, "", now, now
    if row.channel == Subscription.Channel.MAIL:
        row.next_try_at = now + BETWEEN_MAILS
    row.beats_at = now + timedelta(seconds=row.heartbeat_seconds) if row.heartbeat_seconds else None


def _note_failure(row: Subscription, parcel: Parcel, failure: str) -> None:
    now = clock.now()
    row.attempts += 1
    row.error = failure[:24]
    row.next_try_at = now + BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
    if row.attempts >= FIRST_ERROR and row.state == Subscription.State.ACTIVE:
        row.state = Subscription.State.ERROR
    for notice_id, _ in parcel.told:
        notice = Notice.objects.select_for_update().get(id=notice_id)
        notice.attempts += 1
        notice.error = failure[:24]
        if notice.attempts >= MOST_ATTEMPTS:
            notice.state, notice.settled_at = Notice.State.DEAD, now
            row.attempts = FIRST_ERROR
        notice.save()


def events_of(
    row: Subscription, first: int, last: int | None, reader: Requester | None = None
) -> tuple[list[Told], int]:
    """What was delivered under numbers from ``first`` to ``last``, released anew, and how many there were.

    It is released for ``reader``, the owner as they ask now, maybe by a token that opens less; without one for the
    owner as they stand now. What was delivered and may no longer flow keeps its number and time and is not told again.
    """
    found = Notice.objects.filter(subscription=row, state=Notice.State.DELIVERED, number__gte=first)
    if last is not None:
        found = found.filter(number__lte=last)
    owner = owners.standing(row)
    requester = reader if owner is not None and reader is not None else owner
    told: list[Told] = []
    for notice in found.order_by("number")[:MOST_TOLD]:
        assert notice.number is not None
        seen = looking.released(notice, row.topic, requester) if requester is not None else None
        reference = f"{seen.kind}/{seen.id}" if seen is not None else ""
        told.append(Told(notice.number, notice.happened_at, reference, seen))
    return told, row.delivered
