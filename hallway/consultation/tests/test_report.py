from datetime import timedelta

import pytest
from pypdf import PdfReader

from hallway import clock, ids
from hallway.consent import actions as consent
from hallway.consent.models import Consent
from hallway.consultation import actions, queries
from hallway.consultation.models import Report, ReportLine
from hallway.errors import HallwayError, Kind
from hallway.ids import ChartId, ReferralId, ReportId
from hallway.labels.source import Source
from hallway.loops.models import Loop
from hallway.loops.queries import worklist
from hallway.record import queries as record
from hallway.referral import actions as referrals
from hallway.referral import queries as referral_queries
from hallway.referral.models import Referral
from hallway.referral.resources import concept, ref, stamp
from hallway.referral.tests import hall as halls
from hallway.standards.fhir import r4

PLANTED = "She said that only her sister knew"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"


def chart(hall, *parts, note_kind=""):
    source = Source(hall.therapist.organization_id, hall.therapist.practitioner_id, note_kind=note_kind)
    consent.store(list(parts), by=hall.therapist, source=source)


def patient(hall):
    return ref(f"Patient/{record.patient_of(ChartId(hall.chart))}")


def new_id():
    return str(ids.new_uuid(clock.now()))


def seen(hall):
    """A referral whose patient came, with a diagnosis, a score, and private notes of the therapist."""
    referral = hall.sent()
    hall.do(hall.therapist, referrals.accept_referral, referral)
    hall.do(hall.therapist, referrals.book_visit, referral, starts_at=clock.now())
    hall.do(hall.therapist, referrals.record_visit_kept, referral)
    now = stamp(clock.now())
    chart(
        hall,
        r4.Condition(
            id=new_id(),
            subject=patient(hall),
            code=concept("Major depression, single episode, moderate", "F32.1", ICD),
            verification_status=concept("", "confirmed"),
            recorded_date=now,
        ),
        r4.Observation(
            id=new_id(),
            status="final",
            subject=patient(hall),
            code=concept("PHQ-9 total", "44261-6", "http://loinc.org"),
            effective_date_time=now,
            value_integer=11,
        ),
    )
    chart(
        hall,
        r4.Observation(
            id=new_id(),
            status="final",
            subject=patient(hall),
            code=concept("Content of conversation"),
            effective_date_time=now,
            value_string=PLANTED,
        ),
        note_kind="psychotherapy",
    )
    chart(
        hall,
        r4.Observation(
            id=new_id(),
            status="final",
            subject=patient(hall),
            code=concept("Counseling"),
            effective_date_time=now,
            value_string=PLANTED,
        ),
        note_kind="sud_counseling",
    )
    return Referral.objects.get(id=referral.id)


def drafted(hall):
    referral = seen(hall)
    report = actions.draft_report(hall.therapist, ReferralId(referral.id))
    report = actions.edit_report(
        hall.therapist,
        ReportId(report.id),
        expected_version=1,
        answer="This is depression, not early memory loss.",
        added=[("plan", "Weekly therapy."), ("asks", "Sodium by June 18.")],
    )
    return referral, report


@pytest.fixture
def hall(fresh_db):
    found = halls.build(licence="social_worker")
    found.back = found.consent_back()
    return found


def test_a_draft_names_the_source_of_every_line_and_never_a_private_note(hall):
    referral = seen(hall)
    report = actions.draft_report(hall.therapist, ReferralId(referral.id))
    rows = list(ReportLine.objects.filter(report=report))
    assert {row.section for row in rows} >= {"seen", "diagnosis", "scores", "together", "contact"}
    assert all((row.source_id and row.source_version) or row.added_by_id for row in rows)
    assert not [row for row in rows if PLANTED in row.text or PLANTED in row.lead]
    release_holds = [s for s in record.read_chart(referral_sight(hall, referral).release) if PLANTED.encode() in s.body]
    assert len(release_holds) == 2, "the planted notes must be readable by their author, or the test proves nothing"


def referral_sight(hall, referral):
    from hallway.referral.sight import look

    return look(hall.therapist, referral.id)


def test_the_report_goes_out_is_read_and_acknowledged_and_the_loop_closes(hall):
    referral, report = drafted(hall)
    actions.sign_and_send_report(hall.therapist, ReportId(report.id), expected_version=report.version)
    [row] = [row for row in worklist(hall.pcp).rows if row.kind == "acknowledge"]
    assert row.next_id == report.id
    view = queries.report_for(hall.pcp, ReportId(report.id))
    assert view.summary[0] == "This is depression, not early memory loss."
    assert view.summary[2] == "Sodium by June 18."
    assert next(line.text for s in view.sections if s.code == "scores" for line in s.lines).startswith("11 on ")
    assert Referral.objects.get(id=referral.id).state == "reported"
    actions.acknowledge_report(hall.pcp, ReportId(report.id), reply="agree")
    referral = Referral.objects.get(id=referral.id)
    assert (referral.state, referral.acknowledged_at is not None) == ("closed", True)
    assert not Loop.objects.filter(referral_id=referral.id, closed_at=None).exists()
    assert referral_queries.referral_for(hall.pcp, ReferralId(referral.id)).turn is None


def test_opening_a_report_closes_nothing(hall):
    referral, report = drafted(hall)
    actions.sign_and_send_report(hall.therapist, ReportId(report.id), expected_version=report.version)
    queries.report_for(hall.pcp, ReportId(report.id))
    assert Referral.objects.get(id=referral.id).state == "reported"


def test_a_consent_taken_back_while_writing_stops_the_report_and_keeps_the_draft(hall):
    referral, report = drafted(hall)
    row = Consent.objects.get(id=hall.back)
    consent.revoke_consent(hall.back, "oral", by=hall.pcp, expected_version=row.version)
    with pytest.raises(HallwayError) as caught:
        actions.sign_and_send_report(hall.therapist, ReportId(report.id), expected_version=report.version)
    assert caught.value.code == "H-RPT-003"
    report = Report.objects.get(id=report.id)
    assert (report.state, report.sent_at) == ("draft", None)
    assert Referral.objects.get(id=referral.id).state == "seen"
    with pytest.raises(HallwayError):
        queries.report_for(hall.pcp, ReportId(report.id))


def test_without_a_consent_a_social_workers_report_does_not_leave(fresh_db):
    hall = halls.build(licence="social_worker")
    _, report = drafted(hall)
    with pytest.raises(HallwayError) as caught:
        actions.sign_and_send_report(hall.therapist, ReportId(report.id), expected_version=report.version)
    assert (caught.value.kind, caught.value.code) == (Kind.CONFLICT, "H-RPT-004")


def test_no_report_on_a_cancelled_referral(hall):
    referral, report = drafted(hall)
    hall.do(hall.pcp, referrals.request_cancellation, referral, reason_code="patient_asked")
    with pytest.raises(HallwayError) as caught:
        actions.sign_and_send_report(hall.therapist, ReportId(report.id), expected_version=report.version)
    assert caught.value.code == "H-RPT-001"


def test_a_stale_draft_is_a_conflict_that_names_who_saved_and_says_you_for_ones_own_hand(hall):
    _, report = drafted(hall)
    with pytest.raises(HallwayError) as caught:
        actions.edit_report(hall.therapist, ReportId(report.id), expected_version=1, answer="x")
    assert (caught.value.code, caught.value.what.split(" saved")[0]) == ("H-RPT-002", "You")
    Report.objects.filter(id=report.id).update(author_practitioner_id=hall.pcp.practitioner_id)
    with pytest.raises(HallwayError) as caught:
        actions.edit_report(hall.therapist, ReportId(report.id), expected_version=1, answer="x")
    assert "Carewell" in caught.value.what


def test_who_acknowledges_twice_is_told_that_they_did(hall):
    _, report = drafted(hall)
    actions.sign_and_send_report(hall.therapist, ReportId(report.id), expected_version=report.version)
    actions.acknowledge_report(hall.pcp, ReportId(report.id), reply="change")
    with pytest.raises(HallwayError) as caught:
        actions.acknowledge_report(hall.pcp, ReportId(report.id), reply="change")
    assert (caught.value.code, caught.value.what) == ("H-RPT-007", "You acknowledged this report already.")


def test_an_amendment_is_a_new_edition_that_asks_for_a_new_answer(hall):
    referral, report = drafted(hall)
    actions.sign_and_send_report(hall.therapist, ReportId(report.id), expected_version=report.version)
    actions.acknowledge_report(hall.pcp, ReportId(report.id), reply="change")
    actions.amend_report(hall.therapist, ReportId(report.id), added=[("asks", "Please stop naproxen.")])
    view = queries.report_for(hall.pcp, ReportId(report.id))
    assert (view.edition, view.changed_since) == (2, ("Please stop naproxen.",))
    assert [row.kind for row in worklist(hall.pcp).rows] == ["acknowledge"]
    actions.acknowledge_report(hall.pcp, ReportId(report.id), reply="agree")
    assert worklist(hall.pcp).rows == ()
    assert Referral.objects.get(id=referral.id).state == "closed"


def test_the_summary_goes_into_the_readers_note_and_keeps_no_licence_class(hall):
    _, report = drafted(hall)
    actions.sign_and_send_report(hall.therapist, ReportId(report.id), expected_version=report.version)
    note_id = actions.put_into_note(hall.pcp, ReportId(report.id))
    from hallway.consent import gate

    stored = record.read_one(gate.release(hall.pcp, hall.chart), "DocumentReference", note_id)
    assert stored is not None
    assert stored.source_org == hall.pcp.organization_id


def test_the_printed_report_is_tagged_and_names_the_patient_on_every_page(hall, tmp_path):
    _, report = drafted(hall)
    lines = [("plan", f"Step {n} of a long plan, so that the report runs over a page.") for n in range(60)]
    report = actions.edit_report(hall.therapist, ReportId(report.id), expected_version=report.version, added=lines)
    actions.sign_and_send_report(hall.therapist, ReportId(report.id), expected_version=report.version)
    path = tmp_path / "report.pdf"
    path.write_bytes(actions.report_pdf(hall.pcp, ReportId(report.id)))
    reader = PdfReader(path)
    assert len(reader.pages) > 1
    assert all("Ejemplo" in page.extract_text() for page in reader.pages)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_a_late_report_is_chased_on_both_sides(hall):
    referral = seen(hall)
    from hallway.loops.actions import escalate_due
    from hallway.referral.actions import run_clocks

    later = clock.now() + timedelta(days=15)
    with clock.stopped_at(later):
        assert run_clocks(later) == 1
        assert escalate_due(later) >= 1
        assert Referral.objects.get(id=referral.id).state == "seen_no_report"
        assert [row.kind for row in worklist(hall.therapist).rows] == ["report"]
        assert "report" in [row.kind for row in worklist(hall.pcp).rows]
        assert "report" in [row.kind for row in worklist(hall.lead, show="practice").rows]
        assert queries.reports_due(hall.therapist)[0].is_late


def test_a_line_whose_source_changed_is_marked_and_not_altered(hall):
    _, report = drafted(hall)
    line = ReportLine.objects.get(report=report, section="diagnosis")
    chart(
        hall,
        r4.Condition(
            id=line.source_id,
            subject=patient(hall),
            code=concept("Major depression, recurrent", "F33.1", ICD),
            verification_status=concept("", "confirmed"),
        ),
    )
    view = queries.report_for(hall.therapist, ReportId(report.id))
    [shown] = [one for section in view.sections if section.code == "diagnosis" for one in section.lines]
    assert (shown.is_changed, shown.text) == (True, line.text)
    others = [one for section in view.sections if section.code != "diagnosis" for one in section.lines]
    assert not any(one.is_changed for one in others)


def test_a_line_the_author_struck_does_not_leave(hall):
    _, report = drafted(hall)
    line = ReportLine.objects.get(report=report, section="diagnosis")
    report = actions.edit_report(
        hall.therapist, ReportId(report.id), expected_version=report.version, kept={line.pk: False}
    )
    actions.sign_and_send_report(hall.therapist, ReportId(report.id), expected_version=report.version)
    view = queries.report_for(hall.pcp, ReportId(report.id))
    assert not any(section.lines for section in view.sections if section.code == "diagnosis")


def test_nobody_else_reads_a_draft(hall):
    _, report = drafted(hall)
    for who in (hall.pcp, hall.other, hall.desk):
        with pytest.raises(HallwayError) as caught:
            queries.report_for(who, ReportId(report.id))
        assert caught.value.kind is Kind.NOT_FOUND
