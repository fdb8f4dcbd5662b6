"""Whom the sender asked stands beside who took it on: at a Part 2 program the second is the program's to tell."""

from django.db import migrations, models

ENDED = ["cancelled", "closed", "pcp_elsewhere", "rerouted", "withdrawn"]


class Migration(migrations.Migration):
    dependencies = [("referral", "0002_steps_never_change")]

    operations = [
        migrations.AddField("referral", "asked_practitioner_id", models.IntegerField(default=0)),
        migrations.RunSQL(["UPDATE referral_referral SET asked_practitioner_id = receiver_practitioner_id"], []),
        migrations.RemoveConstraint("referral", "referral_closed_has_a_time"),
        migrations.AddConstraint(
            "referral",
            models.CheckConstraint(
                condition=models.Q(("closed_at__isnull", False), ("state__in", ENDED))
                | models.Q(models.Q(("state__in", ENDED), _negated=True), ("closed_at__isnull", True)),
                name="referral_closed_has_a_time",
            ),
        ),
        migrations.RemoveConstraint("referral", "referral_one_open"),
        migrations.AddConstraint(
            "referral",
            models.UniqueConstraint(
                fields=["chart_id", "sender_org_id", "receiver_org_id", "asked_practitioner_id", "recipient_type"],
                condition=models.Q(("state__in", ENDED), _negated=True),
                name="referral_one_open",
            ),
        ),
    ]
