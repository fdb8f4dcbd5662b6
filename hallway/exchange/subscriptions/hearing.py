"""From the events of the rooms below to what waits for each subscriber. References only: nobody is asked yet."""

from collections.abc import Mapping

from django.db.models import Q

from hallway import clock
from hallway.exchange.subscriptions.models import Notice, Subscription
from hallway.exchange.subscriptions.tables import topics
from hallway.loops.models import Loop
from hallway.storage import waking

References = Mapping[str, str | int]


def referral_stepped(references: References) -> None:
    """A referral took a step: its own topic, and that of reports where it was about one."""
    source = f"referral/{references['referral_id']}/{references['position']}"
    _fire(topics.REFERRAL, int(references["chart_id"]), source)
    if references["event"] in topics.REPORT_EVENTS:
        _fire(topics.REPORT, int(references["chart_id"]), source)


def loop_escalated(references: References) -> None:
    """Something owed about a referral is late, or later still."""
    loop = Loop.objects.filter(id=references["loop_id"]).first()
    if loop is not None and loop.referral_id:
        _fire(topics.REFERRAL, loop.chart_id, f"loop/{loop.id}/{references['level']}")


def consent_stepped(references: References) -> None:
    """A form was signed, declined, taken back or has ended."""
    source = f"consent/{references['consent_id']}/{references['position']}"
    _fire(topics.CONSENT, int(references["chart_id"]), source)


def admission_recorded(references: References) -> None:
    """An admission was recorded, or its record changed."""
    source = f"encounter/{references['encounter_id']}/{references['position']}"
    _fire(topics.ADMISSION, int(references["chart_id"]), source)


def _fire(topic: str, chart_id: int, source: str) -> None:
    """Put it before every subscriber of the topic. Heard twice, it waits once."""
    now = clock.now()
    wanted = Subscription.objects.filter(topic=topic, chart_id__in=[0, chart_id]).exclude(state=Subscription.State.OFF)
    wanted = list(wanted.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now)).order_by("id"))
    Notice.objects.bulk_create(
        [Notice(subscription=one, chart_id=chart_id, source=source, happened_at=now) for one in wanted],
        ignore_conflicts=True,
    )
    if any(one.bound_to_id for one in wanted):
        waking.wake()
