"""Use cases of the report: draft, edit, sign and send, acknowledge, amend, put into the note, print."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from hallway import clock, ids
from hallway.consent import actions as consent
from hallway.consultation import composing, drafting, refusals, resources
from hallway.consultation.models import Report, ReportLine
from hallway.consultation.printing import printed
from hallway.consultation.queries import report_for
from hallway.consultation.resources import Heading
from hallway.consultation.sight import author_sight, locked, patient_reference, person_reference, reader_sight
from hallway.consultation.tables.sections import ANSWER, SECTIONS
from hallway.directory.models import Organization, Practitioner
from hallway.errors import HallwayError
from hallway.identity.requester import Requester
from hallway.ids import ChartId, PractitionerId, ReferralId, ReportId, ResourceId
from hallway.labels.actions import label
from hallway.labels.source import Source
from hallway.ledger import lines
from hallway.loops import actions as loops
from hallway.loops.refusing import recording
from hallway.loops.tables.clocks import LoopKind
from hallway.record import queries as record
from hallway.record.classes import LICENCE_CLASSES
from hallway.referral import rules as referral_rules
from hallway.referral.moves import Move, new_id
from hallway.referral.refusals import local_time
from hallway.referral.resources import communication
from hallway.referral.sight import Sight
from hallway.referral.states import Side, State, Step, Tells, transition
from hallway.referral.stepping import owed, stepping
from hallway.referral.tables.owed import Duty
from hallway.standards.fhir import r4
from hallway.storage.connection import transaction

_READ = Duty(LoopKind.ACKNOWLEDGE, Side.SENDER, Tells.ATTENDANCE)
_TALK = Duty(LoopKind.TALK, Side.RECEIVER, Tells.ATTENDANCE)
_A_DAY = timedelta(days=1)
"""The score that led to the referral was taken on the same day."""
_CODES = {section.code for section in SECTIONS}


def draft_report(by: Requester, referral_id: ReferralId) -> Report:
    """Compose a draft from charted, shareable facts; the living report when there is one already.

    Reads single facts only. Notes are not asked for, and what carries a psychotherapy or counseling label is passed
    over even where its author reads (``drafting``).
    """
    with transaction():
        sight = author_sight(by, referral_id, lock=True)
        living = (
            Report.objects.filter(referral_id=referral_id).exclude(state="abandoned").order_by("-drafted_at").first()
        )
        if living is not None and (living.state == "draft" or not _is_reopened(sight, living)):
            return living
        _takes_report(sight)
        report = _new_report(by, sight)
        found = record.read_chart(sight.release, kinds=drafting.KINDS, route="report")
        report.save(force_insert=True)
        ReportLine.objects.bulk_create(_drafted(report, drafting.lines(found, _frame(sight)), by))
        lines.write(lines.step_line(by, "report.drafted", charts=[report.chart_id], detail=str(report.id)))
    return report


def _is_reopened(sight: Sight, living: Report) -> bool:
    """A referral opened again owes a new report; the old one stays."""
    return sight.referral.reported_at is None and living.state in {"sent", "acknowledged"}


def _takes_report(sight: Sight) -> None:
    if transition(State(sight.referral.state), Step.REPORT, Side.RECEIVER) is None:
        raise refusals.referral_over()


def _new_report(by: Requester, sight: Sight) -> Report:
    now, referral = clock.now(), sight.referral
    return Report(
        id=ids.new_uuid(now),
        referral_id=referral.id,
        chart_id=referral.chart_id,
        author_org_id=by.organization_id,
        author_practitioner_id=by.practitioner_id,
        recipient_org_id=referral.sender_org_id,
        recipient_practitioner_id=referral.sender_practitioner_id,
        drafted_at=now,
        updated_at=now,
        source_org_id=by.organization_id,
        mask=referral.answer_mask,
    )


def _frame(sight: Sight) -> drafting.Frame:
    referral = sight.referral
    return drafting.Frame(
        author_org=referral.receiver_org_id,
        recipient_org=referral.sender_org_id,
        since=referral.created_at - _A_DAY,
        now=clock.now(),
        request_id=referral.service_request_id,
    )


def _drafted(report: Report, drafted: Sequence[drafting.Line], by: Requester) -> list[ReportLine]:
    rows = [
        ReportLine(
            report=report,
            section=line.section,
            position=position,
            text=line.text,
            lead=line.lead,
            source_kind=line.stored.kind,
            source_id=str(line.stored.id),
            source_version=line.stored.version_id,
            source_on=(line.stored.dated_at or line.stored.updated_at).date(),
            source_org_id=line.stored.source_org,
            source_mask=line.stored.mask,
        )
        for position, line in enumerate(drafted, start=1)
    ]
    card = _contact(by)
    if card:
        rows.append(_own_line(report, "contact", card, by, position=len(rows) + 1))
    return rows


def _contact(by: Requester) -> str:
    person = Practitioner.objects.filter(id=by.practitioner_id).first()
    place = Organization.objects.filter(id=by.organization_id).first()
    phone = (person.phone if person else "") or (place.phone if place else "")
    best = f", best {person.best_time}" if person and person.best_time else ""
    return f"{phone}{best}. Message in Hallway any time." if phone else "Message in Hallway any time."


def _own_line(report: Report, section: str, text: str, by: Requester, *, position: int) -> ReportLine:
    return ReportLine(
        report=report,
        section=section,
        position=position,
        text=text,
        added_by_id=by.practitioner_id,
        edition=report.edition + 1 if report.edition else 1,
    )


def edit_report(
    by: Requester,
    report_id: ReportId,
    *,
    expected_version: int,
    answer: str | None = None,
    kept: Mapping[int, bool] | None = None,
    texts: Mapping[int, str] | None = None,
    added: Sequence[tuple[str, str]] = (),
) -> Report:
    """Change the draft: the answer, which lines stay (by line id), their words, new lines as (section, text)."""
    _check_texts([("answer", answer or ""), *((ANSWER, text) for text in (texts or {}).values()), *added])
    with transaction():
        report = locked(report_id)
        author_sight(by, ReferralId(report.referral_id))
        _check_draft(report, expected_version, by)
        for line in ReportLine.objects.filter(report=report):
            _change(line, kept or {}, texts or {}, by)
        additions = [*([(ANSWER, answer)] if answer is not None else []), *added]
        _add_lines(report, additions, by)
        report.version += 1
        report.updated_at = clock.now()
        report.author_practitioner_id = by.practitioner_id
        report.save()
    return report


def _check_texts(pairs: Sequence[tuple[str, str]]) -> None:
    for section, text in pairs:
        if section not in _CODES or referral_rules.text_fault(text):
            raise refusals.bad_line(section if section in _CODES else "section")


def _check_draft(report: Report, expected_version: int, by: Requester) -> None:
    if report.state != "draft":
        raise refusals.not_a_draft()
    if report.version != expected_version:
        who = _who(report.author_practitioner_id, by)
        zone = Organization.objects.get(id=report.author_org_id).timezone
        raise refusals.changed_meanwhile(who, local_time(report.updated_at, zone))


def _change(line: ReportLine, kept: Mapping[int, bool], texts: Mapping[int, str], by: Requester) -> None:
    """The author's choice on one line. Changed words are the author's, with the source still named."""
    text = texts.get(line.pk, line.text).strip()
    is_kept = kept.get(line.pk, line.is_kept)
    if (text, is_kept) != (line.text, line.is_kept):
        line.added_by_id = by.practitioner_id if text != line.text else line.added_by_id
        line.text, line.is_kept = text, is_kept
        line.save(update_fields=["text", "is_kept", "added_by_id"])


def _add_lines(report: Report, additions: Sequence[tuple[str, str]], by: Requester) -> None:
    last = ReportLine.objects.filter(report=report).order_by("-position").first()
    position = last.position if last else 0
    for section, text in additions:
        if section == ANSWER and report.edition == 0:
            ReportLine.objects.filter(report=report, section=ANSWER).delete()
        if text.strip():
            position += 1
            _own_line(report, section, text.strip(), by, position=position).save()


def sign_and_send_report(by: Requester, report_id: ReportId, *, expected_version: int) -> Report:
    """Ask the gate at this instant, then send. A consent taken back meanwhile is a clear error, and the draft stays."""
    with recording(by), transaction():
        report = locked(report_id)
        sight = author_sight(by, ReferralId(report.referral_id), lock=True)
        _check_draft(report, expected_version, by)
        _takes_report(sight)
        report.author_practitioner_id = by.practitioner_id
        rows = composing.kept_lines(report)
        if not composing.answer_of(composing.written(rows)):
            raise refusals.nothing_to_say()
        with stepping(by, report.referral_id, Step.REPORT, expected_version=sight.version) as move:
            _send(move, report, rows)
            move.referral.reported_at = move.at
            move.output = (f"Composition/{report.composition_id}",)
    return report


def _send(move: Move, report: Report, rows: Sequence[ReportLine]) -> None:
    """The gate's word, then Composition, DocumentReference and Communication, all with one label."""
    report.edition += 1
    report.composition_id = report.composition_id or new_id()
    report.document_id = report.document_id or new_id()
    heading = heading_of(report, move)
    first = composing.judged(report, heading, rows)
    said = composing.asked_of_the_gate(report, first.mask)
    if not composing.may_leave(said):
        raise composing.withheld(report, said, _why_not(report, said.reason, said.citation))
    made = composing.judged(report, heading, rows, composing.notices_of(said))
    source = replace(composing.source_of(report), carries=made.mask)
    told = communication(
        new_id(),
        move.refs,
        move.at,
        text="",
        topic="Consultation report",
        about=(heading.request, f"Composition/{report.composition_id}"),
        to=heading.recipient,
    )
    document = resources.document(report.document_id, heading)
    move.judged += [made, *(label(r4.encode(part), source=source) for part in (document, told))]
    move.subject_id = report.id
    report.state = "sent"
    report.mask = made.mask
    report.sent_at, report.sent_by_id = move.at, move.by.practitioner_id
    report.updated_at = move.at
    report.version += 1
    move.after.append(report.save)


def _why_not(report: Report, reason: str, citation: str) -> HallwayError:
    revoked = composing.revoked_since(report)
    if revoked is not None and revoked.revoked_at is not None:
        zone = Organization.objects.get(id=report.author_org_id).timezone
        return refusals.consent_gone(local_time(revoked.revoked_at, zone))
    return refusals.may_not_leave(reason, citation)


def heading_of(report: Report, move: Move) -> Heading:
    """Who writes to whom about whom."""
    return Heading(
        composition_id=report.composition_id,
        patient=move.refs.patient,
        author=move.refs.actor,
        author_org=move.refs.receiver_org,
        recipient=move.refs.sender,
        request=f"ServiceRequest/{move.referral.service_request_id}",
        at=move.at,
        edition=report.edition,
    )


def acknowledge_report(by: Requester, report_id: ReportId, *, reply: str, text: str = "") -> Report:
    """The reader answers with a coded act (``agree``, ``change``, ``talk``); only this closes the loop.

    "I need to talk first" closes the report's loop too, and opens one for the author: to call back.
    """
    if reply not in {"agree", "change", "talk"}:
        raise refusals.unknown_reply()
    _check_texts([(ANSWER, text)])
    with transaction():
        report = locked(report_id)
        sight = reader_sight(by, report, lock=True)
        if report.acknowledged_at is not None:
            raise refusals.answered_already(_who(report.acknowledged_by_id or 0, by))
        if sight.state is State.CLOSED:
            loops.close_loops(referral_id=report.referral_id, kinds=(LoopKind.ACKNOWLEDGE,), closed_as="acknowledge")
        else:
            _acknowledge(by, report, sight, reply=reply, text=text.strip())
        report.acknowledged_at, report.acknowledged_by_id = clock.now(), by.practitioner_id
        report.reply, report.state = reply, "acknowledged"
        report.save()
        lines.write(lines.step_line(by, "report.acknowledged", charts=[report.chart_id], detail=f"{report.id} {reply}"))
    return report


def _who(practitioner_id: int, by: Requester) -> str:
    """Who acted first, to ``by``: "You" for one's own first press."""
    if practitioner_id and practitioner_id == by.practitioner_id:
        return "You"
    person = Practitioner.objects.filter(id=practitioner_id).first()
    return person.short_name if person else "Somebody of your practice"


def _acknowledge(by: Requester, report: Report, sight: Sight, *, reply: str, text: str) -> None:
    with stepping(by, report.referral_id, Step.ACKNOWLEDGE, expected_version=sight.version) as move:
        move.referral.acknowledged_at = move.at
        move.reason_code = reply
        move.subject_id = report.id
        words = ". ".join(part for part in (Report.Reply(reply).label, text) if part)
        about = (f"ServiceRequest/{move.referral.service_request_id}",)
        move.own.append(
            communication(
                new_id(), move.refs, move.at, text=words, topic="Acknowledgement", about=about, to=move.refs.receiver
            )
        )
        if reply == "talk":
            move.after.append(lambda: loops.open_loop(owed(move.referral, _TALK, subject_id=report.id)))


def amend_report(by: Requester, report_id: ReportId, *, added: Sequence[tuple[str, str]]) -> Report:
    """Send a new edition; the old one stays readable in history, and the reader is told and owes an answer again."""
    _check_texts(added)
    with recording(by), transaction():
        report = locked(report_id)
        sight = author_sight(by, ReferralId(report.referral_id), lock=True)
        if report.state == "draft":
            raise refusals.not_sent()
        if not any(text.strip() for _, text in added):
            raise refusals.nothing_to_say()
        report.author_practitioner_id = by.practitioner_id
        _add_lines(report, added, by)
        with stepping(by, report.referral_id, Step.AMEND_REPORT, expected_version=sight.version) as move:
            _send(move, report, composing.kept_lines(report))
            report.acknowledged_at, report.acknowledged_by_id, report.reply = None, 0, ""
            if move.legal.to is State.CLOSED:
                move.after.append(lambda: loops.open_loop(owed(move.referral, _READ, subject_id=report.id)))
    return report


def put_into_note(by: Requester, report_id: ReportId) -> ResourceId:
    """Write the summary into the reader's own progress note (R31); the note's id.

    What came under Part 2 keeps that label there. The classes of the writer's profession bind the writer, not the
    reader's own note.
    """
    with transaction():
        report = locked(report_id)
        reader_sight(by, report)
        view = report_for(by, report_id)
        text = "\n".join((f"Report from {view.author.name}, {view.author.organization_name}:", *view.summary))
        kept = report.mask & ~int(LICENCE_CLASSES)
        note_id = new_id()
        note = resources.progress_note(
            note_id,
            patient=patient_reference(ChartId(report.chart_id)),
            author=person_reference(by),
            at=clock.now(),
            text=text,
        )
        source = Source(by.organization_id, PractitionerId(by.practitioner_id), note_kind="progress", carries=kept)
        consent.store([note], by=by, source=source)
        lines.write(lines.step_line(by, "report.noted", charts=[report.chart_id], detail=str(report.id)))
    return ResourceId(note_id)


def report_pdf(by: Requester, report_id: ReportId) -> bytes:
    """The report as tagged PDF/UA, patient named on every page. Paper is a release: it leaves a line."""
    with transaction():
        view = report_for(by, report_id)
        if view.state == "draft":
            raise refusals.not_sent()
        lines.write(
            lines.step_line(by, "report.printed", charts=[view.header.chart_id], detail=f"{view.id} {view.edition}")
        )
        return printed(view, by)
