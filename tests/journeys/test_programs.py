"""Given a program that an administrator registered, then a clinician chooses a patient, says what of it, ends it."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from hallway.directory.models import Organization
from hallway.identity.app_models import App, AppGrant
from hallway.referral.tests import hall as halls
from tests.journeys.acts import account_of
from tests.smart.kit import challenge

pytestmark = pytest.mark.journey


def test_a_program_is_registered_let_in_for_one_patient_and_ended(walk):
    hall = halls.build()
    Organization.objects.update(on_hallway=True)
    admin = walk.come_in(account_of(hall.witness, "netter", "network_administrator"), "")
    admin.goto(walk.address("/settings/"))
    admin.get_by_role("link", name="Register programs").click()
    walk.check(admin, "programs-none")
    admin.get_by_role("link", name="Register one").click()
    admin.get_by_label("Name", exact=True).fill("Pocket chart")
    admin.get_by_label("Who made it").fill("Pocket People")
    admin.get_by_label("What it does, in a sentence").fill("Shows blood pressure over time on your own screen.")
    admin.get_by_label("Addresses that answers may go to").fill("http://elsewhere.example/done")
    admin.get_by_label("What it may ask for at most").fill(
        "launch launch/patient openid fhirUser offline_access patient/*.rs patient/Observation.c"
    )
    admin.get_by_role("button", name="Register").click()
    admin.get_by_text("Each address is https").first.wait_for()
    walk.check(admin, "program-refused")
    admin.get_by_label("Addresses that answers may go to").fill("http://127.0.0.1/help")
    admin.get_by_label("Address to open it at from a chart").fill(walk.address("/help"))
    admin.get_by_role("button", name="Register").click()
    admin.get_by_role("heading", name="Pocket chart is registered").wait_for()
    walk.check(admin, "program-made")
    admin.goto(walk.address("/apps/registered"))
    walk.check(admin, "programs-registered", dark=True)

    page = walk.come_in(account_of(hall.pcp, "carewell", "pcp"), "")
    page.goto(walk.address(f"/oauth/authorize?{question(walk)}"))
    walk.check(page, "program-choose")
    page.locator("#text").fill("zz nobody")
    page.get_by_role("main").get_by_role("button", name="Find").click()
    page.get_by_text("No patient matches, or none you may open").wait_for()
    page.locator("#text").fill(family_of(hall))
    page.get_by_role("main").get_by_role("button", name="Find").click()
    walk.check(page, "program-chosen")
    page.get_by_role("button", name="Choose").first.click()
    page.get_by_role("heading", name="Let Pocket chart in?").wait_for()
    walk.check(page, "program-asks", dark=True)
    page.get_by_label("Add measurements, lab results and scores").uncheck()
    page.get_by_role("button", name="Let it in").click()
    page.wait_for_url("**/help?*")
    told = parse_qs(urlsplit(page.url).query)
    assert set(told) == {"code", "state"}
    assert "patient/Observation.c" not in AppGrant.objects.get().scopes

    page.goto(walk.address(f"/apps/open/{hall.chart}"))
    walk.check(page, "program-open")
    page.get_by_role("button", name="Open Pocket chart").click()
    page.wait_for_url("**/help?iss=*")

    page.goto(walk.address("/apps/mine"))
    walk.check(page, "programs-mine")
    page.get_by_role("button", name="End it").click()
    page.get_by_text("No program is let in").wait_for()


def family_of(hall):
    from hallway.consent import queries

    return queries.headers(hall.pcp, [hall.chart])[hall.chart].name.split()[-1]


def question(walk):
    app = App.objects.get()
    return urlencode(
        {
            "response_type": "code", "client_id": app.client_id, "redirect_uri": walk.address("/help"),
            "scope": "launch/patient openid fhirUser offline_access patient/Observation.rs patient/MedicationRequest.rs"
            " patient/Observation.c patient/Condition.rs?category=problem-list-item",
            "state": "state", "aud": walk.address("/fhir"), "code_challenge": challenge(),
            "code_challenge_method": "S256",
        }
    )  # fmt: skip
