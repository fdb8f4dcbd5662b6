"""An EHR opens Hallway, and every way in which that must come to nothing, by its name."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client, RequestFactory
from joserfc import jwt
from joserfc.jwk import KeySet
from pyotp.totp import TOTP

from hallway import clock
from hallway.consent.tests import town
from hallway.directory.models import PractitionerRole
from hallway.exchange.cds_hooks import actions as hook_actions
from hallway.exchange.cds_hooks import budget, calls
from hallway.exchange.cds_hooks.actions import Places
from hallway.exchange.cds_hooks.tables.services import SERVICES
from hallway.exchange.ehr_launch import discovery, registering
from hallway.exchange.ehr_launch.models import EhrPerson
from hallway.exchange.ehr_launch.refusals import BrokenAnswerError
from hallway.fhirapi import door
from hallway.identity import granted, keys, signing_keys
from hallway.identity import queries as logins
from hallway.identity.app_models import AppGrant
from hallway.identity.models import LoginSession
from hallway.identity.requester import Requester, Role
from hallway.ids import NOBODY, AccountId
from hallway.web.gateways import views as gateways
from hallway.web.gateways.tests.test_decisions import give_number
from hallway.web.middleware import COOKIE
from tests.ehr.kit import CLIENT, KEY, NUMBERS, Ehr, World
from tests.smart.kit import register


@pytest.fixture
def ehr(settings):
    settings.OUTWARD_HOSTS, settings.DEMO = ["127.0.0.1"], False
    made = Ehr()
    yield made
    made.server.shutdown()


@pytest.fixture
def world(fresh_db, ehr):
    yield World(ehr)
    door.close()


def said(answer, code):
    assert answer.status_code in (400, 409, 503), (answer.status_code, answer.content[-400:])
    assert code.encode() in answer.content
    assert not LoginSession.objects.filter(ended_at=None).exclude(ehr_id=0).exists()


def lands(world, answer):
    """The patient's page, as the browser ends up."""
    assert answer.status_code == 302, answer.content[-400:]
    return world.browser.get(answer["Location"])


def secure(world):
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    world.account.totp_secret = keys.seal(secret)
    world.account.save()
    return TOTP(secret)


def test_a_person_ties_themselves_once_and_later_comes_straight_to_the_chart(world):
    totp = secure(world)
    begun = world.launched()
    told, path = world.ehr.authorized(begun["Location"])
    assert told["scope"] == "launch openid fhirUser profile patient/Patient.r"
    assert (told["aud"], told["launch"], told["client_id"]) == (world.ehr.iss, "l-1", CLIENT)
    assert (told["code_challenge_method"], len(told["code_challenge"])) == ("S256", 43)
    assert told["redirect_uri"] == f"http://testserver/launch/{world.row.id}/back"
    asked = world.browser.get(path)
    assert asked["Location"].startswith("/launch/connect/")
    assert world.browser.get(asked["Location"])["Location"].startswith("/sign-in?next=")
    world.come_in()
    page = world.browser.get(asked["Location"])
    assert b"Is this you in Their EHR?" in page.content
    assert b"Dr Carewell" in page.content
    assert EhrPerson.objects.count() == 0
    chart = lands(world, world.browser.post(asked["Location"], {"do": "yes"}))
    assert chart["Location"] == f"/charts/{world.hall.chart}/"
    # Another day, another browser: the EHR stands for the password, and the code is asked.
    world.browser = Client()
    answer = world.returned()
    assert answer["Location"].startswith("/sign-in/code?next=")
    with clock.stopped_at(clock.now() + timedelta(minutes=1)):
        answer = world.browser.post(
            answer["Location"],
            {"code": totp.at(clock.now()), "next": parse_qs(urlsplit(answer["Location"]).query)["next"][0]},
        )
        assert lands(world, answer)["Location"] == f"/charts/{world.hall.chart}/"
    session = LoginSession.objects.get(ehr_id=world.row.id)
    assert (session.held_to, session.proved_at, session.role) == (world.hall.pcp.organization_id, None, "pcp")
    # And once more, in the session that is open: nothing is asked.
    assert lands(world, world.returned())["Location"] == f"/charts/{world.hall.chart}/"
    assert LoginSession.objects.filter(ehr_id=world.row.id).count() == 1


def test_a_session_that_an_ehr_vouched_for_wears_its_practices_roles_alone_and_changes_no_way_in(world):
    secure(world)
    world.tie()
    PractitionerRole.objects.create(
        fhir_id="r-2", practitioner_id=world.hall.pcp.practitioner_id, from_on=clock.today(), role="therapist",
        organization_id=world.hall.therapist.organization_id,
    )  # fmt: skip
    world.browser = Client()
    world.returned()
    LoginSession.objects.filter(ehr_id=world.row.id).update(stage="role")
    page = world.browser.get("/role")
    assert b"Therapist" not in page.content
    other = PractitionerRole.objects.get(fhir_id="r-2")
    assert world.browser.post("/role", {"role": str(other.id)}).status_code == 404
    mine = PractitionerRole.objects.get(role="pcp", practitioner_id=world.hall.pcp.practitioner_id)
    assert world.browser.post("/role", {"role": str(mine.id)}).status_code == 302
    sent = {"password": "", "code": "", "new": "a longer sentence", "again": "a longer sentence"}
    assert world.browser.post("/settings/password", sent).status_code == 422


def test_somebody_at_work_in_another_practices_role_puts_on_the_one_of_the_ehrs_practice(world):
    world.tie()
    there = world.hall.therapist.organization_id
    other = PractitionerRole.objects.create(
        fhir_id="r-2", practitioner_id=world.hall.pcp.practitioner_id, organization_id=there, from_on=clock.today(),
        role="therapist",
    )  # fmt: skip
    assert world.browser.post("/role", {"role": str(other.id)}).status_code == 302
    assert lands(world, world.returned())["Location"] == f"/charts/{world.hall.chart}/"
    session = logins.login_of(world.browser.cookies[COOKIE].value)
    assert session.requester.organization_id == world.hall.pcp.organization_id
    assert session.ehr_id == 0


def test_an_account_without_a_second_factor_is_not_let_in_by_an_ehr(world):
    world.tie()
    world.browser = Client()
    answer = world.returned()
    assert answer.status_code == 422
    assert b"H-IDN-012" in answer.content
    assert COOKIE not in world.browser.cookies


def test_what_ends_a_tie_ends_the_sessions_that_came_by_it(world):
    secure(world)
    world.tie()
    mine = world.browser
    world.browser = Client()
    world.returned()
    opened = world.browser.cookies[COOKIE].value
    assert logins.login_of(opened) is not None
    assert mine.post(f"/ehrs/mine/{EhrPerson.objects.get().id}/end").status_code == 302
    assert logins.login_of(opened) is None
    world.browser = Client()
    assert world.returned()["Location"].startswith("/launch/connect/")
    registering.end(world.row.id, world.hall.pcp.organization_id, by=AccountId(1))
    said(world.launched(), "H-XCH-070")


@pytest.mark.parametrize("by_whom", ["the person", "the practice"])
def test_what_a_program_was_granted_in_such_a_session_ends_with_it(world, by_whom):
    secure(world)
    world.tie()
    mine, world.browser = world.browser, Client()
    world.returned()
    vouched, own = (LoginSession.objects.get(ehr_id=one) for one in (world.row.id, 0))
    told = {"app": register().app, "account": world.account, "role": "pcp", "scopes": "user/*.r", "is_offline": True}
    told |= {"created_at": clock.now(), "ends_at": clock.now() + timedelta(days=90)}
    from_there, from_here = (AppGrant.objects.create(session=one, **told) for one in (vouched, own))
    assert granted.is_living(from_there.id)
    if by_whom == "the person":
        mine.post(f"/ehrs/mine/{EhrPerson.objects.get().id}/end")
    else:
        registering.end(world.row.id, world.hall.pcp.organization_id, by=AccountId(1))
    assert not granted.is_living(from_there.id)
    assert granted.is_living(from_here.id)


def test_a_patient_unknown_hidden_or_contradicted_is_one_answer(world):
    elsewhere = replace(world.hall, pcp=world.hall.other, chart=town.new_patient(world.hall.other.organization_id))
    give_number(elsewhere, "M-9")
    world.tie()
    pages = []
    for patient in (
        {"identifier": [{"system": NUMBERS, "value": "M-9"}]},
        {"identifier": [{"system": NUMBERS, "value": "never"}]},
        {"identifier": []},
        {"identifier": [{"system": "urn:else", "value": "M-1"}]},
        {"birthDate": "1999-01-01"},
    ):
        world.ehr.patient = {"identifier": [{"system": NUMBERS, "value": "M-1"}], **patient}
        answer = lands(world, world.returned())
        assert answer.status_code == 404
        pages.append(answer.content)
    with clock.stopped_at(clock.now()):
        never = [world.browser.get(path).content for path in (f"/launch/chart/{'x' * 43}", "/nothing/at/all")]
    assert {shorn(page) for page in pages} == {shorn(page) for page in never}


def shorn(page):
    """Without what every answer has anew: masks of form tokens, the address, the time it was made."""
    page = re.sub(rb'value="[A-Za-z0-9]{64}"', b"", page)
    page = re.sub(rb"/launch/chart/[\w\-]+|/nothing/at/all", b"", page)
    return re.sub(rb"\d\d?:\d\d( [ap]m)?", b"", page)


def _again(world):
    world.come_in()
    return world.returned()


def test_a_launch_about_nobody_and_one_from_a_card_go_where_they_say(world):
    world.ehr.tokens = {"patient": None}
    assert lands(world, world.tie())["Location"] == "/"
    for context, landed in (("/referrals/?x=1", "/"), ("//evil.example.org/", "/"), ("/charts/5/", "/charts/5/")):
        world.ehr.tokens = {"patient": None, "appContext": context}
        assert lands(world, _again(world))["Location"] == landed


def test_hallway_signs_with_its_own_key_where_the_ehr_asks_for_that(world):
    registering.end(world.row.id, world.hall.pcp.organization_id, by=AccountId(1))
    world.row = world.register(way="key")
    sent = []
    was = world.ehr.exchanged
    world.ehr.exchanged = lambda form: sent.append(form) or was(form)
    assert lands(world, world.tie())["Location"] == f"/charts/{world.hall.chart}/"
    keys_of_ours = KeySet.import_key_set({"keys": signing_keys.published()})
    claims = jwt.decode(sent[0]["client_assertion"], keys_of_ours, algorithms=["ES384"]).claims
    assert claims["iss"] == claims["sub"] == CLIENT
    assert claims["aud"] == f"{world.ehr.root}/token"
    assert 0 < claims["exp"] - claims["iat"] <= 300


def test_an_unknown_ehr_is_refused_before_anything_is_called(world):
    for iss in (f"{world.ehr.iss}/", world.ehr.iss.upper(), "http://169.254.169.254/fhir", "", "x" * 400, "a\x00b"):
        said(world.launched(iss=iss), "H-XCH-070")
    said(world.browser.get(f"/launch?iss={world.ehr.iss}&iss={world.ehr.iss}&launch=1"), "H-XCH-071")
    said(world.browser.get(f"/launch?iss={world.ehr.iss}"), "H-XCH-071")
    said(world.launched(launch="x" * 3000), "H-XCH-071")
    assert world.ehr.seen == []


@pytest.mark.parametrize(
    "says",
    [
        {"code_challenge_methods_supported": ["plain"]},
        {"jwks_uri": None},
        {"issuer": 7},
        {"token_endpoint": "http://10.0.0.1/token"},
        {"token_endpoint": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
    ids=lambda says: next(iter(says)),
)
def test_a_configuration_that_will_not_do_sends_nobody_there(says):
    good = {
        "issuer": "https://ehr.example.org", "authorization_endpoint": "https://ehr.example.org/a",
        "token_endpoint": "https://ehr.example.org/t", "jwks_uri": "https://ehr.example.org/k",
        "code_challenge_methods_supported": ["S256"],
    }  # fmt: skip
    assert discovery.checked(json.dumps(good).encode()) is not None
    assert discovery.checked(json.dumps({**good, **says}).encode()) is None
    assert discovery.checked(b"[" * 5000) is None


def test_an_ehr_that_hangs_is_asked_by_one_at_a_time(monkeypatch):
    asked = []

    def fetched(iss):
        asked.append(iss)
        if len(asked) == 2:
            with pytest.raises(BrokenAnswerError):  # somebody else, meanwhile
                discovery.configuration(iss)

    monkeypatch.setattr(discovery, "_fetched", fetched)
    discovery.forget()
    for later in (timedelta(0), discovery.NOT_AGAIN_FOR):
        with clock.stopped_at(clock.now() + later), pytest.raises(BrokenAnswerError):
            discovery.configuration("https://ehr.example.org/fhir")
    assert len(asked) == 2
    discovery.forget()


def test_an_answer_for_another_browser_state_or_ehr_is_nobodys(world):
    world.come_in()
    _, path = world.ehr.authorized(world.launched()["Location"])
    said(Client().get(path), "H-XCH-073")
    said(world.browser.get(f"{path}x"), "H-XCH-073")
    said(world.browser.get(path.replace("state=", "state=x")), "H-XCH-073")
    said(world.browser.get(path.replace(f"/{world.row.id}/", f"/{world.row.id + 1}/")), "H-XCH-073")
    with clock.stopped_at(clock.now() + timedelta(minutes=16)):
        said(world.browser.get(path), "H-XCH-073")
    assert world.browser.get(path)["Location"].startswith("/launch/connect/")
    said(world.browser.get(path), "H-XCH-073")


def test_an_ehr_that_answers_in_anothers_name_is_a_mix_up(world):
    _, path = world.ehr.authorized(world.launched()["Location"])
    said(world.browser.get(f"{path}&iss=https%3A%2F%2Fother.example.org"), "H-XCH-073")


def test_a_no_of_the_ehr_and_a_replayed_code_sign_nobody_in(world):
    asked, path = world.ehr.authorized(world.launched()["Location"])
    said(world.browser.get(f"{urlsplit(path).path}?error=access_denied&state={asked['state']}"), "H-XCH-074")
    world.ehr.codes.clear()
    world.ehr.status = 400
    said(world.returned(), "H-XCH-075")


WRONG = {
    "no id token": {"tokens": {"id_token": None}},
    "an id token that is no text": {"tokens": {"id_token": 7}},
    "another kind of token": {"tokens": {"token_type": "mac"}},
    "a token that is no header": {"tokens": {"access_token": "a b"}},
    "a patient that is a path": {"tokens": {"patient": "../../metadata"}},
    "another launch's nonce": {"claims": {"nonce": "another"}},
    "another audience": {"claims": {"aud": "another"}},
    "another patient": {"patient": {"id": "their-8"}},
    "something else than a patient": {"patient": {"resourceType": "Group"}},
}


def test_what_does_not_count_signs_nobody_in(world):
    world.tie()
    world.browser = Client()
    ehr = world.ehr
    for name, wrong in WRONG.items():
        before = {one: getattr(ehr, one) for one in wrong}
        for one, told in wrong.items():
            setattr(ehr, one, {**before[one], **told})
        said(world.returned(), "H-XCH-075")
        assert COOKIE not in world.browser.cookies, name
        for one, told in before.items():
            setattr(ehr, one, told)


def test_nobody_ties_themselves_from_another_browser_or_without_a_fresh_proof(world):
    world.come_in()
    asked = world.returned()["Location"]
    stolen = Client()
    stolen.cookies[COOKIE] = world.browser.cookies[COOKIE].value
    assert stolen.get(asked).status_code == 404
    assert stolen.post(asked, {"do": "yes"}).status_code == 404
    LoginSession.objects.update(proved_at=clock.now() - timedelta(minutes=11))
    late = world.browser.post(asked, {"do": "yes"})
    assert late.status_code == 422
    assert b"It is a while since you showed who you are" in late.content
    assert EhrPerson.objects.count() == 0
    assert world.browser.post(asked, {"do": "no"})["Location"] == "/"


def test_somebody_without_a_role_at_the_practice_is_tied_to_nothing(world):
    other = world.account_of(world.hall.other, "elsewhere")
    world.come_in(other)
    said(world.browser.get(world.returned()["Location"]), "H-XCH-076")


def test_a_name_is_one_account_and_another_person_on_the_same_browser_takes_its_place(world):
    secure(world)
    world.tie()
    second = world.account_of(world.hall.pcp, "secondly")
    world.come_in(second)
    answer = world.returned()
    assert answer["Location"].startswith("/sign-in/code")
    assert logins.login_of(world.browser.cookies[COOKIE].value).account_id == world.account.id
    assert LoginSession.objects.get(account=second).ended_at is not None


def test_cards_of_an_ehr_that_launches_hallway_launch_it_with_the_page_as_their_context(world):
    from hallway.exchange.cds_hooks import systems
    from hallway.web.gateways.tests import test_hooks as hooks

    own = world.hall.therapist.organization_id
    number = systems.register("Theirs", "https://cards.example.org", own, keys={"keys": [KEY.as_dict(private=False)]})
    world.hall.sent()
    by = Requester(AccountId(0), NOBODY, own, Role.SYSTEM, name=f"system/{number}")
    asked = calls.parse(json.dumps(hooks.call(world.hall.therapist)).encode(), service="patient-view")

    def link():
        with budget.seconds(60):
            request = RequestFactory().post("/cds-services/patient-view")
            places = Places(home="http://testserver/", link=lambda row: gateways._next(request, row),
                            launch=lambda: "http://testserver/launch" if gateways._launches(by) else "")  # fmt: skip
            return hook_actions.answer(SERVICES["patient-view"], asked, by=by, places=places)["cards"][0]["links"][0]

    absolute = link()
    assert absolute["type"] == "absolute"
    world.register(iss=f"{world.ehr.iss}/cards", organization=own, system_id=number)
    smart = link()
    assert (smart["type"], smart["url"]) == ("smart", "http://testserver/launch")
    assert smart["appContext"] == absolute["url"].removeprefix("http://testserver")
    world.ehr.tokens = {"appContext": smart["appContext"]}
    assert lands(world, world.tie())["Location"] == smart["appContext"]
