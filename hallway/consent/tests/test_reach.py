"""The picture at the desk: what somebody sees now, and what they would see with a form."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hallway import clock
from hallway.consent.actions import Composition
from hallway.consent.explaining import reach
from hallway.consent.explaining.reach import Portion, Reach, Recipient
from hallway.consent.grants import compiler
from hallway.consent.law.facts import ChartFacts, Form, Member, Place, Span
from hallway.identity.requester import Role
from hallway.ids import ChartId, OrganizationId, PractitionerId
from hallway.record.classes import DataClass

AT = datetime(2026, 6, 9, 14, 0, tzinfo=UTC)
CLINIC, PROGRAM = OrganizationId(1), OrganizationId(3)
PCP = Recipient(CLINIC, PractitionerId(11), Role.PCP)
MEDICINE = Portion("MedicationRequest", PractitionerId(31), int(DataClass.GENERAL | DataClass.PART2))
NOTE = Portion("DocumentReference", PractitionerId(31), int(DataClass.GENERAL | DataClass.PART2))
COUNSELING = Portion("DocumentReference", PractitionerId(31), int(DataClass.PART2 | DataClass.SUD_COUNSEL_NOTE))
SINCE = Span(AT - timedelta(days=30))
FACTS = ChartFacts(
    chart_id=5,
    sources=(CLINIC, PROGRAM),
    places={CLINIC: Place(CLINIC, "MA", is_part2=False), PROGRAM: Place(PROGRAM, "MA", is_part2=True)},
    members=(Member(CLINIC, SINCE), Member(PROGRAM, SINCE)),
)


def signed(**more):
    form = Form("f1", "part2", PROGRAM, 0, CLINIC, 11, int(~DataClass.SUD_COUNSEL_NOTE & ~DataClass.PSYTHER_NOTE), (),
                ("TREAT",), Span(AT - timedelta(minutes=1)))  # fmt: skip
    return replace(FACTS, forms=(replace(form, **more),))


def seen(facts, portion, recipient=PCP):
    with clock.stopped_at(AT):
        return Reach(compiler.compile_grants(facts, AT), PROGRAM).sees(recipient, portion)


def test_without_a_form_nothing_of_a_program_reaches_a_treating_clinician():
    assert not seen(FACTS, MEDICINE)
    assert not seen(FACTS, NOTE)


def test_a_form_opens_what_it_names_for_whom_it_names():
    assert seen(signed(kinds=("MedicationRequest",)), MEDICINE)
    assert not seen(signed(kinds=("MedicationRequest",)), NOTE)
    assert not seen(signed(), MEDICINE, replace(PCP, practitioner=PractitionerId(12)))


def test_counseling_notes_are_not_opened_by_a_general_form():
    assert not seen(signed(), COUNSELING)


def test_a_billing_role_sees_no_notes_whatever_the_form_says():
    assert not seen(signed(), NOTE, replace(PCP, role=Role.FRONT_DESK))


def test_the_form_in_preparation_changes_the_second_picture_only(monkeypatch):
    monkeypatch.setattr(reach.plans, "load_facts", lambda chart_ids: [FACTS])
    draft = Composition(
        chart_id=ChartId(5),
        kind="part2",
        discloser_org=PROGRAM,
        recipient_org=CLINIC,
        recipient_practitioner=PractitionerId(11),
        classes=int(DataClass.GENERAL | DataClass.PART2),
        kinds=("MedicationRequest",),
    )
    with clock.stopped_at(AT):
        now, then = reach.now_and_then(ChartId(5), PROGRAM, [draft])
        assert [one.sees(PCP, MEDICINE) for one in (now, then)] == [False, True]
        assert [one.sees(PCP, NOTE) for one in (now, then)] == [False, False]
