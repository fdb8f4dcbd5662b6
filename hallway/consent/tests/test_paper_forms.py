"""Forms on paper, by link, with further hands: what is kept, what is refused, what stays shut."""

import io
from dataclasses import replace
from datetime import date, timedelta

import pypdf
import pytest

from hallway import clock, ids
from hallway.consent import actions, refusals
from hallway.consent.actions import External, Member
from hallway.consent.forms import ink, links, papers, printing, standing, talks, wording
from hallway.consent.grants import representing
from hallway.consent.models import Consent, CoSignature, MinorService, SigningLink
from hallway.consent.tests import town
from hallway.consent.tests.test_forms import DRAWN, NOTE, PART2, composition, program
from hallway.consent.tests.test_gate import seen
from hallway.errors import HallwayError
from hallway.identity.requester import Requester, Role
from hallway.ids import OrganizationId
from hallway.storage.connection import cursor

__all__ = ["program"]
BORN = date(1987, 3, 2)
PAGE = b"%PDF-1.7 a page"


def refused(code, call, *arguments, **named):
    with pytest.raises(HallwayError) as caught:
        call(*arguments, **named)
    assert caught.value.code == code, caught.value.code
    return caught.value


# The witness ----------------------------------------------------------------


def test_a_hand_drawn_at_the_receiving_desk_opens_nothing_before_a_colleague_confirms_it(program):
    pcp, counselor, chart, note = program
    form = actions.compose_consent(composition(pcp, counselor, chart), by=pcp)
    actions.sign_consent(form, DRAWN, by=pcp, expected_version=1, witness_later=True)
    assert Consent.objects.get(id=form).state == "witnessing"
    assert note not in seen(pcp, chart)
    refused("H-CON-009", actions.witness_consent, form, by=pcp, expected_version=2)
    refused("H-CON-009", actions.witness_consent, form, by=counselor, expected_version=2)
    desk = town.person("Deskwell", pcp.organization_id, Role.FRONT_DESK)
    actions.witness_consent(form, by=desk, expected_version=2)
    row = Consent.objects.get(id=form)
    assert (row.state, row.witness) == ("signed", desk.practitioner_id)
    assert note in seen(pcp, chart)


def test_a_colleague_who_saw_no_signature_ends_the_form(program):
    pcp, counselor, chart, note = program
    form = actions.compose_consent(composition(pcp, counselor, chart), by=pcp)
    actions.sign_consent(form, DRAWN, by=pcp, expected_version=1, witness_later=True)
    desk = town.person("Deskwell", pcp.organization_id, Role.FRONT_DESK)
    actions.dispute_consent(form, by=desk, expected_version=2)
    assert Consent.objects.get(id=form).state == "declined"
    assert note not in seen(pcp, chart)


# Who may prepare, who may sign ----------------------------------------------------------------


@pytest.mark.parametrize("kind", ["psychotherapy", "sud_counseling"])
def test_no_front_desk_and_no_receiver_prepares_a_form_about_notes_of_sessions(program, kind):
    pcp, counselor, chart, _ = program
    asked = composition(pcp, counselor, chart, kind=kind, classes=_notes(kind))
    desk = town.person("Deskwell", counselor.organization_id, Role.FRONT_DESK, duty=True)
    refused("H-CON-009", actions.compose_consent, asked, by=desk)
    refused("H-CON-009", actions.compose_consent, asked, by=pcp)
    assert actions.compose_consent(asked, by=counselor)


def _notes(kind):
    from hallway.consent.explaining.needed import carries

    return carries(kind, "")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"signer": "representative"}, "H-CON-021"),
        ({"signer": "representative", "name": "Ana Ejemplo", "right": "court_guardian"}, "H-CON-021"),
        ({"signer": "representative", "name": "Ana Ejemplo", "authority": "court order"}, "H-CON-021"),
        ({"signer": "representative", "name": "Ana Ejemplo", "authority": "court order", "right": "king"}, "H-CON-021"),
        ({"interpreter": "Luz"}, "H-CON-022"),
        ({"interpreter_language": "Spanish"}, "H-CON-022"),
    ],
)
def test_a_representative_says_by_what_right_and_an_interpreter_in_what_language(program, changed, code):
    pcp, counselor, chart, _ = program
    form = actions.compose_consent(composition(pcp, counselor, chart), by=counselor)
    refused(code, actions.sign_consent, form, replace(DRAWN, **changed), by=counselor, expected_version=1)


def test_a_representative_signs_with_name_authority_and_the_page_that_proves_it(program):
    pcp, counselor, chart, note = program
    form = actions.compose_consent(composition(pcp, counselor, chart), by=counselor)
    page = actions.keep_paper(chart, PAGE, purpose="authority", by=counselor)
    hand = replace(DRAWN, signer="representative", name="Ana Ejemplo", relation="mother", right="court_guardian",
                   authority="court order",
                   authority_paper=page, interpreter="Luz Intérprete", interpreter_language="Spanish")  # fmt: skip
    actions.sign_consent(form, hand, by=counselor, expected_version=1)
    row = Consent.objects.get(id=form)
    assert (row.signer_name, row.signer_right, row.signer_paper_id) == ("Ana Ejemplo", "court_guardian", page)
    assert note in seen(pcp, chart)
    lines = wording.hand_of(row, wording.words_of(row, counselor), zone="America/New_York").lines
    assert "Signed for the patient by: Ana Ejemplo, by the right of court order (mother), signed by hand" in lines
    assert any("Luz Intérprete, Spanish" in line for line in lines)


def test_a_family_form_opens_when_each_member_has_signed_and_not_before(program):
    pcp, counselor, chart, note = program
    form = actions.compose_consent(composition(pcp, counselor, chart, members=2), by=counselor)
    one = Member("Ana Ejemplo", "mother", "typed", b"Ana Ejemplo")
    for members in ((), (one,), (one, one)):
        hand = replace(DRAWN, members=members)
        refused("H-CON-023", actions.sign_consent, form, hand, by=counselor, expected_version=1)
    assert note not in seen(pcp, chart)
    both = (one, Member("Luis Ejemplo", "father", "drawn", ink.a_stroke()))
    actions.sign_consent(form, replace(DRAWN, members=both), by=counselor, expected_version=1)
    assert CoSignature.objects.filter(consent_id=form).count() == 2
    assert note in seen(pcp, chart)


# California ----------------------------------------------------------------


def test_vector_22_california_wants_fourteen_points_and_a_year_unless_the_signer_asks_for_longer(fresh_db):
    there = town.organization("Golden", state="CA")
    therapist = town.person("Hearwell", there, Role.THERAPIST, state="CA")
    pc = town.organization("Coast", side="pc", state="CA")
    chart = town.new_patient(there)
    asked = composition(
        Requester(therapist.account_id, therapist.practitioner_id, pc, Role.PCP), therapist, chart,
        kind="release", classes=int(NOTE), expires_at=clock.now() + timedelta(days=540),
    )  # fmt: skip
    wrong = refused("H-CON-005", actions.compose_consent, asked, by=therapist)
    assert wrong.field == "too_long"
    form = actions.compose_consent(replace(asked, longer_asked=True), by=therapist)
    row = Consent.objects.get(id=form)
    assert row.point_size == 14
    assert "use_limits" in row.statements
    Consent.objects.filter(id=form).update(point_size=12)
    wrong = refused("H-CON-005", actions.sign_consent, form, DRAWN, by=therapist, expected_version=1)
    assert wrong.field == "print_size"


# Taking back ----------------------------------------------------------------


def test_a_form_for_all_who_treat_is_taken_back_for_one_and_stands_for_the_others(program):
    pcp, counselor, chart, note = program
    heart = town.person("Heartwell", town.organization("Heart", side="other"), Role.MEDICAL_SPECIALIST)
    for one in (pcp, heart):
        actions.join_team(chart, by=pcp, organization=one.organization_id, basis="assigned")
    everybody = composition(pcp, counselor, chart, kind="part2_tpo", recipient_org=OrganizationId(0), expires_at=None)
    form = actions.compose_consent(everybody, by=counselor)
    actions.sign_consent(form, DRAWN, by=counselor, expected_version=1)
    assert note in seen(pcp, chart)
    assert note in seen(heart, chart)
    for nobody in (0, 999_999, counselor.organization_id):
        refused(
            "H-CON-008", actions.revoke_consent, form, "written", by=counselor, expected_version=2,
            recipient_org=OrganizationId(nobody),
        )  # fmt: skip
    actions.revoke_consent(
        form, "written", by=counselor, expected_version=2, recipient_org=heart.organization_id,
        paper_id=actions.keep_paper(chart, PAGE, purpose="revocation", by=counselor),
    )  # fmt: skip
    assert note in seen(pcp, chart)
    assert note not in seen(heart, chart)
    assert Consent.objects.get(id=form).state == "signed"


def test_an_event_that_is_known_to_have_occurred_ends_the_form(program):
    pcp, counselor, chart, note = program
    asked = composition(pcp, counselor, chart, expires_at=None, expires_event="end_of_treatment")
    form = actions.compose_consent(asked, by=counselor)
    actions.sign_consent(form, DRAWN, by=counselor, expected_version=1)
    assert note in seen(pcp, chart)
    refused("H-CON-008", actions.event_occurred, form, "none", by=counselor, expected_version=2)
    actions.event_occurred(form, "end_of_treatment", by=counselor, expected_version=2)
    assert note not in seen(pcp, chart)


# A form signed elsewhere ----------------------------------------------------------------


def test_a_form_signed_elsewhere_holds_when_each_element_was_found_and_names_the_one_that_was_not(program):
    pcp, counselor, chart, note = program
    page = actions.keep_paper(chart, PAGE, purpose="form", by=counselor)
    wanted = papers.elements_wanted("part2", "ME")
    given = External(composition(pcp, counselor, chart), page, date(2026, 1, 5), frozenset(wanted))
    for name in wanted:
        lacking = replace(given, found=frozenset(wanted) - {name})
        assert refused("H-CON-027", actions.accept_paper, lacking, by=counselor).field == name
    assert note not in seen(pcp, chart)
    form = actions.accept_paper(given, by=counselor)
    row = Consent.objects.get(id=form)
    assert (row.state, row.origin, row.paper_id) == ("signed", "paper", page)
    assert note in seen(pcp, chart)


def test_a_page_taken_at_the_receiving_desk_opens_nothing_before_a_colleague_has_looked_at_it_too(program):
    pcp, counselor, chart, note = program
    page = actions.keep_paper(chart, PAGE, purpose="form", by=pcp)
    wanted = frozenset(papers.elements_wanted("part2", "ME"))
    form = actions.accept_paper(External(composition(pcp, counselor, chart), page, date(2026, 1, 5), wanted), by=pcp)
    row = Consent.objects.get(id=form)
    assert (row.state, row.signed_at) == ("witnessing", None)
    assert note not in seen(pcp, chart)
    refused("H-CON-009", actions.witness_consent, form, by=pcp, expected_version=2)
    desk = town.person("Deskwell", pcp.organization_id, Role.FRONT_DESK)
    actions.witness_consent(form, by=desk, expected_version=2)
    assert note in seen(pcp, chart)


def test_the_copy_says_the_day_that_stands_on_the_paper_and_the_form_holds_from_its_acceptance(program):
    pcp, counselor, chart, _ = program
    page = actions.keep_paper(chart, PAGE, purpose="form", by=counselor)
    wanted = frozenset(papers.elements_wanted("part2", "ME"))
    form = actions.accept_paper(
        External(composition(pcp, counselor, chart), page, date(2026, 1, 5), wanted), by=counselor
    )
    row = Consent.objects.get(id=form)
    assert row.paper_signed_on == date(2026, 1, 5)
    assert row.signed_at.date() == clock.today()
    said = wording.hand_of(row, wording.words_of(row, counselor), zone="America/New_York").lines
    assert any("January 5, 2026" in line for line in said)


def test_a_california_form_signed_elsewhere_may_not_outlive_a_year_from_the_day_on_it(fresh_db):
    there = town.organization("Golden", state="CA")
    therapist = town.person("Hearwell", there, Role.THERAPIST, state="CA")
    pc = town.organization("Coast", side="pc", state="CA")
    chart = town.new_patient(there)
    page = actions.keep_paper(chart, PAGE, purpose="form", by=therapist)
    asked = composition(
        Requester(therapist.account_id, therapist.practitioner_id, pc, Role.PCP), therapist, chart,
        kind="release", classes=int(NOTE), expires_at=clock.now() + timedelta(days=200),
    )  # fmt: skip
    wanted = frozenset(papers.elements_wanted("release", "CA"))
    old = External(asked, page, clock.today() - timedelta(days=300), wanted)
    assert refused("H-CON-005", actions.accept_paper, old, by=therapist).field == "too_long"
    assert actions.accept_paper(replace(old, signed_on=clock.today() - timedelta(days=100)), by=therapist)
    assert actions.accept_paper(replace(old, composition=replace(asked, longer_asked=True)), by=therapist)


def test_only_a_pdf_or_a_picture_of_a_page_is_kept_and_only_its_practice_and_the_patient_read_it(program):
    pcp, counselor, chart, _ = program
    for content in (b"", b"<svg onload=alert(1)>", PAGE + bytes(papers.MAX_PAPER_BYTES)):
        refused("H-CON-026", actions.keep_paper, chart, content, purpose="form", by=counselor)
    page = actions.keep_paper(chart, PAGE, purpose="form", by=counselor)
    assert bytes(papers.paper_for(counselor, page).content) == PAGE
    refused("H-CON-001", papers.paper_for, pcp, page)


# By link ----------------------------------------------------------------


@pytest.fixture
def link(program):
    pcp, counselor, chart, note = program
    form = actions.compose_consent(composition(pcp, counselor, chart), by=pcp)
    return pcp, chart, note, form, actions.make_link([form], by=pcp)


def test_a_link_asks_for_the_birth_date_then_signs_once_without_an_account(link):
    pcp, chart, note, form, made = link
    assert len(made.token) == 26
    assert made.token not in str(SigningLink.objects.values_list())
    sitting = actions.open_link(made.token, BORN)
    actions.answer_link(made.token, sitting, signature=INITIALED)
    row = Consent.objects.get(id=form)
    assert (row.state, row.signed_through, row.explained_by) == ("signed", "link", 0)
    assert note in seen(pcp, chart), "the patient's own hand on the patient's own phone needs no witness of the desk"
    refused("H-CON-025", actions.open_link, made.token, BORN)
    refused("H-CON-025", actions.answer_link, made.token, sitting, signature=None)


INITIALED = replace(DRAWN, through="link", initials="MM")


def test_a_link_wants_the_initials_that_the_desk_wants(link):
    _, _, _, form, made = link
    sitting = actions.open_link(made.token, BORN)
    refused("H-CON-014", actions.answer_link, made.token, sitting, signature=replace(INITIALED, initials=" "))
    assert Consent.objects.get(id=form).state == "draft"
    actions.answer_link(made.token, sitting, signature=INITIALED)
    assert Consent.objects.get(id=form).initials == "MM"


def test_the_phone_that_answered_is_told_so_when_it_sends_the_page_twice_and_nobody_else_is(link):
    *_, made = link
    sitting = actions.open_link(made.token, BORN)
    assert links.how_answered(made.token, sitting) == ""
    actions.answer_link(made.token, sitting, signature=INITIALED)
    assert links.how_answered(made.token, sitting) == "signed"
    assert links.how_answered(made.token, "") == links.how_answered(made.token, "y" * 26) == ""
    with clock.stopped_at(clock.now() + links.SITTING):
        assert links.how_answered(made.token, sitting) == ""


def test_a_form_that_the_desk_heard_a_no_to_meanwhile_is_not_signed_by_its_link(link):
    pcp, _, _, form, made = link
    sitting = actions.open_link(made.token, BORN)
    actions.decline_consent(form, "does_not_want", by=pcp, expected_version=1)
    refused("H-CON-025", actions.answer_link, made.token, sitting, signature=INITIALED)
    refused("H-CON-025", actions.open_link, made.token, BORN)
    assert Consent.objects.get(id=form).state == "declined"


def test_a_no_by_link_is_as_easy_and_opens_nothing(link):
    pcp, chart, note, form, made = link
    actions.answer_link(made.token, actions.open_link(made.token, BORN), signature=None)
    assert Consent.objects.get(id=form).state == "declined"
    assert note not in seen(pcp, chart)


def test_five_wrong_dates_shut_the_link_and_everything_wrong_has_one_answer(link):
    *_, made = link
    answers = {str(refused("H-CON-025", actions.open_link, made.token, date(1990, 1, day))) for day in range(1, 6)}
    answers |= {str(refused("H-CON-025", actions.open_link, made.token, BORN))}
    answers |= {str(refused("H-CON-025", actions.open_link, "x" * 26, BORN))}
    answers |= {str(refused("H-CON-025", links.sitting_of, made.token, "y" * 26))}
    assert len(answers) == 1


def test_a_link_ends_by_itself_by_the_desk_and_by_a_newer_one(link):
    pcp, _, _, form, made = link
    with clock.stopped_at(clock.now() + links.LASTS):
        refused("H-CON-025", actions.open_link, made.token, BORN)
    newer = actions.make_link([form], by=pcp)
    refused("H-CON-025", actions.open_link, made.token, BORN)
    actions.shut_link(newer.id, by=pcp)
    refused("H-CON-025", actions.open_link, newer.token, BORN)


def test_a_link_tells_the_outbox_and_leaves_lines_without_its_token(link):
    *_, made = link
    with cursor() as opened:
        jobs = str(opened.execute("SELECT args FROM procrastinate_jobs").fetchall())
        lines = str(opened.execute("SELECT act, detail FROM ledger_answer").fetchall())
    assert str(made.id) in jobs
    assert made.token not in jobs + lines
    assert "consent.link_made" in lines


# The talk ----------------------------------------------------------------


def test_a_no_is_honored_until_the_day_the_patient_chose_unless_the_patient_brings_it_up(program):
    pcp, counselor, chart, _ = program
    again = clock.today() + timedelta(days=30)
    actions.record_talk(chart, by=counselor, outcome="declines", reason="private", ask_again_on=again)
    refused("H-CON-024", actions.compose_consent, composition(pcp, counselor, chart), by=counselor)
    assert actions.compose_consent(composition(pcp, counselor, chart), by=pcp), "another practice's talk is its own"
    assert actions.compose_consent(composition(pcp, counselor, chart, patient_asks=True), by=counselor)
    told = talks.newest_talk(counselor, chart, today=clock.today())
    assert told.rests
    assert talks.newest_talk(pcp, chart, today=clock.today()) is None
    with clock.stopped_at(clock.now() + timedelta(days=30)):
        later = composition(pcp, counselor, chart, expires_at=clock.now() + timedelta(days=9))
        assert actions.compose_consent(later, by=counselor)


# On paper ----------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_form_prints_as_tagged_pdf_in_its_language_and_keeps_the_words_that_were_signed(program, language):
    pcp, counselor, chart, _ = program
    form = actions.compose_consent(composition(pcp, counselor, chart, language=language), by=counselor)
    row = Consent.objects.get(id=form)
    blank = text_of(printing.printed(row, counselor, zone="America/New_York"))
    assert ("Firme aquí" if language == "es" else "Sign here") in blank
    actions.sign_consent(form, DRAWN, by=counselor, expected_version=1)
    row = Consent.objects.get(id=form)
    made = printing.printed(row, counselor, zone="America/New_York")
    reader = pypdf.PdfReader(io.BytesIO(made))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"].startswith(language)
    assert "pdfuaid" in reader.xmp_metadata.stream.get_data().decode()
    assert "Marisol Ejemplo" in text_of(made)
    kept = row.wording
    assert wording.words_of(row, counselor, language="es" if language == "en" else "en").language == language
    assert kept == Consent.objects.get(id=form).wording != ""


def text_of(pdf):
    return " ".join(" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_the_large_print_is_eighteen_points(program):
    pcp, counselor, chart, _ = program
    form = actions.compose_consent(composition(pcp, counselor, chart, classes=int(PART2)), by=counselor)
    row = Consent.objects.get(id=form)
    usual = printing.printed(row, counselor, zone="America/New_York")
    large = printing.printed(row, counselor, large=True, zone="America/New_York")
    assert max(sizes(large)) > max(sizes(usual))
    assert 18 in sizes(large)
    assert 12 in sizes(usual)


def sizes(pdf):
    found = set()
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        page.extract_text(visitor_text=lambda text, um, tm, font, size: found.add(round(size * abs(tm[3] or 1))))
    return found


def test_a_practices_own_words_stand_beside_what_law_demands(program):
    pcp, counselor, chart, _ = program
    leader = town.person("Leadwell", counselor.organization_id, Role.PRACTICE_LEADER)
    refused("H-CON-009", papers.save_template, by=counselor, name="Ours", kind="part2", language="en", blocks=["x"])
    for blocks in ([], ["x" * 2000], ["x"] * 13):
        refused("H-CON-028", papers.save_template, by=leader, name="Ours", kind="part2", language="en", blocks=blocks)
    first = papers.save_template(by=leader, name="Ours", kind="part2", language="en", blocks=["We are glad you came."])
    second = papers.save_template(by=leader, name="Ours", kind="part2", language="en", blocks=["Welcome."])
    assert [one.id for one in papers.templates_at(counselor, kind="part2")] == [second]
    form = actions.compose_consent(composition(pcp, counselor, chart, template_id=first), by=counselor)
    words = wording.words_of(Consent.objects.get(id=form), counselor)
    assert words.own == ("We are glad you came.",)
    assert len(words.know) == 4
    papers.retire_template(second, by=leader)
    assert papers.templates_at(counselor) == []


def test_a_recipient_does_nothing_about_a_form_that_another_desk_has_prepared(program):
    pcp, counselor, chart, _ = program
    form = actions.compose_consent(composition(pcp, counselor, chart), by=counselor)
    refused("H-CON-001", actions.decline_consent, form, "not_now", by=pcp, expected_version=1)
    refused("H-CON-001", actions.sign_consent, form, DRAWN, by=pcp, expected_version=1, witness_later=True)
    refused("H-CON-001", actions.make_link, [form], by=pcp)
    actions.sign_consent(form, DRAWN, by=counselor, expected_version=1)
    actions.revoke_consent(form, "written", by=pcp, expected_version=2)


def test_whoever_was_served_under_a_form_is_told_to_its_giver_and_nobody_who_was_not(program):
    pcp, counselor, chart, note = program
    form = actions.compose_consent(composition(pcp, counselor, chart), by=counselor)
    assert note not in seen(pcp, chart)
    actions.sign_consent(form, DRAWN, by=counselor, expected_version=1)
    assert standing.served_under(counselor, form) == []
    assert note in seen(pcp, chart)
    assert [one.place for one in standing.served_under(counselor, form)] == ["Millbrook (invented)"]


# Who is not of age ----------------------------------------------------------------


def young(program):
    """A program's patient of fourteen, with a form prepared for the PCP."""
    pcp, counselor, *_ = program
    chart = town.new_patient(pcp.organization_id, born_on=f"{clock.today().year - 14}-01-01")
    actions.join_team(chart, by=pcp, organization=counselor.organization_id, basis="referral")
    return actions.compose_consent(composition(pcp, counselor, chart), by=counselor)


def test_at_fourteen_nobody_signs_as_if_of_age(program):
    _, counselor, *_ = program
    form = young(program)
    refused("H-CON-037", actions.sign_consent, form, DRAWN, by=counselor, expected_version=1)
    actions.sign_consent(form, replace(DRAWN, signer="minor"), by=counselor, expected_version=1)
    assert Consent.objects.get(id=form).signer == "minor"


def test_at_fourteen_a_parent_signs_with_name_and_right(program):
    _, counselor, *_ = program
    form = young(program)
    parent = replace(DRAWN, signer="representative", name="Paula Muestra", right="parent", authority="mother")
    actions.sign_consent(form, parent, by=counselor, expected_version=1)
    assert Consent.objects.get(id=form).state == "signed"


def test_on_the_own_phone_somebody_of_fourteen_signs_for_care_of_their_own(program):
    _, counselor, *_ = program
    form = young(program)
    made = actions.make_link([form], by=counselor)
    sitting = actions.open_link(made.token, date(clock.today().year - 14, 1, 1))
    assert links.sitting_of(made.token, sitting).is_minor
    actions.answer_link(made.token, sitting, signature=replace(DRAWN, through="link", initials="MM"))
    assert Consent.objects.get(id=form).signer == "minor"


def test_a_form_that_cannot_name_its_patient_is_not_signed(program):
    pcp, counselor, *_ = program
    chart = town.new_patient(pcp.organization_id, family="", given="")
    actions.join_team(chart, by=pcp, organization=counselor.organization_id, basis="referral")
    form = actions.compose_consent(composition(pcp, counselor, chart), by=counselor)
    wrong = refused("H-CON-005", actions.sign_consent, form, DRAWN, by=counselor, expected_version=1)
    assert wrong.field == "patient"


def test_a_page_signed_elsewhere_for_somebody_of_fourteen_says_who_signed_it(program):
    pcp, counselor, *_ = program
    form = young(program)
    chart = Consent.objects.get(id=form).chart_id
    page = actions.keep_paper(chart, PAGE, purpose="form", by=counselor)
    found = frozenset(papers.elements_wanted("part2", "ME"))
    given = External(composition(pcp, counselor, chart), page, date(2026, 1, 5), found)
    refused("H-CON-037", actions.accept_paper, given, by=counselor)
    refused("H-CON-021", actions.accept_paper, replace(given, signer="representative"), by=counselor)
    parent = replace(given, signer="representative", signer_name="Paula Muestra", right="parent", authority="mother")
    assert Consent.objects.get(id=actions.accept_paper(parent, by=counselor)).signer_name == "Paula Muestra"


# What a representative may not sign ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "kind", "is_of_age", "is_minors_own", "why"),
    [
        ("parent", "release", False, False, ""),
        ("parent", "part2", False, False, ""),
        ("parent", "part2", False, True, "minors_own"),
        ("court_guardian", "release", False, True, "minors_own"),
        ("court_guardian", "part2", True, True, ""),
        ("parent", "release", True, False, "of_age"),
        ("health_care_agent", "release", True, False, ""),
        ("health_care_agent", "part2", True, False, "program"),
        ("health_care_agent", "part2_tpo", True, False, "program"),
        ("health_care_agent", "sud_counseling", True, False, "program"),
        ("health_care_agent", "psychotherapy", True, False, ""),
        ("health_care_agent", "part2", False, False, ""),
        ("court_guardian", "part2", True, False, ""),
        ("executor", "part2_tpo", True, False, ""),
    ],
)
def test_what_a_representative_may_sign_turns_on_right_form_and_age(right, kind, is_of_age, is_minors_own, why):
    found = representing.may_not_sign(right, kind, is_of_age=is_of_age, is_minors_own=is_minors_own)
    assert found == why
    assert not why or refusals.not_theirs_to_sign(why).what


def test_what_a_representative_may_not_sign_is_refused_on_the_screen_and_on_a_page_alike(program):
    pcp, counselor, chart, note = program
    agent = {"right": "health_care_agent", "authority": "proxy of 2024"}
    form = actions.compose_consent(composition(pcp, counselor, chart), by=counselor)
    hand = replace(DRAWN, signer="representative", name="Ana Ejemplo", **agent)
    refused("H-CON-038", actions.sign_consent, form, hand, by=counselor, expected_version=1)
    page = actions.keep_paper(chart, PAGE, purpose="form", by=counselor)
    proof = actions.keep_paper(chart, PAGE, purpose="authority", by=counselor)
    found = frozenset(papers.elements_wanted("part2", "ME"))
    given = External(composition(pcp, counselor, chart), page, date(2026, 1, 5), found, "representative",
                     signer_name="Ana Ejemplo", relation="sister", authority_paper=proof, **agent)  # fmt: skip
    refused("H-CON-038", actions.accept_paper, given, by=counselor)
    assert note not in seen(pcp, chart)
    row = Consent.objects.get(id=actions.accept_paper(replace(given, right="court_guardian"), by=counselor))
    assert (row.signer_right, row.signer_relation, row.signer_paper_id) == ("court_guardian", "sister", proof)
    assert note in seen(pcp, chart)


def test_only_the_minor_signs_for_a_program_s_service_that_the_minor_agreed_to_alone(program):
    _, counselor, *_ = program
    form = young(program)
    MinorService.objects.create(
        id=ids.new_uuid(clock.now()), chart_id=Consent.objects.get(id=form).chart_id,
        organization_id=counselor.organization_id, practitioner_id=counselor.practitioner_id, service="sud",
        rule_id="X", facts=[], from_at=clock.now(),
    )  # fmt: skip
    parent = replace(DRAWN, signer="representative", name="Paula Muestra", right="parent", authority="mother")
    refused("H-CON-038", actions.sign_consent, form, parent, by=counselor, expected_version=1)
    actions.sign_consent(form, replace(DRAWN, signer="minor"), by=counselor, expected_version=1)
