"""What the other staff of a practice may have, its own systems may have too; their profile then takes away."""

from django.db import migrations

FORWARD = """UPDATE consent_grant SET roles = array_append(roles, 'system')
    WHERE 'front_desk' = ANY(roles) AND NOT 'system' = ANY(roles)"""
BACKWARD = "UPDATE consent_grant SET roles = array_remove(roles, 'system') WHERE 'front_desk' = ANY(roles)"


class Migration(migrations.Migration):
    dependencies = [("consent", "0010_signer_right")]

    operations = [migrations.RunSQL([FORWARD], reverse_sql=[BACKWARD])]
