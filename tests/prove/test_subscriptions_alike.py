"""Two worlds that differ in what is hidden tell every subscriber the same, byte for byte; a planted leak is seen."""

from django.db.models import F

from hallway.app.prove import subscribing
from hallway.app.prove.worlds import NOON, injected, inside
from hallway.exchange.subscriptions import delivering
from hallway.exchange.subscriptions.models import Notice, Subscription

LOOKS = ("id", "state", "error", "delivered", "attempts", "next_try_at", "beats_at", "sent_at")


def delivered(together, world):
    """Everything that would go out of one world by any channel, about all that happened in it, hidden or not.

    Behind it how each subscription stands then, and when it would be told again.
    """
    parcels = []

    def kept(parcel):
        parcels.append(parcel.body)
        return ""

    with inside(world), injected("subscriptions", NOON):
        Notice.objects.all().delete()
        Subscription.objects.update(delivered=0, next_try_at=F("created_at"))
        # What is hidden happened last: it comes first, so that it would move the numbers of all else.
        subscribing.hear_all(backwards=True)
        delivering.send_due(most=1000, send=kept, among=subscribing.EVERY)
        return parcels, list(Subscription.objects.order_by("id").values_list(*LOOKS))


def subscribed(world):
    with inside(world):
        return list(Subscription.objects.values_list("channel", flat=True))


def test_what_is_delivered_is_alike_in_both_worlds_and_a_gap_in_the_numbers_is_seen(together, monkeypatch):
    first, second = (delivered(together, world) for world in together.some)
    assert len(first[0]) > 40
    assert {"rest-hook", "websocket"} == set(subscribed(together.some[0]))
    assert first == second
    real = delivering._leave_out

    def counted(notice, now):
        real(notice, now)
        Subscription.objects.filter(id=notice.subscription_id).update(delivered=F("delivered") + 1)

    monkeypatch.setattr(delivering, "_leave_out", counted)
    first, second = (delivered(together, world) for world in together.some)
    assert first != second
