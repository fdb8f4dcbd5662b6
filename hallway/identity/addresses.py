"""Which addresses a program may have: where answers go, where it is launched, where its keys are. Pure.

An address is compared letter by letter with what was registered. The one exception is RFC 8252, section 7.3: a program
on the person's own device listens on a port that it learns at start, so the port of a loopback address is free.
"""

import re
from urllib.parse import SplitResult, urlsplit

LONGEST = 500
LOOPBACK = ("127.0.0.1", "[::1]")
"""Not ``localhost``: what that name means is up to the device (RFC 8252, section 8.3)."""
_OWN_SCHEME = re.compile(r"[a-z][a-z0-9+\-]*(\.[a-z0-9+\-]+)+")
"""A private scheme is a domain turned round, as ``com.example.app`` (RFC 8252, section 7.1)."""
_PRINTED = re.compile(r"[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")


def fits(asked: str, registered: list[str]) -> bool:
    """Whether an answer may go to ``asked``."""
    return asked in registered or any(_same_but_port(asked, one) for one in registered)


def _same_but_port(asked: str, registered: str) -> bool:
    own = _parts(registered)
    theirs = _parts(asked)
    if own is None or theirs is None or not is_loopback(own) or not may_be_answered(asked):
        return False
    return (own.scheme, _host(own), own.path, own.query) == (theirs.scheme, _host(theirs), theirs.path, theirs.query)


def may_be_answered(address: str) -> bool:
    """Whether an address may be registered for answers: https, http on loopback, or a private scheme."""
    parts = _parts(address)
    if parts is None or parts.fragment or "#" in address or ".." in parts.path or "*" in address:
        return False
    if parts.scheme in ("http", "https"):
        return _is_web(parts)
    return bool(_OWN_SCHEME.fullmatch(parts.scheme)) and not parts.netloc


def may_be_opened(address: str) -> bool:
    """Whether an address may be opened by a browser or fetched by us: https, or http on loopback."""
    parts = _parts(address)
    return parts is not None and parts.scheme in ("http", "https") and "#" not in address and _is_web(parts)


def _is_web(parts: SplitResult) -> bool:
    if not parts.hostname or parts.username is not None or parts.password is not None or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or is_loopback(parts)


def is_loopback(parts: SplitResult) -> bool:
    """Whether an address stays on the device: ``http`` is allowed there alone."""
    return parts.scheme == "http" and _host(parts) in LOOPBACK


def origin_of(address: str) -> str:
    """Scheme, host and port of a web address; the scheme alone of a private one. For the page's own policy."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower()
    return f"[{host}]" if ":" in host else host


def _parts(address: str) -> SplitResult | None:
    """The address taken apart; None for one that a browser and we could read in two ways."""
    if len(address) > LONGEST or not _PRINTED.fullmatch(address):
        return None
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme and address.startswith(f"{parts.scheme}:") else None
