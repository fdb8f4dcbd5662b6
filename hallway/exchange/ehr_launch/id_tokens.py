"""Who an EHR says the person is: its id token, held against what this very launch asked. Pure but for the clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import msgspec
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, RSAKey

from hallway import clock
from hallway.exchange.ehr_launch.refusals import Broken, BrokenAnswerError
from hallway.exchange.signed import LEAST_RSA_BITS

ALGORITHMS = {"RS256": "RSA", "RS384": "RSA", "ES256": "EC", "ES384": "EC"}
"""``none`` and shared secrets are not among them."""
LONGEST = 8192
LEEWAY = timedelta(seconds=30)
"""How far the EHR's clock may be from ours."""
OLDEST = timedelta(minutes=10)
LONGEST_SUBJECT, LONGEST_NAME = 255, 120
STAFF = ("Practitioner", "PractitionerRole")


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token must name: who signs, for whom, and the word of this launch."""

    issuer: str
    client_id: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the EHR vouches for. ``shown_as`` is its own word for them, to be shown to themselves."""

    subject: str
    shown_as: str


def key_id(token: str) -> str:
    """The key that a token names, before anything is proven. Raises BrokenAnswerError for what is no token of ours."""
    try:
        header = jws.extract_compact(token.encode()).headers() if len(token) <= LONGEST else {}
    except (JoseError, ValueError, TypeError):
        raise BrokenAnswerError(Broken.SHAPE) from None
    if header.get("alg") not in ALGORITHMS or "crit" in header:
        raise BrokenAnswerError(Broken.ALGORITHM)
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise BrokenAnswerError(Broken.KEY)
    return kid


def checked(token: str, keys: KeySet | None, expected: Expected) -> Person:
    """The person of a token that counts. Raises BrokenAnswerError with the first rule that it breaks."""
    kid = key_id(token)
    claims = _proven(token, keys, kid)
    if claims.get("iss") != expected.issuer:
        raise BrokenAnswerError(Broken.ISSUER)
    if claims.get("aud") not in (expected.client_id, [expected.client_id]):
        raise BrokenAnswerError(Broken.AUDIENCE)
    if claims.get("nonce") != expected.nonce:
        raise BrokenAnswerError(Broken.NONCE)
    _refuse_by_time(claims)
    return _person(claims)


def _proven(token: str, keys: KeySet | None, kid: str) -> Mapping[str, object]:
    algorithm = str(jws.extract_compact(token.encode()).headers()["alg"])
    named = [] if keys is None else [key for key in keys.keys if key.kid == kid]
    fitting = [key for key in named if key.key_type == ALGORITHMS[algorithm] and key.get("alg", algorithm) == algorithm]
    if len(named) != 1 or not fitting or _is_weak(fitting[0]):
        raise BrokenAnswerError(Broken.KEY)
    try:
        return jwt.decode(token, fitting[0], algorithms=[algorithm]).claims
    except (JoseError, ValueError, TypeError, RecursionError):
        raise BrokenAnswerError(Broken.SIGNATURE) from None


def _is_weak(key: Key) -> bool:
    return isinstance(key, RSAKey) and key.public_key.key_size < LEAST_RSA_BITS


def _refuse_by_time(claims: Mapping[str, object]) -> None:
    now = clock.now().timestamp()
    ends, made, begins = (_number(claims.get(name)) for name in ("exp", "iat", "nbf"))
    if ends is None or made is None:
        raise BrokenAnswerError(Broken.TIMES)
    if ends <= now - LEEWAY.total_seconds():
        raise BrokenAnswerError(Broken.EXPIRED)
    latest = now + LEEWAY.total_seconds()
    is_old = made < now - (OLDEST + LEEWAY).total_seconds()
    if made > latest or is_old or (begins is not None and begins > latest):
        raise BrokenAnswerError(Broken.TIMES)


def _number(said: object) -> float | None:
    return float(said) if isinstance(said, int | float) and not isinstance(said, bool) and 0 < said < 2**40 else None


def _person(claims: Mapping[str, object]) -> Person:
    subject, user, name = claims.get("sub"), claims.get("fhirUser"), claims.get("name")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise BrokenAnswerError(Broken.SUBJECT)
    kind = user.rstrip("/").split("/")[-2:-1] if isinstance(user, str) and len(user) <= 500 else []
    if not kind or kind[0] not in STAFF:
        raise BrokenAnswerError(Broken.NOT_STAFF)
    told = name.strip() if isinstance(name, str) and name.isprintable() else ""
    return Person(subject, told[:LONGEST_NAME] or str(user).rsplit("/", 1)[-1][:LONGEST_NAME])


def decoded(body: bytes) -> dict[str, object] | None:
    """A JSON object, or None."""
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError):
        return None
