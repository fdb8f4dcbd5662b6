"""A program is let in, the way that SMART App Launch 2.2 says, and learns what it was told it would."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import KeySet

from hallway import clock
from hallway.fhirapi import door
from hallway.fhirapi.tests.kit import get
from hallway.identity import signing_keys
from tests.smart.kit import FHIR, World, form, register


@pytest.fixture
def world(fresh_db):
    yield World()
    door.close()


def read(path, token):
    return get(path, HTTP_AUTHORIZATION=f"Bearer {token}", HTTP_HOST="testserver")


def test_a_standalone_launch_ends_with_the_patient_that_was_chosen(world):
    told = world.let_in()
    assert told["patient"] == world.patient_id
    assert told["token_type"] == "Bearer"
    assert 300 <= told["expires_in"] <= 3600
    assert told["need_patient_banner"] is True
    assert told["smart_style_url"] == "http://testserver/apps/style.json"
    assert set(told["scope"].split()) == {"launch/patient", "openid", "fhirUser", "patient/*.rs"}
    assert "refresh_token" not in told
    assert Client().get(told["smart_style_url"]).json()["color_background"].startswith("#")


def test_the_id_token_says_who_and_is_signed_by_a_published_key(world):
    told = world.let_in()
    keys = KeySet.import_key_set(Client().get("/.well-known/jwks.json").json())
    token = jwt.decode(told["id_token"], keys, algorithms=["RS256"])
    assert token.claims["iss"] == "http://testserver"
    assert token.claims["aud"] == world.app.client_id
    assert token.claims["nonce"] == "once"
    assert token.claims["fhirUser"].startswith(f"{FHIR}/Practitioner/")
    assert token.claims["exp"] > token.claims["iat"]
    old = signing_keys.published()
    signing_keys.rotate()
    assert {one["kid"] for one in old} < {one["kid"] for one in signing_keys.published()}
    assert jwt.decode(told["id_token"], KeySet.import_key_set(Client().get("/.well-known/jwks.json").json()))
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        assert not {one["kid"] for one in old} & {one["kid"] for one in signing_keys.published()}


def test_userinfo_says_who_to_a_token_with_openid_alone(world):
    whole = world.let_in()["access_token"]
    assert Client(HTTP_AUTHORIZATION=f"Bearer {whole}").get("/oauth/userinfo").json()["fhirUser"]
    without = world.let_in(scope="launch/patient patient/*.rs")["access_token"]
    for shown in (without, "hwa_nobody", ""):
        assert Client(HTTP_AUTHORIZATION=f"Bearer {shown}").get("/oauth/userinfo").status_code == 401


def test_a_token_narrowed_at_a_refresh_tells_no_more_than_it_holds(world):
    whole = world.let_in(scope="launch/patient openid fhirUser profile patient/*.rs offline_access")
    assert Client(HTTP_AUTHORIZATION=f"Bearer {whole['access_token']}").get("/oauth/userinfo").json()["name"]
    some = world.refresh(whole["refresh_token"], scope="openid patient/*.rs").json()
    told = Client(HTTP_AUTHORIZATION=f"Bearer {some['access_token']}").get("/oauth/userinfo").json()
    assert set(told) == {"sub"}
    none = world.refresh(some["refresh_token"], scope="patient/*.rs").json()["access_token"]
    assert Client(HTTP_AUTHORIZATION=f"Bearer {none}").get("/oauth/userinfo").status_code == 401


def test_the_person_may_uncheck_what_the_program_asked_for(world):
    asked = "launch/patient openid patient/Observation.rs patient/Condition.rs"
    told = world.change(world.code(scope=asked, kept="patient/Condition.rs")).json()
    assert set(told["scope"].split()) == {"launch/patient", "patient/Condition.rs"}
    assert "id_token" not in told


def test_a_form_adds_no_scope_that_was_not_asked_for(world):
    path = world.asked(scope="launch/patient patient/Condition.rs")
    answer = world.yes(path, scopes="user/*.cruds offline_access patient/*.cruds")
    assert answer.status_code == 422
    assert b"Nothing is left" in answer.content


def test_no_scope_beyond_the_registration_is_shown_or_granted(world):
    world.app = register(name="Small", scopes="launch/patient patient/Observation.rs").app
    asked = "launch/patient patient/*.cruds user/*.rs offline_access openid"
    page = world.post(world.asked(scope=asked), chart=str(world.chart))
    assert b"patient/Observation.rs" in page.content
    assert b"patient/*" not in page.content
    told = world.change(world.code(scope=asked, kept=f"{asked} patient/Observation.rs")).json()
    assert set(told["scope"].split()) == {"launch/patient", "patient/Observation.rs"}


def test_scopes_as_version_1_spelled_them_are_understood(world):
    told = world.change(
        world.code(scope="launch/patient patient/Observation.read", kept="patient/Observation.rs")
    ).json()
    assert "patient/Observation.rs" in told["scope"].split()


def test_no_is_told_to_the_program(world):
    answer = world.post(world.asked(), do="no")
    assert answer.status_code == 303
    assert "error=access_denied" in answer["Location"]
    assert "state=state-of-the-program" in answer["Location"]


def test_a_question_is_answered_once(world):
    path = world.asked()
    assert world.yes(path).status_code == 303
    assert world.browser.get(path).status_code == 404


def test_a_patient_whom_one_may_not_open_cannot_be_chosen(world):
    stranger = world.come_in(
        world.hall.pcp.__class__(**{**_fields(world.hall.pcp), "organization_id": 9999}), "x@example.test"
    )
    path = world.asked(stranger)
    page = world.post(path, stranger, chart=str(world.chart))
    assert b"Which patient" in page.content
    assert b"Let it in" not in page.content
    assert b"Which patient" in world.yes(path, stranger).content


def _fields(requester):
    return {name: getattr(requester, name) for name in requester.__slots__}


def test_a_launch_from_a_chart_brings_its_patient(world):
    world.app.launch_url = "https://pocket.example.com/launch"
    world.app.save()
    opened = world.post(f"/apps/open/{world.chart}", app=str(world.app.id))
    assert opened.status_code == 303
    address = opened["Location"]
    assert address.startswith("https://pocket.example.com/launch?iss=http%3A%2F%2Ftestserver%2Ffhir&launch=")
    launch = address.partition("&launch=")[2]
    told = world.let_in(scope="launch openid patient/*.rs", launch=launch)
    assert told["patient"] == world.patient_id
    again = world.browser.get("/oauth/authorize", world.question(scope="launch openid patient/*.rs", launch=launch))
    assert "error=invalid_request" in again["Location"]


def test_another_person_cannot_take_up_a_launch(world):
    world.app.launch_url = "https://pocket.example.com/launch"
    world.app.save()
    launch = world.post(f"/apps/open/{world.chart}", app=str(world.app.id))["Location"].partition("&launch=")[2]
    other = world.come_in(world.hall.pcp, "other@example.test")
    path = world.asked(other, scope="launch patient/*.rs", launch=launch)
    assert other.get(path).status_code == 404


def test_a_refresh_gives_a_new_pair_and_the_old_one_is_used_up(world):
    told = world.let_in(scope="launch/patient openid offline_access patient/*.rs")
    fresh = world.refresh(told["refresh_token"])
    assert fresh.status_code == 200
    assert fresh.json()["patient"] == world.patient_id
    assert fresh.json()["refresh_token"] != told["refresh_token"]
    narrowed = world.refresh(fresh.json()["refresh_token"], scope="patient/Condition.r").json()
    assert narrowed["scope"] == "patient/Condition.r"
    whole = world.refresh(narrowed["refresh_token"]).json()
    assert "patient/*.rs" in whole["scope"].split()


def test_introspection_tells_the_program_about_its_own_tokens_alone(world):
    world.app = (keeper := register(name="Keeper", kind="secret")).app
    import base64

    basic = "Basic " + base64.b64encode(f"{world.app.client_id}:{keeper.secret}".encode()).decode()
    code = world.code()
    told = form(
        "/oauth/token",
        {"grant_type": "authorization_code", "code": code, "redirect_uri": "https://pocket.example.com/cb",
         "code_verifier": "v" * 43},
        basic,
    ).json()  # fmt: skip
    seen = form("/oauth/introspect", {"token": told["access_token"]}, basic).json()
    assert seen["active"] is True
    assert seen["client_id"] == world.app.client_id
    assert seen["patient"] == world.patient_id
    other = register(name="Other", kind="secret")
    nosy = "Basic " + base64.b64encode(f"{other.app.client_id}:{other.secret}".encode()).decode()
    assert form("/oauth/introspect", {"token": told["access_token"]}, nosy).json() == {"active": False}
    server = register(name="Server", kind="secret", may_introspect=True)
    trusted = "Basic " + base64.b64encode(f"{server.app.client_id}:{server.secret}".encode()).decode()
    assert form("/oauth/introspect", {"token": told["access_token"]}, trusted).json()["active"] is True
    assert form("/oauth/introspect", {"token": told["access_token"]}).status_code == 401
    assert form("/oauth/revoke", {"token": told["access_token"]}, nosy).status_code == 200
    assert form("/oauth/introspect", {"token": told["access_token"]}, basic).json()["active"] is True
    assert form("/oauth/revoke", {"token": told["access_token"]}, basic).status_code == 200
    assert form("/oauth/introspect", {"token": told["access_token"]}, basic).json() == {"active": False}


def test_what_is_said_of_the_server_is_what_it_does(world):
    told = Client().get("/.well-known/smart-configuration").json()
    assert get("/fhir/.well-known/smart-configuration", HTTP_HOST="testserver").json == told
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["token_endpoint"] == "http://testserver/oauth/token"
    openid = Client().get("/.well-known/openid-configuration").json()
    assert openid["issuer"] == told["issuer"] == "http://testserver"
    for name, address in {**told, **openid}.items():
        if name.endswith(("_endpoint", "_uri")):
            assert world.browser.get(address.removeprefix("http://testserver")).status_code != 404, name
    metadata = get("/fhir/metadata", HTTP_HOST="testserver").json
    assert "SMART-on-FHIR" in json.dumps(metadata["rest"][0]["security"])


def test_a_program_reads_what_it_was_granted(world):
    token = world.let_in()["access_token"]
    assert read(f"/fhir/Patient/{world.patient_id}", token).status == 200
    limited = world.let_in(scope="launch/patient patient/Observation.rs")["access_token"]
    assert read(f"/fhir/Patient/{world.patient_id}", limited).status in {403, 404}
