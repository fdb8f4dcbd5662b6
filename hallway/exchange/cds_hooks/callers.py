"""The calling EHR by its signed token: CDS Hooks 2.0, "Trusting CDS Clients". Who calls is an organization's system.

A token counts once, for five minutes at most, for the one address it names, under a key that was agreed beforehand.
"""

import hashlib
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import msgspec
from django.db import IntegrityError
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.exchange import outward
from hallway.exchange.cds_hooks.models import CallingSystem, UsedToken
from hallway.identity.requester import Requester, Role
from hallway.ids import NOBODY, AccountId, OrganizationId

ALGORITHMS = {"RS384": "RSA", "ES384": "EC"}
LONGEST_TOKEN = 8192
LONGEST_LIFE = timedelta(minutes=5)
SKEW = timedelta(seconds=5)
"""How far the caller's clock may be ahead of ours."""
FETCH_AGAIN_AFTER = timedelta(minutes=1)
"""A token with an unknown key fetches the keys anew, but a flood of them does not."""
BELIEVED_FOR = timedelta(minutes=10)
"""Keys by address are fetched anew after this long: one that its owner has withdrawn no longer counts."""
LEAST_RSA_BITS = 2048
_FETCH_SECONDS = 2.0
_NAMED = "system/"

_log = logging.getLogger("hallway.hooks")


class _RefusedError(Exception):
    """Why a token is not taken, as a code for the log: the caller is told one thing for all."""


@dataclass(frozen=True, slots=True)
class _Claims:
    """The claims that count, each present and of its type."""

    issuer: str
    audience: tuple[str, ...]
    ends_at: datetime
    made_at: datetime
    token_id: str


def requester_of(token: str, *, audience: Collection[str]) -> Requester:
    """The calling system's principal. ``audience`` are the addresses of which the token must name one.

    Raises UNAUTHENTICATED H-XCH-008 for every token that does not count; which rule it broke stands in the log alone.
    """
    try:
        system = _verified(token, audience)
    except _RefusedError as refused:
        _log.warning("a signed call was refused", extra={"fields": {"kind": str(refused)}})
        raise _unauthenticated() from None
    organization = OrganizationId(system.organization_id)
    return Requester(AccountId(0), NOBODY, organization, Role.SYSTEM, name=f"{_NAMED}{system.id}")


def system_of(by: Requester) -> int:
    """The number of the calling system behind a principal; 0 for a client with a credential."""
    number = by.name.removeprefix(_NAMED)
    return int(number) if by.role is Role.SYSTEM and by.name.startswith(_NAMED) and number.isdecimal() else 0


def _verified(token: str, audience: Collection[str]) -> CallingSystem:
    if len(token) > LONGEST_TOKEN:
        raise _RefusedError("too long")
    algorithm, kid, claims = _unproven(token)
    system = CallingSystem.objects.filter(issuer=claims.issuer, ended_at__isnull=True).first()
    if system is None:
        raise _RefusedError("issuer")
    _prove(token, _key(system, kid, algorithm), algorithm)
    _refuse_by_time(claims, clock.now())
    if not set(claims.audience) & set(audience):
        raise _RefusedError("audience")
    _use_once(system, claims)
    return system


def _unproven(token: str) -> tuple[str, str, _Claims]:
    """Header and claims before anything is proven: only to know which key to try."""
    try:
        read = jws.extract_compact(token.encode())
        header = read.headers()
        claims = msgspec.json.decode(read.payload, type=dict[str, object])
    except (JoseError, ValueError, TypeError, msgspec.DecodeError):
        raise _RefusedError("shape") from None
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise _RefusedError("algorithm")
    if not isinstance(kid, str) or not kid or "crit" in header:
        raise _RefusedError("header")
    return str(algorithm), kid, _claims(claims)


def _claims(claims: Mapping[str, object]) -> _Claims:
    audience = claims.get("aud")
    many = cast("list[object]", audience) if isinstance(audience, list) else [audience]
    issuer, token_id = claims.get("iss"), claims.get("jti")
    ends, made = claims.get("exp"), claims.get("iat")
    texts_good = all(isinstance(one, str) and one for one in (issuer, token_id, *many))
    numbers = [one for one in (ends, made) if isinstance(one, int | float) and not isinstance(one, bool)]
    if not texts_good or len(numbers) != 2:
        raise _RefusedError("claims")
    try:
        end, begin = (datetime.fromtimestamp(one, UTC) for one in numbers)
    except (OverflowError, ValueError, OSError):
        raise _RefusedError("claims") from None
    return _Claims(str(issuer), tuple(str(one) for one in many), end, begin, str(token_id))


def _key(system: CallingSystem, kid: str, algorithm: str) -> RSAKey | ECKey:
    found = _among(system.keys, kid, algorithm)
    if system.keys_url and _should_fetch(system, is_known=found is not None):
        _fetch(system)
        found = _among(system.keys, kid, algorithm)
    if found is None:
        raise _RefusedError("key")
    return found


def _among(keys: dict[str, object], kid: str, algorithm: str) -> RSAKey | ECKey | None:
    """The one public key of that name that fits the algorithm."""
    try:
        named = [one for one in KeySet.import_key_set(cast("dict", keys)).keys if one.kid == kid]  # type: ignore[type-arg]
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    fitting = [one for one in named if isinstance(one, RSAKey | ECKey) and one.key_type == ALGORITHMS[algorithm]]
    if len(fitting) != 1:
        return None
    key = fitting[0]
    if key.get("use", "sig") != "sig" or key.get("alg", algorithm) != algorithm:
        return None
    if isinstance(key, RSAKey):
        return key if key.public_key.key_size >= LEAST_RSA_BITS else None
    return key if key.curve_name == "P-384" else None


def _should_fetch(system: CallingSystem, *, is_known: bool) -> bool:
    """Whether the keys are too old: for a known one when it is no longer believed, for an unknown one soon."""
    after = BELIEVED_FOR if is_known else FETCH_AGAIN_AFTER
    return system.fetched_at is None or clock.now() - system.fetched_at >= after


def _fetch(system: CallingSystem) -> None:
    """The keys from where they were registered to lie. Where they cannot be had, none counts until they can."""
    system.fetched_at, system.keys = clock.now(), {}
    try:
        reply = outward.send("GET", system.keys_url, headers={"Accept": "application/json"}, seconds=_FETCH_SECONDS)
        found = msgspec.json.decode(reply.body, type=dict[str, object]) if reply.status == 200 else {}
        if found.get("keys"):
            system.keys = found
    except (outward.OutwardError, msgspec.DecodeError) as error:
        _log.warning("keys of a calling system could not be had", extra={"fields": {"kind": str(error)[:40]}})
    CallingSystem.objects.filter(id=system.id).update(keys=system.keys, fetched_at=system.fetched_at)


def _prove(token: str, key: RSAKey | ECKey, algorithm: str) -> None:
    try:
        jwt.decode(token, key, algorithms=[algorithm])
    except (JoseError, ValueError, TypeError):
        raise _RefusedError("signature") from None


def _refuse_by_time(claims: _Claims, now: datetime) -> None:
    if claims.ends_at <= now:
        raise _RefusedError("expired")
    if claims.made_at > now + SKEW:
        raise _RefusedError("made in the future")
    if claims.ends_at > now + LONGEST_LIFE + SKEW or claims.ends_at - claims.made_at > LONGEST_LIFE + SKEW:
        raise _RefusedError("lives too long")


def _use_once(system: CallingSystem, claims: _Claims) -> None:
    """Note the token as used. Of two that come at once the database takes one."""
    hashed = hashlib.sha256(claims.token_id.encode()).digest()
    UsedToken.objects.filter(system=system, ends_at__lte=clock.now()).delete()
    try:
        UsedToken.objects.create(system=system, token_hash=hashed, ends_at=claims.ends_at)
    except IntegrityError:
        raise _RefusedError("used before") from None


def _unauthenticated() -> HallwayError:
    return HallwayError(
        Kind.UNAUTHENTICATED,
        "H-XCH-008",
        what="The signed token is not one that counts here.",
        undone="Nothing was answered.",
        to_do="Sign with RS384 or ES384 under a registered key: iss, aud (this address), exp, iat and a new jti.",
    )
