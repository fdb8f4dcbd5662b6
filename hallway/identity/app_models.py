"""Tables of programs: which there are, what a person granted one of them, the codes and tokens of that grant.

Only hashes of secrets, codes and tokens are kept, and private keys only sealed: a stolen database opens no door.
"""

from django.db import models
from django.db.models import Q


class App(models.Model):
    """A program of others: it acts for people, or by itself for the one organization that it belongs to.

    ``scopes`` is the most it may ask for. ``organizations`` are those whose people may use it; none: everybody's.
    ``kind`` says how it proves itself: not at all, by a shared secret, or by signing with its own key.
    """

    class Kind(models.TextChoices):
        """How it proves itself at the token endpoint."""

        PUBLIC = "public", "It runs on the person's own device and can keep no secret"
        SECRET = "secret", "It keeps a secret that we give it"
        KEY = "key", "It signs with a key of its own"

    id = models.AutoField(primary_key=True)
    client_id = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    maker = models.CharField(max_length=120)
    about = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    secret_hash = models.BinaryField(null=True)
    jwks_url = models.CharField(max_length=500, blank=True)
    jwks = models.TextField(blank=True)
    redirect_uris = models.JSONField(default=list, blank=True)
    launch_url = models.CharField(max_length=500, blank=True)
    scopes = models.TextField()
    organization_id = models.IntegerField(default=0)
    """Other than 0: it acts by itself, as a system of this organization."""
    organizations = models.JSONField(default=list, blank=True)
    may_introspect = models.BooleanField(default=False)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.IntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.IntegerField(null=True, blank=True)

    class Meta:
        """What a kind needs is there; who acts by itself signs with a key and sends nobody back anywhere."""

        constraints = [
            models.CheckConstraint(
                condition=Q(kind="secret", secret_hash__isnull=False)
                | (~Q(kind="secret") & Q(secret_hash__isnull=True)),
                name="identity_app_secret_has_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="key") & (~Q(jwks="") | ~Q(jwks_url="")) | (~Q(kind="key") & Q(jwks="", jwks_url="")),
                name="identity_app_key_has_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(organization_id=0) & ~Q(redirect_uris=[])
                | (~Q(organization_id=0) & Q(kind="key", redirect_uris=[], launch_url="")),
                name="identity_app_for_people_or_alone",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="identity_app_end_has_a_who",
            ),
        ]


class AppGrant(models.Model):
    """What a person let a program do, in the role they wore then; or what a program does by itself (no account).

    The role is copied, as a login session's is, and a trigger of ``directory`` carries its changes here. A grant that
    is not offline lives no longer than the session it was given in, nor when that session wears another role.
    ``chart_id`` is the patient whom it is about, and then no other chart opens.
    """

    app_id: int
    account_id: int | None
    session_id: int | None
    id = models.BigAutoField(primary_key=True)
    app = models.ForeignKey(App, on_delete=models.PROTECT, db_column="program_id")
    account = models.ForeignKey("identity.Account", null=True, on_delete=models.CASCADE)
    session = models.ForeignKey("identity.LoginSession", null=True, on_delete=models.SET_NULL)
    is_offline = models.BooleanField(default=False)
    practitioner_role_id = models.IntegerField(default=0, db_index=True)
    role = models.CharField(max_length=24)
    role_until_on = models.DateField(null=True, blank=True)
    organization_id = models.IntegerField(default=0)
    organization_name = models.CharField(max_length=200, blank=True)
    sud_duty = models.BooleanField(default=False)
    own_chart_id = models.BigIntegerField(null=True, blank=True)
    """On the patient's side: whose chart the role itself is held to."""
    representative_id = models.IntegerField(default=0, db_index=True)
    chart_id = models.BigIntegerField(null=True, blank=True)
    patient_id = models.CharField(max_length=64, blank=True)
    encounter_id = models.CharField(max_length=64, blank=True)
    fhir_user = models.CharField(max_length=100, blank=True)
    scopes = models.TextField()
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=32, blank=True)

    class Meta:
        """Somebody's in one of their roles, or a system's; an ended one says how it ended."""

        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=True, role="system", is_offline=True)
                | (Q(account__isnull=False) & ~Q(role="system")),
                name="identity_appgrant_is_somebodys",
            ),
            models.CheckConstraint(
                condition=Q(chart_id__isnull=True, patient_id="") | (Q(chart_id__isnull=False) & ~Q(patient_id="")),
                name="identity_appgrant_names_its_patient",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_as="") | (Q(ended_at__isnull=False) & ~Q(ended_as="")),
                name="identity_appgrant_says_how_it_ended",
            ),
        ]


class AppLaunch(models.Model):
    """A chart from which somebody opened a program: what the word ``launch`` in its address stands for, for minutes."""

    app_id: int
    session_id: int
    token_hash = models.BinaryField(primary_key=True)
    app = models.ForeignKey(App, on_delete=models.CASCADE)
    session = models.ForeignKey("identity.LoginSession", on_delete=models.CASCADE)
    chart_id = models.BigIntegerField()
    patient_id = models.CharField(max_length=64)
    encounter_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class AppAsk(models.Model):
    """What a program asked of whoever its browser is, checked, waiting for that person's word for some minutes."""

    app_id: int
    launch_id: bytes | None
    token_hash = models.BinaryField(primary_key=True)
    app = models.ForeignKey(App, on_delete=models.CASCADE)
    redirect_uri = models.CharField(max_length=500)
    scopes = models.TextField()
    state = models.CharField(max_length=1000)
    nonce = models.CharField(max_length=500, blank=True)
    challenge = models.CharField(max_length=43)
    launch = models.ForeignKey(AppLaunch, null=True, on_delete=models.CASCADE)
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)


class AppCode(models.Model):
    """An authorization code: good once, for a minute, for the program and the address that asked for it."""

    grant_id: int
    code_hash = models.BinaryField(primary_key=True)
    grant = models.OneToOneField(AppGrant, on_delete=models.CASCADE)
    redirect_uri = models.CharField(max_length=500)
    challenge = models.CharField(max_length=43)
    nonce = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class AppToken(models.Model):
    """An access or a refresh token of a grant. A refresh token is good once: showing it again ends the grant."""

    class Kind(models.TextChoices):
        """What it is good for."""

        ACCESS = "access", "Opens the FHIR door"
        REFRESH = "refresh", "Is changed for a new pair"

    grant_id: int
    id = models.BigAutoField(primary_key=True)
    token_hash = models.BinaryField(unique=True)
    grant = models.ForeignKey(AppGrant, on_delete=models.CASCADE)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    scopes = models.TextField()
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """An access token is not used up."""

        constraints = [
            models.CheckConstraint(
                condition=Q(kind="refresh") | Q(used_at__isnull=True), name="identity_apptoken_access_is_not_used_up"
            ),
        ]


class SeenAssertion(models.Model):
    """The name of a signed token that somebody has shown, until it ends by itself: none is taken twice.

    ``signer`` is ``app/`` or ``system/`` and the number of the one who signed.
    """

    id = models.BigAutoField(primary_key=True)
    signer = models.CharField(max_length=40)
    jti_hash = models.BinaryField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        """Once."""

        constraints = [models.UniqueConstraint(fields=["signer", "jti_hash"], name="identity_seenassertion_once")]


class SigningKey(models.Model):
    """A key that we sign with. The private half is sealed with the deployment's key; the public half is published.

    A retired key signs nothing more and is published until ``gone_at``, so that what it signed can still be checked.
    """

    kid = models.CharField(max_length=64, primary_key=True)
    algorithm = models.CharField(max_length=8, choices=[("RS256", "RS256"), ("ES384", "ES384")])
    private = models.TextField()
    public = models.TextField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One key of an algorithm signs at a time."""

        constraints = [
            models.UniqueConstraint(
                fields=["algorithm"], condition=Q(retired_at__isnull=True), name="identity_signingkey_one_signs"
            ),
            models.CheckConstraint(
                condition=Q(retired_at=None, gone_at=None) | Q(retired_at__isnull=False, gone_at__isnull=False),
                name="identity_signingkey_retired_is_gone_later",
            ),
        ]
