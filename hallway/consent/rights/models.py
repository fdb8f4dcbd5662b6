"""Tables of the patient's side: what is asked for, where to be reached (45 CFR 164.522), care that is a minor's own."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class PatientAsk(models.Model):
    """Something a patient asked one practice for, and what became of it.

    A restriction may be refused; one for care paid in full out of pocket must be agreed to (164.522(a)(1)(vi)).
    ``recipient_org_id`` 0 is everybody outside the practice. ``words`` are the patient's, ``answer`` the practice's.
    """

    class Kind(models.TextChoices):
        """What is asked for."""

        RESTRICTION = "restriction", "Keep something from somebody"
        SELF_PAY = "self_pay", "Keep a visit from the health plan"
        CHANGE = "change", "Change a form"
        QUESTION = "question", "Ask about the record"

    class State(models.TextChoices):
        """Where it stands."""

        ASKED = "asked", "Asked"
        AGREED = "agreed", "Agreed"
        REFUSED = "refused", "Refused"
        ANSWERED = "answered", "Answered"
        WITHDRAWN = "withdrawn", "Taken back"

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField(db_index=True)
    organization_id = models.IntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    topic = models.CharField(max_length=24, blank=True)
    recipient_org_id = models.IntegerField(default=0)
    service_on = models.DateField(null=True, blank=True)
    words = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.IntegerField()
    answer = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.IntegerField(null=True, blank=True)
    restriction_id = models.UUIDField(null=True, blank=True)

    class Meta:
        """What is over has a who and a when; what waits at a practice is read together."""

        constraints = [
            models.CheckConstraint(
                condition=Q(state="asked", decided_at=None, decided_by=None)
                | (~Q(state="asked") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="ask_decided_has_who_when",
            ),
            models.CheckConstraint(
                condition=~Q(kind="self_pay", state="refused") | ~Q(answer=""), name="ask_self_pay_refused_says_why"
            ),
        ]
        indexes = [models.Index(fields=["organization_id", "asked_at"], condition=Q(state="asked"), name="ask_waiting")]


class ContactWish(models.Model):
    """Where a patient wants to be reached instead (164.522(b)). Nobody asks why, and no column could hold it."""

    class Channel(models.TextChoices):
        """By what."""

        MAIL = "mail", "Mail to another address"
        PHONE = "phone", "Another phone number"
        EMAIL = "email", "Email"

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField(db_index=True)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    address = models.CharField(max_length=200)
    payment = models.CharField(max_length=200, blank=True)
    from_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One wish holds at a time."""

        constraints = [
            models.UniqueConstraint(fields=["chart_id"], condition=Q(ended_at=None), name="contact_wish_one_at_a_time")
        ]


class MinorService(models.Model):
    """A clinician's service to which a minor consented alone, with the facts that the state's row asks for.

    45 CFR 164.502(g)(3)(i). What that clinician writes while it holds carries the class ``MINOR_CONSENTED``.
    """

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField(db_index=True)
    organization_id = models.IntegerField()
    practitioner_id = models.IntegerField()
    service = models.CharField(max_length=16)
    rule_id = models.CharField(max_length=40)
    facts = ArrayField(models.TextField(), default=list, blank=True)
    from_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)


class EmergencySearch(models.Model):
    """An attempt to reach a patient whom the practice does not know, written down before anything was looked up.

    What was typed is not kept. ``emergency_id`` names the access that it opened, or nothing.
    """

    id = models.UUIDField(primary_key=True)
    account_id = models.IntegerField()
    practitioner_id = models.IntegerField()
    organization_id = models.IntegerField()
    category = models.CharField(max_length=24)
    nature = models.CharField(max_length=40)
    reason = models.CharField(max_length=500)
    sought_at = models.DateTimeField()
    emergency_id = models.UUIDField(null=True, blank=True)

    class Meta:
        """Tries of one person are counted by the hour."""

        indexes = [models.Index(fields=["account_id", "sought_at"], name="emergency_search_tries")]
