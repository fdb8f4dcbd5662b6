"""An outward call ends when its time is up, whatever the other side does to hold it."""

import socket
import threading
import time

import pytest

from hallway.exchange import outward

SECONDS = 0.6


@pytest.fixture
def dripping(settings):
    """A receiver that says ``first`` at once and then a byte at a time, until it is told to stop."""
    settings.OUTWARD_HOSTS = ["127.0.0.1"]
    listening, stop = socket.create_server(("127.0.0.1", 0)), threading.Event()
    first = []

    def serve():
        taken, _ = listening.accept()
        with taken:
            try:
                taken.sendall(first[0])
                while not stop.wait(0.1):
                    taken.sendall(b"a")
            except OSError:
                pass

    running = threading.Thread(target=serve, daemon=True)
    running.start()
    yield listening.getsockname()[1], first
    stop.set()
    listening.close()
    running.join(2)


@pytest.mark.parametrize(
    ("scheme", "first"),
    [
        ("http", b"HTTP/1.1 2"),
        ("http", b"HTTP/1.1 200 OK\r\nX-Drip: a"),
        ("http", b"HTTP/1.1 200 OK\r\n\r\n"),
        ("https", b"\x16\x03\x03\x10\x00"),
    ],
)
def test_a_receiver_that_drips_is_given_up_when_the_time_is_up(dripping, scheme, first):
    port, said = dripping
    said.append(first)
    began = time.monotonic()
    with pytest.raises(outward.OutwardError) as caught:
        outward.send("POST", f"{scheme}://127.0.0.1:{port}/hook", body=b"{}", seconds=SECONDS)
    assert caught.value.reason == "timeout"
    assert time.monotonic() - began < SECONDS + 1.5
