"""EHRs that may launch Hallway, whom their people are here, and launches on their way."""

from django.db import models
from django.db.models import Q

from hallway.exchange.cds_hooks.models import CallingSystem


class Ehr(models.Model):
    """An EHR of one practice that opens Hallway: known by its FHIR address, letter by letter.

    It vouches for people of its own practice alone. ``identifier_system`` says which of its patients' numbers count.
    """

    class Way(models.TextChoices):
        """How Hallway proves itself at its token endpoint."""

        PUBLIC = "public", "By PKCE alone"
        KEY = "key", "By PKCE, and signing with Hallway’s own key (ES384)"

    system_id: int | None
    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=120)
    iss = models.CharField(max_length=300)
    client_id = models.CharField(max_length=200, blank=True)
    """What the EHR calls Hallway; empty until it has said so, and then nobody can be launched."""
    way = models.CharField(max_length=8, choices=Way.choices)
    identifier_system = models.CharField(max_length=200)
    organization_id = models.IntegerField()
    system = models.ForeignKey(CallingSystem, null=True, blank=True, on_delete=models.PROTECT)
    """The same EHR as it asks for cards, where it does: its cards then launch Hallway."""
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.IntegerField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.IntegerField(null=True, blank=True)

    class Meta:
        """One address is one running EHR, and so is one calling system."""

        constraints = [
            models.UniqueConstraint(fields=["iss"], condition=Q(ended_at__isnull=True), name="exchange_one_ehr_an_iss"),
            models.UniqueConstraint(
                fields=["system"], condition=Q(ended_at__isnull=True), name="exchange_one_ehr_a_system"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="exchange_ehr_end_has_a_who",
            ),
        ]


class EhrPerson(models.Model):
    """Somebody whom an EHR knows, and their account here: tied by that person, in a session of their own.

    ``subject`` is the ``sub`` of the EHR's id tokens. A number such as an NPI ties nobody.
    """

    ehr_id: int
    account_id: int
    id = models.BigAutoField(primary_key=True)
    ehr = models.ForeignKey(Ehr, on_delete=models.PROTECT)
    subject = models.CharField(max_length=255)
    shown_as = models.CharField(max_length=120, blank=True)
    """How the EHR named them when they were tied; for their own list alone."""
    account = models.ForeignKey("identity.Account", on_delete=models.CASCADE)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A name in an EHR is one account."""

        constraints = [
            models.UniqueConstraint(
                fields=["ehr", "subject"], condition=Q(ended_at__isnull=True), name="exchange_one_account_a_subject"
            )
        ]


class EhrLaunch(models.Model):
    """A launch on its way, for minutes: what binds the EHR's answer to this browser, then whom it named.

    ``verifier`` and ``about`` are sealed. ``ticket_hash`` stands after the answer; ``account`` is who may take it up.
    """

    ehr_id: int
    account_id: int | None
    state_hash = models.BinaryField(primary_key=True)
    browser_hash = models.BinaryField()
    ehr = models.ForeignKey(Ehr, on_delete=models.CASCADE)
    redirect_uri = models.CharField(max_length=500)
    verifier = models.TextField()
    nonce = models.CharField(max_length=64)
    issuer = models.CharField(max_length=500)
    token_endpoint = models.CharField(max_length=500)
    jwks_uri = models.CharField(max_length=500)
    created_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True, blank=True)
    """When the EHR's answer came back: it is taken once, whatever became of it."""
    ticket_hash = models.BinaryField(null=True, unique=True)
    subject = models.CharField(max_length=255, blank=True)
    shown_as = models.CharField(max_length=120, blank=True)
    about = models.TextField(blank=True)
    account = models.ForeignKey("identity.Account", null=True, on_delete=models.CASCADE)

    class Meta:
        """Whom it names is known only after the answer; launches are swept by their age."""

        constraints = [
            models.CheckConstraint(
                condition=Q(ticket_hash__isnull=True, subject="", about="", account__isnull=True)
                | (Q(ticket_hash__isnull=False, returned_at__isnull=False) & ~Q(subject="")),
                name="exchange_ehrlaunch_names_after_the_answer",
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="exchange_ehrlaunch_age")]
