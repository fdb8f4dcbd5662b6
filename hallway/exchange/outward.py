"""The one way by which Hallway calls an address that somebody registered: guarded, bounded, and never redirected.

Public addresses over TLS only. A host that the operator names (``HALLWAY_OUTWARD_HOSTS``), and loopback in the demo,
may be private and without TLS. The name is resolved once and that address is called, so it cannot change in between.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

MOST_BYTES = 256 * 1024
"""Bytes of an answer that are read."""
SECONDS = 5.0
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PORTS = {"https": 443, "http": 80}


class OutwardError(Exception):
    """A call that was not made or not answered. ``reason`` is a code, never an address or a word of the answer."""

    def __init__(self, reason: str) -> None:
        """Keep the code."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: any status, and the body within its bound."""

    status: int
    body: bytes


def check(url: str) -> None:
    """Raise OutwardError for an address that would never be called, as far as it can be told without the network."""
    parts = _split(url)
    host = parts.hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    if (address is not None and not _may_be_called(address)) or host == "localhost":
        _refuse_unless_trusted(host, "private")


def send(
    method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None, seconds: float = SECONDS
) -> Reply:
    """Call ``url`` once and wait at most ``seconds`` for all of it. A redirection is an answer like any other.

    Raises OutwardError when the address may not be called or nothing came back in time.
    """
    ends = time.monotonic() + seconds
    parts = _split(url)
    host = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]
    called = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        # Kept here: the library forgets the socket of an answer that ends the connection.
        wired = called.sock = _connected(parts, host, port, ends)
        with _shut_at(ends, wired):
            if isinstance(wired, ssl.SSLSocket):
                wired.do_handshake()
            target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
            called.request(method, target, body=body or None, headers={"Connection": "close", **(headers or {})})
            answered = called.getresponse()
            return Reply(answered.status, _bounded(answered, wired, ends))
    except (OSError, http.client.HTTPException, ValueError) as error:
        is_late = isinstance(error, TimeoutError) or time.monotonic() >= ends
        raise OutwardError("timeout" if is_late else "no-answer") from None
    finally:
        called.close()


@contextmanager
def _shut_at(ends: float, wired: socket.socket) -> Generator[None]:
    """Shut the connection when its time is up: a timeout on it begins anew with every byte that drips in."""
    timer = threading.Timer(max(0.0, ends - time.monotonic()), _shut, [wired])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut(wired: socket.socket) -> None:
    with suppress(OSError):
        # Of the connection itself, also under TLS: that of the TLS socket would take its state from under its reader.
        socket.socket.shutdown(wired, socket.SHUT_RDWR)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise OutwardError("address") from None
    odd = parts.username or parts.password or parts.fragment or not parts.hostname or port == 0
    if odd or parts.scheme not in _PORTS or not url.isascii() or any(sign.isspace() for sign in url):
        raise OutwardError("address")
    if parts.scheme == "http":
        _refuse_unless_trusted(parts.hostname or "", "no-tls")
    return parts


def _refuse_unless_trusted(host: str, reason: str) -> None:
    trusted = frozenset(settings.OUTWARD_HOSTS) | (LOOPBACK if settings.DEMO else frozenset[str]())
    if host not in trusted:
        raise OutwardError(reason)


def _connected(parts: SplitResult, host: str, port: int, ends: float) -> socket.socket:
    """The connection; a handshake of TLS is still to be done."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    if not addresses:
        raise OutwardError("no-answer")
    if not all(_may_be_called(one) for one in addresses):
        _refuse_unless_trusted(host, "private")
    left = ends - time.monotonic()
    if left <= 0:
        raise OutwardError("timeout")
    plain = socket.create_connection((str(addresses[0]), port), timeout=left)
    if parts.scheme == "http":
        return plain
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)


def _may_be_called(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is a public one; what wraps another address in itself is none."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return _may_be_called(address.ipv4_mapped)
        if address.sixtofour or address.teredo or address in _NAT64:
            return False
    return address.is_global and not address.is_multicast


def _bounded(answered: http.client.HTTPResponse, read_from: socket.socket, ends: float) -> bytes:
    found = b""
    while len(found) <= MOST_BYTES:
        left = ends - time.monotonic()
        if left <= 0:
            raise OutwardError("timeout")
        read_from.settimeout(left)
        some = answered.read1(65536)
        if not some and time.monotonic() < ends:
            return found
        found += some
    raise OutwardError("too-large")
