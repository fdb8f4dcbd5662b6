"""The door: who comes in, how far, and what is said to those who do not."""

import datetime as dt

import pyotp
import pytest
from django.conf import settings
from django.test import Client

from hallway import clock
from hallway.directory.models import Organization, Practitioner, PractitionerRole
from hallway.errors import HallwayError
from hallway.identity import actions, keys, queries
from hallway.identity.login import Hat
from hallway.identity.models import Account, LoginSession, Passkey, WrongTries
from hallway.identity.requester import Role
from hallway.ids import OrganizationId, PractitionerId
from hallway.web.middleware import COOKIE

PASSWORD = "a sentence is easiest"


def practice(name: str, side: str = "pc", **more) -> Organization:
    return Organization.objects.create(fhir_id=f"org-{name}", name=name, side=side, **more)


def clinician(given: str, *held: tuple[Organization, Role], demo: bool = False) -> Account:
    person = Practitioner.objects.create(fhir_id=f"p-{given}", given=given, family="Testwell")
    for place, role in held:
        PractitionerRole.objects.create(
            fhir_id=f"r-{given}-{place.id}-{role}",
            practitioner=person,
            organization=place,
            role=role,
            from_on=dt.date(2020, 1, 1),
        )
    return actions.create_account(
        f"{given}@example.test",
        f"{given} Testwell",
        password=PASSWORD,
        practitioner_id=PractitionerId(person.id),
        demo=demo,
    )


def signed_in(account: Account, hat: int = 0) -> Client:
    from hallway.web.sign_in.hats import hats_of

    opened = actions.open_verified(account)
    actions.wear(opened.session_id, hats_of(account)[hat])
    client = Client()
    client.cookies[COOKIE] = opened.token
    return client


def post_password(client: Client, name: str, password: str):
    return client.post("/sign-in", {"login_name": name, "password": password})


@pytest.fixture
def everyday(monkeypatch):
    monkeypatch.setattr(settings, "DEMO", False)


def test_password_alone_opens_no_page(fresh_db, everyday):
    clinician("ada", (practice("Millbrook"), Role.PCP))
    client = Client()
    response = post_password(client, "ADA@example.test ", PASSWORD)
    assert response.headers["Location"] == "/sign-in/second-factor"
    assert client.get("/settings/").headers["Location"] == "/sign-in/second-factor"


def test_second_factor_is_set_up_and_then_asked(fresh_db, everyday):
    account = clinician("ada", (practice("Millbrook"), Role.PCP))
    client = Client()
    post_password(client, "ada@example.test", PASSWORD)
    page = client.get("/sign-in/second-factor")
    secret = page.context["secret"].replace(" ", "")
    code = pyotp.TOTP(secret).at(int(clock.now().timestamp()))
    done = client.post("/sign-in/second-factor", {"sealed": page.context["sealed"], "code": code})
    assert done.headers["Location"] == "/"
    again = Client()
    assert post_password(again, "ada@example.test", PASSWORD).headers["Location"] == "/sign-in/code"
    wrong = again.post("/sign-in/code", {"code": "000000"})
    assert wrong.status_code == 422
    used_before = again.post("/sign-in/code", {"code": code})
    assert used_before.status_code == 422, "a code opens once"
    with clock.stopped_at(clock.now() + dt.timedelta(seconds=60)):
        fresh = pyotp.TOTP(secret).at(int(clock.now().timestamp()))
        assert again.post("/sign-in/code", {"code": fresh}).headers["Location"] == "/"
    assert account.id


def test_unknown_and_wrong_are_the_same_bytes(fresh_db, everyday):
    clinician("ada", (practice("Millbrook"), Role.PCP))
    known, unknown = Client(), Client()
    one = post_password(known, "ada@example.test", "not this one at all")
    other = post_password(unknown, "abc@example.test", "not this one at all")
    assert one.status_code == other.status_code == 422

    def shorn(response):
        import re

        text = re.sub(rb'value="[A-Za-z0-9]{64}"', b"", response.content)
        return text.replace(b"ada@", b"abc@")

    assert shorn(one) == shorn(other)


def test_five_wrong_tries_lock_a_name_known_or_not(fresh_db, everyday):
    clinician("ada", (practice("Millbrook"), Role.PCP))
    for name in ("ada@example.test", "nobody@example.test"):
        for _ in range(5):
            post_password(Client(), name, "wrong")
        response = post_password(Client(), name, PASSWORD)
        assert response.status_code == 422
        assert b"too many wrong tries" in response.content
        assert queries.locked_until(name) is not None
    with clock.stopped_at(clock.now() + dt.timedelta(minutes=16)):
        assert post_password(Client(), "ada@example.test", PASSWORD).status_code == 302


def test_role_is_asked_only_where_there_are_several(fresh_db, everyday):
    here, there = practice("Millbrook"), practice("Northgate", "bh")
    account = clinician("ada", (here, Role.PCP), (there, Role.THERAPIST))
    opened = actions.open_verified(account)
    client = Client()
    client.cookies[COOKIE] = opened.token
    assert client.get("/").headers["Location"] == "/role"
    page = client.get("/role")
    assert b"Millbrook" in page.content
    assert b"Northgate" in page.content
    chosen = PractitionerRole.objects.get(organization=there).id
    assert client.post("/role", {"role": chosen}).status_code == 302
    login = queries.login_of(opened.token)
    assert login.requester.role is Role.THERAPIST
    assert login.requester.organization_id == there.id


def test_a_role_of_somebody_else_is_not_worn(fresh_db, everyday):
    here = practice("Millbrook")
    clinician("eve", (here, Role.PRACTICE_LEADER))
    account = clinician("ada", (here, Role.PCP))
    client = signed_in(account)
    foreign = PractitionerRole.objects.get(role=Role.PRACTICE_LEADER).id
    assert client.post("/role", {"role": foreign}).status_code == 404


def test_session_idles_out_and_ends_after_half_a_day(fresh_db):
    account = clinician("ada", (practice("Millbrook"), Role.PCP))
    opened = actions.open_verified(account)
    assert queries.login_of(opened.token) is not None
    with clock.stopped_at(clock.now() + dt.timedelta(minutes=16)):
        assert queries.login_of(opened.token) is None
    LoginSession.objects.update(seen_at=clock.now() + dt.timedelta(hours=12))
    with clock.stopped_at(clock.now() + dt.timedelta(hours=12, minutes=1)):
        assert queries.login_of(opened.token) is None


def test_sign_out_ends_the_session_in_the_database(fresh_db):
    account = clinician("ada", (practice("Millbrook"), Role.PCP))
    client = signed_in(account)
    token = client.cookies[COOKIE].value
    client.post("/sign-out")
    assert queries.login_of(token) is None


def test_a_role_that_ends_takes_its_sessions_along(fresh_db):
    account = clinician("ada", (practice("Millbrook"), Role.PCP))
    opened = actions.open_verified(account)
    actions.wear(
        opened.session_id,
        Hat(7, Role.PCP, OrganizationId(1), "Millbrook", until_on=clock.today() - dt.timedelta(days=1)),
    )
    assert queries.login_of(opened.token) is None


def test_one_click_does_not_exist_outside_the_demo(fresh_db, everyday):
    account = clinician("ada", (practice("Millbrook"), Role.PCP), demo=True)
    assert Client().post(f"/sign-in/demo/{account.id}").status_code == 404
    assert b"Demo network" not in Client().get("/sign-in").content


def test_one_click_opens_no_real_account_even_with_the_demo_switched_on(fresh_db, monkeypatch):
    monkeypatch.setattr(settings, "DEMO", True)
    account = clinician("ada", (practice("Millbrook"), Role.PCP))
    assert Client().post(f"/sign-in/demo/{account.id}").status_code == 404
    assert post_password(Client(), "ada@example.test", PASSWORD).headers["Location"] == "/sign-in/second-factor"


def test_one_click_opens_a_demo_account(fresh_db, monkeypatch):
    monkeypatch.setattr(settings, "DEMO", True)
    account = clinician("ada", (practice("Millbrook"), Role.PCP), demo=True)
    client = Client()
    assert client.post(f"/sign-in/demo/{account.id}").status_code == 302
    assert b"ada Testwell" in client.get("/settings/").content


def test_demo_and_real_accounts_never_share_a_database(fresh_db):
    clinician("ada", (practice("Millbrook"), Role.PCP))
    with pytest.raises(HallwayError, match="H-IDN-002"):
        actions.create_account("demo@example.test", "Demo", demo=True)


def test_next_never_leaves_hallway(fresh_db, monkeypatch):
    monkeypatch.setattr(settings, "DEMO", True)
    account = clinician("ada", (practice("Millbrook"), Role.PCP), demo=True)
    for bad in ("https://example.com/", "//example.com/", "/\\example.com", "javascript:alert(1)"):
        response = Client().post(f"/sign-in/demo/{account.id}", {"next": bad})
        assert response.headers["Location"] == "/"
    assert Client().post(f"/sign-in/demo/{account.id}", {"next": "/settings/"}).headers["Location"] == "/settings/"


def test_session_cookie_is_unreadable_to_scripts(fresh_db, monkeypatch):
    monkeypatch.setattr(settings, "DEMO", True)
    account = clinician("ada", (practice("Millbrook"), Role.PCP), demo=True)
    cookie = Client().post(f"/sign-in/demo/{account.id}").cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie.value not in str(LoginSession.objects.values_list("token_hash", flat=True)), "only a hash is kept"


def test_typing_the_password_again_gives_no_fresh_tries_at_the_code(fresh_db, everyday):
    account = clinician("ada", (practice("Millbrook"), Role.PCP))
    Account.objects.filter(id=account.id).update(totp_secret=keys.seal(pyotp.random_base32()))
    client = Client()
    for _ in range(4):
        post_password(client, "ada@example.test", PASSWORD)
        client.post("/sign-in/code", {"code": "000000"})
    assert queries.locked_until("ada@example.test") is None
    post_password(client, "ada@example.test", PASSWORD)
    client.post("/sign-in/code", {"code": "000000"})
    assert queries.locked_until("ada@example.test") is not None


def test_the_right_code_forgets_wrong_tries(fresh_db, everyday):
    secret = pyotp.random_base32()
    account = clinician("ada", (practice("Millbrook"), Role.PCP))
    Account.objects.filter(id=account.id).update(totp_secret=keys.seal(secret))
    client = Client()
    post_password(client, "ada@example.test", "wrong")
    assert WrongTries.objects.count() == 1
    post_password(client, "ada@example.test", PASSWORD)
    client.post("/sign-in/code", {"code": pyotp.TOTP(secret).at(int(clock.now().timestamp()))})
    assert WrongTries.objects.count() == 0


def passkey_of(account: Account) -> None:
    Passkey.objects.create(
        account=account, credential_id=b"c", public_key=b"k", sign_count=0, label="x", created_at=clock.now()
    )


def test_a_password_alone_sets_up_no_codes_beside_a_passkey(fresh_db, everyday):
    account = clinician("ada", (practice("Millbrook"), Role.PCP))
    passkey_of(account)
    client = Client()
    assert post_password(client, "ada@example.test", PASSWORD).headers["Location"] == "/sign-in/code"
    assert client.get("/sign-in/second-factor").headers["Location"] == "/sign-in/code"
    assert client.post("/sign-in/passkey/challenge", headers={"X-Passkey": "add"}).status_code == 401
    page = client.post("/sign-in/code", {"code": "000000"})
    assert page.status_code == 422
    assert b'data-passkey="use"' in page.content


def test_a_session_that_waited_sets_up_nothing_once_another_has(fresh_db, everyday):
    account = clinician("ada", (practice("Millbrook"), Role.PCP))
    client = Client()
    post_password(client, "ada@example.test", PASSWORD)
    page = client.get("/sign-in/second-factor")
    secret = page.context["secret"].replace(" ", "")
    passkey_of(account)
    code = pyotp.TOTP(secret).at(int(clock.now().timestamp()))
    answer = client.post("/sign-in/second-factor", {"sealed": page.context["sealed"], "code": code})
    assert answer.status_code == 422
    account.refresh_from_db()
    assert account.totp_secret == ""


def grown_old(minutes: int = 11) -> None:
    """Every session was proved that long ago."""
    LoginSession.objects.update(proved_at=clock.now() - dt.timedelta(minutes=minutes))


def test_codes_are_set_up_anew_only_on_a_fresh_proof(fresh_db):
    account = clinician("ana", (practice("North"), Role.PCP))
    client = signed_in(account)
    grown_old()
    secret = sealed_secret(client)
    reply = client.post("/settings/codes", {"sealed": secret[0], "code": pyotp.TOTP(secret[1]).now()})
    assert reply.status_code == 422
    assert not Account.objects.get(id=account.id).totp_secret
    assert client.post("/settings/proof", {"password": "not it at all", "code": ""}).status_code == 422
    assert client.post("/settings/proof", {"password": PASSWORD, "code": ""}).status_code == 302
    reply = client.post("/settings/codes", {"sealed": secret[0], "code": pyotp.TOTP(secret[1]).now()})
    assert reply.status_code == 302
    assert Account.objects.get(id=account.id).totp_secret


def sealed_secret(client: Client) -> tuple[str, str]:
    import re

    page = client.get("/settings/codes").content.decode()
    secret = re.search(r'this: <span class="nb">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    return re.search(r'name="sealed" value="([^"]+)"', page)[1], secret


def test_a_passkey_is_taken_away_only_on_a_fresh_proof(fresh_db):
    account = clinician("ana", (practice("North"), Role.PCP))
    client = signed_in(account)
    key = Passkey.objects.create(
        account=account, credential_id=b"1", public_key=b"2", label="x", created_at=clock.now()
    )
    grown_old()
    assert client.post(f"/settings/passkeys/{key.id}/remove")["Location"] == "/settings/proof"
    assert Passkey.objects.filter(id=key.id).exists()
    client.post("/settings/proof", {"password": PASSWORD, "code": ""})
    client.post(f"/settings/passkeys/{key.id}/remove")
    assert not Passkey.objects.filter(id=key.id).exists()


def test_a_new_password_ends_every_other_session_and_opens_the_door(fresh_db):
    account = clinician("ana", (practice("North"), Role.PCP))
    here, elsewhere = signed_in(account), signed_in(account)
    new = "another sentence entirely"
    wrong = {"password": PASSWORD, "code": "", "new": new, "again": "something else here"}
    assert here.post("/settings/password", wrong).status_code == 422
    assert here.post("/settings/password", wrong | {"again": new, "password": "no"}).status_code == 422
    assert elsewhere.get("/settings/").status_code == 200
    assert here.post("/settings/password", wrong | {"again": new}).status_code == 302
    assert here.get("/settings/").status_code == 200
    assert elsewhere.get("/settings/").status_code == 302
    assert keys.password_matches(Account.objects.get(id=account.id).password_hash, new)


def test_a_role_ended_after_sign_in_stops_at_the_next_request(fresh_db):
    account = clinician("ana", (practice("North"), Role.PCP))
    client = signed_in(account)
    assert client.get("/settings/").status_code == 200
    PractitionerRole.objects.update(until_on=clock.today() - dt.timedelta(days=1))
    assert client.get("/settings/").status_code == 302


def test_a_role_taken_away_or_changed_stops_at_the_next_request(fresh_db):
    north = practice("North")
    for change in (
        lambda held: held.update(role=str(Role.BILLER)),
        lambda held: held.update(organization_id=practice("South").id),
        lambda held: held.delete(),
    ):
        account = clinician(f"ana{PractitionerRole.objects.count()}{Account.objects.count()}", (north, Role.PCP))
        client = signed_in(account)
        assert client.get("/settings/").status_code == 200
        change(PractitionerRole.objects.filter(practitioner_id=account.practitioner_id))
        assert client.get("/settings/").status_code == 302


def test_duties_taken_away_after_sign_in_are_gone_at_the_next_request(fresh_db):
    account = clinician("ana", (practice("North"), Role.PCP))
    PractitionerRole.objects.update(sud_duty=True)
    client = signed_in(account)
    token = client.cookies[COOKIE].value
    assert queries.login_of(token).requester.sud_duty
    PractitionerRole.objects.update(sud_duty=False)
    assert not queries.login_of(token).requester.sud_duty
