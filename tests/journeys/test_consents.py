"""Given the law of three states, when a form is composed and signed, then it is exactly that form."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent.models import Consent
from hallway.consent.tests import town
from hallway.identity import actions as identity
from hallway.identity.requester import Role
from hallway.record.classes import DataClass
from tests.journeys import acts, seed

pytestmark = pytest.mark.journey
KINDS = ("Patient", "MedicationRequest", "MedicationStatement", "AllergyIntolerance")


def newest():
    return Consent.objects.order_by("-composed_at", "-id").first()


def test_a_form_is_asked_for_where_the_law_asks_signed_in_spanish_by_link_and_taken_back(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")

    # Given Dr. Carewell, whose licence needs no signature: the page says so and asks for none
    carewell = walk.come_in(world.accounts["carewell"])
    to = f"{world.organizations['northgate'].pk}-{world.people['hearwell'].pk}"
    carewell.goto(walk.address(f"/consents/new/{chart}/?to={to}&what=medicines"))
    carewell.get_by_role("heading", name="No signature is needed").wait_for()
    walk.check(carewell, "compose-not-needed")
    carewell.get_by_role("button", name="She signs here").click()
    carewell.get_by_text("there is no form to sign").first.wait_for()

    # when both ways are asked for, the social worker's licence asks for the way back
    carewell.get_by_label("Both ways").check()
    carewell.get_by_role("heading", name="Makes one form").wait_for()
    carewell.get_by_label("Español").check()
    walk.check(carewell, "compose-both-ways")
    carewell.get_by_role("button", name="She signs here").click()
    carewell.wait_for_url("**/consents/sign/**")
    walk.check(carewell, "sign-spanish")
    carewell.get_by_role("button", name="Show the picture to scan").click()
    carewell.get_by_role("heading", name="Picture and address").wait_for()
    walk.check(carewell, "link-at-the-desk")

    # then Marisol reads nothing before her birth date, and signs on her own phone
    path = urlsplit(carewell.locator(".keep-lines").inner_text()).path
    phone = walk.page(width=375)
    phone.goto(walk.address(path))
    assert "Marisol" not in phone.content()
    walk.check(phone, "link-born")
    for name, value in (("Month", "3"), ("Day", "1"), ("Year", "1955")):
        phone.get_by_label(name).fill(value)
    phone.get_by_role("button", name="Go on").click()
    phone.get_by_role("heading", name="Not opened").wait_for()
    for name, value in (("Month", "3"), ("Day", "14"), ("Year", "1955")):
        phone.get_by_label(name).fill(value)
    phone.get_by_role("button", name="Go on").click()
    phone.get_by_role("heading", name="Lea, y después conteste").wait_for()
    walk.check(phone, "link-form")
    phone.get_by_label("O escriba su nombre completo").fill("Marisol Ejemplo")
    phone.get_by_role("button", name="Firmar", exact=True).click()
    phone.get_by_role("heading", name="Gracias").wait_for()
    walk.check(phone, "link-done")
    form = newest()
    assert (form.state, form.signed_through, form.language) == ("signed", "link", "es")

    # and it is taken back, with who was served told to the giver
    tess = walk.come_in(world.accounts["hearwell"])
    tess.goto(walk.address(f"/consents/{form.pk}/revoke/"))
    tess.get_by_role("heading", name="Who was served under it already").wait_for()
    walk.check(tess, "revoke-served")
    acts.press(tess, "Take it back now")
    walk.check(tess, "copy-taken-back")
    form.refresh_from_db()
    assert form.state == "revoked"


def test_what_is_signed_at_the_receiving_desk_waits_for_a_colleague(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "harold")
    carewell = walk.come_in(world.accounts["carewell"])
    acts.begin_referral(walk, carewell, chart, to="Tess Hearwell, LICSW")
    carewell.get_by_role("button", name="Prepare exactly that form").first.click()
    carewell.wait_for_url("**/consents/sign/**")
    acts.draw(carewell)
    carewell.get_by_role("button", name="Sign", exact=True).click()
    carewell.get_by_text("Who explained it cannot witness it").wait_for()
    form = newest()
    assert form.state == "witnessing"

    # A colleague at the same desk sees it in the list, and says what was seen
    account = acts.account_beside(form)
    desk = walk.come_in(account, "Millbrook")
    desk.goto(walk.address("/consents/"))
    walk.check(desk, "consents-waiting")
    desk.get_by_role("link", name="Witness").first.click()
    walk.check(desk, "consent-witness")
    acts.press(desk, "I saw him sign")
    form.refresh_from_db()
    assert (form.state, form.witness) == ("signed", account.practitioner_id)


def test_the_talk_is_prompted_and_kept_and_a_no_is_honored(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "lena")
    page = walk.come_in(world.accounts["carewell"])
    page.goto(walk.address(f"/consents/talk/{chart}/"))
    walk.check(page, "consent-talk")
    page.get_by_label("Says no").check()
    page.locator("summary", has_text="If the answer is no").click()
    page.get_by_label("In three months").check()
    page.get_by_role("button", name="Keep that we talked").click()
    page.wait_for_url("**/charts/**")
    to = f"{world.organizations['northgate'].pk}-{world.people['hearwell'].pk}"
    page.goto(walk.address(f"/consents/new/{chart}/?to={to}&what=medicines&ways=both"))
    page.get_by_text("asked not to be asked before").wait_for()
    walk.check(page, "compose-declined")
    page.get_by_role("button", name="She signs here").click()
    page.get_by_text("asked not to be asked again yet").wait_for()
    assert not Consent.objects.filter(chart_id=chart).exists()


def test_a_form_signed_elsewhere_is_checked_element_by_element(walk, tmp_path):
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")
    paper = tmp_path / "form.pdf"
    paper.write_bytes(b"%PDF-1.7 signed")
    page = walk.come_in(world.accounts["carewell"])
    to = f"{world.organizations['northgate'].pk}-{world.people['hearwell'].pk}"
    page.goto(walk.address(f"/consents/paper/{chart}/?to={to}&what=medicines"))
    walk.check(page, "consent-upload")
    page.get_by_label("The page, as PDF or picture").set_input_files(str(paper))
    page.locator("#signed_on").fill(f"{clock.today() - timedelta(days=3):%Y-%m-%d}")
    page.locator("#until_on").fill(f"{clock.today() + timedelta(days=90):%Y-%m-%d}")
    boxes = page.locator("input[name=found]")
    for place in range(boxes.count() - 1):
        boxes.nth(place).check()
    page.get_by_role("button", name="I found all of it").click()
    page.get_by_text("Missing:").wait_for()
    walk.check(page, "consent-upload-missing")
    # and where a sister signed, it is asked by what right
    page.get_by_label("The page, as PDF or picture").set_input_files(str(paper))
    boxes.last.check()
    page.get_by_label("A representative", exact=True).check()
    acts.open_details(page, "A representative's name and right")
    page.get_by_label("Full name").fill("Ana Ejemplo")
    page.get_by_label("By what right they signed").select_option(label="Parent or guardian of a minor")
    page.get_by_label("What shows it, in words").fill("A proxy of 2024")
    page.get_by_role("button", name="I found all of it").click()
    page.get_by_text("the patient is of age").first.wait_for()
    walk.check(page, "consent-upload-representative")
    page.get_by_label("The page, as PDF or picture").set_input_files(str(paper))
    page.get_by_label("By what right they signed").select_option(label="Health care agent, proxy or power of attorney")
    page.get_by_role("button", name="I found all of it").click()
    page.wait_for_url("**/charts/**")
    form = newest()
    assert (form.state, form.origin, form.signer_right) == ("signed", "paper", "health_care_agent")


def test_a_form_near_its_end_is_prepared_again_from_the_list(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")
    by, to = world.requester("hearwell"), world.requester("carewell")
    consent.join_team(chart, by=world.requester("carewell"), organization=by.organization_id, basis="referral")
    asked = consent.Composition(
        chart_id=chart, kind="release", discloser_org=by.organization_id, recipient_org=to.organization_id,
        recipient_practitioner=to.practitioner_id, classes=int(DataClass.GENERAL | DataClass.MH),
        kinds=KINDS, expires_at=clock.now() + timedelta(days=12),
    )  # fmt: skip
    form = consent.compose_consent(asked, by=by)
    consent.sign_consent(form, consent.Signature("typed", b"Marisol Ejemplo"), by=by, expected_version=1)
    page = walk.come_in(world.accounts["hearwell"])
    page.goto(walk.address(f"/charts/{chart}/consents/"))
    walk.check(page, "consents-near-their-end")
    page.get_by_role("link", name="Prepare it again").click()
    page.get_by_text("Filled in from the earlier form.").wait_for()
    assert page.get_by_label("Medicines and allergies").is_checked()
    assert not page.get_by_label("Visit notes").is_checked()
    walk.check(page, "compose-again")
    page.get_by_role("button", name="She signs here").click()
    page.wait_for_url("**/consents/sign/**")
    new = newest()
    assert (new.state, new.kinds) == ("draft", list(KINDS))
    assert new.expires_at > clock.now() + timedelta(days=300)


def test_a_form_for_all_who_treat_says_on_the_screen_what_it_leaves_shut(walk):
    there = town.organization("Harbor", state="MA", is_part2=True)
    counselor = town.person("Steadman", there, Role.THERAPIST, licence="counselor", state="MA", duty=True)
    chart = town.new_patient(there)
    account = identity.create_account("steadman@example.org", "Steadman", practitioner_id=counselor.practitioner_id)
    page = walk.come_in(account)
    page.goto(walk.address(f"/consents/new/{chart}/?kind=part2_tpo&what=medicines"))
    page.get_by_text("A Massachusetts counselor's communications").wait_for()
    walk.check(page, "compose-for-all-shut")
    page.get_by_role("link", name="Consent to share substance use treatment records").click()
    page.get_by_role("heading", name="Who may see it?").wait_for()
    assert page.get_by_text("Which way?").is_visible(), "the form that names each recipient"
