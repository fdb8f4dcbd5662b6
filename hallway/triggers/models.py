"""When a chart is to be looked at again, what has fired, how a practice tunes a rule, what a patient was offered."""

from django.db import models
from django.db.models import Q


class Watch(models.Model):
    """One chart as one practice's rules see it: what was looked at, and when time alone changes something.

    ``position`` and ``epoch`` are the chart's at the last look: while both stand and ``next_at`` has not come, there is
    nothing to find.
    """

    id = models.BigAutoField(primary_key=True)
    chart_id = models.BigIntegerField()
    organization_id = models.IntegerField()
    position = models.BigIntegerField(default=0)
    epoch = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Those whose time has come are found first."""

        constraints = [
            models.UniqueConstraint(fields=["chart_id", "organization_id"], name="triggers_one_watch"),
        ]
        indexes = [models.Index(fields=["next_at"], name="triggers_to_look", condition=Q(next_at__isnull=False))]


class Firing(models.Model):
    """A moment at which this practice owes a word, once for each rule and occasion.

    It holds references and codes only: what happened is told from ``causes`` through the gate, each time it is shown.
    ``causes`` are ``[kind, id, version, source_org, mask, author]``; every one must flow to whoever is shown the row.
    """

    class State(models.TextChoices):
        """How it stands; the last two are ours, the middle three a person's."""

        OPEN = "open", "Open"
        DONE = "done", "Done"
        NOT_NEEDED = "not_needed", "Not needed"
        DECLINED = "declined", "The patient declined"
        WITHDRAWN = "withdrawn", "Its facts were corrected"
        MERGED = "merged", "Part of another"

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField()
    organization_id = models.IntegerField()
    practitioner_id = models.IntegerField(default=0)
    role = models.CharField(max_length=24, blank=True)
    counterpart_org_id = models.IntegerField(default=0)
    rule = models.CharField(max_length=24)
    rule_version = models.CharField(max_length=24, blank=True)
    occasion = models.CharField(max_length=120)
    group = models.CharField(max_length=120, blank=True, default="", db_default="")
    """What it may be one with: of the same group within the days of the rule, one word is enough."""
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=40, blank=True)
    causes = models.JSONField(default=list)
    parameters = models.JSONField(default=dict)
    """Codes and numbers for the sentence: never words that somebody typed."""
    occurred_at = models.DateTimeField()
    fired_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.IntegerField(default=0)
    merged_into = models.UUIDField(null=True, blank=True)
    outcome_kind = models.CharField(max_length=40, blank=True)
    outcome_id = models.CharField(max_length=64, blank=True)
    """What the act left: a referral, a thread, a request, a resource."""
    version = models.IntegerField(default=0)

    class Meta:
        """One occasion fires once, whoever computes it and however often."""

        indexes = [
            models.Index(fields=["chart_id", "fired_at"], name="triggers_by_chart"),
            models.Index(fields=["organization_id", "rule", "fired_at"], name="triggers_by_rule"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["chart_id", "organization_id", "rule", "occasion"], name="triggers_fire_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="triggers_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "not_needed", "declined"]) | ~Q(closed_by=0),
                name="triggers_closed_by_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="not_needed") | ~Q(reason=""), name="triggers_not_needed_says_why"
            ),
        ]


class Tuning(models.Model):
    """How one practice runs one rule, from an instant on; the newest row holds. Nothing is overwritten."""

    id = models.BigAutoField(primary_key=True)
    organization_id = models.IntegerField()
    rule = models.CharField(max_length=24)
    is_on = models.BooleanField(default=True)
    parameters = models.JSONField(default=dict)
    reason = models.CharField(max_length=200)
    by_account_id = models.BigIntegerField()
    from_at = models.DateTimeField()

    class Meta:
        """The newest of a practice and rule."""

        indexes = [models.Index(fields=["organization_id", "rule", "-from_at"], name="triggers_tuning_newest")]


class Offer(models.Model):
    """What a patient answered when the other side's care was offered (R78-R83). The newest row holds.

    ``side`` is what was offered: ``pc`` or ``bh``. ``answer``: wants, has_one, not_now, declined.
    """

    id = models.BigAutoField(primary_key=True)
    chart_id = models.BigIntegerField()
    organization_id = models.IntegerField()
    practitioner_id = models.IntegerField()
    side = models.CharField(max_length=8)
    answer = models.CharField(max_length=12)
    reason = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    again_on = models.DateField(null=True, blank=True)

    class Meta:
        """The newest of a chart."""

        indexes = [models.Index(fields=["chart_id", "side", "-at"], name="triggers_offers")]
