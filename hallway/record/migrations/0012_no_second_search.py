"""A typed search (``record.searching``) took the place of the search by tokens alone."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("record", "0011_past_versions")]
    operations = [migrations.RunSQL(["DROP FUNCTION record_search"])]
