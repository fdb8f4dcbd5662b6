"""Every typed shape is made known to msgspec while a process has one thread.

msgspec learns a type when it is first read, and shows what it has learnt so far to every thread. Two that read the
same new type at once end the process (segmentation fault): under load, in the first seconds after a start.
"""

from collections.abc import Iterator

import msgspec


def build() -> int:
    """Learn every type that is loaded; how many. To be called after the imports and before the first thread."""
    known = set(_under(msgspec.Struct))
    for one in known:
        msgspec.json.Decoder(one)
    return len(known)


def _under(kind: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for one in kind.__subclasses__():
        yield one
        yield from _under(one)
