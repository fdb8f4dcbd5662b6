"""Each way in which an id token can be wrong, by its name. No database: the rules are pure."""

import base64
import json
from datetime import timedelta

import pytest
from joserfc.jwk import ECKey, KeySet, RSAKey

from hallway import clock
from hallway.exchange.ehr_launch import id_tokens
from hallway.exchange.ehr_launch.id_tokens import Expected
from hallway.exchange.ehr_launch.refusals import Broken, BrokenAnswerError
from tests.ehr.kit import CLIENT, KEY, SHARED, STRANGER, id_token

ISSUER = "https://ehr.example.org"
EXPECTED = Expected(ISSUER, CLIENT, "once")
KEYS = KeySet([KEY])


def now():
    """Seconds since 1970: asked when a test begins, which may be many minutes after this file was read."""
    return int(clock.now().timestamp())


def unsigned():
    head, body = ({"alg": "none", "kid": "ehr-1"}, json.loads(base64.urlsafe_b64decode(token().split(".")[1] + "==")))
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in (head, body)]
    return ".".join([*parts, ""])


def token(nonce="once", *, issuer=ISSUER, **claims):
    made = {name: claims.pop(name) for name in ("algorithm", "key", "header") if name in claims}
    return id_token(issuer, nonce, claims, **made)


def test_the_person_of_a_good_token_is_its_subject():
    found = id_tokens.checked(token(), KEYS, EXPECTED)
    assert (found.subject, found.shown_as) == ("carewell-17", "Dr Carewell")


def test_who_has_no_name_is_shown_by_their_number_there():
    assert id_tokens.checked(token(name=None), KEYS, EXPECTED).shown_as == "17"


WRONG = {
    "nothing": (lambda: "", Broken.SHAPE),
    "no token": (lambda: "a.b", Broken.SHAPE),
    "too long": (lambda: f"{token()}{'x' * 9000}", Broken.ALGORITHM),
    "alg none": (unsigned, Broken.ALGORITHM),
    "a shared secret": (lambda: token(algorithm="HS256", key=SHARED), Broken.ALGORITHM),
    "critical headers": (lambda: token(header={"crit": ["kid"]}), Broken.ALGORITHM),
    "no key named": (lambda: token(header={"kid": ""}), Broken.KEY),
    "a key nobody published": (lambda: token(header={"kid": "ehr-2"}), Broken.KEY),
    "a stranger's signature under a known name": (lambda: token(key=STRANGER), Broken.SIGNATURE),
    "another issuer": (lambda: token(issuer="https://other.example.org"), Broken.ISSUER),
    "the FHIR address as issuer": (lambda: token(issuer=f"{ISSUER}/fhir"), Broken.ISSUER),
    "another audience": (lambda: token(aud="somebody-else"), Broken.AUDIENCE),
    "two audiences": (lambda: token(aud=[CLIENT, "somebody-else"]), Broken.AUDIENCE),
    "no audience": (lambda: token(aud=None), Broken.AUDIENCE),
    "another launch's nonce": (lambda: token("another"), Broken.NONCE),
    "no nonce": (lambda: token(None), Broken.NONCE),
    "expired": (lambda: token(exp=now() - 60, iat=now() - 120), Broken.EXPIRED),
    "no end": (lambda: token(exp=None), Broken.TIMES),
    "an end that is no number": (lambda: token(exp=True), Broken.TIMES),
    "made in the future": (lambda: token(iat=now() + 600, exp=now() + 900), Broken.TIMES),
    "made long ago": (lambda: token(iat=now() - 3600), Broken.TIMES),
    "not yet": (lambda: token(nbf=now() + 600), Broken.TIMES),
    "nobody": (lambda: token(sub=None), Broken.SUBJECT),
    "an endless subject": (lambda: token(sub="x" * 300), Broken.SUBJECT),
    "a patient": (lambda: token(fhirUser=f"{ISSUER}/fhir/Patient/1"), Broken.NOT_STAFF),
    "nobody's resource": (lambda: token(fhirUser=None), Broken.NOT_STAFF),
}


def test_a_weak_key_names_nobody():
    weak = RSAKey.generate_key(1024, {"kid": "ehr-1", "use": "sig"})
    with pytest.raises(BrokenAnswerError) as refused:
        id_tokens.checked(token(algorithm="RS256", key=weak), KeySet([weak]), EXPECTED)
    assert refused.value.how is Broken.KEY


def test_a_key_for_another_algorithm_names_nobody():
    other = KeySet([ECKey.import_key({**KEY.as_dict(private=False), "alg": "ES384"})])
    with pytest.raises(BrokenAnswerError) as refused:
        id_tokens.checked(token(), other, EXPECTED)
    assert refused.value.how is Broken.KEY


@pytest.mark.parametrize("name", WRONG)
def test_a_token_that_is_wrong_names_nobody(name):
    made, how = WRONG[name]
    with pytest.raises(BrokenAnswerError) as refused:
        id_tokens.checked(made(), KEYS, EXPECTED)
    assert refused.value.how is how


def test_clocks_may_differ_by_half_a_minute():
    late = token()
    with clock.stopped_at(clock.now() + timedelta(minutes=5, seconds=20)):
        assert id_tokens.checked(late, KEYS, EXPECTED).subject == "carewell-17"
    with clock.stopped_at(clock.now() + timedelta(minutes=5, seconds=40)), pytest.raises(BrokenAnswerError):
        id_tokens.checked(late, KEYS, EXPECTED)
