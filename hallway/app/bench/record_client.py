"""The client of the bench ``record``, and its server process for as long as it is needed."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from hallway.errors import HallwayError, Kind


@dataclass(slots=True)
class Server:
    """The bench's server process and one connection to it."""

    client: http.client.HTTPConnection
    token: str

    def get(self, path: str, mode: str) -> bytes:
        """The body of one answer. Raises HallwayError when it is not a 200."""
        self.client.request("GET", path, headers={"Authorization": f"Bearer {self.token}", "X-Bench": mode})
        answered = self.client.getresponse()
        body = answered.read()
        if answered.status != 200:
            raise wrong("An answer of the bench's server was a refusal.")
        return body

    def timed(self, path: str, mode: str) -> float:
        """Seconds of one request."""
        begun = time.perf_counter()
        self.get(path, mode)
        return time.perf_counter() - begun

    def another(self) -> "Server":
        """The same server over a connection of its own."""
        return Server(connected(int(self.client.port)), self.token)


@contextmanager
def serving(
    token: str, *, threads: int = 1, shape: int = 0, application: str = "hallway.app.bench.record_server:application"
) -> Generator[Server]:
    """The bench's server on a free port, one worker of some threads, for as long as the context lasts.

    ``shape`` is the port of the stubs that one of its sides calls.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        *(sys.executable, "-m", "granian", application, "--interface", "wsgi"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", str(threads)),
        *("--no-ws", "--no-log"),
    ]
    environment = {**os.environ, "HALLWAY_FHIR_CONNECTIONS": str(max(8, threads)), "BENCH_SHAPE": str(shape)}
    started = subprocess.Popen(command, env=environment)  # noqa: S603 - our own words
    try:
        client = connected(port)
        yield Server(client, token)
        client.close()
    finally:
        started.terminate()
        started.wait(60)


def connected(port: int) -> http.client.HTTPConnection:
    """A connection to the server on this port, once it answers."""
    for _ in range(600):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            client.request("GET", "/fhir/metadata")
            client.getresponse().read()
        except OSError:
            time.sleep(0.1)
            continue
        return client
    raise wrong("The bench's server did not start.")


def wrong(what: str) -> HallwayError:
    """A check that failed: the figures do not count."""
    return HallwayError(
        Kind.FAULT, "H-APP-022", what=what, undone="The figures were thrown away.", to_do="Run the tests of the door."
    )
