"""A report on its way out: its lines, its label, what the gate says of it now. Reads; writes nothing."""

from collections.abc import Sequence
from dataclasses import replace

from hallway.consent.explaining.preview import Preview, preview
from hallway.consent.models import Consent
from hallway.consultation.models import Report, ReportLine
from hallway.consultation.resources import Heading, Written, composition
from hallway.consultation.tables import notices
from hallway.consultation.tables.sections import ANSWER, OWED, SECTIONS
from hallway.errors import HallwayError
from hallway.ids import ChartId, OrganizationId, PractitionerId
from hallway.labels.actions import label
from hallway.labels.source import Source
from hallway.loops.refusing import WithheldError, of_preview
from hallway.record.evidence import Labelled
from hallway.standards.fhir import r4

_ORDER = {section.code: n for n, section in enumerate(SECTIONS)}


def kept_lines(report: Report) -> list[ReportLine]:
    """The lines that leave, in the order of reading."""
    rows = ReportLine.objects.filter(report=report, is_kept=True).exclude(text="")
    return sorted(rows, key=lambda row: (_ORDER[row.section], row.position))


def written(rows: Sequence[ReportLine]) -> list[Written]:
    """Lines as they leave."""
    return [
        Written(
            section=row.section,
            lead=row.lead,
            text=row.text,
            source_kind=row.source_kind,
            source_id=row.source_id,
            source_version=row.source_version,
            source_on=row.source_on.isoformat() if row.source_on else "",
            edition=row.edition,
        )
        for row in rows
    ]


def answer_of(rows: Sequence[Written]) -> str:
    """The author's answer to the question."""
    return " ".join(row.text for row in rows if row.section == ANSWER)


def summary_of(rows: Sequence[Written]) -> tuple[str, str, str]:
    """What the reader sees first: answer, plan with medicines, what is asked of them. Three lines, always three."""

    def joined(*sections: str) -> str:
        return " ".join(f"{row.lead} {row.text}".strip() for row in rows if row.section in sections)

    plan = joined("plan", "medicines")
    return (
        answer_of(rows),
        plan or joined("next") or "No plan was charted.",
        joined("asks") or "Nothing is asked of you.",
    )


def missing(rows: Sequence[Written]) -> tuple[str, ...]:
    """Sections that a report owes and that have no line."""
    have = {row.section for row in rows}
    return tuple(code for code in OWED if code not in have)


def judged(report: Report, heading: Heading, rows: Sequence[ReportLine], texts: tuple[str, ...] = ()) -> Labelled:
    """The Composition with its label: the strictest of what it names, and the author's own profession."""
    carries = 0
    for row in rows:
        carries |= row.source_mask
    made = composition(heading, written(rows), texts)
    return label(r4.encode(made), source=replace(source_of(report), carries=carries))


def source_of(report: Report) -> Source:
    """Where the report comes from."""
    return Source(
        OrganizationId(report.author_org_id), PractitionerId(report.author_practitioner_id), note_kind="report"
    )


def asked_of_the_gate(report: Report, mask: int) -> Preview:
    """May this report leave now?"""
    return preview(
        chart_id=ChartId(report.chart_id),
        discloser_practitioner=PractitionerId(report.author_practitioner_id),
        discloser_org=OrganizationId(report.author_org_id),
        recipient_practitioner=PractitionerId(report.recipient_practitioner_id),
        recipient_org=OrganizationId(report.recipient_org_id),
        classes=mask,
        kind="Composition",
    )


def withheld(report: Report, said: Preview, error: HallwayError) -> WithheldError:
    """The gate's no to this report, as an error that is also recorded under the information blocking rule."""
    refusal = of_preview(
        said,
        chart_id=ChartId(report.chart_id),
        route="report",
        discloser=(OrganizationId(report.author_org_id), PractitionerId(report.author_practitioner_id)),
        recipient=(OrganizationId(report.recipient_org_id), PractitionerId(report.recipient_practitioner_id)),
    )
    return WithheldError(error, refusal)


def may_leave(said: Preview) -> bool:
    """Does the verdict let it leave as it is?"""
    return said.flows


def notices_of(said: Preview) -> tuple[str, ...]:
    """The notices that must travel with it."""
    return notices.texts(said.obligations)


def revoked_since(report: Report) -> Consent | None:
    """A consent towards the reader that was taken back after the draft was begun: the plainest reason for a no."""
    rows = Consent.objects.filter(
        chart_id=report.chart_id,
        state="revoked",
        discloser_org_id=report.author_org_id,
        recipient_org_id=report.recipient_org_id,
        revoked_at__gte=report.drafted_at,
    )
    return rows.order_by("-revoked_at").first()
