"""The table of denials: what 45 CFR part 171 asks to be shown for every no to a lawful ask. Never edited."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


def _words() -> "ArrayField[list[str]]":
    """A list of short codes, empty by default."""
    return ArrayField(models.TextField(), default=list, blank=True)


class Denial(models.Model):
    """One no: who asked what of whom, the exception relied on, its criterion, the written policy, and the cure.

    ``route`` is the way the ask came: ``preview``, ``referral``, ``report``, ``why``, ``decision`` or ``access``.
    ``subject`` names the item where one was asked about, by the asker's or our id, never by its words. ``loop_id`` is
    the task that cures it, where a form would.
    """

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField()
    route = models.CharField(max_length=12)
    denied_at = models.DateTimeField()
    asker_org_id = models.IntegerField()
    asker_practitioner_id = models.IntegerField(default=0)
    asker_account_id = models.IntegerField(default=0)
    asker_role = models.CharField(max_length=24)
    asker_client = models.CharField(max_length=24, blank=True)
    discloser_org_id = models.IntegerField()
    recipient_org_id = models.IntegerField(default=0)
    recipient_practitioner_id = models.IntegerField(default=0)
    recipient_kind = models.CharField(max_length=24, default="provider")
    purpose = models.CharField(max_length=20)
    classes = models.BigIntegerField()
    subject = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=12)
    needs = _words()
    rule_ids = _words()
    exception = models.CharField(max_length=40)
    criterion = models.CharField(max_length=300)
    citation = models.CharField(max_length=200)
    policy_id = models.CharField(max_length=24)
    cure = _words()
    form_kind = models.CharField(max_length=24, blank=True)
    loop_id = models.UUIDField(null=True, blank=True)

    class Meta:
        """A no that a form would turn into a yes has its task; every no has its ground."""

        db_table = "consent_denial"
        constraints = [
            models.CheckConstraint(
                condition=Q(form_kind="", loop_id=None) | (~Q(form_kind="") & Q(loop_id__isnull=False)),
                name="consent_denial_form_has_task",
            ),
            models.CheckConstraint(
                condition=~Q(exception="") & ~Q(criterion="") & ~Q(policy_id=""), name="consent_denial_has_ground"
            ),
        ]
        indexes = [
            models.Index(fields=["discloser_org_id", "-denied_at"], name="consent_denial_by_discloser"),
            models.Index(fields=["asker_org_id", "-denied_at"], name="consent_denial_by_asker"),
            models.Index(fields=["chart_id", "-denied_at"], name="consent_denial_by_chart"),
        ]
