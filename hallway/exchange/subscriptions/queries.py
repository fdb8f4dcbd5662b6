"""What an administrator sees of deliveries: receivers that do not answer, and what was set aside. Never about whom.

Nothing is told of what waits or was left out: how much that is would tell of what may not flow.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from hallway.directory.models import Organization
from hallway.exchange.subscriptions.models import Notice, Subscription
from hallway.exchange.subscriptions.tables.topics import TOPICS

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Failing:
    """A subscription whose receiver does not answer. ``host`` is where it is sent; empty for a websocket."""

    practice: str
    topic: str
    channel: str
    host: str
    error: str
    next_try_at: datetime


@dataclass(frozen=True, slots=True)
class Dead:
    """A notification that was set aside, by its number."""

    notice_id: int
    practice: str
    topic: str
    channel: str
    error: str
    settled_at: datetime | None


def failing() -> list[Failing]:
    """Receivers that did not answer the last time, the longest silent first."""
    rows = Subscription.objects.exclude(error="").exclude(state=Subscription.State.OFF).order_by("next_try_at", "id")
    names = _names({row.organization_id for row in rows[:SHOWN]})
    return [
        Failing(
            names.get(row.organization_id, ""),
            TOPICS[row.topic].title,
            row.channel,
            _host(row),
            row.error,
            row.next_try_at,
        )
        for row in rows[:SHOWN]
    ]


def dead() -> list[Dead]:
    """What was set aside, newest first."""
    rows = Notice.objects.filter(state=Notice.State.DEAD).select_related("subscription").order_by("-id")[:SHOWN]
    names = _names({row.subscription.organization_id for row in rows})
    return [
        Dead(
            row.id,
            names.get(row.subscription.organization_id, ""),
            TOPICS[row.subscription.topic].title,
            row.subscription.channel,
            row.error,
            row.settled_at,
        )
        for row in rows
    ]


def _host(row: Subscription) -> str:
    """The host of an address of the web or of mail: whose mail it is, is nobody else's business."""
    if row.channel == Subscription.Channel.MAIL:
        return row.endpoint.rpartition("@")[2]
    return urlsplit(row.endpoint).netloc


def _names(ids: set[int]) -> dict[int, str]:
    return dict(Organization.objects.filter(id__in=ids).values_list("id", "name"))
