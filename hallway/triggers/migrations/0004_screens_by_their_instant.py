from django.db import migrations

# As `rules.evaluating` names the moment now. Where a look has told it anew meanwhile, that row stands.
RENAMED = """
UPDATE triggers_firing f SET occasion = named.occasion
FROM (SELECT id, 'at/' || to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') || '+00:00' AS occasion
      FROM triggers_firing WHERE rule = 'T33' AND occasion LIKE 'day/%') named
WHERE f.id = named.id AND NOT EXISTS (
    SELECT FROM triggers_firing o WHERE o.chart_id = f.chart_id AND o.organization_id = f.organization_id
    AND o.rule = f.rule AND o.occasion = named.occasion)
"""


class Migration(migrations.Migration):
    """Screens of alcohol are told each by its instant: those told by their day before keep their row, id and answer."""

    dependencies = [
        ("triggers", "0003_labels_name_their_fact"),
    ]

    operations = [
        migrations.RunSQL(RENAMED, migrations.RunSQL.noop),
    ]
