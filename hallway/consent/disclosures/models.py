"""Disclosures made outside the record, agencies' statements that hold them back, accountings given. Never edited."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


def _words() -> "ArrayField[list[str]]":
    """A list of short codes, empty by default."""
    return ArrayField(models.TextField(), default=list, blank=True)


class Disclosure(models.Model):
    """What was handed over by telephone, fax, post, in person or in court, with everything an accounting asks for.

    ``had_left`` marks one that was on its way before anybody asked: it is on record with the verdict it would have had.
    """

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField()
    discloser_org_id = models.IntegerField()
    disclosed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.IntegerField()
    recipient_kind = models.CharField(max_length=24)
    recipient = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True)
    aim = models.CharField(max_length=20)
    classes = models.BigIntegerField()
    description = models.CharField(max_length=200)
    channel = models.CharField(max_length=12)
    facts = _words()
    consent_ids = _words()
    outcome = models.CharField(max_length=20)
    rule_ids = _words()
    obligations = _words()
    had_left = models.BooleanField(default=False)

    class Meta:
        """Nothing leaves on a denial; what had left before is marked."""

        db_table = "consent_disclosure"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__startswith="PERMIT") | Q(had_left=True), name="consent_disclosure_was_permitted"
            ),
            models.CheckConstraint(condition=Q(classes__gt=0), name="consent_disclosure_has_class"),
        ]
        indexes = [
            models.Index(fields=["chart_id", "discloser_org_id", "disclosed_at"], name="consent_disclosure_by_chart")
        ]


class AccountingHold(models.Model):
    """An agency's statement that an accounting would impede it (45 CFR 164.528(a)(2)); an oral one lasts 30 days."""

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField()
    discloser_org_id = models.IntegerField()
    recipient = models.CharField(max_length=120)
    is_written = models.BooleanField()
    from_on = models.DateField()
    until_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.IntegerField()

    class Meta:
        """It ends after it began, and within 30 days when nobody wrote it down: that check stands in the migration."""

        db_table = "consent_accounting_hold"
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="consent_hold_ends"),
        ]
        indexes = [models.Index(fields=["chart_id", "discloser_org_id"], name="consent_hold_by_chart")]


class AccountingGiven(models.Model):
    """An accounting as it was given, kept for six years (45 CFR 164.528(d))."""

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField()
    discloser_org_id = models.IntegerField()
    kind = models.CharField(max_length=12)
    from_on = models.DateField()
    until_on = models.DateField()
    given_at = models.DateTimeField()
    given_by = models.IntegerField()
    rows = models.JSONField()

    class Meta:
        """Found by chart, newest last."""

        db_table = "consent_accounting_given"
        indexes = [models.Index(fields=["chart_id", "discloser_org_id", "given_at"], name="consent_given_by_chart")]
