"""From rows and released lines to what pages show of a report. Pure."""

from hallway.consent.explaining.preview import Preview
from hallway.consultation.models import ReportLine
from hallway.consultation.resources import Written
from hallway.consultation.tables.sections import ANSWER, SECTIONS
from hallway.consultation.views import Leaving, ReportLineView, ReportSection
from hallway.referral.describing import day_words

_NAMES = {
    "Encounter": "Visit",
    "Appointment": "Appointment",
    "Condition": "Problem list",
    "Observation": "Result",
    "RiskAssessment": "Risk check",
    "CarePlan": "Care plan",
    "Goal": "Care plan",
    "MedicationRequest": "Order",
    "ServiceRequest": "Referral",
}


def draft_line(row: ReportLine, *, is_changed: bool) -> ReportLineView:
    """A line of a draft, kept or not."""
    day = row.source_on
    name = row.lead if row.section == "scores" else _NAMES.get(row.source_kind, "")
    words = f"{name}, {day_words(day)}" if day else name
    return ReportLineView(
        id=row.pk,
        section=row.section,
        text=row.text,
        lead=row.lead,
        source=words if row.source_id else "Added by you",
        source_kind=row.source_kind,
        source_id=row.source_id,
        source_version=row.source_version,
        source_on=day,
        is_authors=row.added_by_id != 0,
        is_changed=is_changed,
        is_kept=row.is_kept,
    )


def sent_line(position: int, line: Written) -> ReportLineView:
    """A line of a sent report, as its Composition says it."""
    name = line.lead if line.section == "scores" else _NAMES.get(line.source_kind, "")
    return ReportLineView(
        id=position,
        section=line.section,
        text=line.text,
        lead=line.lead,
        source=name if line.source_id else "Added by the author",
        source_kind=line.source_kind,
        source_id=line.source_id,
        source_version=line.source_version,
        source_on=None,
        is_authors=not line.source_id,
        is_changed=False,
        is_kept=True,
    )


def sections(lines: tuple[ReportLineView, ...]) -> tuple[ReportSection, ...]:
    """Every section but the answer, empty ones too: their place is where a line may be added."""
    return tuple(
        ReportSection(section.code, section.title, tuple(line for line in lines if line.section == section.code))
        for section in SECTIONS
        if section.code != ANSWER
    )


def leaving(said: Preview) -> Leaving:
    """The gate sentence of the composer."""
    return Leaving(said.verdict, said.headline, said.reason, said.citation, said.verified, said.consent_id)
