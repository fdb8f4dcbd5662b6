"""Every index costs each plan of a search its share of time: those that no search needs go."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("record", "0008_merged_charts")]
    operations = [
        migrations.RunSQL(
            [
                "DROP INDEX record_token_given_first",
                "DROP INDEX record_token_given_last",
                "DROP INDEX record_token_name_last",
            ]
        )
    ]
