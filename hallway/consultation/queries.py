"""Every read of reports. A draft opens for its own practice; a sent report comes from the record, through a Release."""

from datetime import datetime

from hallway import clock
from hallway.consent import gate
from hallway.consent.queries import headers
from hallway.consultation import composing, presenting
from hallway.consultation.models import Report, ReportLine
from hallway.consultation.resources import Heading, Written, lines_of
from hallway.consultation.sight import patient_reference, person_reference
from hallway.consultation.tables import notices
from hallway.consultation.views import ReportDue, ReportLineView, ReportView
from hallway.directory.models import Organization, Practitioner
from hallway.identity.requester import CLINICIANS, Requester, Role
from hallway.ids import ChartId, OrganizationId, ReferralId, ReportId, ResourceId
from hallway.loops.queries import loops_of_referral, worklist
from hallway.loops.tables.clocks import LoopKind
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.referral.judging import read_words
from hallway.referral.models import Referral
from hallway.referral.queries import party
from hallway.referral.sight import Sight, look
from hallway.referral.states import Side, Step
from hallway.standards.fhir import r4
from hallway.storage.connection import transaction


def report_for(requester: Requester, report_id: ReportId) -> ReportView:
    """One report for one reader. Raises HallwayError NOT_FOUND when unknown or not theirs: one answer."""
    with transaction():
        report = Report.objects.filter(id=report_id).first()
        if report is None:
            raise gate.not_found()
        sight = look(requester, report.referral_id)
        if requester.role not in CLINICIANS or (sight.side is Side.SENDER and report.state == "draft"):
            raise gate.not_found()
        if report.state == "draft":
            return _draft(requester, report, sight)
        return _sent(requester, report, sight)


def _draft(requester: Requester, report: Report, sight: Sight) -> ReportView:
    rows = sorted(ReportLine.objects.filter(report=report), key=lambda row: row.position)
    kept = composing.kept_lines(report)
    label = composing.judged(report, _heading(report, requester), kept)
    said = composing.asked_of_the_gate(report, label.mask)
    newer = _newer(sight, rows)
    lines = tuple(presenting.draft_line(row, is_changed=row.pk in newer) for row in rows)
    written = composing.written(kept)
    return _view(requester, report, sight, lines=lines, written=written, leaving=presenting.leaving(said))


def _heading(report: Report, requester: Requester) -> Heading:
    person = person_reference(requester)
    return Heading(
        composition_id=report.composition_id or str(report.id),
        patient=patient_reference(ChartId(report.chart_id)),
        author=person,
        author_org=person,
        recipient=person,
        request=f"ServiceRequest/{Referral.objects.get(id=report.referral_id).service_request_id}",
        at=clock.now(),
    )


def _newer(sight: Sight, rows: list[ReportLine]) -> set[int]:
    """Lines whose source has changed (or may no longer be read) since they were drafted."""
    kinds = sorted({row.source_kind for row in rows if row.source_id})
    if not kinds:
        return set()
    found = record.read_chart(sight.release, kinds=kinds, route="report")
    now = {(stored.kind, str(stored.id)): stored.version_id for stored in found}
    return {row.pk for row in rows if row.source_id and now.get((row.source_kind, row.source_id)) != row.source_version}


def _sent(requester: Requester, report: Report, sight: Sight) -> ReportView:
    stored = record.read_one(sight.release, "Composition", ResourceId(report.composition_id), route="report")
    if stored is None:
        raise gate.not_found()
    written = lines_of(stored.view(r4.Composition))
    lines = tuple(presenting.sent_line(n, line) for n, line in enumerate(written, start=1))
    return _view(requester, report, sight, lines=lines, written=written, leaving=None)


def _view(
    requester: Requester,
    report: Report,
    sight: Sight,
    *,
    lines: tuple[ReportLineView, ...],
    written: list[Written],
    leaving: presenting.Leaving | None,
) -> ReportView:
    chart_id = ChartId(report.chart_id)
    header = headers(requester, [chart_id]).get(chart_id)
    words = read_words(sight)
    if header is None or words is None:
        raise gate.not_found()
    due_at = _due(requester, ReferralId(report.referral_id))
    latest = max((line.edition for line in written), default=1)
    return ReportView(
        id=ReportId(report.id),
        referral_id=ReferralId(report.referral_id),
        number=sight.referral.number,
        header=header,
        state=report.state,
        version=report.version,
        edition=report.edition,
        author=party(OrganizationId(report.author_org_id), report.author_practitioner_id),
        recipient=party(OrganizationId(report.recipient_org_id), report.recipient_practitioner_id),
        is_author=sight.side is Side.RECEIVER,
        question=words.question,
        answer=composing.answer_of(written),
        summary=composing.summary_of(written),
        asks=tuple(line.text for line in written if line.section == "asks"),
        sections=presenting.sections(lines),
        missing=composing.missing(written),
        due_at=due_at,
        is_late=due_at is not None and clock.now() > due_at,
        leaving=leaving,
        notices=_notices(report),
        changed_since=tuple(line.text for line in written if line.edition == latest) if latest > 1 else (),
        drafted_at=report.drafted_at,
        sent_at=report.sent_at,
        acknowledged_at=report.acknowledged_at,
        acknowledged_by=_name(report.acknowledged_by_id),
        reply=report.reply,
    )


def _notices(report: Report) -> tuple[str, ...]:
    """Notices of a sent report, by its label."""
    found = [("P2-2024-S1", DataClass.PART2), ("CT-19A-585", DataClass.HIV)]
    if report.state == "draft":
        return ()
    state = Organization.objects.get(id=report.author_org_id).state
    return tuple(
        notices.NOTICES[notice]
        for notice, bit in found
        if report.mask & bit and (bit is not DataClass.HIV or state == "CT")
    )


def _name(practitioner_id: int) -> str:
    person = Practitioner.objects.filter(id=practitioner_id).first()
    return person.short_name if person else ""


def _due(requester: Requester, referral_id: ReferralId) -> datetime | None:
    kinds = {LoopKind.REPORT.value, LoopKind.ACKNOWLEDGE.value}
    return next((row.due_at for row in loops_of_referral(requester, referral_id) if row.kind in kinds), None)


def report_of_referral(requester: Requester, referral_id: ReferralId) -> ReportId | None:
    """The living report of a referral that this reader may open, or None."""
    with transaction():
        sight = look(requester, referral_id)
        if sight.side is Side.SENDER:
            steps = {Step.REPORT.value, Step.AMEND_REPORT.value}
            sent = next((step.subject_id for step in reversed(sight.steps) if step.step in steps), None)
            return ReportId(sent) if sent else None
        rows = Report.objects.filter(referral_id=referral_id).exclude(state="abandoned").order_by("-drafted_at")
        report = rows.first()
        return ReportId(report.id) if report else None


def reports_due(requester: Requester) -> list[ReportDue]:
    """Reports this person (or, for the desk and the leader, this practice) owes, latest first."""
    show = "practice" if requester.role in {Role.FRONT_DESK, Role.PRACTICE_LEADER} else "mine"
    rows = [row for row in worklist(requester, show=show, limit=200).rows if row.kind == LoopKind.REPORT.value]
    ids_ = [row.referral_id for row in rows if row.referral_id]
    referrals = Referral.objects.in_bulk(ids_)
    drafts = {r.referral_id: ReportId(r.id) for r in Report.objects.filter(referral_id__in=ids_, state="draft")}
    return [
        ReportDue(
            referral_id=ReferralId(row.referral_id),
            report_id=drafts.get(row.referral_id),
            header=row.header,
            to_name=row.for_name,
            to_org=row.for_org,
            first_seen_at=referrals[row.referral_id].seen_at or row.opened_at,
            due_at=row.due_at,
            is_late=row.is_late,
            has_draft=row.referral_id in drafts,
        )
        for row in sorted(rows, key=lambda row: row.due_at)
        if row.referral_id
    ]
