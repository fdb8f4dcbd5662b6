"""Tables of who may knock: accounts, passkeys, login sessions, clients, programs, and the count of wrong tries."""

from django.db import models

from hallway.identity import app_models as app_models  # the tables of programs stand in a file of their own
from hallway.zones import NETWORK


class Account(models.Model):
    """One person's way in. ``practitioner_id`` is 0 for a patient, whose own chart is ``chart_id``.

    It is 0 too for somebody who acts for patients and has no chart here.

    ``totp_secret`` is encrypted with the deployment's key. ``is_demo`` accounts alone have one-click sign-in, and a
    database holds either demo accounts or real ones, never both.
    """

    class Theme(models.TextChoices):
        """Which scheme the person chose."""

        SYSTEM = "", "As this device does"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    class Density(models.TextChoices):
        """How close rows stand."""

        USUAL = "", "Usual"
        DENSE = "dense", "Dense"
        TOUCH = "touch", "For fingers"

    id = models.AutoField(primary_key=True)
    login_name = models.CharField(max_length=254, unique=True)
    name = models.CharField(max_length=200)
    password_hash = models.CharField(max_length=200, blank=True)
    practitioner_id = models.IntegerField(default=0, db_index=True)
    chart_id = models.BigIntegerField(null=True, blank=True)
    totp_secret = models.CharField(max_length=300, blank=True)
    totp_last_step = models.BigIntegerField(default=0)
    is_demo = models.BooleanField(default=False)
    theme = models.CharField(max_length=8, blank=True, choices=Theme.choices)
    density = models.CharField(max_length=8, blank=True, choices=Density.choices)
    single_keys = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """An account is a practitioner's or a patient's, and a name is kept in lower case."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(chart_id__isnull=True) | models.Q(practitioner_id=0),
                name="identity_account_is_one_person",
            ),
        ]


class Passkey(models.Model):
    """A passkey that opens an account; ``sign_count`` going backwards means a copy, and is refused."""

    id = models.AutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    credential_id = models.BinaryField(unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    label = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class LoginSession(models.Model):
    """One sign-in. Only the SHA-256 of its token is kept, so a stolen database opens no door.

    The role worn is copied here when it is chosen, with the day it ends; a trigger of ``directory`` carries every
    change of the role into the sessions that wear it, so it holds at the next request.
    """

    class Stage(models.TextChoices):
        """How far the person has come through the door."""

        FACTOR = "factor", "Second factor asked"
        ENROL = "enrol", "Second factor to be set up"
        ROLE = "role", "Role to be chosen"
        OPEN = "open", "In"

    id = models.BigAutoField(primary_key=True)
    token_hash = models.BinaryField(unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    stage = models.CharField(max_length=8, choices=Stage.choices)
    practitioner_role_id = models.IntegerField(default=0, db_index=True)
    role = models.CharField(max_length=24, blank=True)
    role_until_on = models.DateField(null=True, blank=True)
    organization_id = models.IntegerField(default=0)
    organization_name = models.CharField(max_length=200, blank=True)
    side = models.CharField(max_length=8, blank=True)
    timezone = models.CharField(max_length=40, default=NETWORK)
    sud_duty = models.BooleanField(default=False)
    is_part2 = models.BooleanField(default=False)
    proved_at = models.DateTimeField(null=True, blank=True)
    """When the person last proved who they are, in this session."""
    chart_id = models.BigIntegerField(null=True, blank=True)
    representative_id = models.IntegerField(default=0, db_index=True)
    ehr_id = models.IntegerField(default=0)
    """Other than 0: the EHR that vouched for the person; it proves nothing that a password would."""
    held_to = models.IntegerField(default=0)
    """Other than 0: the one organization whose roles it may wear, because that organization's EHR vouched."""
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=24, blank=True)

    class Meta:
        """A session in use wears a role; an ended one says how it ended."""

        constraints = [
            models.CheckConstraint(
                condition=~models.Q(stage="open") | ~models.Q(role=""), name="identity_session_open_wears_a_role"
            ),
            models.CheckConstraint(
                condition=~models.Q(role="representative")
                | (models.Q(chart_id__isnull=False) & ~models.Q(representative_id=0)),
                name="identity_session_acts_for_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(ehr_id=0, held_to=0)
                | (~models.Q(ehr_id=0) & ~models.Q(held_to=0) & models.Q(organization_id__in=[0, models.F("held_to")])),
                name="identity_session_from_an_ehr_is_held",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_as="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(ended_as="")),
                name="identity_session_says_how_it_ended",
            ),
        ]


class Challenge(models.Model):
    """A passkey challenge given out once, for at most five minutes; taken away when it is answered."""

    id = models.BigAutoField(primary_key=True)
    token_hash = models.BinaryField(unique=True)
    challenge = models.BinaryField()
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE)
    created_at = models.DateTimeField()


class WrongTries(models.Model):
    """Wrong tries for one login name, known or not: a keyed hash, so the table names nobody and reveals nothing."""

    name_hash = models.BinaryField(primary_key=True)
    failures = models.IntegerField(default=0)
    first_at = models.DateTimeField()
    locked_until_at = models.DateTimeField(null=True, blank=True)


class Client(models.Model):
    """A program of one organization that asks by itself. Only the SHA-256 of its credential is kept."""

    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=120)
    organization_id = models.IntegerField()
    token_hash = models.BinaryField(unique=True)
    created_at = models.DateTimeField()
    created_by = models.IntegerField(default=0)
    """The account that registered it; 0 for the command line."""
    ended_at = models.DateTimeField(null=True, blank=True)
