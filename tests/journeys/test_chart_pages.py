"""Chart, consent and emergency pages in Chromium: axe with zero violations at both widths, no sideways scroll."""

import pytest

from hallway.identity.models import Account
from tests.journeys import seed

pytestmark = pytest.mark.journey


@pytest.fixture
def world(walk):
    made = seed.practices()
    seed.open_chart(made, "marisol")
    return made


def account(world, login):
    return Account.objects.get(pk=world.accounts[login])


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
    therapist.page.get_by_role("button", name="sign here").click()
    therapist.page.locator("#pad").wait_for()
    therapist.here("bh-consent-sign", dark=True)
    therapist.page.get_by_label("Or type the full name").fill("Marisol Ejemplo")
    therapist.page.get_by_role("button", name="Sign", exact=True).click()
    therapist.page.get_by_role("heading", name="In force").wait_for()
    therapist.here("bh-consents-signed")
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
