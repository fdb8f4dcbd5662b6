"""Charts merged into another are looked up at each change of a right; they are few."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("record", "0007_sorted_patients")]
    operations = [
        migrations.RunSQL(
            ["CREATE INDEX record_chart_merged ON record_chart (merged_into) WHERE merged_into IS NOT NULL"],
            ["DROP INDEX record_chart_merged"],
        )
    ]
