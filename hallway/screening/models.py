"""Sittings, keys to them, answers not yet filed, safety protocols, targets. Results live in the record alone."""

from django.db import models
from django.db.models import Q

from hallway.record.classes import DataClass


class Sitting(models.Model):
    """A set of instruments put to one patient by one practice, at once or ahead of a visit.

    ``instruments`` are ids of instrument files in the order asked; steps append to it. Answers stand here until the
    sitting is finished; then they are QuestionnaireResponses and Observations, and the answers are removed.
    """

    class Mode(models.TextChoices):
        """How the questions reach the person."""

        TABLET = "tablet", "On a tablet here"
        LINK = "link", "By a link to their phone"
        PHONE = "phone", "Asked on the phone"
        VISIT = "visit", "Asked at the visit"
        PAPER = "paper", "On paper, typed in"

    class State(models.TextChoices):
        """Where it stands."""

        ASKED = "asked", "Asked"
        BEGUN = "begun", "Begun"
        FINISHED = "finished", "Finished"
        ENDED = "ended", "Ended unfinished"

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField()
    organization_id = models.IntegerField()
    practitioner_id = models.IntegerField(default=0)
    """Who asked; 0: the schedule."""
    mode = models.CharField(max_length=8, choices=Mode.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    ended_as = models.CharField(max_length=24, blank=True)
    """``expired``, ``declined``, ``withdrawn``."""
    instruments = models.JSONField(default=list)
    language = models.CharField(max_length=8, default="en")
    answered_by = models.CharField(max_length=12, default="patient")
    """``patient``, ``proxy`` or ``staff``."""
    proxy_relation = models.CharField(max_length=24, blank=True)
    encounter_id = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    until_at = models.DateTimeField()
    mask = models.BigIntegerField(default=int(DataClass.UNCLASSIFIED))
    """Its label, with ``organization_id`` as its source: that of what it asks, then of what was filed."""
    filed = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))  # type: ignore[call-overload]  # the stubs know no Value
    """What it became in the record, as ``Type/id``; empty until it is finished."""
    version = models.IntegerField(default=0)

    class Meta:
        """One open sitting a practice and chart can be found at once."""

        indexes = [
            models.Index(fields=["chart_id", "asked_at"], name="screening_by_chart"),
            models.Index(
                fields=["organization_id", "until_at"],
                name="screening_open_by_practice",
                condition=Q(state__in=["asked", "begun"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="finished", finished_at__isnull=False) | ~Q(state="finished"),
                name="screening_finished_has_a_time",
            ),
            models.CheckConstraint(condition=~Q(state="ended") | ~Q(ended_as=""), name="screening_ended_says_how"),
        ]


class SittingKey(models.Model):
    """What opens a sitting without an account: the hash of a secret, never the secret."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="keys")
    digest = models.BinaryField(unique=True)
    needs_birth_date = models.BooleanField(default=False)
    wrong_tries = models.SmallIntegerField(default=0)
    until_at = models.DateTimeField()
    shut_at = models.DateTimeField(null=True, blank=True)


class Answer(models.Model):
    """One answer of a sitting that is not finished. ``code`` is the answer's key in the instrument's file."""

    id = models.BigAutoField(primary_key=True)
    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="answers")
    instrument = models.CharField(max_length=24)
    question = models.CharField(max_length=24)
    code = models.CharField(max_length=24, blank=True)
    """Empty: asked and not answered, on purpose."""
    number = models.IntegerField(default=0)
    """The client's count of answers: a later answer stays when an earlier one arrives after it."""
    answered_at = models.DateTimeField()

    class Meta:
        """One answer a question."""

        constraints = [
            models.UniqueConstraint(fields=["sitting", "instrument", "question"], name="screening_one_answer"),
        ]


class Safety(models.Model):
    """A same-visit safety protocol. It is closed by a person's disposition and by nothing else.

    ``mask`` and ``source_org_id`` label it like the answer that opened it.
    """

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField()
    organization_id = models.IntegerField()
    owner_practitioner_id = models.IntegerField(default=0)
    opened_by = models.CharField(max_length=12)
    """``screening``, ``elsewhere`` (a score that came in) or ``clinician``."""
    cause_kind = models.CharField(max_length=24, blank=True)
    cause_id = models.CharField(max_length=64, blank=True)
    cause_code = models.CharField(max_length=24, blank=True)
    """Which critical question: LOINC code or the instrument's key."""
    cause_level = models.CharField(max_length=8, blank=True, default="", db_default="")
    """How grave that answer is, as the instrument's file says; empty where a clinician opened it."""
    source_org_id = models.IntegerField()
    mask = models.BigIntegerField()
    state = models.CharField(max_length=12)
    disposition = models.CharField(max_length=24, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.IntegerField(default=0)
    version = models.IntegerField(default=0)

    class Meta:
        """Closed means that somebody said how; one cause opens one protocol."""

        indexes = [models.Index(fields=["chart_id", "opened_at"], name="safety_by_chart")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | (Q(closed_at__isnull=False) & ~Q(disposition="") & ~Q(closed_by=0)),
                name="safety_is_closed_by_a_person",
            ),
            models.UniqueConstraint(
                fields=["chart_id", "organization_id", "cause_kind", "cause_id", "cause_code", "cause_level"],
                name="safety_once_a_cause",
                condition=~Q(cause_id=""),
            ),
        ]


class SafetyStep(models.Model):
    """One step of a protocol. Words stay in the resource that the step wrote."""

    id = models.BigAutoField(primary_key=True)
    safety = models.ForeignKey(Safety, on_delete=models.PROTECT, related_name="steps")
    position = models.IntegerField()
    step = models.CharField(max_length=24)
    at = models.DateTimeField()
    by_account_id = models.BigIntegerField()
    by_practitioner_id = models.IntegerField()
    by_org_id = models.IntegerField()
    code = models.CharField(max_length=40, blank=True)
    resource_kind = models.CharField(max_length=40, blank=True)
    resource_id = models.CharField(max_length=64, blank=True)

    class Meta:
        """Positions of one protocol are its versions."""

        constraints = [models.UniqueConstraint(fields=["safety", "position"], name="safety_step_once")]


class Target(models.Model):
    """A score that one practice treats towards, for one patient and instrument. The Goal in the record says the words.

    ``baseline_id`` is the Observation from which change is counted; ``rule`` names rows of ``tables/targets``.
    """

    id = models.UUIDField(primary_key=True)
    chart_id = models.BigIntegerField()
    organization_id = models.IntegerField()
    practitioner_id = models.IntegerField(default=0)
    instrument = models.CharField(max_length=24)
    problem_id = models.CharField(max_length=64, blank=True)
    goal_id = models.CharField(max_length=64, blank=True)
    baseline_id = models.CharField(max_length=64, blank=True)
    baseline_total = models.SmallIntegerField(null=True, blank=True)
    baseline_at = models.DateTimeField(null=True, blank=True)
    aim = models.SmallIntegerField()
    source_org_id = models.IntegerField()
    mask = models.BigIntegerField()
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=24, blank=True)
    version = models.IntegerField(default=0)

    class Meta:
        """One running target a practice, patient and instrument."""

        indexes = [models.Index(fields=["organization_id", "ended_at"], name="target_by_practice")]
        constraints = [
            models.UniqueConstraint(
                fields=["chart_id", "organization_id", "instrument"],
                name="target_one_running",
                condition=Q(ended_at__isnull=True),
            ),
        ]
