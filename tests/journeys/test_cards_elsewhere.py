"""Given cards that another system showed, when the leader looks, then the page counts them and names nobody."""

import pytest

from hallway import clock, ids
from hallway.consent.tests import town
from hallway.exchange.cds_hooks.models import CardShown
from hallway.identity import actions as identity
from hallway.identity.requester import Role

pytestmark = pytest.mark.journey
KINDS = (("patient-view", "acknowledge", "accepted", ""), ("patient-view", "acknowledge", "overridden", "later"),
         ("encounter-discharge", "report", "", ""), ("patient-view", "waiting", "", ""))  # fmt: skip


def test_the_leader_reads_what_became_of_cards(walk):
    family = town.organization("Millbrook", side="pc")
    leader = town.person("Leadwell", family, Role.PRACTICE_LEADER)
    for service, kind, outcome, reason in KINDS:
        CardShown.objects.create(
            id=ids.new_uuid(clock.now()), organization_id=family, service=service, kind=kind, outcome=outcome,
            reason=reason, shown_at=clock.now(), answered_at=clock.now() if outcome else None,
        )  # fmt: skip
    CardShown.objects.create(
        id=ids.new_uuid(clock.now()), organization_id=family + 1, service="patient-view", kind="talk",
        shown_at=clock.now(),
    )  # fmt: skip
    account = identity.create_account(
        "leader@example.test", "Lena", password="a sentence is easiest", practitioner_id=leader.practitioner_id
    )
    page = walk.come_in(account)
    page.goto(walk.address("/settings/"))
    page.get_by_role("link", name="Show the counts").click()
    page.get_by_role("heading", name="1 of 4 cards taken up, 1 put aside").wait_for()
    table = page.get_by_role("region", name="Table of cards")
    assert table.get_by_role("row").count() == 4
    page.get_by_text("Not now, later in this visit: 1").wait_for()
    walk.check(page, "cards", dark=True)
