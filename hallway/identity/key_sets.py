"""Key sets: public keys, each with an id, that signed tokens are checked with. Pure."""

import json

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

LARGEST = 64 * 1024
MOST_KEYS = 30


def parsed(body: bytes | str) -> KeySet | None:
    """A key set of public keys, each with an id; None for anything else, and for one with a private or a shared key."""
    try:
        told = json.loads(body)
        listed = told["keys"]
        if not isinstance(listed, list) or not 0 < len(listed) <= MOST_KEYS or len(body) > LARGEST:
            return None
        if any(not isinstance(key, dict) or "d" in key or key.get("kty") not in ("RSA", "EC") for key in listed):
            return None
        usable = [key for key in listed if key.get("kid") and key.get("use", "sig") == "sig"]
        return KeySet.import_key_set({"keys": usable}) if usable else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, JoseError):
        return None
