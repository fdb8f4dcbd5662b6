"""What a program or a thief may try, each by its name, and how it is refused. Authlib's defaults among them."""

import base64
import hashlib
import hmac
import json
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlencode

import pytest
from django.test import Client

from hallway import clock
from hallway.exchange import key_sets
from hallway.fhirapi import door
from hallway.fhirapi.tests.kit import get
from hallway.identity import actions as identity
from hallway.identity import granted, granting, queries, registering, scopes
from hallway.identity.app_models import App, AppGrant, AppToken
from hallway.identity.registering import Registration
from tests.smart.kit import (
    ASSERTION,
    BACK,
    MOST,
    VERIFIER,
    Signer,
    World,
    challenge,
    form,
    register,
)


@pytest.fixture
def world(fresh_db):
    yield World()
    key_sets.forget()
    door.close()


def is_open(token):
    return granted.requester_of(token) is not None


def basic(client_id, secret):
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


# The authorization endpoint ------------------------------------------------------------------------------------------

SENT_BACK = {
    "a missing challenge (Authlib gives a code)": {"code_challenge": None, "code_challenge_method": None},
    "plain PKCE (Authlib takes it)": {"code_challenge": VERIFIER, "code_challenge_method": "plain"},
    "a challenge without its method, which means plain": {"code_challenge_method": None},
    "a method without a challenge": {"code_challenge": None},
    "a challenge of another length": {"code_challenge": "x" * 42},
    "a wrong audience": {"aud": "https://other.example.com/fhir"},
    "an audience that begins like ours": {"aud": "http://testserver/fhir.evil.example"},
    "no audience": {"aud": None},
    "no state": {"state": None},
    "the implicit flow": {"response_type": "token"},
    "the hybrid flow": {"response_type": "code id_token"},
    "no response type": {"response_type": None},
    "a request object": {"request": "eyJhbGciOiJub25lIn0.e30."},
    "a form post as response mode": {"response_mode": "form_post"},
    "an unknown launch": {"scope": "launch patient/*.rs", "launch": "x" * 43},
    "a launch without its scope": {"launch": "x" * 43},
    "only scopes that are not ours": {"scope": "nonsense system/*.cruds"},
    "no scope": {"scope": None},
    "an answer without asking": {"prompt": "none"},
}


def test_a_wrong_question_goes_back_to_the_program_with_an_error(world, subtests):
    for what, more in SENT_BACK.items():
        with subtests.test(what):
            answer = world.browser.get("/oauth/authorize", world.question(**more))
            assert answer.status_code == 303
            assert answer["Location"].startswith(f"{BACK}?error="), answer["Location"]


REDIRECTS = (
    "https://pocket.example.com/cb/", "https://pocket.example.com/cb/evil", "https://pocket.example.com/c",
    "https://pocket.example.com/cb?x=1", "https://pocket.example.com/cb#x", "https://pocket.example.com.evil.example/cb",
    "https://evil.example/pocket.example.com/cb", "https://pocket.example.com@evil.example/cb",
    "https://pocket.example.com/cb/../../evil", "https://pocket.example.com/%63b", "http://pocket.example.com/cb",
    "//pocket.example.com/cb", "https://pocket.example.com:444/cb", "javascript:alert(1)", "", " " + BACK, BACK + "\n",
    "http://127.0.0.1/cb", "/apps/mine",
)  # fmt: skip


def test_redirect_tricks_lead_nowhere(world, subtests):
    for address in REDIRECTS:
        with subtests.test(address):
            answer = world.browser.get("/oauth/authorize", world.question(redirect_uri=address))
            assert answer.status_code == 400
            assert "Location" not in answer


def test_an_unknown_program_an_ended_one_and_a_system_lead_nowhere(world):
    signer = Signer()
    system = register(kind="key", scopes="system/*.rs", redirect_uris=(), jwks=signer.jwks, organization_id=1).app
    ended = register(name="Ended").app
    App.objects.filter(id=ended.id).update(ended_at=clock.now(), ended_by=1)
    for client_id in ("nobody", system.client_id, ended.client_id, "", "\x00"):
        answer = world.browser.get("/oauth/authorize", world.question(client_id=client_id))
        assert answer.status_code == 400, client_id
        assert "Location" not in answer


def test_a_parameter_sent_twice_is_refused(world):
    told = urlencode(world.question())
    for more in ("redirect_uri=https%3A%2F%2Fevil.example", f"client_id={world.app.client_id}"):
        assert world.browser.get(f"/oauth/authorize?{told}&{more}").status_code == 400
    answer = world.browser.get(f"/oauth/authorize?{told}&scope=patient/*.rs")
    assert "error=invalid_request" in answer["Location"]


def test_a_question_without_end_is_refused_and_not_remembered(world):
    long = world.question(scope="x" * 30_000)
    remembered = scopes._parsed.cache_info().currsize
    for answer in (world.browser.post("/oauth/authorize", long), world.browser.get("/oauth/authorize", long)):
        assert (answer.status_code, "Location" in answer) == (400, False)
    world.browser.post("/oauth/authorize", world.question(scope="x" * (scopes.LONGEST + 1)))
    assert scopes._parsed.cache_info().currsize <= remembered + 1, "the registration's own alone"


def test_loopback_is_answered_at_any_port_and_nothing_else_of_it_is_free(world):
    world.app = register(name="Native", redirect_uris=("http://127.0.0.1/done",)).app
    for address in ("http://127.0.0.1:50123/done", "http://127.0.0.1/done"):
        assert world.browser.get("/oauth/authorize", world.question(redirect_uri=address)).status_code == 303
    for address in ("http://127.0.0.1:50123/other", "http://localhost:50123/done", "http://127.0.0.2/done"):
        assert world.browser.get("/oauth/authorize", world.question(redirect_uri=address)).status_code == 400


# The page ------------------------------------------------------------------------------------------------------------


def test_the_page_takes_no_form_from_elsewhere(world):
    path = world.asked()
    answer = world.browser.post(path, {"do": "yes", "chart": str(world.chart), "scope": "patient/*.rs"})
    assert b"This form had grown too old" in answer.content
    assert AppGrant.objects.count() == 0


def test_the_page_stands_in_no_frame_and_leads_to_the_registered_address_alone(world):
    page = world.post(world.asked(), chart=str(world.chart))
    assert page["X-Frame-Options"] == "DENY"
    policy = page["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://pocket.example.com;" in policy + ";"
    assert "script-src 'self';" in policy + ";"


def test_nobody_signed_in_is_sent_to_the_door_and_comes_back(world):
    path = world.asked(Client())
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/sign-in?{urlencode({'next': path})}"


def test_an_old_question_is_not_there(world):
    path = world.asked()
    with clock.stopped_at(clock.now() + timedelta(minutes=15, seconds=1)):
        assert granted.ask_of(path.rpartition("/")[2]) is None


def test_people_of_another_organization_are_not_let_in(world):
    world.app.organizations = [424242]
    world.app.save()
    answer = world.browser.get(world.asked())
    assert "error=access_denied" in answer["Location"]


def test_what_people_of_an_organization_granted_ends_when_it_is_taken_off_the_program(world):
    told = world.let_in(scope="launch/patient patient/*.rs offline_access")
    own = int(world.hall.pcp.organization_id)
    said = Registration(name="Pocket", maker="Pocket People", kind="public", scopes=MOST, redirect_uris=(BACK,))
    for version, organizations, opens in ((1, (own, 424242), True), (2, (), True), (3, (424242,), False)):
        registering.change(world.app.id, replace(said, organizations=organizations), expected_version=version)
        assert is_open(told["access_token"]) is opens, organizations
    assert world.refresh(told["refresh_token"]).json()["error"] == "invalid_grant"


# Codes ---------------------------------------------------------------------------------------------------------------


def test_a_wrong_verifier_gets_nothing_and_uses_the_code_up(world):
    code = world.code()
    refused = world.change(code, code_verifier="w" * 43)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert world.change(code).status_code == 400


def test_no_verifier_or_the_challenge_itself_gets_nothing(world, subtests):
    for verifier in (None, "", challenge(), "v" * 42, "v" * 129):
        with subtests.test(str(verifier)):
            assert world.change(world.code(), code_verifier=verifier).status_code == 400


def test_a_replayed_code_ends_the_tokens_that_came_of_it(world):
    code = world.code(scope="launch/patient offline_access patient/*.rs")
    told = world.change(code).json()
    assert is_open(told["access_token"])
    assert world.change(code).json()["error"] == "invalid_grant"
    assert not is_open(told["access_token"])
    assert world.refresh(told["refresh_token"]).status_code == 400


def test_the_code_of_another_program_is_no_code_and_stays_good_for_its_own(world):
    code = world.code()
    thief = register(name="Thief").app
    assert world.change(code, client_id=thief.client_id).json()["error"] == "invalid_grant"
    assert world.change(code).status_code == 200


def test_a_code_is_good_for_the_address_it_was_sent_to(world):
    world.app.redirect_uris = [BACK, "https://pocket.example.com/other"]
    world.app.save()
    assert world.change(world.code(), redirect_uri="https://pocket.example.com/other").status_code == 400
    assert world.change(world.code(), redirect_uri=None).status_code == 400


def test_a_code_is_good_for_a_minute(world):
    code = world.code()
    with clock.stopped_at(clock.now() + timedelta(seconds=61)):
        assert granting.use_code(code, world.app) is None


def test_tokens_last_minutes_and_not_ten_days(world):
    """Authlib's own default for a code is 864,000 seconds."""
    told = world.let_in()
    assert told["expires_in"] == 900
    row = AppToken.objects.get()
    assert row.ends_at - row.created_at == timedelta(seconds=900)


def test_secrets_in_an_address_other_grants_a_get_and_json_are_refused_at_the_token_endpoint(world):
    for name in ("code", "client_secret", "refresh_token"):
        assert form(f"/oauth/token?{name}=x", {"grant_type": "authorization_code"}).status_code == 400
    for grant_type in ("password", "implicit", "", "urn:ietf:params:oauth:grant-type:jwt-bearer"):
        sent = {"grant_type": grant_type, "client_id": world.app.client_id, "username": "a", "password": "b"}
        assert form("/oauth/token", sent).json()["error"] == "unsupported_grant_type"
    assert Client().get("/oauth/token").status_code == 400
    assert Client().post("/oauth/token", "{}", content_type="application/json").status_code == 400


# Refreshing ----------------------------------------------------------------------------------------------------------

LASTING = "launch/patient offline_access patient/Observation.rs"


WIDER = ("patient/*.rs", "patient/Observation.cruds", "user/Observation.rs", "openid", "patient/Condition.r")


def test_a_refresh_widens_nothing(world, subtests):
    told = world.let_in(scope=LASTING)
    for scope in WIDER:
        with subtests.test(scope):
            assert world.refresh(told["refresh_token"], scope=scope).json()["error"] == "invalid_scope"
    assert world.refresh(told["refresh_token"]).status_code == 200


def test_scopes_at_the_token_endpoint_widen_nothing(world):
    told = world.change(world.code(scope=LASTING), scope="patient/*.cruds user/*.cruds").json()
    assert set(told["scope"].split()) == set(LASTING.split())


def test_a_refresh_token_shown_twice_ends_the_family(world):
    first = world.let_in(scope=LASTING)
    second = world.refresh(first["refresh_token"]).json()
    assert world.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert not is_open(second["access_token"])
    assert world.refresh(second["refresh_token"]).status_code == 400


def test_the_refresh_token_of_another_program_is_none(world):
    told = world.let_in(scope=LASTING)
    thief = register(name="Thief").app
    assert world.refresh(told["refresh_token"], client_id=thief.client_id).status_code == 400
    assert world.refresh(told["refresh_token"]).status_code == 200


def test_an_access_token_is_no_refresh_token(world):
    assert world.refresh(world.let_in()["access_token"]).status_code == 400


def test_a_changed_password_ends_what_was_granted(world):
    told = world.let_in(scope=LASTING)
    login = queries.login_of(world.browser.session_token)
    granting.end_grants_of(login.account_id)
    assert not is_open(told["access_token"])
    assert world.refresh(told["refresh_token"]).status_code == 400


def test_signing_out_ends_a_token_that_was_not_for_offline(world):
    told = world.let_in()
    identity.sign_out(queries.login_of(world.browser.session_token).session_id)
    assert not is_open(told["access_token"])


def test_a_revoked_refresh_token_takes_everything_with_it(world):
    told = world.let_in(scope=LASTING)
    sent = {"token": told["refresh_token"], "client_id": world.app.client_id}
    assert form("/oauth/revoke", sent).status_code == 200
    assert not is_open(told["access_token"])


def test_a_person_ends_their_own_grants_alone(world):
    told = world.let_in(scope=LASTING)
    grant = AppGrant.objects.get()
    other = world.come_in(world.hall.pcp, "other@example.test")
    other.get("/apps/mine")
    token = other.get("/settings/").content.decode().partition('csrfmiddlewaretoken" value="')[2][:64]
    assert other.post(f"/apps/mine/{grant.id}/end", {"csrfmiddlewaretoken": token}).status_code == 404
    assert is_open(told["access_token"])
    assert b"Pocket" in world.browser.get("/apps/mine").content
    answer = world.browser.get("/apps/mine").content.decode().partition('csrfmiddlewaretoken" value="')[2][:64]
    assert world.browser.post(f"/apps/mine/{grant.id}/end", {"csrfmiddlewaretoken": answer}).status_code == 302
    assert not is_open(told["access_token"])


def test_a_token_in_the_address_opens_nothing(world):
    token = world.let_in()["access_token"]
    assert get(f"/fhir/Patient/{world.patient_id}?access_token={token}", HTTP_HOST="testserver").status == 401


# How a program proves itself -----------------------------------------------------------------------------------------


@pytest.fixture
def keeper(world):
    made = register(name="Keeper", kind="secret")
    world.app = made.app
    return made


def told_by(world, authorization=None, **more):
    sent = {"grant_type": "authorization_code", "code": world.code(), "redirect_uri": BACK, "code_verifier": VERIFIER}
    return form("/oauth/token", {**sent, **more}, authorization)


def test_a_secret_is_shown_in_the_header_or_in_the_form(world, keeper):
    client_id = keeper.app.client_id
    assert told_by(world, basic(client_id, keeper.secret)).status_code == 200
    assert told_by(world, client_id=client_id, client_secret=keeper.secret).status_code == 200


def test_a_wrong_secret_no_secret_and_two_ways_at_once_are_refused(world, keeper):
    client_id = keeper.app.client_id
    for answer in (
        told_by(world, basic(client_id, "wrong")),
        told_by(world, client_id=client_id),
        told_by(world, client_id=client_id, client_secret=""),
        told_by(world, basic(client_id, keeper.secret), client_id=client_id, client_secret=keeper.secret),
        told_by(world, basic(client_id, keeper.secret), client_assertion="x", client_assertion_type=ASSERTION),
        told_by(world, "Basic !!!"),
        told_by(world, "Bearer x", client_id=client_id),
    ):
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert "WWW-Authenticate" in answer


def test_a_public_program_with_a_secret_and_a_keeper_without_are_not_themselves(world):
    sent = {"grant_type": "authorization_code", "code": "x", "redirect_uri": BACK, "code_verifier": VERIFIER}
    answer = form("/oauth/token", {**sent, "client_id": world.app.client_id, "client_secret": "x"})
    assert answer.status_code == 401


# Backend services ----------------------------------------------------------------------------------------------------


class Backend:
    def __init__(self, world, signer, **more):
        self.signer = signer
        said = {"name": "Backend", "kind": "key", "scopes": "system/*.rs", "redirect_uris": (), **more}
        said.setdefault("organization_id", int(world.hall.pcp.organization_id))
        said = said if "jwks_url" in said else {"jwks": signer.jwks, **said}
        self.app = register(**said).app
        self.count = 0

    def ask(self, scope="system/Patient.rs", **claims):
        self.count += 1
        claims.setdefault("jti", f"jti-{self.count}")
        return self.show(self.signer.assertion(self.app.client_id, **claims), scope)

    def show(self, assertion, scope="system/Patient.rs", **more):
        sent = {"grant_type": "client_credentials", "scope": scope, "client_assertion": assertion}
        return form("/oauth/token", {**sent, "client_assertion_type": ASSERTION, **more})


@pytest.fixture
def backend(world):
    return Backend(world, Signer())


def test_both_algorithms_of_backend_services_are_taken(world):
    """Authlib refuses both by default."""
    for algorithm in ("ES384", "RS384"):
        told = Backend(world, Signer(algorithm)).ask("system/Patient.rs system/Observation.rs").json()
        assert told["expires_in"] == 300
        assert told["scope"] == "system/Patient.rs system/Observation.rs"
        assert "refresh_token" not in told
        requester = granted.requester_of(told["access_token"])
        assert (requester.role, requester.organization_id) == ("system", world.hall.pcp.organization_id)


def at(seconds):
    return int((clock.now() + timedelta(seconds=seconds)).timestamp())


CLAIMS = {
    "for somebody else": lambda: {"aud": "https://other.example.com/oauth/token"},
    "for the FHIR server": lambda: {"aud": "http://testserver/fhir"},
    "for many": lambda: {"aud": ["http://testserver/oauth/token", "https://other.example.com"]},
    "for nobody": lambda: {"aud": None},
    "ended ten seconds ago (Authlib lets a minute pass)": lambda: {"exp": at(-10)},
    "ends in an hour (Authlib has no ceiling)": lambda: {"exp": at(3600)},
    "ends six minutes ahead": lambda: {"exp": at(360)},
    "never ends": lambda: {"exp": None},
    "ends at a word": lambda: {"exp": "tomorrow"},
    "ends at true": lambda: {"exp": True},
    "by another issuer": lambda: {"iss": "somebody"},
    "without an issuer": lambda: {"iss": None},
    "about another": lambda: {"sub": "somebody"},
    "about nobody": lambda: {"sub": None},
    "without a name": lambda: {"jti": None},
    "with an empty name": lambda: {"jti": ""},
    "with a number for a name": lambda: {"jti": 7},
    "not valid yet": lambda: {"nbf": at(120)},
    "made in the future": lambda: {"iat": at(120)},
    "made an hour ago, so that it lives too long": lambda: {"iat": at(-3600)},
    "made at true": lambda: {"iat": True},
    "ended a second ago": lambda: {"exp": at(-1)},
    "with a name longer than any": lambda: {"jti": "x" * 256},
}


def test_an_assertion_that_claims_wrong_is_refused(backend, subtests):
    for what, claims in CLAIMS.items():
        with subtests.test(what):
            answer = backend.ask(**claims())
            assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), answer.content
    assert backend.ask().status_code == 200


def test_an_assertion_shown_twice_is_refused(backend):
    shown = backend.signer.assertion(backend.app.client_id, jti="once")
    assert backend.show(shown).status_code == 200
    assert backend.show(shown).json()["error"] == "invalid_client"
    assert backend.ask(jti="once").json()["error"] == "invalid_client"


def test_the_algorithm_none_is_refused(backend):
    head, body, _ = backend.signer.assertion(backend.app.client_id).split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": "k1"}).encode()).rstrip(b"=").decode()
    for shown in (f"{none}.{body}.", f"{head}.{body}."):
        assert backend.show(shown).status_code == 401


def test_a_shared_secret_made_of_the_public_key_is_refused(world):
    backend = Backend(world, Signer("RS384"))
    public = backend.signer.key.as_pem(private=False)
    _, body, _ = backend.signer.assertion(backend.app.client_id).split(".")
    for algorithm, made in (("HS256", hashlib.sha256), ("HS384", hashlib.sha384)):
        head = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "kid": "k1"}).encode()).rstrip(b"=").decode()
        mark = hmac.new(public, f"{head}.{body}".encode(), made).digest()
        shown = f"{head}.{body}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"
        assert backend.show(shown).status_code == 401
    for algorithm in ("RS256", "RS512"):
        assert backend.ask(algorithm=algorithm).status_code == 401


def test_an_unknown_key_another_key_of_that_name_and_no_name_are_refused(backend):
    for header, key in (({"kid": "k2"}, None), ({}, Signer().key), ({"jku": "https://evil.example"}, None)):
        assert backend.ask(header=header, key=key).status_code == 401
    backend.signer.kid = None
    assert backend.ask(header={}).status_code == 401


def test_what_is_no_assertion_is_refused(backend):
    deep = base64.urlsafe_b64encode(b"[" * 5000).decode()
    for shown in ("", "x", "x.y.z", "e30.e30.", "." * 5000, f"eyJhbGciOiJSUzM4NCJ9.{deep}.x", f"{deep}.e30.x"):
        assert backend.show(shown).status_code == 401, shown[:20]


def test_an_assertion_of_one_program_does_not_speak_for_another(world, backend):
    shown = backend.signer.assertion(backend.app.client_id, jti="a")
    assert backend.show(shown, client_id=world.app.client_id).status_code == 401
    assert backend.show(shown, client_secret="x").status_code == 401


def test_a_system_gets_scopes_of_systems_alone(backend):
    for scope in ("", "patient/*.rs", "user/*.rs", "openid"):
        assert backend.ask(scope).json()["error"] == "invalid_scope"
    assert backend.ask("system/Patient.rs openid patient/*.rs").json()["scope"] == "system/Patient.rs"


def test_a_system_gets_no_more_than_its_registration(world):
    backend = Backend(world, Signer(), scopes="system/Observation.rs")
    assert backend.ask("system/*.cruds").json()["scope"] == "system/Observation.rs"
    assert backend.ask("system/Patient.rs").json()["error"] == "invalid_scope"


def test_scopes_that_grow_beyond_what_can_be_read_again_are_refused_and_not_cut(world):
    backend = Backend(world, Signer(), scopes="system/Observation.rs?category=vital-signs")
    told = backend.ask(" ".join(f"system/Observation.rs?code={number:03}" for number in range(100)))
    assert (told.status_code, told.json()["error"]) == (400, "invalid_scope")
    world.app = register(name="Narrow", scopes="user/Observation.rs?category=vital-signs").app
    many = " ".join(f"user/Observation.rs?code={number:03}" for number in range(100))
    answer = world.browser.get("/oauth/authorize", world.question(scope=many))
    assert "error=invalid_scope" in answer["Location"]


def test_a_program_for_people_is_no_system_and_a_system_has_no_codes(world, backend):
    signer = Signer()
    for_people = register(name="Signing", kind="key", jwks=signer.jwks).app
    shown = signer.assertion(for_people.client_id)
    assert backend.show(shown).json()["error"] == "unauthorized_client"
    sent = {"grant_type": "authorization_code", "code": "x", "redirect_uri": BACK, "code_verifier": VERIFIER,
            "client_assertion": backend.signer.assertion(backend.app.client_id),
            "client_assertion_type": ASSERTION}  # fmt: skip
    assert form("/oauth/token", sent).json()["error"] == "unauthorized_client"


def test_an_ended_system_opens_nothing(backend):
    told = backend.ask().json()
    assert is_open(told["access_token"])
    App.objects.filter(id=backend.app.id).update(ended_at=clock.now(), ended_by=1)
    assert not is_open(told["access_token"])
    assert backend.ask().status_code == 401


def test_a_practices_system_reads_what_the_practice_may_have_and_a_strangers_does_not(world):
    own, strange = Backend(world, Signer()), Backend(world, Signer(), organization_id=9999)
    for backend, status in ((own, 200), (strange, 404)):
        token = backend.ask("system/*.rs").json()["access_token"]
        told = get(f"/fhir/Patient/{world.patient_id}", HTTP_AUTHORIZATION=f"Bearer {token}", HTTP_HOST="testserver")
        assert told.status == status, told.body
    narrow = own.ask("system/Observation.rs").json()["access_token"]
    told = get(f"/fhir/Patient/{world.patient_id}", HTTP_AUTHORIZATION=f"Bearer {narrow}", HTTP_HOST="testserver")
    assert told.status in {403, 404}


def test_keys_at_an_address_are_fetched_kept_and_fetched_anew_for_a_new_key(world, settings):
    settings.OUTWARD_HOSTS = ["127.0.0.1"]
    signer, served = Signer(), {}
    served["body"] = signer.jwks.encode()
    with serving(served) as address:
        backend = Backend(world, signer, jwks_url=f"{address}/jwks")
        assert backend.ask().status_code == 200
        assert backend.ask().status_code == 200
        assert served["count"] == 1
        newer = Signer(kid="k2")
        served["body"] = newer.jwks.encode()
        backend.signer = newer
        assert backend.ask().status_code == 401, "not again within a minute"
        with clock.stopped_at(clock.now() + timedelta(seconds=70)):
            assert backend.ask().status_code == 200
        assert served["count"] == 2
        for wrong in (b"x" * 70_000, b"[]", b'{"keys": []}', newer.jwks.replace("kid", "kip").encode()):
            key_sets.forget()
            served["body"] = wrong
            assert backend.ask().status_code == 401
        key_sets.forget()
        served["status"] = 302
        assert backend.ask().status_code == 401
        key_sets.forget()
        settings.OUTWARD_HOSTS, served["status"], served["body"] = [], 200, newer.jwks.encode()
        assert backend.ask().status_code == 401, "an address that is not public"


@contextmanager
def serving(served):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            served["count"] = served.get("count", 0) + 1
            self.send_response(served.get("status", 200))
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            self.wfile.write(served["body"])

        def log_message(self, *said):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
