"""Tables of the gate: compiled grants, and the facts they are compiled from.

Clinical words stay in resources; these rows hold references, classes, times and owners. Every row belongs to a chart.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from hallway.consent.denials.models import Denial
from hallway.consent.disclosures.models import AccountingGiven, AccountingHold, Disclosure
from hallway.consent.forms.models import CoSignature, FormTemplate, Paper, SigningLink, Talk
from hallway.consent.rights.models import ContactWish, EmergencySearch, MinorService, PatientAsk

__all__ = [
    "AccountingGiven",
    "AccountingHold",
    "CoSignature",
    "Consent",
    "ConsentKind",
    "ConsentState",
    "ContactWish",
    "Denial",
    "Determination",
    "Disclosure",
    "EmergencyAccess",
    "EmergencySearch",
    "FormTemplate",
    "Grant",
    "MinorService",
    "Paper",
    "PatientAsk",
    "Restriction",
    "SigningLink",
    "Talk",
]


def _words() -> "ArrayField[list[str]]":
    """A list of short codes, empty by default."""
    return ArrayField(models.TextField(), default=list, blank=True)


class Grant(models.Model):
    """One compiled way by which items of one source may flow to one grantee. Rewritten whole for a chart, never edited.

    ``grantee_practitioner`` 0 is anybody at the organization but ``not_practitioners``; ``author`` -1 is the grantee's
    own items; empty ``roles`` and ``kinds`` are all; ``sud_duty`` asks for duties under 42 CFR 2.12(c)(3).
    ``obligations`` read ``CLASS/obligation`` and bind when an item of that class flows.
    """

    id = models.BigAutoField(primary_key=True)
    chart_id = models.BigIntegerField()
    grantee_org = models.IntegerField()
    grantee_practitioner = models.IntegerField(default=0)
    not_practitioners = ArrayField(models.IntegerField(), default=list, blank=True)
    roles = _words()
    sud_duty = models.BooleanField(default=False)
    purpose = models.CharField(max_length=12)
    relation = models.CharField(max_length=16)
    source_org = models.IntegerField()
    author = models.IntegerField(default=0)
    allow = models.BigIntegerField()
    kinds = _words()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    rule_ids = _words()
    consent_ids = _words()
    obligations = _words()

    class Meta:
        """Read by chart and grantee for one plan, by grantee alone for a roster."""

        db_table = "consent_grant"
        indexes = [
            models.Index(fields=["chart_id", "grantee_org", "purpose", "source_org"], name="consent_grant_plan"),
            models.Index(fields=["grantee_org", "purpose", "chart_id"], name="consent_grant_roster"),
        ]


class ConsentKind(models.TextChoices):
    """Which form: each asks for its own elements, and some may not be combined with any other."""

    RELEASE = "release", "Authorization and state consent to exchange information"
    PART2 = "part2", "Consent to release substance use program records"
    PART2_TPO = "part2_tpo", "Consent for treatment, payment and operations, substance use program records"
    PSYCHOTHERAPY = "psychotherapy", "Authorization for psychotherapy notes"
    SUD_COUNSELING = "sud_counseling", "Consent for substance use counseling notes"
    HIV = "hiv", "Consent to release HIV test results"


class ConsentState(models.TextChoices):
    """Life of a form; see ``states``."""

    DRAFT = "draft", "Prepared"
    WITNESSING = "witnessing", "Waits for its witness"
    SIGNED = "signed", "Signed"
    DECLINED = "declined", "Declined"
    REVOKED = "revoked", "Revoked"
    EXPIRED = "expired", "Expired"


class Consent(models.Model):
    """A form that a patient signs, declines or takes back. It opens nothing before it is signed.

    ``recipient_org_id`` 0 means "my treating providers", allowed on the single TPO consent only. ``statements`` are the
    ids of the text blocks printed on it, which the validity checker demands by form and state; ``wording`` is what was
    printed, word for word, kept from the signature on. ``not_for_orgs`` are recipients for whom a form for all who
    treat was taken back. ``exchange_id`` joins the two directions of one exchange. ``point_size`` is the print's.
    ``licences`` are the discloser's licence classes whose words are printed. ``signer_right`` is by what right a
    representative signed, ``signer_authority`` what shows it, in words.
    """

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=16, choices=ConsentKind.choices)
    state = models.CharField(max_length=10, choices=ConsentState.choices, default=ConsentState.DRAFT)
    version = models.IntegerField(default=1)
    discloser_org_id = models.IntegerField()
    discloser_state = models.CharField(max_length=2, blank=True)
    discloser_practitioner_id = models.IntegerField(default=0)
    recipient_org_id = models.IntegerField()
    recipient_practitioner_id = models.IntegerField(default=0)
    classes = models.BigIntegerField()
    kinds = _words()
    purposes = _words()
    statements = _words()
    tell_withheld = models.BooleanField(default=False)
    not_for_orgs = ArrayField(models.IntegerField(), default=list, blank=True)
    exchange_id = models.UUIDField(null=True, blank=True)
    origin = models.CharField(max_length=8, default="composed")
    language = models.CharField(max_length=2, default="en")
    point_size = models.SmallIntegerField(default=12)
    longer_asked = models.BooleanField(default=False)
    skin = models.CharField(max_length=24, blank=True)
    template_id = models.UUIDField(null=True, blank=True)
    initials = models.CharField(max_length=8, blank=True)
    wording = models.TextField(blank=True)
    licences = models.BigIntegerField(default=0)
    members_needed = models.SmallIntegerField(default=0)
    members_signed = models.SmallIntegerField(default=0)
    referral_id = models.UUIDField(null=True, blank=True)
    resource_id = models.CharField(max_length=64, blank=True)
    composed_at = models.DateTimeField()
    composed_by = models.IntegerField()
    composed_org_id = models.IntegerField()
    expires_at = models.DateTimeField(null=True, blank=True)
    expires_event = models.CharField(max_length=40, blank=True)
    signer = models.CharField(max_length=16, blank=True)
    signature_kind = models.CharField(max_length=8, blank=True)
    signature = models.BinaryField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    explained_by = models.IntegerField(null=True, blank=True)
    witness = models.IntegerField(null=True, blank=True)
    signed_through = models.CharField(max_length=8, blank=True)
    signer_name = models.CharField(max_length=120, blank=True)
    signer_relation = models.CharField(max_length=40, blank=True)
    signer_right = models.CharField(max_length=20, blank=True)
    signer_authority = models.CharField(max_length=200, blank=True)
    signer_paper_id = models.UUIDField(null=True, blank=True)
    interpreter_name = models.CharField(max_length=120, blank=True)
    interpreter_language = models.CharField(max_length=40, blank=True)
    paper_id = models.UUIDField(null=True, blank=True)
    paper_signed_on = models.DateField(null=True, blank=True)
    paper_elements = _words()
    ask_again_on = models.DateField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=40, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.IntegerField(null=True, blank=True)
    revocation_channel = models.CharField(max_length=16, blank=True)
    revocation_paper_id = models.UUIDField(null=True, blank=True)

    class Meta:
        """Who and when come in pairs, and no state is without its evidence."""

        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "witnessing", "declined"], signed_at__isnull=True)
                | (
                    Q(state__in=["signed", "revoked", "expired"], signed_at__isnull=False, explained_by__isnull=False)
                    & Q(signature_kind__in=["drawn", "typed", "paper"], signature__isnull=False)
                    & ~Q(signer="")
                ),
                name="consent_signed_has_evidence",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | Q(members_signed__gte=F("members_needed")),
                name="consent_each_member_signed",
            ),
            models.CheckConstraint(
                condition=Q(state="declined", declined_at__isnull=False) | (~Q(state="declined") & Q(declined_at=None)),
                name="consent_declined_has_time",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="revoked", revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revocation_channel="")
                )
                | (~Q(state="revoked") & Q(revoked_at=None, revoked_by=None, revocation_channel="")),
                name="consent_revoked_has_who_when_how",
            ),
            models.CheckConstraint(
                condition=Q(recipient_org_id__gt=0) | Q(kind="part2_tpo"), name="consent_names_its_recipient"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(signed_at__isnull=True) | Q(expires_at__gt=F("signed_at")),
                name="consent_expires_after_signing",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(state="signed"), name="consent_due_to_expire")]


class Restriction(models.Model):
    """A patient's agreed restriction (45 CFR 164.522(a), 42 CFR 2.26). It beats a signed consent.

    ``source_org_id`` 0 is every source, ``recipient_org_id`` 0 is every organization but the source itself.
    """

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField(db_index=True)
    source_org_id = models.IntegerField(default=0)
    recipient_org_id = models.IntegerField(default=0)
    recipient_practitioner_id = models.IntegerField(default=0)
    classes = models.BigIntegerField()
    basis = models.CharField(max_length=24)
    agreed_at = models.DateTimeField()
    agreed_by = models.IntegerField()
    agreed_org_id = models.IntegerField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.IntegerField(null=True, blank=True)
    ended_basis = models.CharField(max_length=24, blank=True)

    class Meta:
        """An end has a who, a when and a ground."""

        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_basis="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_basis="")),
                name="restriction_end_has_who_when_why",
            )
        ]


class Determination(models.Model):
    """A clinician's recorded judgement that opens a licence rule without the patient's signature.

    Connecticut s.52-146f(1): needed for treatment, patient informed. Massachusetts 258 CMR 22.04(1): all six facts.
    """

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField(db_index=True)
    discloser_org_id = models.IntegerField()
    discloser_practitioner_id = models.IntegerField()
    recipient_org_id = models.IntegerField()
    classes = models.BigIntegerField()
    need = models.CharField(max_length=32)
    facts = _words()
    made_at = models.DateTimeField()
    patient_informed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)


class EmergencyAccess(models.Model):
    """One opening of one category by one person, with the five fields of 42 CFR 2.51 stored before anything shows."""

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField(db_index=True)
    organization_id = models.IntegerField()
    practitioner_id = models.IntegerField()
    account_id = models.IntegerField()
    category = models.CharField(max_length=24)
    recipient_name = models.CharField(max_length=200)
    recipient_facility = models.CharField(max_length=200)
    discloser_name = models.CharField(max_length=200)
    nature = models.CharField(max_length=40)
    reason = models.CharField(max_length=500)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    patient_told_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.IntegerField(null=True, blank=True)
    review_outcome = models.CharField(max_length=24, blank=True)

    class Meta:
        """A review has a who, a when and an outcome; an opening ends after it began."""

        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None, review_outcome="")
                | (Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(review_outcome="")),
                name="emergency_review_has_who_when_what",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("opened_at")), name="emergency_ends_after_opening"),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "opened_at"],
                condition=Q(reviewed_at__isnull=True),
                name="emergency_to_review",
            )
        ]
