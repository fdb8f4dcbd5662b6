"""Tables of the report that goes back: its draft, line by line with sources, and what became of it.

A draft is nobody's fact yet: its lines live here and open for its own practice alone. On sending they become a
Composition in the record, behind the gate, and readers are served from there.
"""

from django.db import models
from django.db.models import Q


class Report(models.Model):
    """One report on one referral. ``version`` counts edits, ``edition`` what was sent (2: an amendment)."""

    class State(models.TextChoices):
        """Where the report stands."""

        DRAFT = "draft", "Draft"
        SENT = "sent", "Sent"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        ABANDONED = "abandoned", "Not sent: the referral ended"

    class Reply(models.TextChoices):
        """How the reader acknowledges: an act, not an opening."""

        NONE = "", "Not yet"
        AGREE = "agree", "I agree and will do what is asked"
        CHANGE = "change", "I agree, with a change"
        TALK = "talk", "I need to talk first"

    id = models.UUIDField(primary_key=True)
    referral_id = models.UUIDField()
    chart_id = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    version = models.IntegerField(default=1)
    edition = models.SmallIntegerField(default=0)
    author_org_id = models.IntegerField()
    author_practitioner_id = models.IntegerField()
    recipient_org_id = models.IntegerField()
    recipient_practitioner_id = models.IntegerField()
    drafted_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    composition_id = models.CharField(max_length=64, blank=True)
    document_id = models.CharField(max_length=64, blank=True)
    source_org_id = models.IntegerField()
    mask = models.BigIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by_id = models.IntegerField(default=0)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by_id = models.IntegerField(default=0)
    reply = models.CharField(max_length=8, choices=Reply.choices, blank=True)

    class Meta:
        """Who and when come in pairs; a referral has one living report."""

        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, sent_by_id=0) | (Q(sent_at__isnull=False) & ~Q(sent_by_id=0)),
                name="report_sent_by_and_when",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, reply="") | (Q(acknowledged_at__isnull=False) & ~Q(reply="")),
                name="report_acknowledged_how_and_when",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | Q(sent_at__isnull=False), name="report_read_was_sent"
            ),
            models.UniqueConstraint(
                fields=["referral_id"], condition=Q(state="draft"), name="report_one_draft_a_referral"
            ),
        ]
        indexes = [
            models.Index(fields=["referral_id"], name="report_by_referral"),
            models.Index(fields=["author_org_id", "state"], name="report_by_author"),
        ]


class ReportLine(models.Model):
    """One line of a draft with where it came from. Either a source or an author: a line without both is refused."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="lines")
    section = models.CharField(max_length=24)
    position = models.SmallIntegerField()
    text = models.TextField()
    lead = models.CharField(max_length=80, blank=True)
    source_kind = models.CharField(max_length=40, blank=True)
    source_id = models.CharField(max_length=64, blank=True)
    source_version = models.CharField(max_length=16, default="", blank=True)
    source_on = models.DateField(null=True, blank=True)
    source_org_id = models.IntegerField(default=0)
    source_mask = models.BigIntegerField(default=0)
    added_by_id = models.IntegerField(default=0)
    is_kept = models.BooleanField(default=True)
    edition = models.SmallIntegerField(default=1)

    class Meta:
        """A line says where it comes from."""

        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(source_id="") | ~Q(added_by_id=0), name="report_line_has_source_or_author"
            ),
            models.UniqueConstraint(fields=["report", "position"], name="report_line_position"),
        ]
