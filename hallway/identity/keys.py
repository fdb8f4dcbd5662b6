"""Tokens, password hashes and the sealing of second-factor secrets: all the cryptography of ``identity``."""

import base64
import hashlib
import hmac

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from hallway import ids

_hasher = PasswordHasher()
_NOBODY_HASH = "$argon2id$v=19$m=65536,t=3,p=4$aGFsbHdheS1uby1ib2R5$ZkVMhfcTy6OHmBeHEdESwXFfvW3hZB3rGPJjXJzIHyo"
"""Compared against when the name is unknown, so that unknown and wrong take the same time."""


def new_token() -> str:
    """A fresh session token: 32 random bytes in URL-safe text."""
    return base64.urlsafe_b64encode(ids.random_bytes(32)).rstrip(b"=").decode()


def token_hash(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def name_hash(login_name: str) -> bytes:
    """A keyed hash of a login name, for counting tries without keeping names."""
    return hmac.new(settings.SECRET_KEY.encode(), b"tries:" + login_name.encode(), hashlib.sha256).digest()


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with a salt from the injected entropy."""
    return _hasher.hash(password, salt=ids.random_bytes(16))


def password_matches(stored: str, password: str) -> bool:
    """Whether ``password`` is the one. Takes as long for an empty ``stored`` as for a real one, and says no."""
    try:
        return _hasher.verify(stored or _NOBODY_HASH, password) and bool(stored)
    except (Argon2Error, InvalidHashError):
        return False


def _box() -> Fernet:
    key = hashlib.sha256(b"totp:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(secret: str) -> str:
    """Encrypt a second-factor secret for keeping."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret again; empty when the deployment's key has changed, which then fails every code."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""
