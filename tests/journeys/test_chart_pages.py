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
