"""Asking to be told, changing that, ending it; and what an administrator does about what could not be delivered."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from hallway import clock, ids
from hallway.consent.queries import headers
from hallway.errors import HallwayError, Kind
from hallway.exchange.subscriptions import asking, owners
from hallway.exchange.subscriptions.asking import Wanted
from hallway.exchange.subscriptions.delivering import BETWEEN_MAILS
from hallway.exchange.subscriptions.models import Notice, Subscription
from hallway.identity import keys
from hallway.identity.requester import Requester, owner_of
from hallway.ids import ChartId, ResourceId, is_ours
from hallway.ledger import lines
from hallway.record import queries as record
from hallway.storage.connection import take_turns, transaction

MOST_OF_ONE_OWNER = 20
LONGEST = timedelta(days=400)


def create(wanted: Wanted, *, by: Requester, base: str) -> Subscription:
    """Keep a subscription; its first notification is the handshake. Raises FORBIDDEN, UNPROCESSABLE, TOO_MANY."""
    if not owners.may_subscribe(by):
        raise _not_yours()
    owner = owner_of(by)
    now = clock.now()
    with transaction():
        take_turns(f"subscriptions {owner}")  # else two at once would each count too few
        # Those that are off count too: each can be switched on again.
        if Subscription.objects.filter(owner=owner).count() >= MOST_OF_ONE_OWNER:
            raise _too_many()
        chart_id = _chart(wanted, by)
        row = Subscription.objects.create(
            id=ids.new_uuid(now),
            owner=owner,
            asker=msgspec.json.encode(by),
            organization_id=by.organization_id,
            base=base,
            topic=wanted.topic,
            next_try_at=now,
            created_at=now,
            **_values(wanted, chart_id),
            updated_at=now,
        )
        _note(row, by, "created")
    return row


def update(subscription_id: UUID, wanted: Wanted, *, by: Requester) -> Subscription:
    """Change one's own. The topic stays; a new endpoint shakes hands anew, and what waits then goes there."""
    with transaction():
        row = _own(subscription_id, by)
        if wanted.topic != row.topic:
            raise asking.refused("Subscription.criteria")
        chart_id = _chart(wanted, by)
        now = clock.now()
        for name, value in _values(wanted, chart_id).items():
            setattr(row, name, value)
        row.asker, row.version, row.updated_at = msgspec.json.encode(by), row.version + 1, now
        row.attempts, row.error, row.next_try_at = 0, "", _next_try(row)
        row.save()
        _note(row, by, "changed")
    return row


def delete(subscription_id: UUID, *, by: Requester) -> None:
    """End one's own, with everything that waits for it."""
    with transaction():
        row = _own(subscription_id, by)
        _note(row, by, "ended")
        row.delete()


def own(subscription_id: UUID, by: Requester) -> Subscription:
    """One's own. Raises NOT_FOUND for an unknown one and for somebody else's: one answer."""
    row = Subscription.objects.filter(id=subscription_id, owner=owner_of(by)).first()
    if row is None or not owners.may_subscribe(by):
        raise _not_there()
    return row


def every_own(by: Requester) -> list[Subscription]:
    """One's own, oldest first. Raises FORBIDDEN for a role that can have none."""
    if not owners.may_subscribe(by):
        raise _not_yours()
    return list(Subscription.objects.filter(owner=owner_of(by)).order_by("created_at", "id"))


def send_again(notice_id: int, *, by: Requester) -> bool:
    """Put a dead notice, and its subscription, back among what is to be sent. False when there is none."""
    now = clock.now()
    with transaction():
        notice = Notice.objects.filter(id=notice_id, state=Notice.State.DEAD).first()
        if notice is None:
            return False
        Notice.objects.filter(id=notice.id).update(state=Notice.State.WAITING, attempts=0, error="", settled_at=None)
        row = Subscription.objects.get(id=notice.subscription_id)
        Subscription.objects.filter(id=row.id).exclude(state=Subscription.State.OFF).update(
            attempts=0, next_try_at=now, leased_until_at=None
        )
        _note(row, by, "sent again")
    return True


def _own(subscription_id: UUID, by: Requester) -> Subscription:
    own(subscription_id, by)
    return Subscription.objects.select_for_update().get(id=subscription_id)


def _values(wanted: Wanted, chart_id: ChartId | None) -> dict[str, object]:
    """What is kept of what is wanted. An open websocket is let go of: whoever holds it binds it anew."""
    off, requested = Subscription.State.OFF, Subscription.State.REQUESTED
    return {
        "chart_id": int(chart_id or 0),
        "patient_id": wanted.patient_id,
        "channel": wanted.channel,
        "content": wanted.content,
        "endpoint": wanted.endpoint,
        "headers": keys.seal("\n".join(wanted.headers)) if wanted.headers else "",
        "reason": wanted.reason,
        "heartbeat_seconds": wanted.heartbeat_seconds,
        "beats_at": None,
        "bound_to": None,
        "ends_at": min(wanted.ends_at or clock.now() + LONGEST, clock.now() + LONGEST),
        "state": off if wanted.is_off else requested,
    }


def _next_try(row: Subscription) -> datetime:
    """When a changed subscription is told next: a mail keeps its distance from the last, so changes flood nobody."""
    now = clock.now()
    if row.channel != Subscription.Channel.MAIL or row.sent_at is None:
        return now
    return max(now, row.sent_at + BETWEEN_MAILS)


def _chart(wanted: Wanted, by: Requester) -> ChartId | None:
    """The chart of the patient of the filter, if the owner may open it; hidden and unknown are refused alike.

    Mail is the owner's own, too: an address of somebody else is refused.
    """
    if wanted.channel == Subscription.Channel.MAIL and not owners.may_be_mailed(by, wanted.endpoint):
        raise asking.refused("Subscription.channel.endpoint")
    if not wanted.patient_id:
        return None
    found = record.chart_of(ResourceId(wanted.patient_id)) if is_ours(wanted.patient_id) else None
    if found is None or found not in headers(by, [found]):
        raise asking.refused("Subscription.criteria.extension")
    return found


def _note(row: Subscription, by: Requester, how: str) -> None:
    charts = [row.chart_id] if row.chart_id else []
    lines.write(lines.step_line(by, "subscription.changed", charts=charts, detail=f"{row.topic} {row.content} {how}"))


def _not_there() -> HallwayError:
    return HallwayError(
        Kind.NOT_FOUND,
        "H-SUB-002",
        what="There is no such subscription, or none of yours.",
        undone="Nothing was shown or changed.",
        to_do="Ask for your own at /fhir/Subscription.",
    )


def _not_yours() -> HallwayError:
    return HallwayError(
        Kind.FORBIDDEN,
        "H-SUB-003",
        what="Subscriptions are for people of a practice whose role sees charts, and for its programs.",
        undone="Nothing was subscribed to.",
        to_do="Sign in with such a role.",
    )


def _too_many() -> HallwayError:
    return HallwayError(
        Kind.TOO_MANY,
        "H-SUB-004",
        what=f"There are {MOST_OF_ONE_OWNER} subscriptions of yours already.",
        undone="Nothing was subscribed to.",
        to_do="End one that you no longer need.",
    )
