"""Every condition that a row of law may name: a disclosure of which it holds, and the nearest of which it does not."""

import pytest

from hallway.consent.law.conditions import CONDITIONS, circumstances, holds
from tests.gate.disclosure_cases import signed
from tests.gate.questions import question

CARE = "GENERAL; TREAT; from MA; to provider"
CASES = [
    ("program", "GENERAL; TREAT; from program", "GENERAL; TREAT; from MA"),
    ("holder", "GENERAL; TREAT; from program holding", "GENERAL; TREAT; from program"),
    ("received_under_notice", "GENERAL; TREAT; from notified", CARE),
    ("discloser_covered", CARE, "GENERAL; TREAT; from uncovered"),
    ("own", "GENERAL; TREAT; to provider own", CARE),
    ("treating", CARE, "GENERAL; TREAT; to provider own"),
    ("had_relation", "GENERAL; TREAT; to provider former", "GENERAL; TREAT; to provider named"),
    ("author", "GENERAL; TREAT; to provider author", CARE),
    ("sud_duty", "GENERAL; TREAT; to provider sud_duty", CARE),
    ("recipient_covered", CARE, "GENERAL; TREAT; to provider uncovered"),
    ("responsible_for_care", CARE, "GENERAL; TREAT; to provider bystander"),
    ("leaves_state", "GENERAL; TREAT; from MA; to provider CT", "GENERAL; TREAT; from MA; to provider MA"),
    # Nobody knows where either of them is: then it is not known to stay.
    ("leaves_state", "GENERAL; TREAT; to provider", "GENERAL; TREAT; from CT; to provider CT"),
    ("to_the_patient", "GENERAL; INDIVIDUAL; to individual", "GENERAL; INDIVIDUAL; to representative"),
    ("minor", "GENERAL; TREAT; patient 17", "GENERAL; TREAT; patient 18"),
    ("minor", "GENERAL; TREAT; patient 17", "GENERAL; TREAT; patient 17 emancipated"),
    ("twelve_or_older", "GENERAL; TREAT; patient 12", "GENERAL; TREAT; patient 11"),
    ("emancipated", "GENERAL; TREAT; patient 17 emancipated", "GENERAL; TREAT; patient 17"),
    ("deceased", "GENERAL; TREAT; patient 40 deceased", CARE),
    ("has_capacity", CARE, "GENERAL; TREAT; patient 40 incapable"),
    ("minor_consented", "GENERAL; TREAT; patient 15 consented", "GENERAL; TREAT; patient 15"),
    ("minor_consented", "GENERAL MINOR_CONSENTED; TREAT; patient 15", "GENERAL; TREAT; patient 15"),
    ("minor_may_consent_alone", "GENERAL; TREAT; from CA; patient 12", "GENERAL; TREAT; from CA; patient 11"),
    ("minor_may_consent_alone", "GENERAL; TREAT; from CT; patient 8", "GENERAL; TREAT; from ME; patient 16"),
    (
        "minor_may_consent_alone",
        "GENERAL; TREAT; from ME; patient 16; facts minor_may_consent_alone",
        "GENERAL; TREAT; from MA; patient 16",
    ),
    ("minor_controls", "GENERAL; TREAT; patient 15 consented", "GENERAL; TREAT; patient 15"),
    (
        "minor_controls",
        "GENERAL; TREAT; patient 15; facts confidentiality_agreement",
        "GENERAL; TREAT; patient 15; facts confidentiality_agreement minor_wants_parent",
    ),
    ("authority_or_self", "GENERAL; INDIVIDUAL; to individual", "GENERAL; INDIVIDUAL; to representative"),
    (
        "authority_or_self",
        "GENERAL; INDIVIDUAL; to representative; facts authority_shown",
        "GENERAL; INDIVIDUAL; to representative; facts identity_verified",
    ),
    ("part2", "GENERAL PART2; TREAT", "GENERAL SUD_COUNSEL_NOTE; TREAT"),
    ("psychologist", "GENERAL; TREAT; from CT psychologist", "GENERAL; TREAT; from CT psychiatrist"),
    ("no_overlay", "GENERAL; TREAT; from ME", "GENERAL; TREAT; from CT"),
    ("no_overlay", "GENERAL; TREAT", "GENERAL; TREAT; from MA"),
    ("no_overlay", "GENERAL; TREAT; from ME", "GENERAL; TREAT; from CA"),
    ("beyond_payment", "GENERAL; PAY; item DocumentReference", "GENERAL; PAY; item Claim"),
    ("beyond_payment", "GENERAL; PAY; item DocumentReference", "GENERAL; PAY"),
    ("beyond_utilization", "GENERAL; PAY; item DocumentReference", "GENERAL; PAY; item CarePlan"),
    ("beyond_provider_payment", "GENERAL; PAY; item Claim", "GENERAL; PAY; item Coverage"),
    ("beyond_provider_operations", "GENERAL; OPS; item Claim", "GENERAL; OPS; item Task"),
    ("beyond_quality", "GENERAL; OPS; item DocumentReference", "GENERAL; OPS; item Observation"),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "so", "not_so"), CASES)
def test_condition(condition, so, not_so):
    assert holds(condition, question(so))
    assert not holds(condition, question(not_so))
    assert holds(f"not {condition}", question(not_so))
    assert not holds(f"not {condition}", question(so))


COMBINED = [
    (["proceedings for LEGAL TREAT"], True),
    (["part2 for LEGAL TREAT"], True),
    (["proceedings for LEGAL"], False),
    (["part2 for TREAT PAY"], False),
    (["proceedings for LEGAL TREAT for_another"], False),
    # 42 CFR 2.31(d) asks for a consent that stands alone: beside one, another is as good as absent.
    (["proceedings for LEGAL TREAT", "proceedings for LEGAL"], False),
    (["proceedings for LEGAL", "release for LEGAL TREAT"], False),
    (["proceedings for LEGAL TREAT", "part2 for LEGAL"], True),
    (["proceedings for LEGAL TREAT", "proceedings for LEGAL for_another"], True),
    ([], False),
]


@pytest.mark.parametrize(("forms", "is_so"), COMBINED)
def test_a_consent_for_proceedings_stands_alone(forms, is_so):
    asked = question("GENERAL PART2; LEGAL; from program; to court", *map(signed, forms))
    assert holds("form_combines_proceedings", asked) == is_so


def test_every_condition_has_a_case():
    assert {name for name, *_ in CASES} | {"form_combines_proceedings"} == set(CONDITIONS)


def test_any_other_name_is_a_fact_that_somebody_recorded():
    recorded = question("GENERAL; TREAT; facts six_facts")
    assert holds("six_facts", recorded)
    assert not holds("not six_facts", recorded)
    assert not holds("court_order", recorded)


BROUGHT = [
    ("minor_consented_care", "GENERAL; TREAT; patient 15 consented", "GENERAL PART2; TREAT; patient 15 consented"),
    ("minor_consented_care", "GENERAL; TREAT; patient 15 consented", "GENERAL; TREAT; patient 18 consented"),
    ("minor_consented_care", "GENERAL; TREAT; patient 15 consented", "GENERAL; TREAT; patient 15"),
    ("minor_consents_alone", "GENERAL PART2; TREAT; from CT; patient 15", "GENERAL PART2; TREAT; from ME; patient 15"),
    ("minor_consents_alone", "GENERAL PART2; TREAT; from CT; patient 15", "GENERAL; TREAT; from CT; patient 15"),
    ("minor_needs_parent", "GENERAL PART2; TREAT; from ME; patient 15", "GENERAL PART2; TREAT; from CT; patient 15"),
    ("minor_needs_parent", "GENERAL PART2; TREAT; from ME; patient 15", "GENERAL; TREAT; from ME; patient 15"),
    ("minor_needs_parent", "GENERAL PART2; TREAT; from ME; patient 15", "GENERAL PART2; TREAT; from ME; patient 40"),
    ("recipient_covered", "GENERAL; TREAT; to provider", "GENERAL; TREAT; to provider uncovered"),
    ("intermediary", "GENERAL; TREAT; to intermediary", "GENERAL; TREAT; to provider"),
    ("psychiatric", "GENERAL CT_PSYCHIATRIC; TREAT", "GENERAL CT_SOCIAL_WORKER; TREAT"),
    ("social_worker", "GENERAL CT_SOCIAL_WORKER; TREAT", "GENERAL MA_SOCIAL_WORKER; TREAT"),
    ("hiv", "GENERAL HIV; TREAT", "GENERAL; TREAT"),
    ("paid_for", "GENERAL; SALE", "GENERAL; MARKETING"),
    ("criminal_justice", "GENERAL; CRIMINAL_JUSTICE", "GENERAL; POLICE"),
    ("in_proceedings", "GENERAL; LEGAL", "GENERAL; DEFENSE"),
    ("in_proceedings", "GENERAL; POLICE", "GENERAL; CRIMINAL_JUSTICE"),
    ("drug_treatment_facility", "GENERAL; TREAT; facts drug_treatment_facility", "GENERAL; TREAT"),
    ("state_sud_program", "GENERAL; TREAT; facts state_sud_program", "GENERAL; TREAT"),
    ("dependency_court_minor", "GENERAL; TREAT; facts dependency_court_minor", "GENERAL; TREAT"),
]


@pytest.mark.parametrize(("circumstance", "so", "not_so"), BROUGHT)
def test_what_a_disclosure_asks_of_the_form_shown_for_it(circumstance, so, not_so):
    assert circumstance in circumstances(question(so))
    assert circumstance not in circumstances(question(not_so))
