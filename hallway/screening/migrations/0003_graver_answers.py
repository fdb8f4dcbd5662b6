from django.db import migrations, models


class Migration(migrations.Migration):
    """A second, graver answer of one sitting is a cause of its own."""

    dependencies = [
        ("screening", "0002_sitting_labels"),
    ]

    operations = [
        migrations.AddField(
            model_name="safety",
            name="cause_level",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
        # How grave it was nobody kept before: as item 9, by which nearly all were opened, so that it is known again.
        migrations.RunSQL(
            "UPDATE screening_safety SET cause_level = 'high' WHERE cause_id <> '' AND cause_code <> ''",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveConstraint(model_name="safety", name="safety_once_a_cause"),
        migrations.AddConstraint(
            model_name="safety",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cause_id", ""), _negated=True),
                fields=("chart_id", "organization_id", "cause_kind", "cause_id", "cause_code", "cause_level"),
                name="safety_once_a_cause",
            ),
        ),
    ]
