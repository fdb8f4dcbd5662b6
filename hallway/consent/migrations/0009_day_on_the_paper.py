"""The day that is written on a form signed elsewhere, beside the moment from which it holds here."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consent", "0008_emergency_searches")]

    operations = [
        migrations.AddField("consent", "paper_signed_on", models.DateField(blank=True, null=True)),
    ]
