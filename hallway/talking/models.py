"""Threads, requests for information, check lists and their contacts. Words stay in resources, behind the gate."""

from django.db import models
from django.db.models import Q


class Thread(models.Model):
    """Two practices talk about one patient, and about one loop where ``subject_id`` names it.

    ``mask`` and ``source_org_id`` label that the two talk at all.
    """

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField()
    first_org_id = models.IntegerField()
    second_org_id = models.IntegerField()
    subject_kind = models.CharField(max_length=24, blank=True)
    """``referral``, ``firing``, ``request``, ``safety``; empty: the patient as a whole."""
    subject_id = models.UUIDField(null=True, blank=True)
    source_org_id = models.IntegerField()
    mask = models.BigIntegerField()
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        """One thread for two practices, a patient and a subject."""

        indexes = [
            models.Index(fields=["first_org_id", "-last_at"], name="talking_by_first"),
            models.Index(fields=["second_org_id", "-last_at"], name="talking_by_second"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["chart_id", "first_org_id", "second_org_id", "subject_id"], name="talking_one_thread"
            ),
            models.UniqueConstraint(
                fields=["chart_id", "first_org_id", "second_org_id"],
                name="talking_one_whole_thread",
                condition=Q(subject_id__isnull=True),
            ),
        ]


class Message(models.Model):
    """One word of a thread: who and when. ``resource_id`` is the Communication that holds it."""

    id = models.UUIDField(primary_key=True)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="messages")
    chart_id = models.BigIntegerField()
    at = models.DateTimeField()
    by_org_id = models.IntegerField()
    by_practitioner_id = models.IntegerField()
    resource_id = models.CharField(max_length=64)
    mask = models.BigIntegerField(default=0, db_default=0)
    """Its Communication's label: whoever it may not reach is not shown that it was said."""

    class Meta:
        """In order."""

        indexes = [models.Index(fields=["thread", "at"], name="talking_messages")]


class Reading(models.Model):
    """How far one person has read a thread."""

    id = models.BigAutoField(primary_key=True)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="readings")
    practitioner_id = models.IntegerField()
    read_at = models.DateTimeField()

    class Meta:
        """One row a person and thread."""

        constraints = [models.UniqueConstraint(fields=["thread", "practitioner_id"], name="talking_one_reading")]


class InformationRequest(models.Model):
    """One practice asks another for something about a patient, by a time (R30). The Task says the words."""

    class State(models.TextChoices):
        """Whose turn it is."""

        ASKED = "asked", "Asked"
        ANSWERED = "answered", "Answered"
        FILED = "filed", "Filed into the note"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.ASKED)
    from_org_id = models.IntegerField()
    from_practitioner_id = models.IntegerField()
    to_org_id = models.IntegerField()
    to_practitioner_id = models.IntegerField(default=0)
    wanted = models.JSONField(default=list)
    """Keys of ``tables/wanted``: medical, behavioral, substance_use, medicines, labs, evaluation, ..."""
    subject_kind = models.CharField(max_length=24, blank=True)
    subject_id = models.UUIDField(null=True, blank=True)
    thread = models.ForeignKey(Thread, null=True, blank=True, on_delete=models.PROTECT)
    task_id = models.CharField(max_length=64, blank=True)
    answer_id = models.CharField(max_length=64, blank=True)
    note_id = models.CharField(max_length=64, blank=True)
    source_org_id = models.IntegerField()
    mask = models.BigIntegerField()
    answer_mask = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=40, blank=True)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    filed_at = models.DateTimeField(null=True, blank=True)
    version = models.IntegerField(default=0)

    class Meta:
        """By who asked and who owes; an answer has a time."""

        indexes = [
            models.Index(fields=["to_org_id", "state"], name="talking_requests_to"),
            models.Index(fields=["from_org_id", "state"], name="talking_requests_from"),
            models.Index(fields=["chart_id", "asked_at"], name="talking_requests_chart"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "filed"]) | Q(answered_at__isnull=False),
                name="talking_answered_has_a_time",
            ),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(reason=""), name="talking_declined_says_why"),
        ]


class Checklist(models.Model):
    """The Coordination of Care Check List of one practice for a shared patient and period (R37; law.md 3.3)."""

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField()
    organization_id = models.IntegerField()
    from_on = models.DateField()
    until_on = models.DateField()
    next_step = models.CharField(max_length=40, blank=True)
    owner_practitioner_id = models.IntegerField(default=0)
    opened_at = models.DateTimeField()
    version = models.IntegerField(default=0)

    class Meta:
        """One for a practice, patient and period."""

        constraints = [
            models.UniqueConstraint(fields=["chart_id", "organization_id", "from_on"], name="talking_one_checklist"),
            models.CheckConstraint(condition=Q(until_on__gte=models.F("from_on")), name="talking_period_runs_forward"),
        ]


class ChecklistEntry(models.Model):
    """One process of a check list that was done by hand or found in the record; ``entry`` is its key in the table."""

    id = models.BigAutoField(primary_key=True)
    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, related_name="entries")
    entry = models.CharField(max_length=40)
    on = models.DateField()
    by_practitioner_id = models.IntegerField(default=0)
    resource_kind = models.CharField(max_length=40, blank=True)
    resource_id = models.CharField(max_length=64, blank=True)

    class Meta:
        """Once by hand, and once for each thing in the record."""

        constraints = [
            models.UniqueConstraint(
                fields=["checklist", "entry", "resource_kind", "resource_id"], name="talking_one_tick"
            ),
        ]


class Contact(models.Model):
    """One contact with the other side about a patient: counted minutes come from begin and end, never typed alone."""

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField()
    organization_id = models.IntegerField()
    practitioner_id = models.IntegerField()
    with_org_id = models.IntegerField(default=0)
    with_practitioner_id = models.IntegerField(default=0)
    direction = models.CharField(max_length=4)
    """``in`` or ``out``."""
    channel = models.CharField(max_length=12)
    topic = models.CharField(max_length=40)
    outcome = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    thread = models.ForeignKey(Thread, null=True, blank=True, on_delete=models.PROTECT)
    resource_id = models.CharField(max_length=64, blank=True)
    """The Communication that holds what was said, where words were kept."""

    class Meta:
        """By chart and day."""

        indexes = [models.Index(fields=["chart_id", "began_at"], name="talking_contacts")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__gte=models.F("began_at")), name="talking_contact_runs_forward"
            ),
        ]


class WayToReach(models.Model):
    """How a clinician wants to be reached: the contact card (R40)."""

    practitioner_id = models.IntegerField(primary_key=True)
    channel = models.CharField(max_length=12)
    """``message``, ``phone``, ``fax``, ``page``."""
    phone = models.CharField(max_length=40, blank=True)
    best_time = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=120, blank=True)
    away_until_on = models.DateField(null=True, blank=True)
    cover_practitioner_id = models.IntegerField(default=0)
    updated_at = models.DateTimeField()
