"""Given an account with two roles, when its person signs in, changes role and signs out, then every page holds."""

import datetime as dt

import pytest

from hallway.directory.models import Organization, Practitioner, PractitionerRole
from hallway.identity import actions
from hallway.identity.requester import Role
from hallway.ids import PractitionerId

pytestmark = pytest.mark.journey


def place(name, side, **more):
    return Organization.objects.create(fhir_id=f"o-{name}", name=name, side=side, state="MA", **more)


def person(given, family, *held, prefix="", suffix=""):
    who = Practitioner.objects.create(fhir_id=f"p-{family}", given=given, family=family, prefix=prefix, suffix=suffix)
    for organization, role in held:
        PractitionerRole.objects.create(
            fhir_id=f"r-{family}-{organization.id}-{role}",
            practitioner=who,
            organization=organization,
            role=role,
            from_on=dt.date(2020, 1, 1),
        )
    return actions.create_account(
        f"{given}.{family}@example.test".lower(), who.full_name, practitioner_id=PractitionerId(who.id), demo=True
    )


def network():
    millbrook = place("Millbrook Family Medicine", "pc", kind="primary_care")
    northgate = place("Northgate Behavioral Health", "bh", kind="behavioral_health")
    harbor = place("Harbor Steps Recovery", "bh", kind="sud_program", is_part2=True)
    return [
        person("Priya", "Carewell", (millbrook, Role.PCP), (millbrook, Role.PRACTICE_LEADER), prefix="Dr."),
        person("Tess", "Hearwell", (northgate, Role.THERAPIST), suffix="LICSW"),
        person("Simon", "Mindham", (northgate, Role.PSYCHIATRIST), prefix="Dr."),
        person("Rowan", "Steadman", (harbor, Role.THERAPIST), suffix="LADC"),
        person(
            "Noel", "Widerview", (place("Bay Example Network", "other", kind="network"), Role.NETWORK_ADMINISTRATOR)
        ),
    ]


def test_a_person_signs_in_chooses_a_role_and_signs_out(walk):
    network()
    page = walk.page()
    page.goto(walk.address("/settings/"))
    assert page.url.endswith("/sign-in?next=%2Fsettings%2F"), "nobody is sent to the door, and comes back"
    walk.check(page, "sign-in", dark=True)
    page.get_by_role("button", name="Dr. Priya Carewell").click()
    page.get_by_role("heading", name="Which role now?").wait_for()
    walk.check(page, "role")
    page.get_by_role("button", name="Primary care").click()
    page.wait_for_load_state()
    page.goto(walk.address("/settings/"))
    walk.check(page, "settings", dark=True)
    page.get_by_text("Dr. Priya Carewell").first.click()
    walk.picture(page, "menu")
    page.get_by_role("link", name="Change role or practice").first.click()
    page.get_by_role("button", name="Practice leader").click()
    assert page.locator(".me small").first.inner_text().startswith("Practice leader")
    page.locator("summary.me").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("You are signed out.").wait_for()
    page.go_back()
    page.goto(walk.address("/settings/"))
    page.get_by_role("heading", name="Sign in").wait_for()


def test_wrong_password_is_said_once_and_the_same_for_everybody(walk):
    network()
    page = walk.page()
    page.goto(walk.address("/sign-in"))
    page.get_by_label("Work email").fill("priya.carewell@example.test")
    page.get_by_label("Password", exact=True).fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("That name and password do not go together.").wait_for()
    walk.check(page, "sign-in-wrong")


def test_every_part_and_state_holds_at_every_width(walk):
    page = walk.page()
    page.goto(walk.address("/parts/"))
    walk.check(page, "parts", dark=True)


def test_a_passkey_is_added_and_opens_the_door(walk):
    people = network()
    page = walk.come_in(people[1])
    page.context.add_cookies([{**cookie, "domain": "localhost"} for cookie in page.context.cookies()])
    walk.troubles = Elsewhere()
    at = f"http://localhost:{walk.server.port}"
    authenticator = page.context.new_cdp_session(page)
    authenticator.send("WebAuthn.enable")
    authenticator.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                     "isUserVerified": True, "automaticPresenceSimulation": True}},
    )  # fmt: skip
    page.goto(f"{at}/settings/")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Remove Passkey added").wait_for()
    page.locator("summary.me").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.locator(".me-t").filter(has_text="Tess Hearwell, LICSW").wait_for()
    page.goto(f"{at}/settings/")
    page.get_by_role("button", name="Remove Passkey added").click()
    page.get_by_text("Kept.").wait_for()
    page.locator("summary.me").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("That passkey did not open the door.").wait_for()


class Elsewhere(list):
    """Passkeys need a name, not an address: this journey walks on localhost, so only script errors count."""

    def append(self, trouble):
        if not trouble.startswith("left the host: http://localhost:"):
            super().append(trouble)


def test_a_page_says_how_old_it_is_and_warns_before_sign_out(walk):
    people = network()
    page = walk.come_in(people[0])
    page.clock.install()
    page.goto(walk.address("/settings/"))
    page.clock.fast_forward("10:01")
    page.get_by_text("Read 10 minutes ago.").wait_for()
    walk.axe(page, "old page")
    page.clock.fast_forward("03:00")
    page.get_by_text("You will be signed out in 2 minutes.").wait_for()
    walk.axe(page, "before sign-out")
    page.get_by_role("button", name="Stay").click()
    page.get_by_text("You will be signed out in 2 minutes.").wait_for(state="detached")
    page.clock.fast_forward("13:01")
    page.get_by_text("You will be signed out in 2 minutes.").wait_for()
    page.clock.fast_forward("02:01")
    page.wait_for_url("**/sign-in?why=idle&next=%2Fsettings%2F")
    page.get_by_text("You were signed out after 15 minutes without use.").wait_for()


def test_a_person_keeps_their_own_look(walk):
    people = network()
    page = walk.come_in(people[0])
    page.goto(walk.address("/settings/"))
    page.get_by_label("Dark").check()
    page.get_by_label("Dense").check()
    page.get_by_label("Single keys").uncheck()
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_text("Kept.").wait_for()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.locator("html").get_attribute("data-density") == "dense"
    walk.axe(page, "settings, dark by choice")
    page.keyboard.press("?")
    assert page.locator("#keys").is_hidden(), "keys that were switched off do nothing"
