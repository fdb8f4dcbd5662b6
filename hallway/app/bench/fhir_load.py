"""Clients that cost little: one thread asks over many connections and reads each answer to its end, nothing more.

Whatever a client costs is paid by both sides of a ratio and flatters it, so requests are bytes made beforehand and an
answer is read by its length. Each connection asks again as soon as it is answered.
"""

import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

from hallway.app.bench.record_client import wrong

_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


def request(path: str, headers: dict[str, str]) -> bytes:
    """One GET as it goes over the wire."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@dataclass(slots=True)
class _Client:
    """One connection: what has come of the present answer, and how many bytes it will have (0: not known yet)."""

    link: socket.socket
    came: int = 0
    head: bytes = b""
    whole: int = 0

    def heard(self) -> bool:
        """Read what is there; whether the answer is complete. Raises HallwayError when it is not a 200."""
        part = self.link.recv(1 << 18)
        if not part:
            raise wrong("The bench's server hung up.")
        self.came += len(part)
        if not self.whole:
            self.head += part
            end = self.head.find(_END)
            if end < 0:
                return False
            self.whole = end + 4 + _announced(self.head[:end])
        if self.came < self.whole:
            return False
        self.came, self.whole, self.head = 0, 0, b""
        return True


def _announced(head: bytes) -> int:
    if not head.startswith(b"HTTP/1.1 200"):
        raise wrong("An answer of the bench's server was a refusal.")
    at = head.lower().index(_LENGTH) + len(_LENGTH)
    return int(head[at:].split(b"\r", 1)[0])


class Crowd:
    """``size`` clients of one server. Each request of ``requests`` in turn, over whichever connection is free."""

    def __init__(self, port: int, size: int) -> None:
        """Connect them all."""
        self._clients: dict[int, _Client] = {}
        self._poll = select.epoll()
        for _ in range(size):
            link = socket.create_connection(("127.0.0.1", port), timeout=30)
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._clients[link.fileno()] = _Client(link)
            self._poll.register(link.fileno(), select.EPOLLIN)

    def rate(self, requests: Sequence[bytes], seconds: float) -> float:
        """Answers a second. Every answer is waited for, so the next call begins with a server at rest."""
        left = cycle(requests)
        begun = time.perf_counter()
        until = begun + seconds
        waiting = len(self._clients)
        answered = 0
        for one in self._clients.values():
            one.link.sendall(next(left))
        while waiting:
            for number, _ in self._poll.poll(30):
                one = self._clients[number]
                if not one.heard():
                    continue
                answered += 1
                if time.perf_counter() < until:
                    one.link.sendall(next(left))
                else:
                    waiting -= 1
        return answered / (time.perf_counter() - begun)

    def close(self) -> None:
        """Hang up."""
        self._poll.close()
        for one in self._clients.values():
            one.link.close()
