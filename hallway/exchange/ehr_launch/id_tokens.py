"""Who an EHR says the person is: its id token, held against what this very launch asked. Pure but for the clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from hallway import clock
from hallway.exchange.ehr_launch.refusals import Broken, BrokenAnswerError
from hallway.exchange.signed import key_of

ALGORITHMS = ("RS256", "RS384", "ES256", "ES384")
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
    return _signing(token)[1]


def _signing(token: str) -> tuple[str, str]:
    """The algorithm and the key that a token names."""
    try:
        header = jws.extract_compact(token.encode()).headers() if len(token) <= LONGEST else {}
    except (JoseError, ValueError, TypeError):
        raise BrokenAnswerError(Broken.SHAPE) from None
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS or "crit" in header:
        raise BrokenAnswerError(Broken.ALGORITHM)
    if not isinstance(kid, str) or not kid:
        raise BrokenAnswerError(Broken.KEY)
    return str(algorithm), kid


def checked(token: str, keys: KeySet | None, expected: Expected) -> Person:
    """The person of a token that counts. Raises BrokenAnswerError with the first rule that it breaks."""
    claims = _proven(token, keys)
    if claims.get("iss") != expected.issuer:
        raise BrokenAnswerError(Broken.ISSUER)
    if claims.get("aud") not in (expected.client_id, [expected.client_id]):
        raise BrokenAnswerError(Broken.AUDIENCE)
    if claims.get("nonce") != expected.nonce:
        raise BrokenAnswerError(Broken.NONCE)
    _refuse_by_time(claims)
    return _person(claims)


def _proven(token: str, keys: KeySet | None) -> Mapping[str, object]:
    algorithm, kid = _signing(token)
    key = key_of(keys, kid, algorithm)
    if key is None:
        raise BrokenAnswerError(Broken.KEY)
    try:
        return jwt.decode(token, key, algorithms=[algorithm]).claims
    except (JoseError, ValueError, TypeError, RecursionError):
        raise BrokenAnswerError(Broken.SIGNATURE) from None


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
