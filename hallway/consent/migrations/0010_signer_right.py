"""By what right a representative signed, beside the words for what shows it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consent", "0009_day_on_the_paper")]

    operations = [
        migrations.AddField("consent", "signer_right", models.CharField(blank=True, default="", max_length=20), False),
    ]
