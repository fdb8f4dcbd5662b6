"""Finds any line edited, dropped, added or reordered before the last published head.

``check`` is pure: it takes heads and links from the database or from an exported file, and shares nothing with the
sealer but the arithmetic of ``chain``.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from hallway.ledger import chain
from hallway.ledger.chain import Head, Link

Links = Callable[[Head], Iterable[Link]]
"""The links sealed under a head, in the order in which they were sealed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong and where. Numbers only: a finding is shown to people who may not see charts."""

    what: str
    head_number: int = 0
    chart_id: int = 0
    seq: int = 0
    answer_id: int = 0

    def __str__(self) -> str:
        """One line for the terminal."""
        where = [
            f"{name} {value}"
            for name, value in (
                ("head", self.head_number),
                ("chart", self.chart_id),
                ("link", self.seq),
                ("line", self.answer_id),
            )
            if value
        ]
        return f"{self.what} ({', '.join(where)})" if where else self.what


@dataclass(slots=True)
class Verified:
    """How far a verification has come: what was counted and where each chain stands."""

    heads: int = 0
    links: int = 0
    last_head: Head | None = None
    tips: dict[int, tuple[int, bytes]] = field(default_factory=dict[int, tuple[int, bytes]])


def check(heads: Iterable[Head], links: Links, verified: Verified) -> Iterator[Finding]:
    """Walk every head from the first and every link under it; yields what is wrong, nothing when all is well.

    After a finding it goes on from what stands there, so that one change is reported once and not as an avalanche.
    """
    before, number = chain.FIRST_HEAD, 0
    for head in heads:
        if head.number != number + 1:
            yield Finding("heads are missing before this one", head.number)
        if head.prev != before:
            yield Finding("this head does not stand on the one before it", head.number)
        if chain.head_hash(head) != head.hash:
            yield Finding("this head was altered", head.number)
        before, number = head.hash, head.number
        yield from _check_links(head, links(head), verified)
        verified.heads += 1
        verified.last_head = head


def _check_links(head: Head, links: Iterable[Link], verified: Verified) -> Iterator[Finding]:
    """The links of one head, each by itself and all against the head's digest."""
    over = hashlib.sha256()
    count = 0
    last = (-1, -1, -1)
    for link in links:
        place = _place(link)
        if place is not None and place <= last:
            yield _at("lines stand in another order than they were sealed in", head, link)
        last = place or last
        yield from _check_link(head, link, verified)
        over.update(chain.link_part(link.chart_id, link.seq, link.hash))
        count += 1
    verified.links += count
    if count != head.links:
        yield Finding(f"{head.links} links were sealed under this head and {count} are here", head.number)
    elif over.digest() != head.digest:
        yield Finding("the links under this head are not those that were sealed", head.number)


def _check_link(head: Head, link: Link, verified: Verified) -> Iterator[Finding]:
    """One link: stands on the one before, speaks of a line that is there, and has that line's hash."""
    seq, prev = verified.tips.get(link.chart_id, (0, chain.genesis(link.chart_id)))
    verified.tips[link.chart_id] = (link.seq, link.hash)
    if link.seq != seq + 1 or link.prev != prev:
        yield _at("a link before this one is missing or was replaced", head, link)
    if link.fields is None:
        yield _at("the line of this link was dropped", head, link)
    elif chain.link_hash(link.prev, link.seq, chain.digest_of(link.fields)) != link.hash:
        yield _at("this line was edited", head, link)
    elif link.chart_id not in chain.charts_of(int(one) for one in link.fields[10].split(",") if one):
        yield _at("this line does not name the chart of its link", head, link)


def _place(link: Link) -> tuple[int, int, int] | None:
    """Where a link belongs within its head: by transaction, then line, then chart."""
    return (int(link.fields[1]), link.answer_id, link.chart_id) if link.fields else None


def _at(what: str, head: Head, link: Link) -> Finding:
    return Finding(what, head.number, link.chart_id, link.seq, link.answer_id)


def against_published(stored: dict[int, bytes], published: Iterable[Head]) -> Iterator[Finding]:
    """Heads that were published must be the ones that are stored, by number and hash."""
    for head in published:
        if stored.get(head.number) != head.hash:
            yield Finding("this published head is not the one that is stored", head.number)
