from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("exchange", "0004_ehrs_that_launch"), ("identity", "0006_assertions_by_signer")]

    operations = [
        migrations.RunSQL(
            [
                "INSERT INTO identity_seenassertion (signer, jti_hash, ends_at) "
                "SELECT 'system/' || system_id, token_hash, ends_at FROM exchange_usedtoken",
                "UPDATE exchange_callingsystem SET keys = '{}' WHERE keys_url <> ''",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.DeleteModel("UsedToken"),
        migrations.RemoveField("CallingSystem", "fetched_at"),
    ]
