"""The product's own web server on the database in force, for as long as a drill needs it."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager

from hallway.storage.embedded import free_port


@contextmanager
def serving(*, workers: int = 2, threads: int = 4) -> Generator[int]:
    """The port of a server that answers. Raises ConnectionError when it does not within half a minute."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "hallway.app.wsgi:application", "--interface", "wsgi"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads)),
        *("--no-ws", "--no-log", "--http", "1"),
    ]
    started = subprocess.Popen(command, env={**os.environ, "HALLWAY_FHIR_CONNECTIONS": str(threads)})  # noqa: S603
    try:
        if not _is_up(port):
            raise ConnectionError("The web server of the drill did not start. Nothing was proven.")
        yield port
    finally:
        started.terminate()
        started.wait(15)


def _is_up(port: int) -> bool:
    for _ in range(300):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            client.request("GET", "/healthz")
            if client.getresponse().status == 200:
                return True
        except OSError:
            time.sleep(0.1)
        finally:
            client.close()
    return False
