from typing import Any

from django.db import migrations, models
from django.db.models.functions import Cast, Concat


def name_signers(apps: Any, schema_editor: Any) -> None:
    number = Cast("app_id", models.CharField())
    rows = apps.get_model("identity", "SeenAssertion").objects.using(schema_editor.connection.alias)
    rows.update(signer=Concat(models.Value("app/"), number))


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_sessions_from_an_ehr")]

    operations = [
        migrations.AddField(
            "SeenAssertion", "signer", models.CharField(max_length=40, default=""), preserve_default=False
        ),
        migrations.RunPython(name_signers, migrations.RunPython.noop),
        migrations.RemoveConstraint("SeenAssertion", "identity_seenassertion_once"),
        migrations.RemoveField("SeenAssertion", "app"),
        migrations.AddConstraint(
            "SeenAssertion",
            models.UniqueConstraint(fields=["signer", "jti_hash"], name="identity_seenassertion_once"),
        ),
    ]
