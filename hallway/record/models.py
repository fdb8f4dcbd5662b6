"""Tables of the record. They are made by SQL in the migration (partitions, policies); these classes describe them.

Nothing but ``record.store`` reads or writes them, save ``record_chart``, ``record_header`` and ``record_chart_source``,
which hold no clinical content and which ``consent`` joins in its gated lists.
"""

from django.db import models


class Chart(models.Model):
    """One patient's record. ``epoch`` rises whenever a right on this chart changes; a plan of an older epoch is dead.

    Chart 0 holds shared resources (organizations, practitioners, locations) and has no patient. A merge links charts
    by ``merged_into`` and moves no row.
    """

    chart_id = models.BigAutoField(primary_key=True)
    patient_id = models.UUIDField(null=True, unique=True)
    epoch = models.BigIntegerField(default=1)
    created_at = models.DateTimeField()
    merged_into = models.BigIntegerField(null=True)

    class Meta:
        """Made by SQL."""

        managed = False
        db_table = "record_chart"


class Header(models.Model):
    """What lists show of a patient: a projection of the Patient resource, with its label, rewritten when that changes.

    ``family_key`` and ``given_key`` are case-folded, without accents, for search by prefix.
    """

    chart_id = models.BigIntegerField(primary_key=True)
    family = models.CharField(max_length=200)
    given = models.CharField(max_length=200)
    family_key = models.CharField(max_length=200)
    given_key = models.CharField(max_length=200)
    birth_on = models.DateField(null=True)
    gender = models.CharField(max_length=20)
    pronouns = models.CharField(max_length=40)
    record_number = models.CharField(max_length=80)
    deceased = models.BooleanField(default=False)
    source_org = models.IntegerField()
    mask = models.BigIntegerField()

    class Meta:
        """Made by SQL."""

        managed = False
        db_table = "record_header"
