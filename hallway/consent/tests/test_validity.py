"""What makes a form count: each element named when it is missing, and a stored form as the engine asks for one."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from hallway.consent.law import validity
from hallway.consent.law.asking import Aim, SignedForm
from hallway.consent.law.facts import Form, Span
from hallway.consent.tables.forms import form_rule, statements
from hallway.record.classes import DataClass

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
TODAY = NOW.date()
NOTE = DataClass.GENERAL | DataClass.MH
PART2 = NOTE | DataClass.PART2
YEAR = timedelta(days=366)
KINDS = ("release", "part2", "part2_tpo", "psychotherapy", "sud_counseling", "hiv")
FEDERAL_POINTS = 12
CHECKED = frozenset({"recipient_covered", "psychiatric", "social_worker", "longer_at_signers_request"})
"""What every stored form answers to: it names its recipient, its use, its scope and its end."""


def elements(kind="release", state="MA", **more):
    rule = form_rule(kind, state)
    plain = validity.Elements(
        kind=kind,
        state=state,
        discloser_org=1,
        recipient_org=2,
        classes=rule.must or int(NOTE),
        purposes=("TREAT",),
        statements=rule.statements,
        expires_at=NOW,
        expires_event="",
    )
    return replace(plain, **more)


def californian(**more):
    return replace(elements(state="CA", begins_at=NOW, expires_at=NOW + YEAR, points=14), **more)


@pytest.mark.parametrize("kind", KINDS)
def test_a_complete_form_is_valid_and_each_missing_statement_makes_it_absent(kind):
    form = elements(kind)
    assert validity.missing(form) == []
    for statement in form.statements:
        fewer = tuple(name for name in form.statements if name != statement)
        assert validity.missing(replace(form, statements=fewer)) == [f"statement:{statement}"]
        assert statements()[statement]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (elements(discloser_org=0), "discloser"),
        (elements(recipient_org=0), "recipient"),
        (elements("part2", recipient_org=0), "recipient"),
        (elements(purposes=()), "purpose"),
        (elements(classes=0), "classes"),
        (elements(classes=int(NOTE | DataClass.PSYTHER_NOTE)), "not_on_this_form"),
        (elements(classes=int(NOTE | DataClass.SUD_COUNSEL_NOTE)), "not_on_this_form"),
        (elements(classes=int(NOTE | DataClass.PART2)), "not_on_this_form"),
        (elements("psychotherapy", classes=int(NOTE | DataClass.PSYTHER_NOTE)), "not_on_this_form"),
        (elements("part2", classes=int(NOTE)), "classes"),
        # Vector 19: in Massachusetts HIV stands on a form of its own, one for each release.
        (elements(classes=int(NOTE | DataClass.HIV)), "not_on_this_form"),
        (elements("part2", classes=int(PART2 | DataClass.HIV)), "not_on_this_form"),
        (elements("hiv", purposes=("TREAT", "PAY")), "purpose"),
        # Vector 23: "none" ends a Part 2 TPO consent, never a HIPAA authorization; Connecticut wants a date.
        (elements(expires_at=None, expires_event="none"), "expiry"),
        (elements(expires_at=None), "expiry"),
        (elements("part2_tpo", expires_at=None), "expiry"),
        (elements(state="CT", expires_at=None, expires_event="end_of_treatment"), "expiry"),
        # Vector 22: California wants 14 points, and an end within a year unless the signer asked for a later one.
        (californian(points=13), "print_size"),
        (californian(expires_at=NOW + YEAR + timedelta(seconds=1)), "too_long"),
    ],
)
def test_a_form_with_a_defect_counts_as_absent(form, code):
    assert validity.missing(form) == [code]


@pytest.mark.parametrize(
    "form",
    [
        # Vector 23: the single consent for treatment, payment and operations may end with nothing.
        elements("part2_tpo", recipient_org=0, expires_at=None, expires_event="none"),
        elements(expires_at=None, expires_event="end_of_treatment"),
        elements(state="CT", classes=int(NOTE | DataClass.HIV)),
        elements("hiv"),
        elements(recipient_org=1, discloser_org=2),
        californian(),
        californian(expires_at=None, expires_event="end_of_treatment"),
        californian(expires_at=NOW + 2 * YEAR, longer_asked=True),
        # Nobody has signed it yet: its length is asked when somebody does.
        californian(expires_at=NOW + 2 * YEAR, begins_at=None),
        # No state but California bounds the life of a form.
        elements(begins_at=NOW, expires_at=NOW + 2 * YEAR),
    ],
)
def test_a_form_with_all_that_its_state_asks_counts(form):
    assert validity.missing(form) == []


def test_a_form_of_which_nothing_more_is_said_is_in_usual_print_and_no_longer_than_the_law_allows():
    plain = elements()
    assert (plain.points, plain.begins_at, plain.longer_asked) == (FEDERAL_POINTS, None, False)


def stored(kind="release", state="MA", **more):
    """A form as a chart keeps it: signed now by the patient, for half a year."""
    rule = form_rule(kind, state)
    plain = Form(
        id="form",
        kind=kind,
        discloser_org=1,
        discloser_practitioner=0,
        recipient_org=2,
        recipient_practitioner=0,
        classes=rule.must or int(NOTE),
        kinds=(),
        purposes=("TREAT", "PAY"),
        span=Span(NOW, NOW + timedelta(days=180)),
        signer="patient",
    )
    return replace(plain, **more)


def wrong(form, state, *brought, on=TODAY):
    """The rows that a stored form does not meet, for a disclosure that brings those circumstances."""
    asked = validity.as_asked(form, state, on=on)
    return [defect.rule_id for defect in validity.defects(asked, on, frozenset(brought))]


@pytest.mark.parametrize("state", ["MA", "CT", "CA", "ME"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_form_that_was_complete_when_stored_counts_when_it_is_shown(kind, state):
    only_treatment = {"purposes": ("TREAT",)} if kind == "hiv" else {}
    assert wrong(stored(kind, state, **only_treatment), state, *CHECKED) == []


def test_a_californian_form_that_was_stored_with_a_later_end_was_asked_for_by_its_signer():
    assert wrong(stored("release", "CA", span=Span(NOW, NOW + 2 * YEAR)), "CA") == []


@pytest.mark.parametrize(
    ("form", "state", "brought", "rows"),
    [
        (stored("part2"), "ME", "intermediary", ["E-231-4II-NAME", "E-231-4II-MEMBERS"]),
        (stored(), "ME", "joined_with_another", ["E-508-COMPOUND-CONDITION"]),
        (stored("part2"), "MA", "drug_treatment_facility", ["E-MA-111E-BENEFIT"]),
        (stored("part2", "CA"), "CA", "state_sud_program", ["E-CA-118455"]),
    ],
)
def test_what_no_stored_form_says_makes_it_absent_where_a_disclosure_asks_for_it(form, state, brought, rows):
    assert wrong(form, state, brought) == rows
    assert wrong(form, state) == []


@pytest.mark.parametrize(
    ("signer", "minor", "representative"),
    [("patient", [], ["E-508-VI-AUTHORITY"]), ("minor", [], ["E-508-VI-AUTHORITY"]),
     ("representative", ["E-508-MINOR"], []), ("", ["E-508-MINOR"], ["E-508-VI-AUTHORITY"])],
)  # fmt: skip
def test_only_a_minor_signs_for_care_that_a_minor_controls_and_only_authority_signs_for_another(
    signer, minor, representative
):
    form = stored(signer=signer)
    assert wrong(form, "MA", "minor_consented_care") == minor
    assert wrong(form, "MA", "signed_by_representative") == representative


def test_a_patient_who_consents_alone_signs_alone_and_one_who_needs_a_parent_does_not():
    assert wrong(stored("part2"), "ME", "minor_consents_alone") == []
    assert wrong(stored("part2"), "ME", "minor_needs_parent") == ["E-231-8-MINOR"]


def test_connecticut_reads_hiv_only_on_a_form_that_names_it():
    assert wrong(stored(state="CT"), "CT", "hiv") == ["E-CT-HIV"]
    assert wrong(stored(state="CT", classes=int(NOTE | DataClass.HIV)), "CT", "hiv") == []


def test_the_warnings_of_a_form_for_treatment_payment_or_operations_stand_on_such_forms_only():
    def words(*aims):
        return validity.whole(stored("part2"), "ME", frozenset(aims), on=TODAY)

    warnings = {"tpo_redisclosure", "redisclosure", "refusal_consequences"}
    assert words(Aim.TREAT) - words(Aim.RESEARCH) == warnings
    assert words(Aim.TREAT, Aim.RESEARCH) == words(Aim.TREAT)
    assert words(Aim.RESEARCH) < words(Aim.TREAT)


def test_what_a_form_had_to_say_is_asked_by_the_law_of_the_day():
    before = date(2024, 4, 15)
    assert "refusal_consequences" not in validity.as_asked(stored("part2"), "ME", on=before).elements
    assert wrong(stored("part2"), "ME", on=before) == []


def test_a_stored_form_is_asked_for_what_it_says():
    assert validity.as_asked(stored(purposes=("TREAT", "RESEARCH", "NOTHING_KNOWN")), "CT", on=TODAY) == SignedForm(
        kind="release",
        elements=validity.whole(stored(), "CT", frozenset({Aim.TREAT}), on=TODAY),
        aims=frozenset({Aim.TREAT, Aim.RESEARCH}),
        classes=int(NOTE),
        state="CT",
        circumstances=CHECKED,
        signed_on=TODAY,
        expires_on=TODAY + timedelta(days=180),
        expires_event="",
        event_occurred=False,
        revoked=False,
        known_false=False,
        fits=True,
    )


def test_a_stored_form_without_a_date_ends_with_treatment_and_the_single_part2_consent_with_nothing():
    endless = Span(NOW)
    event = validity.as_asked(stored(span=endless), "MA", on=TODAY)
    none = validity.as_asked(stored("part2_tpo", span=endless), "MA", on=TODAY)
    assert (event.expires_on, event.expires_event) == (None, "end_of_treatment")
    assert (none.expires_on, none.expires_event) == (None, "none")


def test_whether_a_form_fits_is_said_by_whoever_compares_it_with_the_disclosure():
    assert not validity.as_asked(stored(), "MA", on=TODAY, fits=False).fits
