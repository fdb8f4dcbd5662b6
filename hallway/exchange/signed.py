"""Tokens that a program or a system elsewhere signs to prove itself: JWTs under keys that were agreed beforehand.

RFC 7519 and 7523; SMART App Launch 2.2, section 5; CDS Hooks 2.0, "Trusting CDS Clients". A token counts once, for five
minutes at most. Whose it is, and what its issuer, subject and audience must be, the caller says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import cast

import msgspec
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from hallway import clock
from hallway.exchange import key_sets
from hallway.identity import granting, rules
from hallway.identity.key_sets import parsed

ALGORITHMS = ("RS384", "ES384")
LONGEST_TOKEN = 8000
LONGEST_ID = 255
"""Characters of a ``jti``."""
SKEW = timedelta(seconds=5)
"""How far the signer's clock may be ahead of ours."""
LEAST_RSA_BITS = 2048
_CURVES = {"ES256": "P-256", "ES384": "P-384"}
"""Algorithms that sign on a curve (RFC 7518, 3.4); every other one that is asked for signs by RSA."""


class Fault(StrEnum):
    """Which rule a token breaks, in words that hold nothing of the token."""

    SHAPE = "it cannot be read"
    HEADER = "it is not signed by RS384 or ES384 under a key that it names"
    CLAIMS = "a claim is missing or of another type"
    ISSUER = "its issuer is not registered, or is not its subject"
    KEY = "its key is not among the registered ones"
    SIGNATURE = "its signature does not hold"
    ENDED = "it has ended"
    EARLY = "it does not hold yet"
    LONG = "it holds for more than five minutes"
    AUDIENCE = "it is for somebody else"
    SHOWN = "it has been shown before"


class SignedError(Exception):
    """A token that does not count."""

    def __init__(self, fault: Fault) -> None:
        """``fault`` is the rule that it breaks."""
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Signed:
    """A token as it was shown. What it says counts only when it is ``prove``\\ d."""

    token: str
    algorithm: str
    kid: str
    keys_at: str
    """The ``jku``: where the signer says that its keys lie; empty when it does not say."""
    issuer: str
    subject: str
    audience: tuple[str, ...]
    ends_at: datetime
    made_at: datetime | None
    begins_at: datetime | None
    token_id: str


def read(token: str) -> Signed:
    """Header and claims before anything is proven: to know whose keys to try. Raises SignedError."""
    if len(token) > LONGEST_TOKEN:
        raise SignedError(Fault.SHAPE)
    try:
        found = jws.extract_compact(token.encode())
        header = found.headers()
        claims = msgspec.json.decode(found.payload, type=dict[str, object])
    except (JoseError, ValueError, TypeError, RecursionError, msgspec.DecodeError):
        raise SignedError(Fault.SHAPE) from None
    algorithm, kid, keys_at = header.get("alg"), header.get("kid"), header.get("jku", "")
    if algorithm not in ALGORITHMS or "crit" in header:
        raise SignedError(Fault.HEADER)
    if not isinstance(kid, str) or not kid or not isinstance(keys_at, str):
        raise SignedError(Fault.HEADER)
    return Signed(
        token=token,
        algorithm=str(algorithm),
        kid=kid,
        keys_at=keys_at,
        issuer=_text(claims, "iss"),
        subject=_text(claims, "sub") if "sub" in claims else "",
        audience=_audience(claims),
        ends_at=_needed(_time(claims, "exp")),
        made_at=_time(claims, "iat"),
        begins_at=_time(claims, "nbf"),
        token_id=_text(claims, "jti", LONGEST_ID),
    )


def prove(shown: Signed, *, keys_url: str, keys: str) -> None:
    """Whether one of the signer's keys signed it, and whether it holds now. Raises SignedError.

    The keys lie at ``keys_url`` or, where that is empty, are ``keys`` (a JWK set as JSON). A ``jku`` is never followed.
    """
    if shown.keys_at not in ("", keys_url):
        raise SignedError(Fault.KEY)
    key = key_of(key_sets.keys_at(keys_url, shown.kid) if keys_url else parsed(keys), shown.kid, shown.algorithm)
    if key is None:
        raise SignedError(Fault.KEY)
    try:
        jwt.decode(shown.token, key, algorithms=[shown.algorithm])
    except (JoseError, ValueError, TypeError):
        raise SignedError(Fault.SIGNATURE) from None
    _refuse_by_time(shown, clock.now())


def key_of(keys: KeySet | None, kid: str, algorithm: str) -> RSAKey | ECKey | None:
    """The one public key called ``kid`` that signs by ``algorithm``; None for none, several, and one that is weak.

    RSA keys have 2048 bits or more, the others lie on the curve of the algorithm. ``algorithm`` must be one that the
    caller accepts: which ones these are is not asked here.
    """
    wanted = ECKey if algorithm in _CURVES else RSAKey
    fitting = [one for one in keys.keys if one.kid == kid and isinstance(one, wanted)] if keys is not None else []
    if len(fitting) != 1:
        return None
    key = fitting[0]
    if key.get("use", "sig") != "sig" or key.get("alg", algorithm) != algorithm:
        return None
    if isinstance(key, RSAKey):
        return key if key.public_key.key_size >= LEAST_RSA_BITS else None
    return key if key.curve_name == _CURVES[algorithm] else None


def use_up(shown: Signed, *, signer: str) -> None:
    """Note the token as shown, the last of all. Raises SignedError when this ``signer`` had shown it before."""
    if not granting.take_assertion(signer, shown.token_id, shown.ends_at):
        raise SignedError(Fault.SHOWN)


def _text(claims: Mapping[str, object], name: str, longest: int = LONGEST_TOKEN) -> str:
    said = claims.get(name)
    if not isinstance(said, str) or not 0 < len(said) <= longest:
        raise SignedError(Fault.CLAIMS)
    return said


def _audience(claims: Mapping[str, object]) -> tuple[str, ...]:
    said = claims.get("aud")
    many = cast("list[object]", said) if isinstance(said, list) else [said]
    texts = tuple(one for one in many if isinstance(one, str) and one)
    if len(texts) != len(many):
        raise SignedError(Fault.CLAIMS)
    return texts


def _time(claims: Mapping[str, object], name: str) -> datetime | None:
    said = claims.get(name)
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise SignedError(Fault.CLAIMS)
    try:
        return datetime.fromtimestamp(said, UTC)
    except (OverflowError, ValueError, OSError):
        raise SignedError(Fault.CLAIMS) from None


def _needed(time: datetime | None) -> datetime:
    if time is None:
        raise SignedError(Fault.CLAIMS)
    return time


def _refuse_by_time(shown: Signed, now: datetime) -> None:
    if shown.ends_at <= now:
        raise SignedError(Fault.ENDED)
    if any(one is not None and one > now + SKEW for one in (shown.made_at, shown.begins_at)):
        raise SignedError(Fault.EARLY)
    begun_at = min(now, shown.made_at or now)
    if shown.ends_at - begun_at > rules.ASSERTION_LIFE + SKEW:
        raise SignedError(Fault.LONG)
