"""Tables of exports: who asked for what, which chart is done, and which bytes of which file are whose."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Level(models.TextChoices):
    """Whose data: everybody's whom the program may read, or one practice's patients; ``system`` adds the directory."""

    SYSTEM = "system", "Everything"
    PATIENT = "patient", "All patients"
    GROUP = "group", "One list of patients"


class State(models.TextChoices):
    """How far an export is. Files stand in ``finished`` alone."""

    ACCEPTED = "accepted", "Waits"
    RUNNING = "running", "Is being written"
    FINISHED = "finished", "Ready"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Deleted on time"


ACTIVE = (State.ACCEPTED, State.RUNNING)


class Export(models.Model):
    """One export. ``asker`` is the requester as JSON, ``owner`` what a later request must equal to be the same program.

    ``run`` rises with every start of the job, so that one that was thought dead can write nothing more. ``sealed_key``
    is the key of its files under the deployment's key; it goes when they go.
    """

    id = models.UUIDField(primary_key=True)
    owner = models.CharField(max_length=200, db_index=True)
    asker = models.TextField()
    scopes = models.TextField()
    level = models.CharField(max_length=8, choices=Level.choices)
    kinds = ArrayField(models.TextField(), default=list, blank=True)
    filters = models.JSONField(default=list, blank=True)
    since_at = models.DateTimeField(null=True, blank=True)
    request = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACCEPTED)
    run = models.IntegerField(default=0)
    sealed_key = models.BinaryField()
    asked_at = models.DateTimeField()
    as_of_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField()
    polled_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField()

    class Meta:
        """A finished export has a time, and one without files has no key."""

        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="finished") | models.Q(finished_at__isnull=False, as_of_at__isnull=False),
                name="bulk_finished_has_times",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["cancelled", "expired", "failed"]) | models.Q(sealed_key=b""),
                name="bulk_ended_has_no_key",
            ),
        ]


class Part(models.Model):
    """One chart of an export, and whether it was read: what a job that died goes on from."""

    export_id: object
    export = models.ForeignKey(Export, on_delete=models.CASCADE)
    chart_id = models.BigIntegerField()
    is_done = models.BooleanField(default=False)

    class Meta:
        """A chart stands once in an export."""

        constraints = [models.UniqueConstraint(fields=["export", "chart_id"], name="bulk_part_once")]
        indexes = [
            models.Index(fields=["export", "chart_id"], condition=models.Q(is_done=False), name="bulk_part_waits")
        ]


class Segment(models.Model):
    """Lines of one chart and type in a file: ``size`` bytes from ``place`` on, sealed by themselves.

    ``epoch``, ``position`` and ``plan`` say under what they were read: while all three stand, they may still leave.
    """

    export_id: object
    export = models.ForeignKey(Export, on_delete=models.CASCADE)
    chart_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    file = models.IntegerField()
    place = models.BigIntegerField()
    size = models.BigIntegerField()
    lines = models.IntegerField()
    epoch = models.BigIntegerField()
    position = models.BigIntegerField()
    plan = models.BinaryField()

    class Meta:
        """A file is read segment by segment, in order."""

        constraints = [
            models.UniqueConstraint(fields=["export", "kind", "file", "place"], name="bulk_segment_has_its_place")
        ]
