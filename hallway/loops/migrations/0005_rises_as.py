from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("loops", "0004_escalated_loops_by_practice"),
    ]

    operations = [
        migrations.AddField(
            model_name="loop",
            name="rises_as",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
    ]
