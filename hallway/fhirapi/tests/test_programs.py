"""A program at the FHIR door: its access token names a person, their role, one chart at most, and what it may ask."""

import re
from datetime import timedelta

import pytest

from hallway import clock
from hallway.fhirapi import door
from hallway.fhirapi.tests.kit import ANNA, GENERAL, MH, NOW, get, grant, new_id, new_patient, resource
from hallway.identity import actions as identity
from hallway.identity import granted, granting, queries, scopes
from hallway.identity.app_models import App, AppGrant, AppToken
from hallway.identity.granting import About
from hallway.identity.login import Hat
from hallway.identity.models import LoginSession
from hallway.identity.requester import Role
from hallway.ids import OrganizationId, PractitionerId
from hallway.record import actions
from hallway.storage.connection import cursor

BACK = "https://app.example.com/cb"
ALL = "launch/patient patient/*.cruds user/*.cruds openid fhirUser offline_access online_access"


@pytest.fixture
def world(fresh_db):
    with clock.stopped_at(NOW):
        account = identity.create_account("anna@example.com", "Anna Arzt", practitioner_id=PractitionerId(3))
        opened = identity.open_verified(account)
        identity.wear(opened.session_id, Hat(5, Role.PCP, OrganizationId(10), "Millbrook"))
        app = App.objects.create(
            client_id="pocket",
            name="Pocket",
            maker="M",
            kind="public",
            redirect_uris=[BACK],
            scopes=ALL,
            created_at=NOW,
        )
        yield World(account.id, opened.token, app)
    door.close()


class World:
    def __init__(self, account_id, token, app):
        self.account_id, self.token, self.app = account_id, token, app

    @property
    def login(self):
        return queries.login_of(self.token)

    def let_in(self, text, about=None):
        wanted = scopes.parse(text)
        ask = granting.keep_ask(granting.Asked(self.app, BACK, wanted, "s" * 22, "c" * 43))
        code = granting.answer_yes(granted.ask_of(ask), self.login, wanted, about=about, fhir_user="Practitioner/x")
        row = granting.use_code(code, self.app)
        return granting.issue(row.grant, wanted, refresh_scopes=text)


def ask(path, token, **more):
    return get(path, HTTP_AUTHORIZATION=f"Bearer {token}", **more)


def chart_with(kind="Condition"):
    chart, patient_id = new_patient()
    grant(chart)
    one = resource(kind, (chart,))
    actions.write([one], by=ANNA)
    return chart, patient_id, one.resource_id


def test_a_program_reads_what_its_person_may_and_its_line_names_both(world):
    _, _, condition = chart_with()
    token = world.let_in("user/*.rs").access
    assert ask(f"/fhir/Condition/{condition}", token).status == 200
    with cursor() as opened:
        line = opened.execute("SELECT account_id, route FROM ledger_answer ORDER BY id DESC LIMIT 1").fetchone()
    assert line == (world.account_id, "GET /fhir/{type}/{id} by pocket")


def test_a_patients_token_opens_that_patient_and_no_other(world):
    chart, patient_id, condition = chart_with()
    _, other_patient, other_condition = chart_with()
    token = world.let_in("patient/*.rs", About(chart, patient_id)).access
    assert ask(f"/fhir/Condition/{condition}", token).status == 200
    for path in (f"/fhir/Condition/{other_condition}", f"/fhir/Patient/{other_patient}/$everything"):
        assert ask(path, token).status == 404
    assert ask(f"/fhir/Condition?patient={other_patient}", token).status == 404


def test_a_patients_scopes_without_a_patient_open_nothing(world):
    _, _, condition = chart_with()
    assert ask(f"/fhir/Condition/{condition}", world.let_in("patient/*.rs").access).status in {403, 404}


def test_a_kind_outside_the_scopes_does_not_flow(world):
    chart, patient_id, condition = chart_with()
    token = world.let_in("patient/Observation.rs", About(chart, patient_id)).access
    assert ask(f"/fhir/Condition/{condition}", token).status in {403, 404}
    found = ask(f"/fhir/Patient/{patient_id}/$everything", token)
    assert str(condition).encode() not in found.body


BEYOND = [
    "Condition/{one}",
    "Condition/{one}/_history",
    "Condition/{one}/_history/1",
    "Condition?patient={patient}",
    "Condition?_id={one}",
    "Patient/{patient}/Condition",
    "Patient/{patient}/$everything",
    "Patient/{patient}/$summary",
    "Observation?patient={patient}&encounter.status=finished",
    "Observation?patient={patient}&_has:Condition:encounter:code=x",
    "Observation?patient={patient}&_include=Observation:encounter",
    "Observation?patient={patient}&_revinclude=Condition:evidence-detail",
]


def test_beyond_the_scopes_hidden_and_absent_are_answered_alike(world):
    chart, _, _ = chart_with()
    token = world.let_in("user/Observation.rs").access
    hidden = resource("Condition", (chart,), mask=GENERAL | MH)
    actions.write([hidden], by=ANNA)
    _, unknown_patient = new_patient()
    for shape in BEYOND:
        told = [
            ask(f"/fhir/{shape.format(one=one, patient=who)}", token)
            for one, who in ((hidden.resource_id, unknown_patient), (new_id(), new_id()))
        ]
        bare = [(one.status, re.sub(rb"[0-9a-f-]{36}", b"ID", one.body)) for one in told]
        assert bare[0] == bare[1], shape


GRANULAR = "user/Patient.rs user/Condition.rs?category=encounter-diagnosis user/Observation.rs"


@pytest.mark.parametrize("shape", ["$summary", "$everything"])
def test_a_type_that_a_granular_scope_narrows_is_not_in_a_document_without_criteria(world, shape):
    _, patient_id, condition = chart_with()
    whole, narrow = (world.let_in(text).access for text in ("user/*.rs", GRANULAR))
    assert str(condition).encode() in ask(f"/fhir/Patient/{patient_id}/{shape}", whole).body
    told = ask(f"/fhir/Patient/{patient_id}/{shape}", narrow)
    assert told.status == 200
    assert str(condition).encode() not in told.body


def test_a_summary_needs_the_patient_whole(world):
    _, patient_id, _ = chart_with()
    token = world.let_in("user/Patient.rs?gender=female user/Condition.rs").access
    assert ask(f"/fhir/Patient/{patient_id}/$summary", token).status == 404


ENDS = {
    "the token's time": lambda world: None,
    "the session": lambda world: identity.sign_out(world.login.session_id),
    "the session's role": lambda world: identity.wear(
        world.login.session_id, Hat(6, Role.PCP, OrganizationId(20), "Elsewhere")
    ),
    "the account": lambda world: identity.Account.objects.update(ended_at=clock.now()),
    "the program": lambda world: App.objects.update(ended_at=clock.now(), ended_by=1),
    "the grant": lambda world: granting.end_grant(AppGrant.objects.get().id, "ended by the person"),
    "the role's last day": lambda world: AppGrant.objects.update(role_until_on=(NOW - timedelta(days=1)).date()),
    "the token": lambda world: AppToken.objects.update(ends_at=clock.now()),
}


@pytest.mark.parametrize("what", ENDS)
def test_what_ends_a_token_ends_it_at_the_next_request(world, what):
    _, _, condition = chart_with()
    token = world.let_in("user/*.rs").access
    assert ask(f"/fhir/Condition/{condition}", token).status == 200
    ENDS[what](world)
    later = NOW + timedelta(minutes=15) if what == "the token's time" else NOW
    with clock.stopped_at(later):
        refused = ask(f"/fhir/Condition/{condition}", token)
    assert refused.status == 401
    assert dict(refused.headers)["WWW-Authenticate"].startswith("Bearer")


def test_an_offline_grant_outlives_the_session_and_not_the_role(world):
    _, _, condition = chart_with()
    token = world.let_in("user/*.rs offline_access").access
    identity.sign_out(world.login.session_id)
    assert ask(f"/fhir/Condition/{condition}", token).status == 200
    AppGrant.objects.update(role_until_on=(NOW - timedelta(days=1)).date())
    assert ask(f"/fhir/Condition/{condition}", token).status == 401


def test_a_token_in_the_address_is_not_looked_at(world):
    _, _, condition = chart_with()
    token = world.let_in("user/*.rs").access
    assert get(f"/fhir/Condition/{condition}?access_token={token}").status == 401


@pytest.mark.parametrize("token", ["hwa_", "hwa_x", "hwa_" + "x" * 43, "hwa_" + "x" * 5000, "hwa_\x00", "hwr_x"])
def test_an_unknown_token_is_nobody(world, token):
    assert ask("/fhir/Patient/x", token).status == 401


def test_a_refresh_token_opens_no_door(world):
    _, _, condition = chart_with()
    issued = world.let_in("user/*.rs online_access")
    assert ask(f"/fhir/Condition/{condition}", issued.refresh).status == 401


def test_a_refresh_token_shown_twice_ends_the_grant(world):
    _, _, condition = chart_with()
    issued = world.let_in("user/*.rs online_access")
    row = granting.use_refresh(issued.refresh, world.app)
    again = granting.issue(row.grant, scopes.parse(row.scopes), refresh_scopes=row.scopes)
    assert ask(f"/fhir/Condition/{condition}", again.access).status == 200
    assert granting.use_refresh(issued.refresh, world.app) is None
    assert ask(f"/fhir/Condition/{condition}", again.access).status == 401
    assert granting.use_refresh(again.refresh, world.app) is None


def test_an_online_refresh_needs_a_session_that_has_not_idled_out(world):
    issued = world.let_in("user/*.rs online_access")
    with clock.stopped_at(NOW + timedelta(minutes=16)):
        assert granting.use_refresh(issued.refresh, world.app) is None
    assert LoginSession.objects.get().ended_at is None


def test_a_program_in_a_browser_may_ask_from_anywhere_but_not_with_the_session_of_another_page():
    reply = get("/fhir/Patient/x", method="OPTIONS", HTTP_ORIGIN="https://app.example.com")
    headers = dict(reply.headers)
    assert (reply.status, headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert "Authorization" in headers["Access-Control-Allow-Headers"]
    assert {"X-Request-Id", "traceparent"} <= set(headers["Access-Control-Allow-Headers"].split(", "))
    assert "X-Request-Id" in headers["Access-Control-Expose-Headers"].split(", ")
    assert "Access-Control-Allow-Credentials" not in headers
