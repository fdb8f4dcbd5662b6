"""The keys that we sign with: made here, sealed at rest, published, and replaced by rotation.

RS256 signs id tokens, as OpenID Connect's clients expect; ES384 signs what we show to other servers as their client.
"""

import json
from datetime import timedelta

from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.identity import keys
from hallway.identity.app_models import SigningKey
from hallway.storage import connection

ALGORITHMS = ("RS256", "ES384")
PUBLISHED_AFTER = timedelta(days=1)
"""How long a retired key stays published: longer than anything that it signed is good for."""
_ROTATION = "identity signing keys"
Claims = dict[str, str | int | list[str]]


def published() -> list[dict[str, object]]:
    """The public halves as JSON web keys, newest first: those that sign and those that lately did."""
    rows = SigningKey.objects.order_by("-created_at", "kid")
    now = clock.now()
    return [json.loads(row.public) for row in rows if row.gone_at is None or row.gone_at > now]


def rotate() -> list[str]:
    """Replace the key of each algorithm; the ids of the new ones. The old ones sign nothing from now on."""
    with connection.transaction():
        connection.take_turns(_ROTATION)
        now = clock.now()
        SigningKey.objects.filter(retired_at__isnull=True).update(retired_at=now, gone_at=now + PUBLISHED_AFTER)
        SigningKey.objects.filter(gone_at__lt=now - PUBLISHED_AFTER).delete()
        return [_make(algorithm).kid for algorithm in ALGORITHMS]


def _make(algorithm: str) -> SigningKey:
    made: Key = RSAKey.generate_key(2048) if algorithm == "RS256" else ECKey.generate_key("P-384")
    kid = made.thumbprint()
    public = {**made.as_dict(private=False), "kid": kid, "use": "sig", "alg": algorithm}
    return SigningKey.objects.create(
        kid=kid,
        algorithm=algorithm,
        private=keys.seal(json.dumps(made.as_dict(private=True))),
        public=json.dumps(public, sort_keys=True),
        created_at=clock.now(),
    )


def _signing(algorithm: str) -> SigningKey:
    """The key that signs now; made at first use, by one of however many ask at once."""
    found = SigningKey.objects.filter(algorithm=algorithm, retired_at__isnull=True).first()
    if found is None:
        with connection.transaction():
            connection.take_turns(_ROTATION)
            found = SigningKey.objects.filter(algorithm=algorithm, retired_at__isnull=True).first()
            found = found or _make(algorithm)
    return found


def sign(claims: Claims, algorithm: str = "RS256") -> str:
    """A signed JSON web token. Raises H-IDN-030 where the deployment's key is not the one that sealed ours."""
    row = _signing(algorithm)
    opened = keys.unseal(row.private)
    if not opened:
        raise HallwayError(
            Kind.UNAVAILABLE,
            "H-IDN-030",
            what="The key that signs cannot be opened with this deployment's secret.",
            undone="Nothing was signed.",
            to_do="Run `hallway keys rotate`, or start with the secret that the key was made under.",
        )
    secret = json.loads(opened)
    key: Key = RSAKey.import_key(secret) if algorithm == "RS256" else ECKey.import_key(secret)
    return jwt.encode({"alg": algorithm, "kid": row.kid, "typ": "JWT"}, dict(claims), key, algorithms=[algorithm])
