"""Registering the EHRs that sign their calls, listing and ending them."""

import json
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.exchange import outward
from hallway.exchange.cds_hooks.models import CallingSystem
from hallway.identity.key_sets import parsed
from hallway.ids import AccountId, OrganizationId

LONGEST_NAME = 120
LONGEST_ADDRESS = 300


@dataclass(frozen=True, slots=True)
class Known:
    """A calling system as a list shows it."""

    system_id: int
    name: str
    issuer: str
    organization_id: OrganizationId
    ended_at: datetime | None


def register(
    name: str,
    issuer: str,
    organization_id: OrganizationId,
    *,
    keys_url: str = "",
    keys: dict[str, object] | None = None,
    by: AccountId | None = None,
) -> int:
    """Register a system of an organization by its issuer; its number. The keys lie at an address or are given.

    Raises H-XCH-010 naming the field: a name or issuer that is none, an issuer in use, keys missing, no set of public
    keys, or at an address that would never be called.
    """
    _refuse(name.strip() == "" or len(name) > LONGEST_NAME or not name.isprintable(), "name")
    _refuse(not _is_address(issuer), "issuer")
    _refuse(CallingSystem.objects.filter(issuer=issuer, ended_at__isnull=True).exists(), "issuer")
    _refuse(bool(keys_url) == bool(keys), "keys")
    _refuse(bool(keys_url) and not _is_callable(keys_url), "keys")
    _refuse(bool(keys) and parsed(json.dumps(keys)) is None, "keys")
    row = CallingSystem.objects.create(
        name=name.strip(),
        issuer=issuer,
        organization_id=organization_id,
        keys_url=keys_url,
        keys=keys or {},
        created_at=clock.now(),
        created_by=by or 0,
    )
    return row.id


def end(system_id: int) -> bool:
    """End a system: its tokens open nothing from the next call on. False when there was none running."""
    return bool(CallingSystem.objects.filter(id=system_id, ended_at__isnull=True).update(ended_at=clock.now()))


def known() -> list[Known]:
    """Every system, oldest first."""
    return [
        Known(row.id, row.name, row.issuer, OrganizationId(row.organization_id), row.ended_at)
        for row in CallingSystem.objects.order_by("id")
    ]


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in {"https", "http"} and bool(parts.netloc) and len(text) <= LONGEST_ADDRESS and text.isascii()


def _is_callable(url: str) -> bool:
    try:
        outward.check(url)
    except outward.OutwardError:
        return False
    return len(url) <= LONGEST_ADDRESS


def _refuse(broken: bool, field: str) -> None:
    if broken:
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-XCH-010",
            what=f"A calling system needs another {field}.",
            undone="No system was registered.",
            to_do="Give a name, the issuer of its tokens (no other system's), and its keys or where they lie.",
            field=field,
        )
