"""A line names the version it was drafted from as readers do; a count would tell of versions they may not know."""

from django.db import migrations, models

NAMED = """UPDATE consultation_reportline l
SET source_version = to_hex((extract(epoch FROM r.updated_at) * 1000000)::bigint) FROM record_resource r
WHERE r.kind = l.source_kind AND r.resource_id::text = l.source_id AND r.version::text = l.source_version"""


class Migration(migrations.Migration):
    dependencies = [("consultation", "0001_initial"), ("record", "0002_reads")]

    operations = [
        migrations.AlterField("reportline", "source_version", models.CharField(max_length=16, default="", blank=True)),
        migrations.RunSQL([NAMED], migrations.RunSQL.noop),
    ]
