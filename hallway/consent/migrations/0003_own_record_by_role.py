"""The patient's own grants name their role: beside the patient, others may now ask for the same purpose."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consent", "0002_forms"), ("directory", "0003_who_acts_for_a_patient")]

    operations = [
        migrations.AlterField("grant", "relation", models.CharField(max_length=16)),
        migrations.RunSQL(
            ["UPDATE consent_grant SET roles = '{patient}' WHERE relation = 'individual'"],
            reverse_sql=["UPDATE consent_grant SET roles = '{}' WHERE relation = 'individual'"],
        ),
    ]
