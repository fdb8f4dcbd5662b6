"""What people have said about labels: each decision on something that the rules could not judge, kept for good."""

from django.db import models
from django.db.models import F, Q


class Decision(models.Model):
    """Somebody said what one version of a resource is. Undoing gives the label back; the row stays and says so.

    ``version`` is the one that the decision made, or the one it was about where the label stayed (``keep``). ``was``,
    ``becomes``: DataClass bits; ``basis_was``: the labelling rows that stood behind the old label.
    """

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=64)
    resource_id = models.UUIDField(db_index=True)
    version = models.IntegerField()
    source_org_id = models.IntegerField()
    author_id = models.IntegerField(default=0)
    choice = models.CharField(max_length=24)
    was = models.BigIntegerField()
    becomes = models.BigIntegerField()
    basis_was = models.JSONField(default=list)
    organization_id = models.IntegerField()
    practitioner_id = models.IntegerField()
    account_id = models.IntegerField()
    decided_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.IntegerField(null=True, blank=True)

    class Meta:
        """An undoing has a who and a when, and comes after."""

        indexes = [models.Index(fields=["organization_id", "-decided_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__gte=F("decided_at"), undone_by__isnull=False),
                name="label_undone_has_who_and_when",
            ),
        ]
