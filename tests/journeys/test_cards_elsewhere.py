"""Given cards that another system showed, then the leader reads their counts and nobody's name; given a receiver that
does not answer, then the administrator sends again what was set aside."""

import pytest

from hallway import clock, ids
from hallway.consent.tests import town
from hallway.exchange.cds_hooks.models import CardShown
from hallway.exchange.subscriptions.models import Notice, Subscription
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


def test_the_administrator_sends_again_what_was_set_aside(walk):
    family, now = town.organization("Millbrook", side="pc"), clock.now()
    network = town.organization("Walk Network", side="other")
    keeper = town.person("Netter", network, Role.NETWORK_ADMINISTRATOR)
    row = Subscription.objects.create(
        id=ids.new_uuid(now), owner="1", asker=b"{}", organization_id=family, topic="report", content="id-only",
        endpoint="https://receiver.example.org/hook", reason="Worklist", base="https://x.example.org/fhir",
        state="error", error="timeout", next_try_at=now, created_at=now, updated_at=now,
    )  # fmt: skip
    for n in range(2):
        Notice.objects.create(
            subscription=row, chart_id=1, source=f"consent/{n}/1", happened_at=now, state="dead", error="status-503",
            settled_at=now,
        )  # fmt: skip
    account = identity.create_account(
        "keeper@example.test", "Ada", password="a sentence is easiest", practitioner_id=keeper.practitioner_id
    )
    page = walk.come_in(account)
    page.goto(walk.address("/settings/"))
    page.get_by_role("link", name="Show deliveries").click()
    page.get_by_role("heading", name="2 notifications set aside").wait_for()
    page.get_by_text("Answered 503").first.wait_for()
    walk.check(page, "deliveries", dark=True)
    page.get_by_role("button", name="Send again").first.click()
    page.get_by_role("heading", name="1 notification set aside").wait_for()
    page.get_by_text("It will be sent again.").wait_for()
    assert Notice.objects.filter(state="waiting", attempts=0).count() == 1
