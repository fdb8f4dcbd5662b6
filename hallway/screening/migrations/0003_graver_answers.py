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
