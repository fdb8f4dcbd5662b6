"""HTTP as bytes: a client that sends whatever it is told to, and reads one answer."""

import contextlib
import socket
import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Request:
    """One request. ``path`` goes out as it is; ``headers`` may repeat; ``chunked`` hides the body's length."""

    method: str
    path: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    chunked: bool = False
    length: int = -1
    """Content-Length to claim, where it is not the body's."""

    def raw(self) -> bytes:
        """The bytes on the wire."""
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers)]
        if self.chunked:
            lines.append("Transfer-Encoding: chunked")
        elif self.body or self.length >= 0 or self.method in {"POST", "PUT", "PATCH"}:
            lines.append(f"Content-Length: {self.length if self.length >= 0 else len(self.body)}")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")
        if not self.chunked:
            return head + self.body
        return head + b"%x\r\n%b\r\n0\r\n\r\n" % (len(self.body), self.body) if self.body else head + b"0\r\n\r\n"


@dataclass(slots=True)
class Answer:
    """``status`` 0: none came. ``seconds`` until the last byte."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


class Wire:
    """One connection, made anew when it breaks."""

    def __init__(self, port: int, timeout: float = 60) -> None:
        self._port = port
        self._timeout = timeout
        self._link: socket.socket | None = None

    def ask(self, request: Request) -> Answer:
        """Send and read. A kept connection that the server has closed meanwhile is opened once more."""
        begun = time.perf_counter()
        for fresh in (False, True):
            try:
                link = self._connected(anew=fresh)
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    # A server may refuse before it has read everything.
                    link.sendall(request.raw())
                status, headers, body = self._read(link, request.method)
                if headers.get("connection", "").lower() == "close" or request.length > len(request.body):
                    self.close()
                return Answer(status, headers, body, time.perf_counter() - begun)
            except (OSError, ValueError, EOFError):
                self.close()
        return Answer(0, {}, b"", time.perf_counter() - begun)

    def close(self) -> None:
        """Hang up."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _connected(self, *, anew: bool) -> socket.socket:
        if anew:
            self.close()
        if self._link is None:
            self._link = socket.create_connection(("127.0.0.1", self._port), timeout=self._timeout)
            self._link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._link

    def _read(self, link: socket.socket, method: str) -> tuple[int, dict[str, str], bytes]:
        came = b""
        while b"\r\n\r\n" not in came:
            came += self._some(link)
        head, _, body = came.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines if ": " in line)}
        status = int(first.split()[1])
        if status == 100:
            link.setblocking(True)
            return self._read(link, method)
        if method == "HEAD" or status in {204, 304}:
            return status, headers, b""
        if "chunked" in headers.get("transfer-encoding", ""):
            while not body.endswith(b"0\r\n\r\n"):
                body += self._some(link)
            return status, headers, body
        wanted = int(headers.get("content-length", "0"))
        parts, held = [body], len(body)
        while held < wanted:
            parts.append(self._some(link))
            held += len(parts[-1])
        return status, headers, b"".join(parts)

    def _some(self, link: socket.socket) -> bytes:
        part = link.recv(1 << 18)
        if not part:
            raise EOFError
        return part
