"""What a ledger line says in place of a word: a short hash, under a key that this network alone has.

Without the key whoever reads lines or receipts would find a code or a family name by trying a dictionary. The key lies
beside the rows without which no line is told again. Opens to ``record`` and the witness only.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache

from hallway.storage import database_url
from hallway.storage.connection import cursor

Hash = Callable[[str], str]
SHORT = 200
"""Longer texts are not remembered: they would fill a process with what one person searched."""
_KEY = "SELECT key FROM record_word_key"
_keys: dict[str, bytes] = {}


def keyed() -> Hash:
    """The hash by which lines are written, under the key of the database in force."""
    url = database_url.current()
    if url not in _keys:
        with cursor() as opened:
            row = opened.execute(_KEY).fetchone()
        assert row is not None
        _keys[url] = bytes(row[0])
    key = _keys[url]
    return lambda text: _short(key, text) if len(text) <= SHORT else _hashed(key, text)


def plain(text: str) -> str:
    """The hash by which lines were written before there was a key."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _hashed(key: bytes, text: str) -> str:
    return hashlib.blake2b(text.encode(), key=key, digest_size=6).hexdigest()


_short = lru_cache(maxsize=65536)(_hashed)
