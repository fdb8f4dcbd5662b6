"""Chart, consent and emergency pages in Chromium: axe with zero violations at both widths, no sideways scroll."""

import re

import pytest

from tests.journeys import seed

pytestmark = pytest.mark.journey


@pytest.fixture
def world(walk):
    made = seed.practices()
    seed.open_chart(made, "marisol")
    return made


def account(world, login):
    return world.accounts[login]


class Looks:
    """Checks many pages and says everything that is wrong at the end, not only the first."""

    def __init__(self, walk, page):
        self.walk, self.page, self.wrong = walk, page, []

    def at(self, path, name, *, dark=False):
        self.page.goto(self.walk.address(path))
        self.here(name, dark=dark)

    def here(self, name, *, dark=False):
        try:
            self.walk.check(self.page, name, dark=dark)
        except AssertionError as error:
            self.wrong.append(str(error))

    def done(self):
        assert not self.wrong, "\n\n".join(self.wrong)


TABS = ("", "timeline/", "problems/", "medicines/", "scores/", "notes/", "documents/", "consents/", "loops/")


def test_the_chart_of_a_patient_seen_by_her_pcp(walk, world):
    looks = Looks(walk, walk.come_in(account(world, "carewell")))
    chart = world.charts["marisol"]
    for tab in TABS:
        looks.at(f"/charts/{chart}/{tab}", f"chart-{tab.strip('/') or 'overview'}", dark=tab == "")
    looks.at(f"/charts/{chart}/notes/write/", "chart-write-note")
    looks.at(f"/consents/new/{chart}/", "consent-composer", dark=True)
    looks.at(f"/emergency/open/{chart}/", "emergency-open")
    looks.done()


def test_both_sides_write_and_read_what_may_be_shared(walk, world):
    chart = world.charts["marisol"]
    refer(world, "marisol", to="hearwell")
    seed.behavioral_health(world, "marisol")
    therapist = Looks(walk, walk.come_in(account(world, "hearwell")))
    for tab in ("", "scores/", "medicines/", "notes/", "notes/private/", "consents/"):
        therapist.at(f"/charts/{chart}/{tab}", f"bh-chart-{tab.strip('/').replace('/', '-') or 'overview'}")
    therapist.at(f"/consents/new/{chart}/", "bh-consent")
    therapist.page.get_by_label("Dr. Priya Carewell").first.check()
    therapist.page.get_by_label("Diagnoses").check()
    therapist.page.get_by_label("Reports to the other clinician and letters").check()
    therapist.page.get_by_text("Every element is there").wait_for()
    therapist.here("bh-consent-filled", dark=True)
    therapist.page.get_by_role("button", name=re.compile("signs? here")).click()
    therapist.page.locator("#pad").wait_for()
    therapist.here("bh-consent-sign", dark=True)
    therapist.page.get_by_label("Or type the full name").fill("Marisol Ejemplo")
    therapist.page.get_by_role("button", name="Sign", exact=True).click()
    therapist.page.get_by_role("heading", name="In force").wait_for()
    therapist.here("bh-consents-signed")
    therapist.page.get_by_role("link", name="Consent to exchange information", exact=True).click()
    therapist.here("bh-consent-copy")
    therapist.page.go_back()
    pcp = Looks(walk, walk.come_in(account(world, "carewell")))
    pcp.at(f"/charts/{chart}/", "pcp-chart-after", dark=True)
    pcp.at(f"/charts/{chart}/notes/", "pcp-notes-after")
    therapist.page.get_by_role("link", name="Take back").first.click()
    therapist.here("bh-consent-revoke")
    therapist.page.get_by_role("button", name="Take it back now").click()
    pcp.at(f"/charts/{chart}/", "pcp-chart-revoked")
    therapist.done()
    pcp.done()


def refer(world, key, *, to):
    """The receiving practice treats the patient, as a referral that was sent makes it."""
    from hallway.consent import actions as consent
    from hallway.directory.models import CareTeamMember

    by = world.requester("carewell")
    there = world.requester(to)
    consent.join_team(
        world.charts[key],
        by=by,
        organization=there.organization_id,
        practitioner=there.practitioner_id,
        role=there.role.value,
        basis=CareTeamMember.Basis.REFERRAL,
    )


def test_a_program_shares_nothing_until_its_patient_signs_and_again_after_he_takes_it_back(walk, world):
    chart = seed.open_chart(world, "otis")
    refer(world, "otis", to="steadman")
    program(world, "otis")
    pcp = Looks(walk, walk.come_in(account(world, "carewell")))
    pcp.page.goto(walk.address(f"/charts/{chart}/"))
    assert "Harbor" not in pcp.page.content()
    counselor = Looks(walk, walk.come_in(account(world, "steadman")))
    counselor.at(f"/consents/new/{chart}/", "part2-composer")
    counselor.page.get_by_label("Dr. Priya Carewell").first.check()
    for box in ("come", "Medicines", "Diagnoses"):
        counselor.page.get_by_label(box).first.check()
    counselor.page.get_by_text("Every element is there").wait_for()
    counselor.here("part2-composer-filled", dark=True)
    counselor.page.get_by_role("button", name=re.compile("signs? here")).click()
    counselor.page.get_by_label("Initials").fill("OF")
    counselor.page.get_by_label("Or type the full name").fill("Otis Fixture")
    counselor.page.get_by_role("button", name="Sign", exact=True).click()
    counselor.page.get_by_role("heading", name="In force").wait_for()
    pcp.page.goto(walk.address(f"/charts/{chart}/medicines/"))
    assert "Buprenorphine" in pcp.page.content()
    assert "42 CFR part 2 prohibits unauthorized use" in pcp.page.content()
    counselor.page.get_by_role("link", name="Take back").first.click()
    counselor.page.get_by_role("button", name="Take it back now").click()
    counselor.page.get_by_role("heading", name="In force").wait_for()
    pcp.page.reload()
    assert "Buprenorphine" not in pcp.page.content()
    counselor.done()
    pcp.done()


def program(world, key):
    """What a substance use program charts about a patient of its own."""
    from datetime import timedelta

    from hallway import clock
    from hallway.app.demo.facts import FactWriter

    write = FactWriter(f"journey-{key}-program", "harbor", "steadman")
    write.patient_id = FactWriter(f"journey-{key}", "", "").patient_id
    now = clock.now() - timedelta(days=2)
    encounter = write.encounter(now, "Counseling")
    facts = [
        encounter,
        write.condition("F11.20", "Opioid use disorder, moderate", now),
        write.medicine("1819", "Buprenorphine 8 mg", "once daily", now),
        write.note(now, "progress", "Comes every week. Housing is stable.", encounter.id),
        write.note(now, "sud_counseling", "PLANTED-COUNSELING-CONTENT", encounter.id),
    ]
    seed.store(world, facts, chart=world.charts[key])


def test_emergency_access_opens_one_category_shows_its_end_and_is_reviewed(walk, world):
    chart = world.charts["marisol"]
    refer(world, "marisol", to="hearwell")
    seed.behavioral_health(world, "marisol")
    pcp = Looks(walk, walk.come_in(account(world, "carewell")))
    pcp.at(f"/emergency/open/{chart}/", "emergency-form")
    pcp.page.get_by_role("button", name="Open for 30 minutes").click()
    pcp.page.get_by_text("Choose what you need. Only that opens.").first.wait_for()
    pcp.here("emergency-form-wrong")
    pcp.page.get_by_label("Medicines and allergies").check()
    pcp.page.get_by_label("What is the emergency?").select_option("overdose")
    pcp.page.get_by_label("Why do you need it now?").fill("Unconscious, overdose suspected.")
    pcp.page.get_by_role("button", name="Open for 30 minutes").click()
    pcp.page.get_by_text("Emergency access is open").wait_for()
    assert "Sertraline" in pcp.page.content()
    assert "PLANTED-SESSION-CONTENT" not in pcp.page.content()
    pcp.here("emergency-open", dark=True)
    pcp.page.get_by_role("button", name="Close now").click()
    pcp.page.get_by_role("heading", name="Both sides, newest first").wait_for()
    assert "Sertraline" not in pcp.page.content()
    pcp.done()


def test_the_network_sees_its_report_back_rate(walk, world):
    leader = Looks(walk, walk.come_in(account(world, "networth")))
    leader.at("/network/", "network", dark=True)
    leader.at("/network/?period=quarter", "network-quarter")
    leader.done()
