"""Readers over HTTP that never rest: one process, many connections, an answer's last byte is followed by a request.

They live in a process of their own, so that neither the click nor its clock waits for them. What they saw comes back
in small batches through a pipe.
"""

import multiprocessing
import random
import selectors
import socket
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

_TELL_EVERY = 0.05
_MOST_AT_ONCE = 1 << 18
_PATIENCE = 60.0
Pipe = Any
"""One end of a pipe between processes."""
_END = b"\r\n\r\n"
CUT = -1
"""Status of an answer that began well and ended before its length."""


class Read(NamedTuple):
    """One answer: when its request was begun and its last byte came, its status, and whether the words were in it.

    Status 0 is no answer at all: the connection was refused or dropped. ``CUT`` is one that ended early.
    """

    begun: float
    ended: float
    status: int
    shown: bool
    path: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What every reader asks: one of ``paths``, drawn, with this line of header; ``words`` are looked for."""

    port: int
    paths: tuple[str, ...]
    header: str
    words: tuple[bytes, ...]


@dataclass(slots=True)
class _Reader:
    """One connection and the answer that is under way on it."""

    wish: Wish
    dice: random.Random
    link: socket.socket | None = None
    got: bytearray = field(default_factory=bytearray)
    begun: float = 0.0
    path: int = 0

    def ask(self) -> None:
        """Send the next request, over a new connection where the last one is gone."""
        self.path = self.dice.randrange(len(self.wish.paths))
        self.got.clear()
        self.begun = time.time()
        words = f"GET {self.wish.paths[self.path]} HTTP/1.1\r\nHost: 127.0.0.1\r\n{self.wish.header}\r\n\r\n"
        if self.link is None:
            self.link = socket.create_connection(("127.0.0.1", self.wish.port), timeout=_PATIENCE)
        self.link.sendall(words.encode())

    def hear(self) -> Read | None:
        """Take what has come; the answer when it is whole. Raises OSError when the connection is gone."""
        assert self.link is not None
        came = self.link.recv(_MOST_AT_ONCE)
        if not came:
            raise ConnectionResetError
        self.got += came
        if not is_whole(self.got):
            return None
        return Read(self.begun, time.time(), int(self.got[9:12]), self._shows(), self.path)

    def _shows(self) -> bool:
        return self.got[9:12] == b"200" and any(words in self.got for words in self.wish.words)

    def lose(self) -> Read:
        """The connection is gone: nothing was answered, or an answer was cut off."""
        if self.link is not None:
            self.link.close()
        self.link = None
        status = CUT if self.got[9:12] == b"200" and _END in self.got else 0
        return Read(self.begun, time.time(), status, self._shows(), self.path)


def is_whole(got: bytearray) -> bool:
    """Whether these bytes are one whole HTTP/1.1 answer, by its length or by its last chunk."""
    head = got.find(_END)
    if head < 0:
        return False
    for line in bytes(got[:head]).lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(got) >= head + len(_END) + int(line.partition(b":")[2])
        if line.startswith(b"transfer-encoding:"):
            return got.endswith(b"\r\n0\r\n\r\n")
    return True


@dataclass(slots=True)
class Watched:
    """The readers as the drill sees them: ``reads`` grows while ``watch`` runs."""

    pipe: Pipe
    reads: list[Read] = field(default_factory=list[Read])

    def watch(self, enough: Callable[[Sequence[Read]], bool], *, most: float) -> None:
        """Take what they see until what came in this watch is enough, or so many seconds have passed."""
        first, end = len(self.reads), time.monotonic() + most
        while (left := end - time.monotonic()) > 0 and not enough(self.reads[first:]):
            if self.pipe.poll(left):
                self.reads += self.pipe.recv() or []

    def rest(self) -> None:
        """Let every answer under way come to its end, and no request be begun until ``go_on``."""
        self.pipe.send(True)
        while (came := self.pipe.recv()) is not None:
            self.reads += came

    def go_on(self) -> None:
        """Ask again, all at once."""
        self.pipe.send(False)


@contextmanager
def reading(wish: Wish, number: int) -> Generator[Watched]:
    """So many readers at work. Nothing may be connected to a database: their process is a copy of this one."""
    ours, theirs = multiprocessing.Pipe()
    crew = multiprocessing.get_context("fork").Process(target=_read_on, args=(wish, number, ours, theirs), daemon=True)
    crew.start()
    theirs.close()
    try:
        yield Watched(ours)
    finally:
        ours.close()
        crew.join(10)
        if crew.is_alive():
            crew.kill()


def _read_on(wish: Wish, number: int, theirs: Pipe, pipe: Pipe) -> None:
    """The process of the readers: until nobody listens any more."""
    theirs.close()
    with selectors.DefaultSelector() as waiting:
        crew = _Crew(pipe, waiting, [_Reader(wish, random.Random(n)) for n in range(number)])  # noqa: S311 - no secret
        with suppress(OSError, EOFError):
            crew.work()


@dataclass(slots=True)
class _Crew:
    """All readers, those of them that rest, and what was seen and not told yet."""

    pipe: Pipe
    waiting: selectors.BaseSelector
    resting: list[_Reader]
    found: list[Read] = field(default_factory=list[Read])
    number: int = 0

    def work(self) -> None:
        """Ask and hear. Raises EOFError or OSError when the drill has ended."""
        self.number, told, rests = len(self.resting), time.monotonic(), False
        while True:
            if self.pipe.poll():
                rests = self.pipe.recv()
            if not rests:
                self._ask_all()
            for key, _ in self.waiting.select(_TELL_EVERY if self.number > len(self.resting) else 0.001):
                self._hear(key.data)
            if time.monotonic() - told > _TELL_EVERY:
                told = time.monotonic()
                self._tell()
            if rests and len(self.resting) == self.number:
                self._tell()
                self.pipe.send(None)
                rests = self.pipe.recv()

    def _tell(self) -> None:
        self.pipe.send(self.found)
        self.found = []

    def _ask_all(self) -> None:
        asking, self.resting = self.resting, []
        for reader in asking:
            was = reader.link
            try:
                reader.ask()
            except OSError:
                self._lose(reader, is_known=was is not None)
                continue
            if reader.link is not was and reader.link is not None:
                self.waiting.register(reader.link, selectors.EVENT_READ, reader)

    def _hear(self, reader: _Reader) -> None:
        try:
            answer = reader.hear()
        except OSError:
            self._lose(reader, is_known=True)
            return
        if answer is not None:
            self.found.append(answer)
            self.resting.append(reader)

    def _lose(self, reader: _Reader, *, is_known: bool) -> None:
        """Not answered; the reader tries again over a new connection, after a breath."""
        if is_known and reader.link is not None:
            self.waiting.unregister(reader.link)
        self.found.append(reader.lose())
        self.resting.append(reader)
        time.sleep(0.01)


def once(wish: Wish, place: int) -> Read:
    """One answer, for a look before the drill."""
    reader = _Reader(Wish(wish.port, (wish.paths[place],), wish.header, wish.words), random.Random(0))  # noqa: S311
    reader.ask()
    while (answer := reader.hear()) is None:
        pass
    reader.lose()
    return answer
