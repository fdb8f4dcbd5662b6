"""Tables around a form: papers, own templates, further signers, links to sign by, and talks about sharing.

Every row belongs to a chart or to a practice; nothing here opens anything by itself.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Paper(models.Model):
    """A scanned or photographed page kept as evidence: a form signed elsewhere, an authority, a revocation.

    ``digest`` is the SHA-256 of ``content``. Kept six years from its last effective day (45 CFR 164.530(j)(2)).
    """

    class Purpose(models.TextChoices):
        """What the page proves."""

        FORM = "form", "A form signed elsewhere"
        AUTHORITY = "authority", "A representative's authority"
        REVOCATION = "revocation", "A form taken back in writing"

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField(db_index=True)
    organization_id = models.IntegerField()
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    media_type = models.CharField(max_length=40)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    stored_at = models.DateTimeField()
    stored_by = models.IntegerField()

    class Meta:
        """A page is never empty."""

        db_table = "consent_paper"


class CoSignature(models.Model):
    """One more person whose agreement the law asks for: each member in family therapy, a parent beside a minor.

    Conn. Gen. Stat. s.52-146p; M.G.L. c.112 s.172; 42 CFR 2.14.
    """

    id = models.UUIDField(primary_key=True)
    consent_id = models.UUIDField(db_index=True)
    chart_id = models.BigIntegerField()
    name = models.CharField(max_length=120)
    relation = models.CharField(max_length=40)
    signature_kind = models.CharField(max_length=8)
    signature = models.BinaryField()
    signed_at = models.DateTimeField()

    class Meta:
        """Nobody signs the same form twice under one name."""

        db_table = "consent_co_signature"
        constraints = [models.UniqueConstraint(fields=["consent_id", "name"], name="consent_co_signs_once")]


class FormTemplate(models.Model):
    """A practice's own words on a form of one kind. What law demands is printed beside them, never replaced.

    A change is a new row with the next ``edition``; the old one stays for the forms that were signed with it.
    """

    id = models.UUIDField(primary_key=True)
    organization_id = models.IntegerField(db_index=True)
    kind = models.CharField(max_length=16)
    language = models.CharField(max_length=2, default="en")
    name = models.CharField(max_length=80)
    blocks = ArrayField(models.TextField(), default=list)
    edition = models.IntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.IntegerField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One edition is written once."""

        db_table = "consent_form_template"
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "name", "language", "edition"], name="consent_template_edition_once"
            )
        ]


class SigningLink(models.Model):
    """A one-time way to sign on the patient's own phone. Holds a hash of the token, never the token.

    It asks for the birth date before it shows anything, allows five tries, and ends with the first answer.
    """

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField(db_index=True)
    consent_ids = ArrayField(models.UUIDField(), default=list)
    token_hash = models.CharField(max_length=64, unique=True)
    opened_hash = models.CharField(max_length=64, blank=True)
    opened_until = models.DateTimeField(null=True, blank=True)
    tries = models.SmallIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.IntegerField()
    made_org_id = models.IntegerField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_as = models.CharField(max_length=12, blank=True)

    class Meta:
        """A link ends after it began, and says how it was closed."""

        db_table = "consent_signing_link"
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="consent_link_ends_after_making"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_as="") | (Q(closed_at__isnull=False) & ~Q(closed_as="")),
                name="consent_link_closed_says_how",
            ),
        ]


class Talk(models.Model):
    """The conversation with the patient about sharing: prompted, in the words of a script, recorded (R10, R32, R47)."""

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField()
    organization_id = models.IntegerField()
    practitioner_id = models.IntegerField()
    script = models.CharField(max_length=24)
    language = models.CharField(max_length=2, default="en")
    outcome = models.CharField(max_length=16)
    reason = models.CharField(max_length=24, blank=True)
    held_at = models.DateTimeField()
    ask_again_on = models.DateField(null=True, blank=True)

    class Meta:
        """The newest talk at a practice is what stands."""

        db_table = "consent_talk"
        indexes = [models.Index(fields=["chart_id", "organization_id", "held_at"], name="consent_talk_newest")]
