"""Given a desk in each of three states, when each kind of form is asked for, signed, and taken back in part, then it is
exactly that form, it prints so that everybody can read it, and what was not taken back stays."""

import pytest

from hallway import clock
from hallway.app.demo.facts import FactWriter
from hallway.consent.models import Consent
from hallway.consent.tables.phrases import phrases
from hallway.consent.tests import town
from hallway.identity import actions as identity
from hallway.identity.requester import Role
from hallway.record.classes import DataClass
from tests.journeys import acts, seed
from tests.journeys.acts import press
from tests.printed import checked

pytestmark = pytest.mark.journey
STATES = ("MA", "CT", "CA")


def newest(count=1):
    return list(Consent.objects.order_by("-composed_at", "-id")[:count])


def account_of(requester):
    login = f"{requester.name.lower()}{requester.practitioner_id}@example.org"
    return identity.create_account(login, requester.name, practitioner_id=requester.practitioner_id)


class Desk:
    """A therapist, a program's counselor and whom they write to, all in one state; each with a page of their own."""

    def __init__(self, walk, state):
        self.walk, self.state = walk, state
        bh = town.organization("Hearth", state=state)
        sud = town.organization("Harbor", state=state, is_part2=True)
        pc = town.organization("Corner", side="pc", state=state)
        away = town.organization("Mindful", state=state)
        self.therapist = town.person("Hearwell", bh, Role.THERAPIST, licence="social_worker", state=state)
        self.colleague = town.person("Deskwell", bh, Role.FRONT_DESK, state=state)
        self.counselor = town.person("Steadman", sud, Role.THERAPIST, licence="counselor", state=state, duty=True)
        self.pcp = town.person("Carewell", pc, Role.PCP, licence="physician", state=state)
        self.other = town.person("Mindwell", away, Role.THERAPIST, licence="social_worker", state=state)

    def compose(self, page, chart, *, to=None):
        """From the chart to the questions, somebody named on the way."""
        page.goto(self.walk.address(f"/charts/{chart}/consents/"))
        page.get_by_role("link", name="Prepare a form").click()
        if to is not None:
            self.name(page, to)

    def name(self, page, who):
        """Tick somebody whom the chart does not name."""
        box = page.locator(f"input[name=to][value='{who.organization_id}-{who.practitioner_id}']")
        box.wait_for(state="attached")
        if not box.is_visible():
            acts.open_details(page, "Somebody else" if page.get_by_text("Somebody else").count() else "Choose who")
        if not box.is_checked():
            answered(page, box.check)

    def sign(self, page, name, *, drawn=False):
        """Prepare what the page shows, read it, sign it; the form as it is kept."""
        self.walk.check(page, f"compose-{self.state}-{name}")
        page.get_by_role("button", name="sign here").click()
        page.wait_for_url("**/consents/sign/**")
        if page.get_by_label("Initials").count():
            page.get_by_role("button", name="Sign", exact=True).click()
            page.get_by_text("are missing").first.wait_for()
            page.get_by_label("Initials").fill("ME")
        self.walk.check(page, f"sign-{self.state}-{name}")
        acts.draw(page) if drawn else page.get_by_label("Or type the full name").fill("Marisol Ejemplo")
        page.get_by_role("button", name="Sign", exact=True).click()
        page.wait_for_url("**/charts/**")
        return newest()[0]

    def read_on_paper(self, page, form):
        """The form as it prints in both sizes: accessible, and bearing its title."""
        title = phrases("en")[f"title.{form.kind}"]
        for size in ("", "?size=large"):
            answer = page.request.get(self.walk.address(f"/consents/{form.pk}/form.pdf{size}"))
            text = checked.check(answer.body(), language="en", title=title)
            assert "Marisol Ejemplo" in text


def answered(page, act):
    """Do something to the questions and wait until the picture has answered."""
    with page.expect_response(lambda answer: "/preview/" in answer.url):
        act()
    page.wait_for_selector(".htmx-request", state="detached")


def tick(page, label):
    answered(page, lambda: page.get_by_label(label, exact=True).check())


def wished_for(page, state):
    """California asks for no form here; the patient's own wish makes one."""
    if state == "CA":
        page.get_by_role("heading", name="No signature is needed").wait_for()
        answered(page, lambda: page.get_by_label("brought this up").check())


@pytest.mark.parametrize("state", STATES)
def test_each_form_kind_is_composed_and_signed(walk, state):
    desk = Desk(walk, state)
    page = walk.come_in(account_of(desk.therapist))
    chart = town.new_patient(desk.therapist.organization_id)

    # Given a social worker, when medicines are to go to primary care: California asks for no form, a wish makes one
    desk.compose(page, chart, to=desk.pcp)
    tick(page, "Medicines and allergies")
    wished_for(page, state)
    page.get_by_role("heading", name="Makes one form").wait_for()
    release = desk.sign(page, "release", drawn=True)
    assert (release.state, release.kind, release.signature_kind) == ("signed", "release", "drawn")
    page.get_by_role("link", name="Consent to exchange information").first.click()
    page.get_by_role("heading", name="What it says").wait_for()
    walk.check(page, f"copy-{state}")

    # when HIV results are ticked: Massachusetts makes a form of their own, elsewhere they stand apart with initials
    desk.compose(page, chart, to=desk.pcp)
    tick(page, "Medicines and allergies")
    acts.open_details(page, "Kept apart unless ticked")
    tick(page, "HIV test results")
    if state != "MA":
        answered(page, lambda: page.get_by_label("brought this up").check())
    page.get_by_role("heading", name="Makes one form").wait_for()
    hiv = desk.sign(page, "hiv")
    assert hiv.kind == ("hiv" if state == "MA" else "release")
    assert hiv.classes & DataClass.HIV
    assert hiv.initials == ("" if state == "MA" else "ME")

    # when notes of sessions are to go: alone, and by the therapist who keeps them
    desk.compose(page, chart, to=desk.pcp)
    page.get_by_role("link", name="Prepare that form").click()
    page.get_by_role("heading", name="Authorization for psychotherapy notes").wait_for()
    notes = desk.sign(page, "psychotherapy")
    assert (notes.kind, notes.discloser_practitioner_id) == ("psychotherapy", desk.therapist.practitioner_id)
    assert notes.classes == DataClass.PSYTHER_NOTE

    # Given a counselor of a substance use program: for one, for all who treat, and for counseling notes alone
    program = walk.come_in(account_of(desk.counselor))
    theirs = town.new_patient(desk.counselor.organization_id)
    desk.compose(program, theirs, to=desk.pcp)
    tick(program, "Medicines and allergies")
    part2 = desk.sign(program, "part2")
    desk.compose(program, theirs)
    program.get_by_role("link", name="One permission for all who treat").click()
    tick(program, "Diagnoses")
    everybody = desk.sign(program, "part2_tpo")
    assert everybody.recipient_org_id == 0
    desk.compose(program, theirs, to=desk.pcp)
    program.get_by_role("link", name="Prepare that form").click()
    program.get_by_role("heading", name="Consent for substance use counseling notes").wait_for()
    counseling = desk.sign(program, "sud_counseling")

    # then each is signed, printed as large as its state wants, and readable by everybody
    for form, kind in ((part2, "part2"), (everybody, "part2_tpo"), (counseling, "sud_counseling")):
        assert (form.state, form.kind, form.point_size) == ("signed", kind, 12)
        desk.read_on_paper(program, form)
    for form in (release, hiv, notes):
        assert (form.state, form.point_size) == ("signed", 14 if state == "CA" else 12)
        desk.read_on_paper(page, form)


PLANS = {"MA": "Harvard Pilgrim", "CT": "Harvard Pilgrim", "CA": "Health Net"}


@pytest.mark.parametrize("state", STATES)
def test_an_exchange_is_two_pages_one_hand_and_each_way_is_taken_back_alone(walk, state):
    desk = Desk(walk, state)
    page = walk.come_in(account_of(desk.therapist))
    chart = town.new_patient(desk.therapist.organization_id)

    # Given two clinicians who want to tell each other, when both ways are asked for under a health plan's heading
    desk.compose(page, chart, to=desk.other)
    tick(page, "Reports to the other clinician and letters")
    answered(page, lambda: page.get_by_label("Both ways").check())
    wished_for(page, state)
    page.get_by_role("heading", name="Makes 2 forms, one signature").wait_for()
    plan = page.locator("#skin option", has_text=PLANS[state]).get_attribute("value")
    answered(page, lambda: page.get_by_label("Heading of a health plan").select_option(plan))
    walk.check(page, f"exchange-{state}")

    # then one hand signs both, and the way that this desk receives waits for a colleague who saw it
    page.get_by_role("button", name="sign here").click()
    page.get_by_role("heading", name="2 forms to read, one answer").wait_for()
    walk.check(page, f"exchange-sign-{state}")
    page.get_by_label("Or type the full name").fill("Marisol Ejemplo")
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_role("heading", name="It waits for a witness").wait_for()
    front = walk.come_in(account_of(desk.colleague))
    front.goto(walk.address("/consents/"))
    front.get_by_role("link", name="Witness").click()
    press(front, "sign")
    back, there = sorted(newest(2), key=lambda form: form.discloser_org_id == desk.therapist.organization_id)
    assert (back.state, there.state) == ("signed", "signed")
    assert back.exchange_id == there.exchange_id is not None
    for form in (back, there):
        paper = page.request.get(walk.address(f"/consents/{form.pk}/form.pdf")).body()
        checked.check(paper, language="en", title=phrases("en")["title.exchange"])

    # and the way there is taken back without the way back
    page.goto(walk.address(f"/consents/{there.pk}/revoke/"))
    walk.check(page, f"exchange-revoke-{state}")
    press(page, "Take it back now")
    for form in (back, there):
        form.refresh_from_db()
    assert (back.state, there.state) == ("signed", "revoked")


def program_note(world):
    """What the program's psychiatrist wrote about Otis."""
    write = FactWriter("journey-otis", "harbor", "methodson")
    write.patient_id = FactWriter("journey-otis", "", "").patient_id
    visit = write.encounter(clock.now(), "Evening group")
    seed.store(
        world,
        [visit, write.note(clock.now(), "progress", "He came to the evening group.", visit.id)],
        chart=world.charts["otis"],
    )


def reads(walk, page, chart):
    """Whether the notes of the chart tell this reader of the program at all."""
    page.goto(walk.address(f"/charts/{chart}/notes/"))
    return "Harbor Sample Recovery" in page.content()


def test_what_is_taken_back_for_one_stays_with_the_others_until_it_is_taken_back_whole(walk, tmp_path):
    world = seed.practices()
    chart = seed.open_chart(world, "otis")
    seed.treated_by(world, chart, "methodson", "heartwright", basis="referral")
    program_note(world)
    carewell = walk.come_in(world.accounts["carewell"])
    heart = walk.come_in(world.accounts["heartwright"])
    assert not reads(walk, carewell, chart)

    # Given one permission for all who treat Otis, signed at the program
    vera = walk.come_in(world.accounts["methodson"])
    vera.goto(walk.address(f"/consents/new/{chart}/"))
    vera.get_by_role("link", name="One permission for all who treat").click()
    for label in ("That he comes here", "Visit notes"):
        tick(vera, label)
    vera.get_by_role("button", name="He signs here").click()
    vera.wait_for_url("**/consents/sign/**")
    vera.get_by_label("Initials").fill("OF")
    vera.get_by_label("Or type the full name").fill("Otis Fixture")
    vera.get_by_role("button", name="Sign", exact=True).click()
    vera.wait_for_url("**/charts/**")
    assert reads(walk, carewell, chart)
    assert reads(walk, heart, chart)

    # when he writes that the specialists shall not have it any more
    vera.goto(walk.address(f"/charts/{chart}/consents/"))
    vera.get_by_role("link", name="Take back").first.click()
    vera.get_by_label("For whom?").select_option(label="Only for Commonwell Specialty Group")
    page_written = tmp_path / "written.pdf"
    page_written.write_bytes(b"%PDF-1.7 I take it back for the heart doctor")
    vera.get_by_label("The page it was written on").set_input_files(str(page_written))
    walk.check(vera, "revoke-for-one")
    press(vera, "Take it back now")

    # then they have it no more, his own doctor has it still, and the program reads who was served before
    vera.get_by_text("Taken back for Commonwell Specialty Group").wait_for()
    walk.check(vera, "consents-without-one")
    assert not reads(walk, heart, chart)
    assert reads(walk, carewell, chart)
    vera.get_by_role("link", name="Consent to share substance use").first.click()
    vera.get_by_role("heading", name="Who was served under it already").wait_for()
    assert "Commonwell" in vera.locator("section", has=vera.locator("#sv")).inner_text()
    walk.check(vera, "copy-without-one")

    # and Otis reads the same on his side, and takes the rest back
    otis = walk.come_in(identity.create_account("otis@example.org", "Otis", chart_id=chart, demo=True))
    otis.goto(walk.address("/my-care/sharing/"))
    otis.get_by_text("Not for").first.wait_for()
    walk.check(otis, "my-sharing-without-one")
    otis.get_by_role("link", name="Read it or take it back").first.click()
    press(otis, "Take it back now")
    assert not reads(walk, carewell, chart)
    assert newest()[0].state == "revoked"
