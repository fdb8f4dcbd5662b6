"""Key sets of others, by their address: fetched within bounds, kept for a while, fetched anew for a key never seen.

No redirect is followed, nothing but https is asked (http on loopback only), and no more is read than a key set holds.
"""

import json
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from hallway import clock
from hallway.identity import addresses

KEPT_FOR = timedelta(minutes=10)
NOT_AGAIN_FOR = timedelta(seconds=30)
"""A key that is in no set is looked for again only after this long: else a stranger could make us ask all day."""
SECONDS = 3
LARGEST = 64 * 1024
MOST_KEYS = 30
_kept: dict[str, tuple[datetime, KeySet | None]] = {}


def keys_at(url: str, kid: str) -> KeySet | None:
    """The key set at ``url``, surely not older than ``kid`` if it has it; None when there is none to be had."""
    now = clock.now()
    fetched_at, found = _kept.get(url, (None, None))
    if fetched_at is not None:
        age = abs(now - fetched_at)
        if age < (KEPT_FOR if _holds(found, kid) else NOT_AGAIN_FOR):
            return found
    fresh = parsed(_fetched(url))
    if len(_kept) > 1000:
        _kept.clear()
    _kept[url] = (now, fresh)
    return fresh


def forget() -> None:
    """Fetch everything anew. For tests and after a program's registration changed."""
    _kept.clear()


def _holds(found: KeySet | None, kid: str) -> bool:
    return found is not None and any(key.kid == kid for key in found.keys)


def parsed(body: bytes | str) -> KeySet | None:
    """A key set of public keys, each with an id; None for anything else, and for one with a private or a shared key."""
    try:
        told = json.loads(body)
        listed = told["keys"]
        if not isinstance(listed, list) or not 0 < len(listed) <= MOST_KEYS:
            return None
        if any(not isinstance(key, dict) or "d" in key or key.get("kty") not in ("RSA", "EC") for key in listed):
            return None
        usable = [key for key in listed if key.get("kid") and key.get("use", "sig") == "sig"]
        return KeySet.import_key_set({"keys": usable}) if usable else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, JoseError):
        return None


def _fetched(url: str) -> bytes:
    """What stands at an address; empty for everything that goes wrong."""
    if not addresses.may_be_opened(url):
        return b""
    parts = urlsplit(url)
    host, path = parts.hostname or "", f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    made = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    opened = made(host, parts.port, timeout=SECONDS)
    try:
        opened.request("GET", path, headers={"Accept": "application/json", "Connection": "close"})
        answer = opened.getresponse()
        body = answer.read(LARGEST + 1) if answer.status == 200 else b""
        return body if len(body) <= LARGEST else b""
    except (OSError, HTTPException, ValueError):
        return b""
    finally:
        opened.close()
