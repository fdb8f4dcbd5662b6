"""The calling EHR by its token: each way of breaking a rule is refused alike, and each is named here."""

import base64
import hmac
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from hallway import clock
from hallway.consent.tests import town
from hallway.errors import HallwayError
from hallway.exchange import key_sets, outward
from hallway.exchange.cds_hooks import callers, systems
from hallway.exchange.cds_hooks.models import CallingSystem
from hallway.identity.app_models import SeenAssertion
from hallway.identity.requester import Role

ISSUER = "https://ehr.example.org"
HERE = "https://hallway.example.org/cds-services/patient-view"
KEY = ECKey.generate_key("P-384", {"kid": "one", "use": "sig"})
RSA = RSAKey.generate_key(2048, {"kid": "two"})
SMALL_CURVE = ECKey.generate_key("P-256", {"kid": "one"})
WEAK = RSAKey.generate_key(1024, {"kid": "weak"})
OTHER = ECKey.generate_key("P-384", {"kid": "one"})
PUBLIC = {"keys": [one.as_dict(private=False) for one in (KEY, RSA, WEAK)]}


@pytest.fixture
def system(fresh_db):
    return systems.register("Their EHR", ISSUER, town.organization("Millbrook", side="pc"), keys=PUBLIC)


def claims(**changes):
    now = int(clock.now().timestamp())
    made = {"iss": ISSUER, "aud": HERE, "iat": now, "exp": now + 300, "jti": str(changes.pop("n", "j1")), "sub": "ehr"}
    return {key: value for key, value in (made | changes).items() if value is not None}


def token(key=KEY, algorithm="ES384", kid="one", header=None, **changes):
    head = {"alg": algorithm, "kid": kid} | (header or {})
    return jwt.encode({k: v for k, v in head.items() if v}, claims(**changes), key, algorithms=[algorithm])


def come(shown, audience=HERE):
    return callers.requester_of(shown, audience=[audience])


def refused(shown, audience=HERE):
    with pytest.raises(HallwayError) as caught:
        come(shown, audience)
    assert caught.value.code == "H-XCH-008"
    return str(caught.value)


def test_a_token_of_a_registered_system_is_its_organizations_system(system):
    for key, algorithm, kid, n in ((KEY, "ES384", "one", 1), (RSA, "RS384", "two", 2)):
        by = come(token(key, algorithm, kid, n=n))
        assert (by.role, by.practitioner_id, by.account_id) == (Role.SYSTEM, 0, 0)
        assert by.name == f"system/{system}"
        assert by.organization_id == CallingSystem.objects.get().organization_id


def test_one_of_several_addresses_is_enough(system):
    assert come(token(aud=["https://elsewhere.example.org", HERE]))


def by_hand(algorithm, sign=lambda message: b"", kid="one"):
    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    head = json.dumps({"alg": algorithm, "kid": kid}).encode()
    message = part(head) + b"." + part(json.dumps(claims()).encode())
    return (message + b"." + part(sign(message))).decode()


def test_a_token_without_a_signature_alg_none_is_refused(system):
    for algorithm in ("none", "None", "NONE", "ES384"):
        refused(by_hand(algorithm))


def test_hs256_under_the_public_key_is_refused(system):
    pem = RSA.as_pem(private=False)
    for algorithm, hashed in (("HS256", "sha256"), ("HS384", "sha384"), ("RS384", "sha384")):
        refused(by_hand(algorithm, lambda message, hashed=hashed: hmac.digest(pem, message, hashed), kid="two"))


def test_a_signature_of_another_key_is_refused(system):
    refused(token(OTHER))


def test_a_signature_of_another_message_is_refused(system):
    head, _, signature = token(n=1).split(".")
    _, body, _ = token(n=2).split(".")
    refused(f"{head}.{body}.{signature}")


def test_another_algorithm_of_the_same_family_is_refused(system):
    refused(token(RSA, "RS256", "two"))
    refused(token(SMALL_CURVE, "ES256", "one"))


def test_the_algorithm_of_another_kind_of_key_is_refused(system):
    refused(token(RSA, "RS384", "one"))


def test_a_weak_rsa_key_is_refused(system):
    refused(token(WEAK, "RS384", "weak"))


def test_an_unknown_kid_and_none_are_refused(system):
    refused(token(kid="three"))
    refused(token(kid=""))


def test_a_key_that_the_token_brings_along_is_not_believed(system):
    refused(token(OTHER, header={"jwk": OTHER.as_dict(private=False)}))
    refused(token(OTHER, kid="four", header={"jku": "https://attacker.example.org/keys"}))
    refused(token(header={"jku": "https://attacker.example.org/keys"}))


def test_an_issuer_that_nobody_registered_is_refused(system):
    for issuer in ("https://other.example.org", None, 7):
        refused(token(iss=issuer))


def test_an_ended_system_is_nobody_at_once(system):
    assert come(token(n=1))
    assert systems.end(system)
    refused(token(n=2))


def test_another_audience_is_refused(system):
    for audience in ("https://hallway.example.org/", HERE + "/", "https://x.example.org", None, [], 7):
        refused(token(aud=audience))


def test_an_expired_token_is_refused(system):
    with clock.stopped_at(clock.now()):
        for seconds in (0, -1, -3600):
            refused(token(exp=int(clock.now().timestamp()) + seconds))


def test_a_token_that_lives_too_long_or_was_made_in_the_future_is_refused(system):
    now = int(clock.now().timestamp())
    refused(token(exp=now + 3600))
    refused(token(iat=now - 3600))
    refused(token(iat=now + 60, exp=now + 200))
    refused(token(nbf=now + 60))


def test_a_claim_that_is_missing_or_of_another_type_is_refused(system):
    for name in ("exp", "iat", "jti"):
        for value in (None, "", True, []):
            refused(token(**{name: value}))


def test_a_time_beyond_all_times_is_refused(system):
    refused(token(exp=10**300))


def test_a_token_shown_again_is_refused(system):
    shown = token()
    assert come(shown)
    refused(shown)
    refused(token(sub="another body, the same jti"))


def test_of_the_same_token_at_once_one_alone_is_taken(system):
    from django.db import connection

    shown, taken = token(), []

    def one():
        try:
            come(shown)
            taken.append(1)
        except HallwayError:
            pass
        finally:
            connection.close()

    crowd = [threading.Thread(target=one) for _ in range(6)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    assert taken == [1]


def test_the_number_of_a_token_is_kept_until_it_ends_and_no_longer(system):
    assert come(token(n=1))
    with clock.stopped_at(clock.now() + timedelta(minutes=6)):
        assert come(token(n=2))
    assert SeenAssertion.objects.count() == 1


def test_what_is_no_token_is_refused_and_never_a_fault(system):
    for shown in ("", "a.b.c", "..", "x" * 9000 + ".a.b", "é.é.é", "e30.e30.e30"):
        refused(shown)


def test_every_refusal_is_the_same_sentence(system):
    assert len({refused(shown) for shown in ("a.b.c", token(OTHER), by_hand("none"), token(aud="x"))}) == 1


class _Keys(BaseHTTPRequestHandler):
    body, asked, status = b"", 0, 200

    def do_GET(self):
        type(self).asked += 1
        self.send_response(self.status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_):
        pass


@pytest.fixture
def keys_at(settings):
    settings.OUTWARD_HOSTS = ["127.0.0.1"]
    served = type("Served", (_Keys,), {})
    server = HTTPServer(("127.0.0.1", 0), served)
    running = threading.Thread(target=server.serve_forever, daemon=True)
    running.start()
    yield f"http://127.0.0.1:{server.server_port}/keys", served
    key_sets.forget()
    server.shutdown()
    server.server_close()


def test_keys_are_fetched_once_and_again_for_an_unknown_one_but_not_in_a_flood(fresh_db, keys_at):
    address, served = keys_at
    served.body = json.dumps({"keys": [KEY.as_dict(private=False)]}).encode()
    systems.register("EHR", ISSUER, town.organization("Millbrook", side="pc"), keys_url=address)
    start = clock.now()
    with clock.stopped_at(start):
        assert come(token(n=1))
        assert come(token(n=2))
        assert served.asked == 1
        served.body = json.dumps(PUBLIC).encode()
        for n in range(5):
            refused(token(RSA, "RS384", "two", n=f"flood{n}"))
        assert served.asked == 1
    with clock.stopped_at(start + timedelta(minutes=2)):
        assert come(token(RSA, "RS384", "two", n=3))
        assert served.asked == 2


@pytest.mark.parametrize("now_served", [json.dumps({"keys": [RSA.as_dict(private=False)]}), '{"keys": []}', "gone"])
def test_a_key_that_its_owner_withdrew_counts_for_ten_minutes_and_no_longer(fresh_db, keys_at, now_served):
    address, served = keys_at
    served.body = json.dumps({"keys": [KEY.as_dict(private=False)]}).encode()
    systems.register("EHR", ISSUER, town.organization("Millbrook", side="pc"), keys_url=address)
    start = clock.now()
    with clock.stopped_at(start):
        assert come(token(n=1))
    served.body = now_served.encode()
    with clock.stopped_at(start + timedelta(minutes=9)):
        assert come(token(n=2))
    with clock.stopped_at(start + timedelta(minutes=10)):
        refused(token(n=3))
    served.body = json.dumps({"keys": [KEY.as_dict(private=False)]}).encode()
    with clock.stopped_at(start + timedelta(minutes=12)):
        assert come(token(n=4))


def test_keys_that_cannot_be_had_open_nothing_and_are_no_fault(fresh_db, keys_at):
    address, served = keys_at
    systems.register("EHR", ISSUER, town.organization("Millbrook", side="pc"), keys_url=address)
    for n, broken in enumerate([(500, b""), (302, b""), (200, b"{"), (200, b"x" * 400_000), (200, b"[]")]):
        served.status, served.body = broken
        with clock.stopped_at(clock.now() + timedelta(minutes=2 * n)):
            refused(token())
        assert served.asked == n + 1


PRIVATE = [
    "https://127.0.0.1/keys",
    "https://10.1.2.3/",
    "https://[::1]/",
    "https://169.254.169.254/latest",
    "https://[::ffff:10.0.0.1]/",
    "https://localhost/",
    "https://[64:ff9b::a00:1]/",
    "http://example.org/keys",
    "https://user:pass@example.org/",
    "https://example.org:0/",
    "https://example.org/#keys",
    "ftp://example.org/",
    "file:///etc/passwd",
    "https://",
    "//example.org/",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_private_or_odd_would_never_be_called(address):
    with pytest.raises(outward.OutwardError):
        outward.check(address)


def test_keys_at_an_address_that_would_never_be_called_are_not_registered(fresh_db):
    with pytest.raises(HallwayError) as caught:
        systems.register("EHR", ISSUER, town.organization("Millbrook", side="pc"), keys_url=PRIVATE[0])
    assert (caught.value.code, caught.value.field) == ("H-XCH-010", "keys")


def test_keys_that_are_private_or_shared_are_not_registered(fresh_db):
    shared = {"kty": "oct", "k": "c2VjcmV0", "kid": "one"}
    for keys in ({"keys": [KEY.as_dict(private=True)]}, {"keys": [shared]}, {"keys": []}, {"kid": "one"}):
        with pytest.raises(HallwayError) as caught:
            systems.register("EHR", ISSUER, 1, keys=keys)
        assert (caught.value.code, caught.value.field) == ("H-XCH-010", "keys")


def test_a_name_that_leads_to_a_private_address_is_not_called(settings):
    settings.OUTWARD_HOSTS = []
    with pytest.raises(outward.OutwardError, match=r"private|no-tls"):
        outward.send("GET", "https://localhost/keys")
    with pytest.raises(outward.OutwardError, match="no-tls"):
        outward.send("GET", "http://127.0.0.1:9/keys")


def test_one_issuer_is_one_running_system(system):
    with pytest.raises(HallwayError) as caught:
        systems.register("Another", ISSUER, 1, keys=PUBLIC)
    assert caught.value.field == "issuer"
    systems.end(system)
    assert systems.register("Another", ISSUER, 1, keys=PUBLIC)
