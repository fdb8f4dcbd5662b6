"""Given somebody who builds another system, when they try an API in the browser, then they get what a program gets:
the request as curl, the answer with status, headers and time, as far as they may see it."""

import json
import re
import subprocess

import pytest

from hallway.identity import actions as identity
from hallway.identity.models import Account
from hallway.referral.tests import hall as halls
from hallway.web.gateways.tests import test_decisions as decisions

pytestmark = pytest.mark.journey


@pytest.fixture
def hall(walk):
    made = halls.build()
    decisions.give_number(made)
    return made


def account_of(who, name):
    return identity.create_account(f"{name}@example.test", name.title(), practitioner_id=who.practitioner_id)


def test_a_person_searches_with_the_builder_and_a_program_is_tried_with_a_client_of_the_demo(walk, hall):
    page = walk.come_in(account_of(hall.pcp, "carewell"))
    page.goto(walk.address("/developers/"))
    page.get_by_role("heading", name="Try the APIs").wait_for()
    page.locator("form[data-builder][data-ready]").wait_for()
    walk.check(page, "developers", dark=True)

    page.get_by_label("Resource").select_option("Patient")
    page.get_by_label("Parameter 1").select_option("identifier")
    page.get_by_label("Value 1").fill("urn:mrn|M-1")
    page.get_by_role("button", name="Put it into the address").click()
    fhir = page.locator("#fhir")
    assert fhir.get_by_label("Address").input_value() == "/fhir/Patient?identifier=urn%3Amrn%7CM-1&_count=5"
    fhir.get_by_role("button", name="Ask FHIR").click()
    fhir.get_by_text("200 OK").wait_for()
    bundle = json.loads(fhir.locator("[data-text]").inner_text())
    assert bundle["resourceType"] == "Bundle"
    assert [one["resource"]["resourceType"] for one in bundle["entry"]] == ["Patient"]
    assert re.search(r"\d+ ms", fhir.locator("[data-time]").inner_text())
    fhir.get_by_text("Headers", exact=True).click()
    assert re.search(r"x-request-id: [0-9a-f]{32}", fhir.locator("[data-heads]").inner_text())
    # Asking has scrolled a row of fields half under the bar, which axe takes for too small a target.
    page.evaluate("scrollTo(0, 0)")
    walk.check(page, "developers-fhir")

    page.get_by_label("Practice").select_option(label="Millbrook (invented)")
    page.get_by_role("button", name="Make a client").click()
    page.get_by_text("This is a client of Millbrook (invented).").wait_for()
    credential = page.locator("[data-credential]").input_value()
    ask = page.locator("#decide")
    ask.locator("> summary").click()
    ask.get_by_role("button", name="Ask", exact=True).click()
    ask.locator("[data-status]").get_by_text(re.compile(r"\d{3}")).wait_for()
    assert ask.locator("[data-status]").inner_text() == "200 OK", ask.locator("[data-text]").inner_text()
    (decision,) = json.loads(ask.locator("[data-text]").inner_text())["decisions"]
    assert decision["id"] == "bp-1"
    walk.check(page, "developers-client", dark=True)

    curl = ask.locator("[data-request] pre").inner_text()
    assert credential not in curl, "a secret is named, not written"
    done = subprocess.run(
        ["/bin/sh", "-c", curl.replace("curl", "curl -s", 1)], env={"CREDENTIAL": credential, "PATH": "/usr/bin:/bin"},
        capture_output=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["decisions"] == [decision]


def test_what_a_person_may_not_see_is_answered_as_what_is_not_there(walk, hall):
    stranger = walk.come_in(account_of(hall.other, "stranger"))
    stranger.goto(walk.address("/developers/"))
    fhir = stranger.locator("#fhir")
    answers = []
    for patient in (decisions_patient(hall), "0198a2b4-7c1d-7e3f-8a9b-0c1d2e3f4a5b"):
        fhir.get_by_label("Address").fill(f"/fhir/Patient/{patient}")
        fhir.get_by_role("button", name="Ask FHIR").click()
        fhir.get_by_text("404 Not Found").wait_for()
        answers.append(fhir.locator("[data-text]").inner_text())
    assert answers[0] == answers[1]


def decisions_patient(hall):
    from hallway.record import queries

    return queries.patient_of(hall.chart)


def test_the_page_asks_this_hallway_only(walk, hall):
    page = walk.page()
    page.goto(walk.address("/developers/"))
    page.get_by_text("Nobody is signed in").first.wait_for()
    walk.check(page, "developers-nobody")
    for address in ("https://elsewhere.test/fhir", "//elsewhere.test/fhir"):
        page.locator("#fhir").get_by_label("Address").fill(address)
        page.locator("#fhir").get_by_role("button", name="Ask FHIR").click()
        page.get_by_text("this page asks this Hallway only").wait_for()
    assert Account.objects.count() == 0
