"""History is written once: the application's role may add steps and read them, nothing else."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("referral", "0001_initial")]

    operations = [
        migrations.RunSQL(
            ["REVOKE UPDATE, DELETE, TRUNCATE ON referral_referralstep FROM hallway_app"],
            ["GRANT UPDATE, DELETE ON referral_referralstep TO hallway_app"],
        )
    ]
