from uuid import uuid5

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# A cause is [kind, id, version, source, mask, author]; a label is [source, mask, author, kind, id].
NAMED = """
UPDATE loops_loop l SET also = (
    SELECT jsonb_agg(jsonb_build_array(one->3, one->4, one->5, one->0, one->1))
    FROM jsonb_array_elements(f.causes) AS cause (one))
FROM triggers_firing f
WHERE f.id = l.subject_id AND l.kind = 'coordinate' AND f.causes <> '[]'::jsonb
"""
TASK = """
UPDATE loops_loop l SET source_org_id = t.source_org, mask = t.mask,
    also = jsonb_build_array(jsonb_build_array(t.source_org, t.mask, t.author, t.kind, t.resource_id))
FROM record_id i
JOIN record_token t ON t.chart_id = i.chart_id AND t.kind = i.kind AND t.resource_id = i.resource_id
WHERE l.id = %s AND i.kind = 'Task' AND i.resource_id = %s
"""


def by_their_task(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Tests that somebody took on are the practice's own: their row goes by the label of their Task."""
    with editor.connection.cursor() as opened:
        opened.execute("SELECT id, subject_id FROM loops_loop WHERE kind = 'labs'")
        for loop, firing in opened.fetchall():
            opened.execute(TASK, [loop, uuid5(firing, "order-labs")])


class Migration(migrations.Migration):
    """A row of a list names the facts that it rests on, so that it goes by the labels that they have by now."""

    dependencies = [
        ("triggers", "0002_group_of_firings"),
        ("loops", "0004_escalated_loops_by_practice"),
        ("record", "0012_no_second_search"),
    ]

    operations = [
        migrations.RunSQL(NAMED, migrations.RunSQL.noop),
        migrations.RunPython(by_their_task, migrations.RunPython.noop),
    ]
