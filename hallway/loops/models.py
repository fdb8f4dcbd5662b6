"""One table of everything that is owed. Worklists, escalations and headline rates are read from it and nowhere else."""

from django.db import models


class Loop(models.Model):
    """``owner`` owes ``for`` something about a patient by ``due_at``; ``next_step`` is the one legal act that moves it.

    ``mask`` and ``source_org_id`` label the row like any fact, so a worklist is gated in its query. Clinical words stay
    in resources: ``kind`` and ``next_step`` are codes.
    """

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    next_step = models.CharField(max_length=40)
    owner_org_id = models.IntegerField()
    owner_practitioner_id = models.IntegerField(default=0)
    owner_role = models.CharField(max_length=24, blank=True)
    for_org_id = models.IntegerField()
    for_practitioner_id = models.IntegerField(default=0)
    source_org_id = models.IntegerField()
    mask = models.BigIntegerField()
    referral_id = models.UUIDField(null=True, blank=True)
    subject_id = models.UUIDField(null=True, blank=True)
    why = models.CharField(max_length=120, blank=True, default="", db_default="")
    """Why it is on a list, where the words of its kind say too little: a rule's own title, nothing that was typed."""
    also = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))  # type: ignore[call-overload]  # the stubs know no Value
    """Further labels of facts it rests on, as ``loops.actions.Label``: each must flow to whoever sees the row."""
    rises_as = models.CharField(max_length=40, blank=True, default="", db_default="")
    """The kind as whose clock it rises, where it rises otherwise than its own kind does."""
    harm = models.SmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    from_at = models.DateTimeField()
    """When it enters its owner's list; before that it only runs."""
    due_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True, blank=True)
    escalation = models.SmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_as = models.CharField(max_length=40, blank=True)

    class Meta:
        """Open loops by owner and due time are the worklist; closed ones are history."""

        indexes = [
            models.Index(
                fields=["owner_org_id", "owner_practitioner_id", "due_at"],
                name="loops_open_by_owner",
                condition=models.Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["for_org_id", "due_at"], name="loops_open_by_for", condition=models.Q(closed_at__isnull=True)
            ),
            # Without these the week's closed loops of a practice are looked for among everybody's.
            models.Index(
                fields=["owner_org_id", "closed_at"],
                name="loops_closed_by_owner",
                condition=models.Q(closed_at__isnull=False),
            ),
            models.Index(
                fields=["for_org_id", "closed_at"],
                name="loops_closed_by_for",
                condition=models.Q(closed_at__isnull=False),
            ),
            # Few loops are escalated, and everybody's list asks for those of the practice.
            models.Index(
                fields=["owner_org_id"],
                name="loops_escalated_by_owner",
                condition=models.Q(closed_at__isnull=True, escalation__gte=2),
            ),
            models.Index(
                fields=["for_org_id", "for_practitioner_id"],
                name="loops_escalated_by_for",
                condition=models.Q(closed_at__isnull=True, escalation__gte=2),
            ),
            models.Index(fields=["chart_id", "opened_at"], name="loops_by_chart"),
            models.Index(fields=["referral_id"], name="loops_by_referral"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True, closed_as="")
                | (models.Q(closed_at__isnull=False) & ~models.Q(closed_as="")),
                name="loops_closed_says_how",
            )
        ]
