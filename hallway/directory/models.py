"""Tables of people and places. Ids are small integers because they stand in every plan and every row of the record."""

from django.db import models

from hallway.identity.requester import Role
from hallway.zones import NETWORK


class Side(models.TextChoices):
    """Which side of the hall an organization stands on."""

    PRIMARY_CARE = "pc", "Primary care"
    BEHAVIORAL_HEALTH = "bh", "Behavioral health"
    OTHER = "other", "Other"


class OrganizationKind(models.TextChoices):
    """What an organization is, in the words of the directory."""

    PRIMARY_CARE = "primary_care", "Primary care"
    BEHAVIORAL_HEALTH = "behavioral_health", "Behavioral health"
    SUD_PROGRAM = "sud_program", "Substance use program"
    MEDICAL_SPECIALTY = "medical_specialty", "Medical specialty"
    PAYER = "payer", "Health plan"
    NETWORK = "network", "Network"
    OUTSIDE = "outside", "Outside Hallway"


class Licence(models.TextChoices):
    """A practitioner's licence, on which Connecticut and Massachusetts rules turn."""

    PHYSICIAN = "physician", "Physician"
    PSYCHIATRIST = "psychiatrist", "Psychiatrist"
    NURSE_PRACTITIONER = "np", "Nurse practitioner"
    PHYSICIAN_ASSISTANT = "pa", "Physician assistant"
    PSYCHOLOGIST = "psychologist", "Psychologist"
    SOCIAL_WORKER = "social_worker", "Clinical social worker"
    COUNSELOR = "counselor", "Mental health or professional counselor"
    FAMILY_THERAPIST = "family_therapist", "Marriage and family therapist"
    NURSE = "nurse", "Registered nurse"
    NONE = "none", "No clinical licence"


class Organization(models.Model):
    """A practice, program, plan or network; ``is_part2`` marks a Part 2 program or unit, with its evidence."""

    id = models.AutoField(primary_key=True)
    fhir_id = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    side = models.CharField(max_length=8, choices=Side.choices, default=Side.OTHER)
    kind = models.CharField(max_length=24, choices=OrganizationKind.choices, default=OrganizationKind.OUTSIDE)
    specialty = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=2, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    is_part2 = models.BooleanField(default=False)
    part2_basis = models.CharField(max_length=80, blank=True)
    part2_evaluated_on = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    fax = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=80, blank=True)
    health_plans = models.JSONField(default=list, blank=True)
    languages = models.JSONField(default=list, blank=True)
    accepts_new = models.BooleanField(default=True)
    on_hallway = models.BooleanField(default=True)
    timezone = models.CharField(max_length=40, default=NETWORK)
    updated_at = models.DateTimeField(auto_now=True)


class Location(models.Model):
    """A place where an organization sees people."""

    organization_id: int
    id = models.AutoField(primary_key=True)
    fhir_id = models.CharField(max_length=64, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=2, blank=True)


class Practitioner(models.Model):
    """A person who treats or works. ``prefix`` and ``suffix`` are as worn: "Dr.", "LICSW"."""

    id = models.AutoField(primary_key=True)
    fhir_id = models.CharField(max_length=64, unique=True)
    family = models.CharField(max_length=120)
    given = models.CharField(max_length=120, blank=True)
    prefix = models.CharField(max_length=20, blank=True)
    suffix = models.CharField(max_length=40, blank=True)
    npi = models.CharField(max_length=10, blank=True)
    licence = models.CharField(max_length=24, choices=Licence.choices, default=Licence.NONE)
    licence_state = models.CharField(max_length=2, blank=True)
    languages = models.JSONField(default=list, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    best_time = models.CharField(max_length=80, blank=True)

    @property
    def full_name(self) -> str:
        """As at first mention: "Dr. Priya Carewell" or "Tess Hearwell, LICSW"."""
        name = " ".join(part for part in (self.prefix, self.given, self.family) if part)
        return f"{name}, {self.suffix}" if self.suffix else name

    @property
    def short_name(self) -> str:
        """As after the first mention: "Dr. Carewell" or "Tess Hearwell"."""
        return f"{self.prefix} {self.family}" if self.prefix else f"{self.given} {self.family}".strip()


class PractitionerRole(models.Model):
    """A role that a person holds at an organization, from a day until a day."""

    practitioner_id: int
    organization_id: int
    id = models.AutoField(primary_key=True)
    fhir_id = models.CharField(max_length=64, unique=True)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    role = models.CharField(max_length=24, choices=[(role.value, role.value) for role in Role])
    specialty = models.CharField(max_length=80, blank=True)
    sud_duty = models.BooleanField(default=False)
    accepting_new = models.BooleanField(default=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    free_since = models.DateTimeField(null=True, blank=True)
    """Since when the person has "free next door now" switched on; nobody's presence is shown who did not."""


class CareTeamMember(models.Model):
    """Somebody (or a whole practice) who treats a patient, from an instant until an instant.

    Written only through ``consent.actions``, which recompiles the grants in the same transaction.
    """

    class Basis(models.TextChoices):
        """Why they are on the team."""

        ASSIGNED = "assigned", "Assigned"
        ENCOUNTER = "encounter", "Seen here"
        REFERRAL = "referral", "Referred to"

    organization_id: int
    practitioner_id: int | None
    id = models.BigAutoField(primary_key=True)
    chart_id = models.BigIntegerField(db_index=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    practitioner = models.ForeignKey(Practitioner, null=True, blank=True, on_delete=models.PROTECT)
    role = models.CharField(max_length=24, blank=True)
    basis = models.CharField(max_length=12, choices=Basis.choices)
    referral_id = models.UUIDField(null=True, blank=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Members of one chart are read together."""

        indexes = [models.Index(fields=["chart_id", "organization"])]


class Representative(models.Model):
    """Somebody who may act for a patient, under which authority, proven by which document, from when until when.

    45 CFR 164.502(g). ``account_id`` is 0 until they have a sign-in of their own. ``classes`` 0 is everything that the
    authority reaches; another mask and ``kinds`` narrow it to what the document says ("relevant to such
    representation", 164.502(g)(2)). Written only through ``consent.rights.acting``, which recompiles the grants.
    """

    class Authority(models.TextChoices):
        """By what right they act. A parent's ends on the child's eighteenth birthday."""

        PARENT = "parent", "Parent or guardian of a minor"
        COURT_GUARDIAN = "court_guardian", "Guardian or conservator by court order"
        HEALTH_CARE_AGENT = "health_care_agent", "Health care agent, proxy or power of attorney"
        EXECUTOR = "executor", "Executor or administrator"

    class Relation(models.TextChoices):
        """Who they are to the patient, in the patient's own words."""

        MOTHER = "mother", "Mother"
        FATHER = "father", "Father"
        PARENT = "parent", "Parent"
        GUARDIAN = "guardian", "Guardian"
        SPOUSE = "spouse", "Spouse or partner"
        CHILD = "child", "Daughter or son"
        SIBLING = "sibling", "Sister or brother"
        OTHER = "other", "Somebody else"

    id = models.AutoField(primary_key=True)
    chart_id = models.BigIntegerField(db_index=True)
    account_id = models.IntegerField(default=0, db_index=True)
    name = models.CharField(max_length=200)
    phone = models.CharField(max_length=40, blank=True)
    relation = models.CharField(max_length=12, choices=Relation.choices)
    authority = models.CharField(max_length=20, choices=Authority.choices)
    document = models.CharField(max_length=200)
    classes = models.BigIntegerField(default=0)
    kinds = models.JSONField(default=list, blank=True)
    verified_by = models.IntegerField()
    verified_org_id = models.IntegerField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.IntegerField(null=True, blank=True)
    ended_as = models.CharField(max_length=24, blank=True)

    class Meta:
        """An end has a who, a when and a why; nobody acts without a document."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_by=None, ended_as="")
                | (models.Q(ended_at__isnull=False, ended_by__isnull=False) & ~models.Q(ended_as="")),
                name="directory_representative_end_has_who_why",
            ),
            models.CheckConstraint(condition=~models.Q(document=""), name="directory_representative_has_a_document"),
        ]


class RepresentativeDecision(models.Model):
    """A recorded word that takes from, or gives to, somebody who acts for a patient; never changed, only ended.

    ``organization_id`` is whose records it is about: each covered entity decides for its own. ``classes`` 0 is what the
    rules let this kind of word open. ``reason`` is read by the privacy officer and never by the representative.
    """

    class Kind(models.TextChoices):
        """What was decided, by whom."""

        NOT_TREATED = "not_treated", "Not treated as representative, 45 CFR 164.502(g)(5)"
        DETRIMENT = "detriment", "Access would be detrimental, Cal. Health & Safety 123115(a)(2)"
        PROFESSIONAL_NO = "professional_no", "State law is silent: a professional declines, 164.502(g)(3)(ii)(C)"
        MINOR_AGREES = "minor_agrees", "The minor agrees in writing that this person may see it"

    representative_id: int
    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField(db_index=True)
    representative = models.ForeignKey(Representative, on_delete=models.PROTECT)
    organization_id = models.IntegerField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    classes = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.IntegerField()
    decided_as = models.CharField(max_length=24)
    decided_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.IntegerField(null=True, blank=True)

    class Meta:
        """Whoever takes something away says why; an end has a who."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="minor_agrees") | ~models.Q(reason=""),
                name="directory_decision_against_has_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_by=None)
                | models.Q(ended_at__isnull=False, ended_by__isnull=False),
                name="directory_decision_end_has_a_who",
            ),
        ]
