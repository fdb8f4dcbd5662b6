"""Given a chart system that a practice's leader registered, when a clinician opens Hallway from it, then they say once
that it is they, and from then on land on the patient they had open. Given the sample program, then it is tried."""

import pytest

from hallway.directory.models import Organization
from hallway.exchange.ehr_launch.models import Ehr, EhrPerson
from hallway.identity import registering
from hallway.identity.registering import Registration
from hallway.ids import AccountId
from hallway.referral.tests import hall as halls
from hallway.web.developers import sample
from hallway.web.gateways.tests.test_decisions import give_number
from tests.journeys.acts import account_of
from tests.smart.kit import Signer

pytestmark = pytest.mark.journey


@pytest.fixture
def hall(walk):
    made = halls.build()
    Organization.objects.update(on_hallway=True)
    give_number(made)
    return made


def register(walk, leader):
    """The leader's pages; the number of what they made."""
    leader.goto(walk.address("/settings/"))
    leader.get_by_role("link", name="Chart systems").click()
    walk.check(leader, "ehrs-none")
    leader.get_by_role("link", name="Register one").click()
    leader.get_by_label("What your people call it").fill("Millbrook EHR")
    leader.get_by_label("Its FHIR address").fill("ftp://ehr.example.org/fhir")
    leader.get_by_label("System of its patients’ numbers").fill("urn:mrn")
    leader.get_by_role("button", name="Register").click()
    leader.get_by_text("The FHIR address is https").first.wait_for()
    walk.check(leader, "ehr-refused")
    leader.get_by_label("Its FHIR address").fill(walk.address("/fhir"))
    leader.get_by_role("button", name="Register").click()
    leader.get_by_role("heading", name="Millbrook EHR").wait_for()
    leader.get_by_text(walk.address("/launch"), exact=True).wait_for()
    walk.check(leader, "ehr-made", dark=True)
    leader.get_by_label("Client id that it gave Hallway").fill("hallway-itself")
    leader.get_by_role("button", name="Keep").click()
    leader.get_by_role("heading", name="1 chart system may open Hallway").wait_for()
    walk.check(leader, "ehrs")
    return Ehr.objects.get()


def open_from_chart(walk, page, chart):
    page.goto(walk.address(f"/apps/open/{chart}"))
    page.get_by_role("button", name="Open Hallway").click()
    page.get_by_role("button", name="Let it in").click()


def test_hallway_launches_hallway(walk, hall):
    leader = walk.come_in(account_of(hall.witness, "leadwell", "practice_leader"))
    ehr = register(walk, leader)
    said = Registration(
        "Hallway", "Us", "public", "launch openid fhirUser profile patient/Patient.r",
        launch_url=walk.address("/launch"), redirect_uris=(walk.address(f"/launch/{ehr.id}/back"),),
    )  # fmt: skip
    registering.register(said, by=AccountId(1), client_id="hallway-itself")
    page = walk.come_in(account_of(hall.pcp, "carewell", "pcp"))
    open_from_chart(walk, page, hall.chart)
    page.get_by_role("heading", name="Is this you in Millbrook EHR?").wait_for()
    walk.check(page, "ehr-connect", dark=True)
    assert EhrPerson.objects.count() == 0
    page.get_by_role("button", name="Yes, connect us").click()
    page.wait_for_url(f"**/charts/{hall.chart}/")
    open_from_chart(walk, page, hall.chart)
    page.wait_for_url(f"**/charts/{hall.chart}/")
    page.goto(walk.address("/settings/"))
    walk.check(page, "settings-with-an-ehr")
    page.get_by_role("button", name="Disconnect Millbrook EHR").click()
    page.get_by_text("Millbrook EHR").wait_for(state="detached")
    page.goto(walk.address("/launch?iss=https%3A%2F%2Felse.example.org&launch=1"))
    page.get_by_role("heading", name="This chart system is not registered").wait_for()
    walk.check(page, "ehr-unknown")


def test_the_sample_program_shows_what_it_was_given_by_itself_from_a_chart_and_as_a_service(walk, hall):
    hall.sent()
    sample.stand(walk.address(""), hall.pcp.organization_id, first_keys=Signer().jwks)
    page = walk.come_in(account_of(hall.pcp, "carewell", "pcp"))
    page.goto(walk.address("/developers/"))
    page.get_by_role("link", name="Try a sample program").click()
    page.locator("[data-sample][data-ready]").wait_for()
    walk.check(page, "sample", dark=True)
    page.get_by_role("button", name="Ask for a patient").click()
    page.get_by_role("heading", name="Which patient").wait_for()
    page.locator("#text").fill("Ejemplo")
    page.get_by_role("main").get_by_role("button", name="Find").click()
    page.get_by_role("button", name="Choose").first.click()
    page.get_by_role("button", name="Let it in").click()
    shown = page.locator("[data-shown]")
    shown.get_by_role("heading", name="Marisol Ejemplo").wait_for()
    assert "Referral: " in shown.locator("[data-loops]").inner_text()
    walk.check(page, "sample-shown")
    assert "access_token" not in page.content()

    page.goto(walk.address(f"/apps/open/{hall.chart}"))
    page.get_by_role("button", name="Open Sample, from a chart").click()
    page.get_by_role("button", name="Let it in").click()
    page.locator("[data-shown]").get_by_role("heading", name="Marisol Ejemplo").wait_for()

    page.get_by_role("button", name="Make a key and read").click()
    page.get_by_text("It has a token for").wait_for()
    assert "Marisol Ejemplo" in page.locator("[data-patients]").inner_text()
    walk.check(page, "sample-service")
