"""Key sets by their address: fetched by the guarded way out, kept a while, fetched anew for a new key."""

import logging
from datetime import datetime, timedelta

from joserfc.jwk import KeySet

from hallway import clock
from hallway.exchange import outward
from hallway.exchange.outward import OutwardError
from hallway.identity.key_sets import parsed

KEPT_FOR = timedelta(minutes=10)
"""A key that its owner has withdrawn counts no longer than this."""
NOT_AGAIN_FOR = timedelta(minutes=1)
"""A key that is in no set is looked for again only after this long: else a stranger could make us ask all day."""
SECONDS = 2.0
MOST_KEPT = 1000
_log = logging.getLogger("hallway.keys")
_kept: dict[str, tuple[datetime, KeySet | None]] = {}


def keys_at(url: str, kid: str) -> KeySet | None:
    """The key set at ``url``, surely not older than ``kid`` if it has it; None when there is none to be had."""
    now = clock.now()
    fetched_at, found = _kept.get(url, (None, None))
    if fetched_at is not None and abs(now - fetched_at) < (KEPT_FOR if _holds(found, kid) else NOT_AGAIN_FOR):
        return found
    fresh = _fetched(url)
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[url] = (now, fresh)
    return fresh


def forget() -> None:
    """Fetch everything anew. For tests."""
    _kept.clear()


def _holds(found: KeySet | None, kid: str) -> bool:
    return found is not None and any(key.kid == kid for key in found.keys)


def _fetched(url: str) -> KeySet | None:
    try:
        reply = outward.send("GET", url, headers={"Accept": "application/json"}, seconds=SECONDS)
    except OutwardError as error:
        _log.warning("a key set could not be had", extra={"fields": {"kind": error.reason}})
        return None
    return parsed(reply.body) if reply.status == 200 else None
