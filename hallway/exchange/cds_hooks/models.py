"""Who may call the hooks with a token of their own, and what became of each card."""

from django.db import models
from django.db.models import Q


class CallingSystem(models.Model):
    """An EHR that signs its calls: one issuer, bound to one organization, with its keys by address or as they are.

    CDS Hooks 2.0, "Trusting CDS Clients": the keys are agreed beforehand, so the ``jku`` of a token is never followed.
    """

    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=120)
    issuer = models.CharField(max_length=300)
    organization_id = models.IntegerField()
    keys_url = models.CharField(max_length=300, blank=True)
    keys = models.JSONField(default=dict, blank=True)
    """The key set as it was registered; empty where it lies at ``keys_url``."""
    created_at = models.DateTimeField()
    created_by = models.IntegerField(default=0)
    """The account that registered it; 0 for the command line."""
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One issuer is one running system: two would make its tokens ambiguous."""

        constraints = [
            models.UniqueConstraint(
                fields=["issuer"], condition=Q(ended_at__isnull=True), name="exchange_one_system_an_issuer"
            ),
            models.CheckConstraint(condition=~Q(keys_url="") | ~Q(keys={}), name="exchange_calling_system_has_keys"),
        ]


class CardShown(models.Model):
    """A card that was answered, by kind, and what the person did with it. It names neither patient nor reader."""

    class Outcome(models.TextChoices):
        """The two words of CDS Hooks."""

        ACCEPTED = "accepted", "Accepted"
        OVERRIDDEN = "overridden", "Overridden"

    id = models.UUIDField(primary_key=True)
    organization_id = models.IntegerField()
    service = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    shown_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    """One of our own override reasons, ``other`` for any other word; what was typed beside it is not kept."""
    suggestions = models.SmallIntegerField(default=0)
    """How many of the card's suggestions were taken."""
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """An outcome has a time; a reason is of an override."""

        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", answered_at__isnull=True) | (~Q(outcome="") & Q(answered_at__isnull=False)),
                name="exchange_card_outcome_has_time",
            ),
            models.CheckConstraint(
                condition=Q(reason="") | Q(outcome="overridden"), name="exchange_card_reason_is_of_an_override"
            ),
        ]
        indexes = [models.Index(fields=["organization_id", "shown_at"], name="exchange_cards_by_practice")]
