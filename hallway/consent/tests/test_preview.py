from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent import actions
from hallway.consent.actions import Composition, Signature
from hallway.consent.explaining.preview import preview
from hallway.consent.forms import ink
from hallway.consent.tests import town
from hallway.identity.requester import Role
from hallway.record.classes import DataClass


@pytest.fixture
def people(fresh_db):
    pc = town.organization("Millbrook", side="pc")
    bh = town.organization("Northgate")
    ct = town.organization("Elmwood", state="CT")
    program = town.organization("Stillwater", is_part2=True)
    maine = town.organization("Pinecove", state="ME")
    return {
        "pcp": town.person("Carewell", pc, Role.PCP, licence="physician"),
        "licsw": town.person("Hearwell", bh, Role.THERAPIST, licence="social_worker"),
        "lmhc": town.person("Listenwell", bh, Role.THERAPIST, licence="counselor"),
        "md": town.person("Mindham", bh, Role.PSYCHIATRIST, licence="psychiatrist"),
        "ct_md": town.person("Calmwell", ct, Role.PSYCHIATRIST, licence="psychiatrist"),
        "ct_lcsw": town.person("Kindwell", ct, Role.THERAPIST, licence="social_worker"),
        "counselor": town.person("Steadwell", program, Role.THERAPIST, licence="counselor", duty=True),
        "maine": town.person("Pinewell", maine, Role.THERAPIST, licence="counselor"),
        "chart": town.new_patient(pc),
    }


def ask(people, discloser, recipient, **more):
    return preview(
        chart_id=people["chart"],
        discloser_practitioner=people[discloser].practitioner_id,
        discloser_org=people[discloser].organization_id,
        recipient_practitioner=people[recipient].practitioner_id,
        recipient_org=people[recipient].organization_id,
        **more,
    )


@pytest.mark.parametrize("recipient", ["licsw", "md", "counselor", "ct_lcsw"])
def test_a_pcp_may_write_to_any_treating_clinician_without_a_signature(people, recipient):
    told = ask(people, "pcp", recipient)
    assert (told.verdict, told.citation, told.verified) == ("open", "45 CFR 164.506(c)(2)", True)
    assert told.headline == "You may send this without a signature."


def test_vector_1_a_massachusetts_psychiatrist_may_write_back(people):
    assert ask(people, "md", "pcp").verdict == "open"


@pytest.mark.parametrize(
    ("discloser", "citation", "verified"),
    [
        ("lmhc", "M.G.L. c.112 s.172", True),
        ("licsw", "258 CMR 22.03, 22.04; M.G.L. c.112 s.135A", False),
        ("ct_lcsw", "Conn. Gen. Stat. s.52-146q", False),
        ("ct_md", "Conn. Gen. Stat. s.52-146f(1)", True),
    ],
)
def test_vectors_2_and_5_the_way_back_needs_a_signature_by_licence_and_state(people, discloser, citation, verified):
    told = ask(people, discloser, "pcp")
    assert (told.verdict, told.form_kind) == ("pen_before", "release")
    assert (told.citation, told.verified) == (citation, verified)


def test_a_part2_program_is_never_told_that_no_authorization_is_needed(people):
    told = ask(people, "counselor", "pcp")
    assert (told.verdict, told.form_kind) == ("pen_before", "part2")
    assert told.citation == "42 CFR 2.31, 2.33(a)"


def test_psychotherapy_notes_stay_with_their_author(people):
    told = ask(people, "licsw", "pcp", classes=int(DataClass.GENERAL | DataClass.PSYTHER_NOTE))
    assert (told.verdict, told.citation) == ("shut", "45 CFR 164.508(a)(2)")


def test_where_no_overlay_is_loaded_the_sentence_says_whose(people):
    told = ask(people, "maine", "pcp")
    assert told.verdict == "open"
    assert told.reason.endswith("No Maine rules are loaded.")


def signed(people, discloser, kind, classes):
    pcp = people["pcp"]
    consent_id = actions.compose_consent(
        Composition(
            chart_id=people["chart"],
            kind=kind,
            discloser_org=people[discloser].organization_id,
            discloser_practitioner=people[discloser].practitioner_id,
            recipient_org=pcp.organization_id,
            classes=classes,
            expires_at=clock.now() + timedelta(days=90),
        ),
        by=pcp,
    )
    colleague = town.person(f"Witwell{discloser}", pcp.organization_id, Role.FRONT_DESK)
    hand = Signature("drawn", ink.a_stroke(), witness=colleague.practitioner_id)
    actions.sign_consent(consent_id, hand, by=pcp, expected_version=1)
    return consent_id


@pytest.mark.parametrize("discloser", ["licsw", "lmhc", "ct_lcsw", "ct_md", "counselor"])
def test_the_form_that_the_sentence_offers_opens_exactly_that_way_back(people, discloser):
    before = ask(people, discloser, "pcp")
    consent_id = signed(people, discloser, before.form_kind, before.classes)
    after = ask(people, discloser, "pcp")
    assert (after.verdict, after.consent_id, after.flows) == ("pen_signed", consent_id, True)
    assert after.signed_at is not None
    assert ask(people, "lmhc" if discloser != "lmhc" else "licsw", "pcp").verdict == "pen_before"
    actions.revoke_consent(consent_id, "oral", by=people["pcp"], expected_version=2)
    ended = ask(people, discloser, "pcp")
    assert (ended.verdict, ended.flows) == ("pen_before", False)


def test_an_agreed_restriction_shuts_the_way_and_is_told_to_the_discloser_only(people):
    actions.restrict(people["chart"], by=people["pcp"], recipient_org=people["md"].organization_id)
    assert ask(people, "pcp", "md").verdict == "shut"
    assert ask(people, "pcp", "md", asker=people["md"]).verdict == "open"
