"""The decision vectors of ``law.md`` 2.13: the number of each is its id."""

from datetime import timedelta

import pytest

from hallway.consent.law import breach, validity
from hallway.consent.law.asking import Aim
from hallway.consent.law.disclosing import Outcome, decide, outward
from tests.gate.questions import TODAY, form, question

YESTERDAY = TODAY - timedelta(days=1)
MH_NOTE = "GENERAL MH; TREAT; to provider"
PART2_NOTE = "GENERAL MH PART2; TREAT; from program; to provider"
ONWARD = "GENERAL MH PART2; {aim}; from notified; to {to}; facts received_for_tpo single_tpo_consent {facts}"
THREAT = "facts good_faith_belief serious_and_imminent able_to_prevent"
HIV = "GENERAL HIV"
P, NOTICE, NEEDS, DENY = Outcome.PERMIT, Outcome.PERMIT_WITH_NOTICE, Outcome.DENY_NEEDS, Outcome.DENY

VECTORS = [
    ("1", question(MH_NOTE + "; from social_worker"), P, (), ()),
    ("2", question(MH_NOTE + "; from MA counselor"), NEEDS, ("state_consent",), ()),
    ("3", question(MH_NOTE + "; from MA social_worker; facts six_facts"), P, (), ("log_facts",)),
    ("4", question(MH_NOTE + "; from CT psychiatrist; facts clinician_determination"), P, (), ("inform_patient",)),
    ("5", question(MH_NOTE + "; from CT social_worker"), NEEDS, ("state_consent",), ()),
    ("5, determined", question(MH_NOTE + "; from CT social_worker; facts clinician_determination"), NEEDS,
     ("state_consent",), ()),
    ("6", question("GENERAL PSYTHER_NOTE; EMERG; to provider; facts medical_emergency"), NEEDS, ("psy_auth",), ()),
    ("7", question(f"GENERAL PSYTHER_NOTE; THREAT; to target_of_threat; {THREAT}"), P, (), ("log",)),
    ("8", question(f"GENERAL PART2 SUD_COUNSEL_NOTE; THREAT; from program; to target_of_threat; {THREAT}"), NEEDS,
     ("sud_note_consent",), ("page_author",)),
    ("8, with an order under 2.63", question("GENERAL PART2 SUD_COUNSEL_NOTE; LEGAL; from program; to court; "
     "facts court_order subpoena confidential_communication_ground"), Outcome.PERMIT_FILTERED, (), ("keep_label",)),
    ("8, with an order under 2.64", question("GENERAL PART2 SUD_COUNSEL_NOTE; LEGAL; from program; to court; "
     "facts court_order subpoena order_not_criminal"), Outcome.PERMIT_FILTERED, (), ("keep_label",)),
    ("9", question("GENERAL PART2 SUD_COUNSEL_NOTE; TREAT; from program; to provider", form("part2_tpo")), NEEDS,
     ("sud_note_consent",), ()),
    ("10", question(PART2_NOTE, form("part2_tpo")), NOTICE, (),
     ("notice:P2-2024-S1", "copy_of_consent", "filter_to_purpose")),
    ("11", question(ONWARD.format(aim="TREAT", to="provider", facts="")), P, (), ("keep_label", "notice:P2-2024-S1")),
    ("12", question(ONWARD.format(aim="LEGAL", to="court", facts="subpoena")), NEEDS, ("court_order",), ()),
    ("13", question(ONWARD.format(aim="LEGAL", to="court", facts="subpoena"),
     form("proceedings", aims=frozenset({Aim.LEGAL, Aim.TREAT}))), DENY, (), ()),
    ("14, expired yesterday", question(PART2_NOTE, form("part2_tpo", expires_on=YESTERDAY)), NEEDS,
     ("part2_consent",), ()),
    ("14, element 10(ii)", question(PART2_NOTE, form("part2_tpo", without=["refusal_consequences"])), NEEDS,
     ("part2_consent",), ()),
    ("14, revoked", question(PART2_NOTE, form("part2_tpo", revoked=True)), NEEDS, ("part2_consent",), ()),
    ("15", question("GENERAL PART2; TREAT; from program; to provider own"), NEEDS, ("part2_consent",), ()),
    ("16", question("GENERAL PART2; EMERG; from program; to provider named; "
     "facts medical_emergency consent_unobtainable emergency_fields_recorded"), P, (), ("document_emergency",)),
    ("16, before the fields are stored", question("GENERAL PART2; EMERG; from program; to provider named; "
     "facts medical_emergency consent_unobtainable"), NEEDS, ("emergency_record",), ()),
    ("17", question("GENERAL PART2; PAY; from program; to representative named; patient 16 consented; "
     "facts minor_may_consent_alone authority_shown"), NEEDS, ("part2_consent",), ("signed_by_minor",)),
    ("18", question("GENERAL SELF_PAY_RESTRICTED; OPS; to plan; facts operations_that_may_be_shared"), DENY, (), ()),
    ("19", question(HIV + "; TREAT; from MA; to provider", form("release", state="MA")), NEEDS, ("state_consent",), ()),
    ("20", question(HIV + "; TREAT; from CT; to provider; facts needed_for_care"), P, (),
     ("notice:CT-19A-585", "note_disclosure")),
    ("21, to a treating provider", question(HIV + "; TREAT; from CA; to provider"), P, (), ()),
    ("21, to a plan", question(HIV + "; PAY; from CA; to plan"), NEEDS, ("state_consent",), ()),
    ("25", question("GENERAL MH; INDIVIDUAL; from CA psychologist; to individual named; "
     "facts identity_verified harm_to_wellbeing"), P, (), ()),
    ("25, psychotherapy notes", question("GENERAL MH PSYTHER_NOTE; INDIVIDUAL; from CA psychologist; "
     "to individual named; facts identity_verified harm_to_wellbeing"), DENY, (), ()),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "outcome", "needs", "duties"), [row[1:] for row in VECTORS],
                         ids=[row[0] for row in VECTORS])  # fmt: skip
def test_vector(asked, outcome, needs, duties):
    verdict = decide(asked)
    assert (verdict.outcome, verdict.needs) == (outcome, needs), verdict
    assert set(duties) <= set(verdict.obligations)
    assert verdict.rule_ids
    assert "D-ERROR" not in verdict.rule_ids


def test_vector_5_names_the_row_that_waits_to_be_verified():
    assert decide(VECTORS[5][1]).held_back == ("D-CT-LCSW-TREAT",)


def test_vector_14_names_the_missing_element():
    verdict = decide(question(PART2_NOTE, form("part2_tpo", without=["refusal_consequences"])))
    assert verdict.defects == ("It does not say what follows if the patient refuses to sign.",)
    assert "E-231-10II" in verdict.rule_ids


def test_vector_17_opens_with_the_minors_own_consent():
    asked = question(
        "GENERAL PART2; PAY; from program; to representative named; patient 16 consented; "
        "facts minor_may_consent_alone authority_shown identity_verified",
        form("part2"),
    )
    assert decide(asked).permits


def test_vector_19_opens_with_its_own_form_only():
    asked = question(HIV + "; TREAT; from MA; to provider", form("hiv", state="MA"))
    assert decide(asked).permits
    assert decide(question(HIV + "; TREAT; from MA; to provider")).forms == ("hiv",)


INVALID = [
    ("22, 18 months", form("release", state="CA", expires_on=TODAY + timedelta(days=517)), "E-CA-5611-END"),
    ("22, 12 points", form("release", state="CA", without=["type_14_or_handwritten"]), "E-CA-5611-TYPE"),
    ("23", form("release", expires_on=None, expires_event="none"), "E-508-V"),
    ("24", form("part2_tpo", circumstances=["intermediary"], without=["members_named_or_treating"]),
     "E-231-4II-MEMBERS"),
]  # fmt: skip


@pytest.mark.parametrize(("signed", "row"), [row[1:] for row in INVALID], ids=[row[0] for row in INVALID])
def test_vector_of_a_form_that_does_not_count(signed, row):
    assert [defect.rule_id for defect in validity.defects(signed, TODAY)] == [row]


def test_vectors_22_and_23_have_valid_twins():
    longer = form(
        "release", state="CA", expires_on=TODAY + timedelta(days=517), circumstances=["longer_at_signers_request"]
    )
    assert validity.defects(longer, TODAY) == ()
    assert validity.defects(form("part2_tpo", expires_on=None, expires_event="none"), TODAY) == ()


def test_vector_26_a_denial_and_an_unknown_person_sound_alike():
    asked = decide(question("GENERAL PART2; PRESENCE; from program; to other named"))
    assert asked.outcome is DENY
    assert outward(asked).encode() == outward(None).encode()


def test_who_asks_hears_the_words_of_the_row_where_it_may_be_told():
    asked = decide(question(MH_NOTE))
    assert asked.permits
    assert outward(asked) == asked.sentence != outward(None)


@pytest.mark.parametrize(("residents", "media"), [(501, ("MA",)), (500, ())])
def test_vector_27_the_media_hear_of_more_than_500_residents(residents, media):
    told = breach.who_is_told({"MA": residents})
    assert told.media_in == media
    assert told.secretary_at_once
