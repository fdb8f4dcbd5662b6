from django.db import migrations, models

# Of two rows of one tick the later holds what was said last.
ONCE = """
DELETE FROM talking_checklistentry twice USING talking_checklistentry kept
WHERE kept.checklist_id = twice.checklist_id AND kept.entry = twice.entry AND kept.id > twice.id
AND kept.resource_kind = twice.resource_kind AND kept.resource_id = twice.resource_id
"""


class Migration(migrations.Migration):
    """A process of a check list is ticked once, however many press at once."""

    dependencies = [
        ("talking", "0002_message_label"),
    ]

    operations = [
        migrations.RunSQL(ONCE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="checklistentry",
            constraint=models.UniqueConstraint(
                fields=("checklist", "entry", "resource_kind", "resource_id"), name="talking_one_tick"
            ),
        ),
    ]
