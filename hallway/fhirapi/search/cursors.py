"""The address of the next page: the whole search and where this page ended, sealed for whoever asked.

Sealed with AES-SIV: without it a search by name would stand in addresses, and so in every log on the way; and what the
last resource on a page was sorted by is part of the record. The same search gives the same text, so two worlds that
differ only in what is hidden give the same links.
"""

import base64
import hashlib
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

from hallway.fhirapi.asked import Asked
from hallway.fhirapi.search.refusals import refused
from hallway.ids import ResourceId
from hallway.record.criteria import Place

NAME = "_page"
LONGEST = 16_000
"""Characters of a sealed page."""


class Page(NamedTuple):
    """Where to go on: the parameters of the first request, and the place after which the next page begins."""

    pairs: list[tuple[str, str]]
    keys: tuple[str | None, ...]
    id: ResourceId

    @property
    def place(self) -> Place:
        """The place as the record takes it."""
        return Place(self.keys, self.id)


def _box() -> AESSIV:
    return AESSIV(hashlib.sha512(b"pages:" + settings.SECRET_KEY.encode()).digest())


def _for_whom(asked: Asked, path: str) -> list[bytes]:
    """What a page is bound to: who asked, in which role, for which program's scopes, and at which address."""
    who = asked.requester
    words = (who.account_id, who.organization_id, who.role, who.chart_id, path, asked.scopes)
    return [repr(words).encode()]


def sealed(asked: Asked, path: str, page: Page) -> str:
    """A page as it stands in an address."""
    made = _box().encrypt(msgspec.json.encode(page), _for_whom(asked, path))
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def opened(asked: Asked, path: str, text: str) -> Page:
    """The page behind a sealed text. Raises INCORRECT for one that we did not give this caller at this address."""
    try:
        if not text.isascii() or len(text) > LONGEST:
            raise ValueError
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return msgspec.json.decode(_box().decrypt(raw, _for_whom(asked, path)), type=Page)
    except (ValueError, InvalidTag, msgspec.DecodeError) as error:
        raise refused("The page is not one that Hallway gave you.") from error
