"""Disclosures on record, agencies' statements, accountings given: written once, never changed."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0006_form_licences"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountingGiven",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("chart_id", models.BigIntegerField()),
                ("discloser_org_id", models.IntegerField()),
                ("kind", models.CharField(max_length=12)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField()),
                ("given_at", models.DateTimeField()),
                ("given_by", models.IntegerField()),
                ("rows", models.JSONField()),
            ],
            options={
                "db_table": "consent_accounting_given",
                "indexes": [
                    models.Index(fields=["chart_id", "discloser_org_id", "given_at"], name="consent_given_by_chart")
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountingHold",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("chart_id", models.BigIntegerField()),
                ("discloser_org_id", models.IntegerField()),
                ("recipient", models.CharField(max_length=120)),
                ("is_written", models.BooleanField()),
                ("from_on", models.DateField()),
                ("until_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.IntegerField()),
            ],
            options={
                "db_table": "consent_accounting_hold",
                "indexes": [models.Index(fields=["chart_id", "discloser_org_id"], name="consent_hold_by_chart")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until_on__gte", models.F("from_on"))), name="consent_hold_ends"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("chart_id", models.BigIntegerField()),
                ("discloser_org_id", models.IntegerField()),
                ("disclosed_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.IntegerField()),
                ("recipient_kind", models.CharField(max_length=24)),
                ("recipient", models.CharField(max_length=120)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("aim", models.CharField(max_length=20)),
                ("classes", models.BigIntegerField()),
                ("description", models.CharField(max_length=200)),
                ("channel", models.CharField(max_length=12)),
                (
                    "facts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "consent_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                ("outcome", models.CharField(max_length=20)),
                (
                    "rule_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "obligations",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                ("had_left", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "consent_disclosure",
                "indexes": [
                    models.Index(
                        fields=["chart_id", "discloser_org_id", "disclosed_at"], name="consent_disclosure_by_chart"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__startswith", "PERMIT"), ("had_left", True), _connector="OR"),
                        name="consent_disclosure_was_permitted",
                    ),
                    models.CheckConstraint(condition=models.Q(("classes__gt", 0)), name="consent_disclosure_has_class"),
                ],
            },
        ),
        migrations.RunSQL(
            [
                "ALTER TABLE consent_accounting_hold ADD CONSTRAINT consent_hold_oral_is_short"
                " CHECK (is_written OR until_on <= from_on + 30)",
                "REVOKE UPDATE, DELETE, TRUNCATE ON consent_disclosure, consent_accounting_hold,"
                " consent_accounting_given FROM hallway_app",
            ],
            [
                "ALTER TABLE consent_accounting_hold DROP CONSTRAINT consent_hold_oral_is_short",
            ],
        ),
    ]
