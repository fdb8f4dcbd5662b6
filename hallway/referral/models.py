"""Tables of the referral: who asked whom, where it stands, every step, the hand-off, the visits.

Rows hold states, times and owners. The question and every clinical word stay in the ServiceRequest, behind the gate.
"""

from django.db import models
from django.db.models import Q

from hallway.referral.states import TERMINAL, State

_ENDED = sorted(state.value for state in TERMINAL)
"""In a fixed order: a migration compares it."""


class Direction(models.TextChoices):
    """Which way down the hall."""

    TO_BEHAVIORAL = "to_bh", "To behavioral health"
    TO_PRIMARY = "to_pc", "To primary care"
    TO_SPECIALIST = "to_medical", "To a medical specialist"


class ExpectedRole(models.TextChoices):
    """What the sender asks the other side to do (``law.md`` 3.2)."""

    CONSULT = "consult", "Assess once and advise"
    COMANAGE = "comanage", "Assess and treat together"
    MANAGE = "manage", "Take over treatment"
    MEDICINES = "medicines", "Review medicines only"
    ESTABLISH = "establish", "Establish primary care"


class Urgency(models.TextChoices):
    """How soon."""

    TODAY = "today", "Today"
    SOON = "soon", "In 10 days"
    ROUTINE = "routine", "Routine"


class Custody(models.TextChoices):
    """Who answers for the problem. It stays with the sender until the receiver has accepted."""

    SENDER = "sender", "Sender"
    SHARED = "shared", "Both"
    RECEIVER = "receiver", "Receiver"


class Referral(models.Model):
    """One request from one side to the other. A re-route is a new row with ``previous`` and the next ``interval``.

    ``mask`` and ``source_org_id`` label the request itself; ``answer_mask`` labels what the receiver's steps reveal
    (that the patient came, say), whose source is the receiver. ``number`` of steps is the version.
    """

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField()
    state = models.CharField(max_length=24, choices=[(state.value, state.value) for state in State])
    version = models.IntegerField(default=0)
    interval = models.SmallIntegerField(default=1)
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="later")
    direction = models.CharField(max_length=12, choices=Direction.choices)
    recipient_type = models.CharField(max_length=40)
    expected_role = models.CharField(max_length=12, choices=ExpectedRole.choices)
    urgency = models.CharField(max_length=8, choices=Urgency.choices, default=Urgency.ROUTINE)
    custody = models.CharField(max_length=8, choices=Custody.choices, default=Custody.SENDER)
    sender_org_id = models.IntegerField()
    sender_practitioner_id = models.IntegerField()
    receiver_org_id = models.IntegerField()
    receiver_practitioner_id = models.IntegerField(default=0)
    asked_practitioner_id = models.IntegerField(default=0)
    """Whom the sender asked. Who took it on at a Part 2 program is the program's to tell."""
    is_self_referral = models.BooleanField(default=False)
    source_org_id = models.IntegerField()
    mask = models.BigIntegerField()
    answer_mask = models.BigIntegerField(default=0)
    service_request_id = models.CharField(max_length=64, blank=True)
    request_task_id = models.CharField(max_length=64, blank=True)
    answer_task_id = models.CharField(max_length=64, blank=True)
    consent_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    re_offer_on = models.DateField(null=True, blank=True)

    class Meta:
        """Constraints make illegal referrals impossible, whoever writes."""

        indexes = [
            models.Index(fields=["chart_id", "created_at"], name="referral_by_chart"),
            models.Index(fields=["sender_org_id", "state"], name="referral_by_sender"),
            models.Index(fields=["receiver_org_id", "state"], name="referral_by_receiver"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="referral_state_is_known"),
            models.CheckConstraint(
                condition=Q(custody="sender") | Q(accepted_at__isnull=False), name="referral_custody_needs_acceptance"
            ),
            models.CheckConstraint(
                condition=~Q(
                    sender_org_id=models.F("receiver_org_id"),
                    sender_practitioner_id=models.F("receiver_practitioner_id"),
                ),
                name="referral_not_to_oneself",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_ENDED, closed_at__isnull=False)
                | (~Q(state__in=_ENDED) & Q(closed_at__isnull=True)),
                name="referral_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(reported_at__isnull=False, acknowledged_at__isnull=False),
                name="referral_closed_was_reported_and_acknowledged",
            ),
            models.UniqueConstraint(
                fields=["chart_id", "sender_org_id", "receiver_org_id", "asked_practitioner_id", "recipient_type"],
                condition=~Q(state__in=_ENDED),
                name="referral_one_open",
            ),
        ]

    @property
    def number(self) -> str:
        """As people say it: "R-2605-0412". Made from the id, so it counts nothing."""
        return f"R-{self.created_at:%y%m}-{self.id.int % 10_000:04d}"


class ReferralStep(models.Model):
    """One immutable line of the referral's history: who did what, when, from which state to which.

    The application's role may insert and read these rows, never change or delete them.
    """

    id = models.BigAutoField(primary_key=True)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="steps")
    chart_id = models.BigIntegerField()
    position = models.IntegerField()
    interval = models.SmallIntegerField(default=1)
    step = models.CharField(max_length=32)
    from_state = models.CharField(max_length=24, blank=True)
    to_state = models.CharField(max_length=24)
    reason_code = models.CharField(max_length=40, blank=True)
    side = models.CharField(max_length=8)
    at = models.DateTimeField()
    by_account_id = models.IntegerField()
    by_practitioner_id = models.IntegerField()
    by_org_id = models.IntegerField()
    by_role = models.CharField(max_length=24)
    source_org_id = models.IntegerField()
    author_id = models.IntegerField(default=0)
    mask = models.BigIntegerField()
    subject_id = models.UUIDField(null=True, blank=True)

    class Meta:
        """One position, one step: two people acting at once cannot both have written it."""

        constraints = [models.UniqueConstraint(fields=["referral", "position"], name="referral_step_position")]


class Visit(models.Model):
    """An appointment of a referral. A new time is a new row; the old one ends as ``rescheduled``."""

    class Status(models.TextChoices):
        """What became of it."""

        BOOKED = "booked", "Booked"
        RESCHEDULED = "rescheduled", "Moved"
        CANCELLED = "cancelled", "Cancelled"
        NO_SHOW = "no_show", "Did not come"
        KEPT = "kept", "Came"

    class Mode(models.TextChoices):
        """How they meet."""

        IN_PERSON = "in_person", "In person"
        VIDEO = "video", "By video"
        PHONE = "phone", "By phone"

    id = models.UUIDField(primary_key=True)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="visits")
    chart_id = models.BigIntegerField()
    practitioner_id = models.IntegerField(default=0)
    starts_at = models.DateTimeField()
    minutes = models.SmallIntegerField(default=50)
    mode = models.CharField(max_length=12, choices=Mode.choices, default=Mode.IN_PERSON)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.BOOKED)
    is_first = models.BooleanField(default=True)
    booked_at_handoff = models.BooleanField(default=False)
    appointment_id = models.CharField(max_length=64, blank=True)
    encounter_id = models.CharField(max_length=64, blank=True)
    source_org_id = models.IntegerField()
    mask = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        """A referral has one booked visit at a time."""

        constraints = [
            models.UniqueConstraint(fields=["referral"], condition=Q(status="booked"), name="referral_one_booked_visit")
        ]


class HandOff(models.Model):
    """The walk down the hall: one attempt to meet in person before the patient leaves."""

    class State(models.TextChoices):
        """Where the walk stands."""

        ASKED = "asked", "Asked"
        ACCEPTED = "accepted", "Accepted"
        MET = "met", "Met"
        FALLBACK = "fallback", "Nobody was free: they call"
        ENDED = "ended", "Ended without meeting"

    id = models.UUIDField(primary_key=True)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="handoffs")
    chart_id = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.ASKED)
    by_org_id = models.IntegerField()
    by_practitioner_id = models.IntegerField()
    place = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=20, blank=True)
    accepted_org_id = models.IntegerField(default=0)
    accepted_practitioner_id = models.IntegerField(default=0)
    in_minutes = models.SmallIntegerField(default=0)
    mode = models.CharField(max_length=12, choices=Visit.Mode.choices, blank=True)
    patient_agreed = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField()

    class Meta:
        """Met means: accepted by somebody, agreed by the patient, with a start and an end."""

        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "met"]) | ~Q(accepted_practitioner_id=0),
                name="handoff_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="met")
                | Q(patient_agreed=True, started_at__isnull=False, stopped_at__gte=models.F("started_at")),
                name="handoff_met_has_times_and_agreement",
            ),
        ]

    @property
    def minutes(self) -> int:
        """Minutes from start to stop, rounded up; 0 before they met. Never typed in."""
        if self.started_at is None or self.stopped_at is None:
            return 0
        return -int(-(self.stopped_at - self.started_at).total_seconds() // 60)


class HandOffAsk(models.Model):
    """One knock at one door, with its 90-second clock."""

    class Answer(models.TextChoices):
        """What the asked person said."""

        NONE = "", "No answer yet"
        ACCEPT = "accept", "Accepted"
        PASS = "pass", "Passed"
        LATER = "later", "In 15 minutes"
        EXPIRED = "expired", "No answer in time"
        TAKEN = "taken", "Somebody else was first"

    id = models.UUIDField(primary_key=True)
    handoff = models.ForeignKey(HandOff, on_delete=models.PROTECT, related_name="asks")
    position = models.SmallIntegerField()
    org_id = models.IntegerField()
    practitioner_id = models.IntegerField()
    asked_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_account_id = models.IntegerField(default=0)
    answered_role = models.CharField(max_length=24, blank=True)

    class Meta:
        """First accept wins: at most one accepted ask in a hand-off."""

        constraints = [
            models.UniqueConstraint(
                fields=["handoff"], condition=Q(answer__in=["accept", "later"]), name="handoff_first_accept_wins"
            ),
            models.UniqueConstraint(fields=["handoff", "practitioner_id"], name="handoff_asks_each_once"),
        ]
        indexes = [models.Index(fields=["practitioner_id", "answer"], name="handoff_ask_by_person")]
