"""The accountings: what stands in which, how far back, what is summed, what an agency's statement holds back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from hallway import clock
from hallway.consent import gate
from hallway.consent.disclosures import disclosed, recording
from hallway.consent.disclosures.accounting import Entry, Hold, account
from hallway.consent.disclosures.recording import Handover
from hallway.consent.law.asking import Aim, RecipientKind
from hallway.consent.models import AccountingGiven, Disclosure
from hallway.consent.rights import limits
from hallway.consent.tables.accountings import ACCOUNTINGS, AccountingKind
from hallway.consent.tests import town
from hallway.errors import HallwayError
from hallway.identity.requester import Role
from hallway.ledger import queries as ledger
from hallway.record import queries as record
from hallway.record.classes import DataClass

ON = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HIPAA, PART2, INTERMEDIARY, ALL = AccountingKind


def entry(aim=Aim.POLICE, *, days=1, mask=DataClass.GENERAL, **more):
    at = NOON - timedelta(days=days)
    return Entry(
        first_at=at, last_at=at, count=1, recipient="Town Police", address="", recipient_kind="police", aim=aim.value,
        classes=int(mask), description="Name and contact", **more,
    )  # fmt: skip


def kinds_of(one):
    return {kind for kind in AccountingKind if account(kind, [one], [], on=ON).rows}


FORM = {"consent_ids": frozenset({"c1"})}


@pytest.mark.parametrize(
    ("one", "stands_in"),
    [
        (entry(Aim.POLICE), {HIPAA, ALL}),
        (entry(Aim.PH), {HIPAA, ALL}),
        (entry(Aim.ABUSE_REPORT), {HIPAA, ALL}),
        (entry(Aim.TREAT), {ALL}),
        (entry(Aim.PAY), {ALL}),
        (entry(Aim.OPS), {ALL}),
        (entry(Aim.EMERG), {ALL}),
        (entry(Aim.INDIVIDUAL), {ALL}),
        (entry(Aim.FAMILY), {ALL}),
        (entry(Aim.LEGAL, **FORM), {ALL}),
        (entry(Aim.POLICE, facts=frozenset({"custody"})), {ALL}),
        (entry(Aim.RESEARCH, facts=frozenset({"limited_data_set"})), {ALL}),
        (entry(Aim.TREAT, mask=DataClass.PART2, **FORM), {ALL}),
        (entry(Aim.TREAT, mask=DataClass.PART2, through_record=True, **FORM), {PART2, ALL}),
        (entry(Aim.LEGAL, mask=DataClass.PART2, **FORM), {PART2, ALL}),
        (entry(Aim.POLICE, mask=DataClass.PART2), {HIPAA, ALL}),
        (entry(Aim.TREAT, mask=DataClass.PART2, through_record=True, for_all=True, **FORM), {PART2, INTERMEDIARY, ALL}),
        (entry(Aim.POLICE, days=6 * 366), set()),
        (entry(Aim.LEGAL, mask=DataClass.PART2, days=3 * 366, **FORM), {ALL}),
    ],
)
def test_each_disclosure_stands_in_the_accountings_that_the_law_says(one, stands_in):
    assert kinds_of(one) == stands_in


def test_repeated_ones_to_one_recipient_are_summed_and_others_are_not():
    [row] = account(HIPAA, [entry(days=9), entry(days=5), entry(days=7)], [], on=ON).rows
    assert (row.count, row.first_at, row.last_at) == (3, NOON - timedelta(days=9), NOON - timedelta(days=5))
    other = replace(entry(days=3), recipient="State Police")
    assert len(account(HIPAA, [entry(), other], [], on=ON).rows) == 2
    assert len(account(ALL, [entry(), entry()], [], on=ON).rows) == 2


@pytest.mark.parametrize(("until", "told"), [(ON, 0), (ON - timedelta(days=1), 1)])
def test_an_agencys_statement_holds_its_disclosures_back_until_its_day(until, told):
    hold = Hold("town  POLICE", ON - timedelta(days=5), until)
    assert len(account(HIPAA, [entry()], [hold], on=ON).rows) == told
    assert len(account(HIPAA, [replace(entry(), recipient="Coroner")], [hold], on=ON).rows) == 1


def test_each_accounting_has_its_law_and_time():
    assert {kind: law.years for kind, law in ACCOUNTINGS.items()} == {HIPAA: 6, PART2: 3, INTERMEDIARY: 3, ALL: 6}
    assert ACCOUNTINGS[INTERMEDIARY].answer_days == 30
    assert all(law.citation for law in ACCOUNTINGS.values())


# On the database -----------------------------------------------------------------------------------------------------


@pytest.fixture
def made(fresh_db):
    """A practice with its privacy officer and a patient."""
    practice = town.organization("Millbrook", side="pc")
    officer = town.person("Officer", practice, Role.PRIVACY_OFFICER)
    chart = town.new_patient(practice)
    return practice, officer, chart


def handover(chart, **more):
    asked = Handover(
        chart_id=chart, at=clock.now(), recipient_kind=RecipientKind.PUBLIC_HEALTH, recipient="Board of Health",
        address="1 Main St", recipient_state="MA", aim=Aim.PH, classes=int(DataClass.GENERAL),
        description="Test result", channel="fax", facts=frozenset({"authorized_by_law"}),
    )  # fmt: skip
    return replace(asked, **more)


def acts(chart):
    return [line.act for line in ledger.lines_of(chart) if line.act.startswith(("disclosure", "accounting"))]


def test_a_handover_that_the_law_permits_is_on_record_with_its_verdict_and_its_line(made):
    _, officer, chart = made
    number, verdict = recording.record_disclosure(handover(chart), by=officer)
    row = Disclosure.objects.get(id=number)
    assert verdict.permits
    assert row.outcome == verdict.outcome
    assert row.rule_ids == list(verdict.rule_ids)
    assert acts(chart) == ["disclosure.recorded"]
    assert [one.recipient for one in recording.accountings(officer, chart)[HIPAA].rows] == ["Board of Health"]


def test_a_handover_that_the_law_denies_is_refused_and_the_refusal_leaves_its_line(made):
    _, officer, chart = made
    asked = handover(chart, recipient_kind=RecipientKind.EMPLOYER, aim=Aim.OTHER, recipient="Employer")
    number, verdict = recording.record_disclosure(asked, by=officer)
    assert number is None
    assert not verdict.permits
    assert verdict.citations
    assert not Disclosure.objects.exists()
    assert acts(chart) == ["disclosure.refused"]


def test_what_had_left_already_is_on_record_as_what_it_was(made):
    _, officer, chart = made
    asked = handover(chart, recipient_kind=RecipientKind.EMPLOYER, aim=Aim.OTHER, recipient="Employer")
    number, verdict = recording.record_disclosure(asked, by=officer, had_left=True)
    row = Disclosure.objects.get(id=number)
    assert not verdict.permits
    assert row.had_left
    assert "breach_assessment" in row.obligations


def test_another_practice_finds_neither_the_chart_nor_its_accountings(made):
    _, _, chart = made
    stranger = town.person("Stranger", town.organization("Elsewhere"), Role.PRIVACY_OFFICER)
    for call in (
        lambda: recording.record_disclosure(handover(chart), by=stranger),
        lambda: recording.accountings(stranger, chart),
        lambda: recording.forms_of(stranger, chart),
    ):
        with pytest.raises(HallwayError, match="H-CON-001"):
            call()


def test_what_was_given_is_kept_and_an_oral_statement_lasts_thirty_days_at_most(made):
    _, officer, chart = made
    recording.record_disclosure(handover(chart), by=officer)
    month = clock.today() + timedelta(days=31)
    with pytest.raises(HallwayError, match="H-CON-091"):
        recording.hold_back(officer, chart, recipient="Board of Health", is_written=False, until_on=month)
    assert len(recording.give(officer, chart, HIPAA).rows) == 1
    recording.hold_back(officer, chart, recipient="board of health", is_written=True, until_on=month)
    assert recording.give(officer, chart, HIPAA).rows == ()
    assert [len(row.rows) for row in AccountingGiven.objects.order_by("given_at")] == [1, 0]


def test_what_others_read_here_is_told_from_their_lines_with_what_it_was(made):
    practice, officer, chart = made
    from hallway.consent import actions

    other = town.organization("Northgate")
    reader = town.person("Reader", other, Role.PSYCHIATRIST, licence="physician")
    actions.join_team(chart, by=town.LOADER, organization=other, basis="encounter")
    town.put(chart, practice, DataClass.GENERAL, kind="Condition")
    for _ in range(3):
        record.read_chart(gate.release(reader, chart), kinds=["Condition"])
    record.read_chart(gate.release(officer, chart))
    told = [one for one in disclosed.entries(chart, practice, at=clock.now()) if one.through_record]
    assert {(one.recipient, one.description, one.aim) for one in told} == {
        ("Northgate (invented)", "Problems and diagnoses", "TREAT")
    }
    assert len(told) == 3
    assert recording.accountings(officer, chart)[HIPAA].rows == ()


def told(chart, officer, **more):
    """The verdict on a report that goes to a primary care practice for treatment."""
    asked = handover(chart, recipient_kind=RecipientKind.PROVIDER, recipient="Dr. Outside", aim=Aim.TREAT,
                     classes=int(DataClass.GENERAL | DataClass.MH), facts=frozenset())  # fmt: skip
    return recording.judged(replace(asked, **more), by=officer)


def test_a_handover_is_bound_by_the_licence_of_whoever_wrote_it_whatever_the_desk_ticked(fresh_db):
    practice = town.organization("Northgate")
    officer = town.person("Officer", practice, Role.PRIVACY_OFFICER)
    counselor = town.person("Counselor", practice, Role.THERAPIST, licence="counselor")
    nurse = town.person("Nurse", practice, Role.PCP)
    chart = town.new_patient(practice)
    assert told(chart, officer, author=counselor.practitioner_id).needs == ("state_consent",)
    assert told(chart, officer, author=counselor.practitioner_id, classes=1).needs == ("state_consent",)
    assert told(chart, officer).needs == ("state_consent",), "nobody is named, so every clinician counts"
    assert told(chart, officer, author=nurse.practitioner_id).permits


def test_what_a_program_hands_over_is_a_programs_record_whatever_the_desk_ticked(fresh_db):
    program = town.organization("Turning", state="NY", is_part2=True)
    officer = town.person("Officer", program, Role.PRIVACY_OFFICER)
    chart = town.new_patient(program)
    assert told(chart, officer, classes=int(DataClass.GENERAL)).needs == ("part2_consent",)


@pytest.mark.parametrize(
    ("recipient", "kind", "permits"),
    [
        ("Northgate", RecipientKind.PROVIDER, False),
        ("northgate (Invented), records", RecipientKind.PROVIDER, False),
        ("Dr. Outside", RecipientKind.PROVIDER, True),
    ],
)
def test_a_restriction_binds_a_handover_to_whom_it_names(made, recipient, kind, permits):
    _, officer, chart = made
    other = town.organization("Northgate")
    limits.restrict(chart, by=officer, recipient_org=other)
    assert told(chart, officer, recipient=recipient, recipient_kind=kind).permits is permits


def test_a_restriction_toward_everybody_binds_every_handover_but_the_patients_own(made):
    _, officer, chart = made
    assert told(chart, officer).permits
    limits.restrict(chart, by=officer)
    assert told(chart, officer).rule_ids == ("D-RESTRICTED",)
    own = {"recipient_kind": RecipientKind.INDIVIDUAL, "aim": Aim.INDIVIDUAL, "facts": frozenset({"identity_verified"})}
    assert told(chart, officer, **own).permits


def test_nobody_outside_counts_as_treating_unless_it_is_said(made):
    _, officer, chart = made
    shared = {"aim": Aim.OPS, "facts": frozenset({"operations_that_may_be_shared"})}
    assert not told(chart, officer, **shared).permits
    assert told(chart, officer, treats=True, **shared).permits
