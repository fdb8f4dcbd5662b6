"""Who is told of what, where, and what waits, was delivered, was left out or could not be delivered."""

from django.db import models
from django.db.models import Q


class Binding(models.Model):
    """A token with which a websocket is bound to subscriptions, and then what it is bound by.

    ``shown_hash`` is of the credential that its owner showed for it, a session's or (``is_program``) an access token:
    where that opens nothing any more, nothing more is told. The token serves once, and the binding ends with it.
    """

    id = models.UUIDField(primary_key=True)
    token_hash = models.BinaryField(unique=True)
    owner = models.CharField(max_length=200, db_index=True)
    shown_hash = models.BinaryField()
    is_program = models.BooleanField()
    subscriptions = models.JSONField()
    """Their ids."""
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(db_index=True)


class Subscription(models.Model):
    """One subscription. ``asker`` is its owner as JSON, ``owner`` what a later request must equal to be the same.

    ``delivered`` is how many events were delivered; the number of the last one. ``headers`` may hold a secret of the
    receiver's and is sealed under the deployment's key. ``chart_id`` narrows to one patient. ``next_try_at`` is later
    than now after a failure alone; ``beats_at`` is when a sign of life is due. ``bound_to`` is the open websocket.
    """

    class Channel(models.TextChoices):
        """How its owner is told."""

        HOOK = "rest-hook", "A call of an address"
        SOCKET = "websocket", "An open connection"
        MAIL = "email", "A mail that says that something waits"

    class State(models.TextChoices):
        """The words of R4."""

        REQUESTED = "requested", "Waits for its handshake"
        ACTIVE = "active", "Active"
        ERROR = "error", "The receiver does not answer"
        OFF = "off", "Off"

    class Content(models.TextChoices):
        """How much a notification holds."""

        EMPTY = "empty", "Nothing"
        ID_ONLY = "id-only", "Ids"
        FULL = "full-resource", "Resources"

    id = models.UUIDField(primary_key=True)
    owner = models.CharField(max_length=200, db_index=True)
    asker = models.BinaryField()
    organization_id = models.IntegerField()
    topic = models.CharField(max_length=40)
    chart_id = models.BigIntegerField(default=0)
    patient_id = models.CharField(max_length=64, blank=True)
    content = models.CharField(max_length=16, choices=Content.choices)
    channel = models.CharField(max_length=12, choices=Channel.choices, default=Channel.HOOK)
    endpoint = models.CharField(max_length=300, blank=True)
    """An address of the web, or one of mail; empty for a websocket, which the receiver opens."""
    headers = models.TextField(blank=True)
    reason = models.CharField(max_length=200)
    base = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=State.choices, default=State.REQUESTED)
    error = models.CharField(max_length=24, blank=True)
    version = models.IntegerField(default=1)
    delivered = models.IntegerField(default=0)
    attempts = models.IntegerField(default=0)
    next_try_at = models.DateTimeField()
    leased_until_at = models.DateTimeField(null=True, blank=True)
    heartbeat_seconds = models.IntegerField(default=0)
    beats_at = models.DateTimeField(null=True, blank=True)
    bound_to = models.ForeignKey(Binding, null=True, blank=True, on_delete=models.SET_NULL)
    bound_to_id: object
    sent_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        """Found by topic when something happens, by time when something is to be sent."""

        indexes = [
            models.Index(fields=["topic"], condition=~Q(state="off"), name="exchange_subscribed_to"),
            models.Index(fields=["next_try_at"], condition=~Q(state="off"), name="exchange_subscription_due"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(patient_id="") | Q(chart_id__gt=0), name="exchange_patient_has_chart"),
            models.CheckConstraint(
                condition=Q(channel="rest-hook", endpoint__startswith="http", bound_to__isnull=True)
                | Q(channel="websocket", endpoint="")
                | Q(channel="email", endpoint__contains="@", content="empty", bound_to__isnull=True),
                name="exchange_channel_has_its_address",
            ),
        ]


class Notice(models.Model):
    """Something that happened, for one subscription: references only. ``source`` names what fired it, once."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", "Waits"
        DELIVERED = "delivered", "Delivered"
        LEFT_OUT = "left-out", "Might not flow"
        DEAD = "dead", "Could not be delivered"

    subscription_id: object
    id = models.BigAutoField(primary_key=True)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE)
    chart_id = models.BigIntegerField()
    source = models.CharField(max_length=120)
    happened_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    focus = models.CharField(max_length=120, blank=True)
    """``Type/id`` of what was told of; empty until then."""
    number = models.IntegerField(null=True, blank=True)
    attempts = models.SmallIntegerField(default=0)
    error = models.CharField(max_length=24, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """An event is heard once; a number stands for what was delivered, and for nothing else."""

        constraints = [
            models.UniqueConstraint(fields=["subscription", "source"], name="exchange_notice_is_heard_once"),
            models.UniqueConstraint(fields=["subscription", "number"], name="exchange_notice_number"),
            models.CheckConstraint(
                condition=Q(state="delivered", number__isnull=False, settled_at__isnull=False) & ~Q(focus="")
                | (~Q(state="delivered") & Q(number__isnull=True)),
                name="exchange_notice_number_is_of_what_was_delivered",
            ),
        ]
        indexes = [
            models.Index(fields=["subscription", "id"], condition=Q(state="waiting"), name="exchange_notices_waiting"),
            models.Index(fields=["state", "-id"], condition=Q(state="dead"), name="exchange_notices_dead"),
        ]
