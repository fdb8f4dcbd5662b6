"""What an EHR says of itself: fetched by the guarded way out, checked, kept for minutes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from hallway import clock
from hallway.exchange import outward
from hallway.exchange.ehr_launch.refusals import Broken, BrokenAnswerError
from hallway.identity import addresses

KEPT_FOR = timedelta(minutes=10)
NOT_AGAIN_FOR = timedelta(seconds=10)
"""After a failure the EHR is left alone this long: the launch address is open to everybody."""
SECONDS = 4.0
MOST_KEPT = 200
LONGEST = 500


class _Said(msgspec.Struct, frozen=True):
    authorization_endpoint: str
    token_endpoint: str
    issuer: str
    jwks_uri: str
    code_challenge_methods_supported: list[str]
    capabilities: list[str] = []


@dataclass(frozen=True, slots=True)
class Configuration:
    """Where an EHR answers. ``issuer`` is what its id tokens say as ``iss``."""

    authorization_endpoint: str
    token_endpoint: str
    issuer: str
    jwks_uri: str
    speaks_v2: bool


_kept: dict[str, tuple[datetime, Configuration | None]] = {}


def configuration(iss: str) -> Configuration:
    """The SMART configuration of a registered EHR. Raises BrokenAnswerError when there is none that will do."""
    now = clock.now()
    fetched_at, found = _kept.get(iss, (None, None))
    if fetched_at is None or abs(now - fetched_at) >= (KEPT_FOR if found else NOT_AGAIN_FOR):
        if fetched_at is not None:
            # One asks and the others go by what was last known: an EHR that hangs must not hold every thread.
            keep(iss, found, at=now)
        found = _fetched(iss)
        keep(iss, found, at=now)
    if found is None:
        raise BrokenAnswerError(Broken.CONFIGURATION)
    return found


def keep(iss: str, found: Configuration | None, *, at: datetime) -> None:
    """Take this for what an EHR said of itself then, until it is old."""
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[iss] = (at, found)


def forget() -> None:
    """Fetch everything anew. For tests."""
    _kept.clear()


def _fetched(iss: str) -> Configuration | None:
    address = f"{iss.removesuffix('/')}/.well-known/smart-configuration"
    try:
        reply = outward.send("GET", address, headers={"Accept": "application/json"}, seconds=SECONDS)
        return checked(reply.body) if reply.status == 200 else None
    except outward.OutwardError:
        return None


def checked(body: bytes) -> Configuration | None:
    """A configuration that will do: code with S256, and addresses that may be opened and called; else None."""
    try:
        said = msgspec.json.decode(body, type=_Said)
    except (msgspec.DecodeError, RecursionError):
        return None
    if "S256" not in said.code_challenge_methods_supported or not _may_be_used(said):
        return None
    return Configuration(
        said.authorization_endpoint,
        said.token_endpoint,
        said.issuer,
        said.jwks_uri,
        "permission-v2" in said.capabilities,
    )


def _may_be_used(said: _Said) -> bool:
    try:
        for called in (said.token_endpoint, said.jwks_uri):
            outward.check(called)
    except outward.OutwardError:
        return False
    texts = (said.authorization_endpoint, said.token_endpoint, said.issuer, said.jwks_uri)
    return addresses.may_be_opened(said.authorization_endpoint) and all(0 < len(one) <= LONGEST for one in texts)
