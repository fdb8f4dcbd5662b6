"""What people do on the pages of the walk, in their words; each act ends where the page has answered."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from playwright.sync_api import Page

from hallway import clock
from hallway.app import wiring
from hallway.consent import actions as consent
from hallway.consent.models import Consent
from hallway.directory.models import PractitionerRole
from hallway.identity import actions as identity
from hallway.identity.models import Account
from hallway.identity.requester import Requester, Role
from hallway.ids import AccountId, ConsentId, OrganizationId, PractitionerId
from hallway.referral.models import Referral
from tests.journeys import seed
from tests.journeys.kit import Walk

BORN = (("Month", "3"), ("Day", "14"), ("Year", "1955"))
"""Marisol's birth date, as a page that knows nobody asks for it."""
QUESTION = "Is this depression, early memory loss, or both? Please assess and treat. Her A1c is rising."


def account_of(requester: Requester, name: str, role: str) -> AccountId:
    """A new account of somebody who then has this one role at their practice."""
    PractitionerRole.objects.filter(practitioner_id=requester.practitioner_id).delete()
    PractitionerRole.objects.create(
        fhir_id=f"r-{name}", practitioner_id=requester.practitioner_id, organization_id=requester.organization_id,
        role=role, from_on="2020-01-01",
    )  # fmt: skip
    return identity.create_account(f"{name}@example.test", name.title(), practitioner_id=requester.practitioner_id)


def begin_referral(walk: Walk, page: Page, chart: int, *, to: str, question: str = QUESTION) -> None:
    """Open the new-referral page of a chart, ask the question and choose whom."""
    page.goto(walk.address(f"/referrals/new/{chart}/"))
    page.get_by_label("1. Your question").fill(question)
    with page.expect_response(lambda answer: "/gate/" in answer.url):
        page.get_by_label("To", exact=True).select_option(label=to)
    page.wait_for_selector(".htmx-request", state="detached")


def sign_at_the_desk(page: Page) -> None:
    """Prepare exactly the form that the gate names, and sign it by hand."""
    page.get_by_role("button", name="Prepare exactly that form").first.click()
    page.wait_for_url("**/consents/sign/**")
    draw(page)
    if page.get_by_label("Initials").count():
        page.get_by_label("Initials").fill("ME")
    page.get_by_role("button", name="Sign", exact=True).click()
    page.wait_for_url(lambda url: "/consents/sign/" not in url)
    if "/draft/" not in page.url:
        page.get_by_role("heading", name="It waits for a witness").wait_for()
        let_a_colleague_witness()
        page.get_by_role("link", name="Go on meanwhile").click()
        page.wait_for_url("**/draft/")


def account_beside(form: Consent) -> Account:
    """The account of somebody else at the desk that will receive under a form."""
    there = PractitionerRole.objects.filter(organization_id=form.recipient_org_id, role="front_desk")
    held = there.exclude(practitioner_id=form.explained_by).order_by("id").first()
    assert held is not None, "nobody else works there"
    return Account.objects.get(practitioner_id=held.practitioner_id)


def let_a_colleague_witness() -> None:
    """What waits for its witness is confirmed by somebody else at the same desk, as from their own sign-in."""
    for form in Consent.objects.filter(state="witnessing"):
        account = account_beside(form)
        by = Requester(
            AccountId(account.pk),
            PractitionerId(account.practitioner_id),
            OrganizationId(form.recipient_org_id),
            Role.FRONT_DESK,
        )
        consent.witness_consent(ConsentId(form.id), by=by, expected_version=form.version)


def draw(page: Page) -> None:
    """Three strokes on the pad."""
    pad = page.locator("canvas").first
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    page.mouse.down()
    for x, y in ((60, 20), (90, 50), (140, 25), (180, 45)):
        page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.up()


def send(page: Page) -> str:
    """Send the referral; its address."""
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("heading", name="What left, and under what").wait_for()
    return page.url


def press(page: Page, name: str) -> None:
    """Press a button and wait until the referral page has answered."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def open_fold(page: Page, summary: str) -> Any:
    """Open one of the folded steps; its region."""
    fold = page.locator("details.fold").filter(has=page.locator("summary", has_text=summary)).first
    fold.locator("summary").click()
    return fold


def book(page: Page, *, days: int = 6) -> None:
    """Book the first visit, in person."""
    at = clock.now() + timedelta(days=days)
    form = page.locator("form#book")
    if not form.is_visible():
        open_fold(page, "Book a visit")
    form.get_by_label("Day and time").fill(f"{at:%Y-%m-%d}T14:00")
    with page.expect_navigation():
        form.get_by_role("button", name="Book the visit").click()


def newest_referral() -> Referral:
    """The referral made last."""
    return Referral.objects.order_by("-created_at").first()


def open_details(page: Page, summary: str) -> None:
    """Unfold what stands under a summary."""
    page.locator("details > summary", has_text=summary).first.click()


def let_the_worker_hear() -> None:
    """What the worker does within two seconds: tell every event that waits, once, and what these announce."""
    for _ in range(5):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'hallway.heard' RETURNING args")
            waiting = [row[0] for row in cursor.fetchall()]
        if not waiting:
            return
        for one in waiting:
            wiring.tell(json.loads(one) if isinstance(one, str) else one)


def say_when_born(page: Page) -> None:
    """Marisol's birth date, before a page by a link shows anything."""
    for name, value in BORN:
        page.get_by_label(name).fill(value)
    page.get_by_role("button", name="Go on").click()


def open_from_worklist(walk: Walk, page: Page, why: str, ask: str) -> None:
    """Find the row by its words on the own worklist, and take its next step."""
    page.goto(walk.address("/worklist/"))
    row = page.locator("li.row").filter(has_text=why).first
    with page.expect_navigation():
        row.get_by_role("link", name=ask).first.click()


def charted(world: seed.World, login: str, make: Callable[[seed.FactWriter], list[seed.Fact]]) -> None:
    """What the system in which this clinician charts has sent of Marisol: their own facts, heard by the rules."""
    seed.treated_by(world, world.charts["marisol"], login, basis="encounter")
    write = seed.FactWriter("journey-marisol", seed.key_of(world, world.requester(login).organization_id), login)
    seed.store(world, make(write), chart=world.charts["marisol"])
    let_the_worker_hear()


def tap(page: Page, name: str, *, exact: bool | None = None) -> None:
    """As a person does who has read the page: what comes sooner after it is taken for a double tap."""
    page.wait_for_timeout(450)
    page.get_by_role("button", name=name, exact=exact).click()
