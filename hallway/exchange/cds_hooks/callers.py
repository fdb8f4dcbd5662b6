"""The calling EHR by its signed token: CDS Hooks 2.0, "Trusting CDS Clients". Who calls is an organization's system.

How a token must be signed, and when it counts: ``exchange.signed``. Here it must name the one address that it is for.
"""

import json
import logging
from collections.abc import Collection

from hallway.errors import HallwayError, Kind
from hallway.exchange import signed
from hallway.exchange.cds_hooks.models import CallingSystem
from hallway.exchange.signed import Fault, SignedError
from hallway.identity.requester import Requester, Role
from hallway.ids import NOBODY, AccountId, OrganizationId

_NAMED = "system/"
_log = logging.getLogger("hallway.hooks")


def requester_of(token: str, *, audience: Collection[str]) -> Requester:
    """The calling system's principal. ``audience`` are the addresses of which the token must name one.

    Raises UNAUTHENTICATED H-XCH-008 for every token that does not count; which rule it broke stands in the log alone.
    """
    try:
        return _verified(token, audience)
    except SignedError as refused:
        _log.warning("a signed call was refused", extra={"fields": {"kind": refused.fault.name}})
        raise _unauthenticated() from None


def system_of(by: Requester) -> int:
    """The number of the calling system behind a principal; 0 for a client with a credential."""
    number = by.name.removeprefix(_NAMED)
    return int(number) if by.role is Role.SYSTEM and by.name.startswith(_NAMED) and number.isdecimal() else 0


def _verified(token: str, audience: Collection[str]) -> Requester:
    shown = signed.read(token)
    if shown.made_at is None:
        raise SignedError(Fault.CLAIMS)
    system = CallingSystem.objects.filter(issuer=shown.issuer, ended_at__isnull=True).first()
    if system is None:
        raise SignedError(Fault.ISSUER)
    signed.prove(shown, keys_url=system.keys_url, keys=json.dumps(system.keys))
    if not set(shown.audience) & set(audience):
        raise SignedError(Fault.AUDIENCE)
    name = f"{_NAMED}{system.id}"
    signed.use_up(shown, signer=name)
    return Requester(AccountId(0), NOBODY, OrganizationId(system.organization_id), Role.SYSTEM, name=name)


def _unauthenticated() -> HallwayError:
    return HallwayError(
        Kind.UNAUTHENTICATED,
        "H-XCH-008",
        what="The signed token is not one that counts here.",
        undone="Nothing was answered.",
        to_do="Sign with RS384 or ES384 under a registered key: iss, aud (this address), exp, iat and a new jti.",
    )
