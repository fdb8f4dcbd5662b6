"""The report of a Part 2 program: consent, notice, and the label that stays."""

import hashlib

import pytest
from pypdf import PdfReader

from hallway.consent import gate
from hallway.consent.tables.notices import CT_19A_585, P2_2024_S1
from hallway.consultation import actions, queries
from hallway.consultation.tables.notices import NOTICES, texts
from hallway.consultation.tests.test_report import drafted
from hallway.errors import HallwayError
from hallway.ids import ReportId
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.referral.tests import hall as halls

DIGESTS = {
    "P2-2024-S1": "dae0b4d455d63722",
    "P2-2024-S2": "79fee3d6dff7e052",
    "CT-19A-585": "67f6474c445f6870",
}
"""Of the texts as 42 CFR 2.32(a)(1) and Conn. Gen. Stat. 19a-585 have them; compared with the reference by hand."""


@pytest.fixture
def hall(fresh_db):
    return halls.build(licence="counselor", is_part2=True)


def test_without_a_consent_a_programs_report_does_not_leave(hall):
    _, report = drafted(hall)
    with pytest.raises(HallwayError) as caught:
        actions.sign_and_send_report(hall.therapist, ReportId(report.id), expected_version=report.version)
    assert caught.value.code == "H-RPT-004"


def test_with_it_the_notice_travels_on_screen_on_paper_and_in_the_document(hall, tmp_path):
    hall.consent_back("part2")
    _, report = drafted(hall)
    actions.sign_and_send_report(hall.therapist, ReportId(report.id), expected_version=report.version)
    view = queries.report_for(hall.pcp, ReportId(report.id))
    assert view.notices == (P2_2024_S1,)
    path = tmp_path / "report.pdf"
    path.write_bytes(actions.report_pdf(hall.pcp, ReportId(report.id)))
    words = " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())
    assert "A general authorization for the release of medical or other information is NOT sufficient" in words
    stored = record.read_one(gate.release(hall.pcp, hall.chart), "Composition", view_id(report))
    assert stored is not None
    assert b"42 CFR part 2" in stored.body


def view_id(report):
    report.refresh_from_db()
    return report.composition_id


def test_what_the_reader_puts_into_a_note_keeps_the_label(hall):
    hall.consent_back("part2")
    _, report = drafted(hall)
    actions.sign_and_send_report(hall.therapist, ReportId(report.id), expected_version=report.version)
    note_id = actions.put_into_note(hall.pcp, ReportId(report.id))
    masks = record.masks_of([hall.chart], [("DocumentReference", note_id)])
    assert masks["DocumentReference", note_id] & DataClass.PART2


def test_the_notices_are_the_texts_in_force_byte_for_byte():
    digests = {name: hashlib.sha256(text.encode()).hexdigest()[:16] for name, text in NOTICES.items()}
    assert digests == DIGESTS
    assert texts(("PART2/notice:P2-2024-S1", "HIV/notice:CT-19A-585", "*/inform_patient")) == (P2_2024_S1, CT_19A_585)
