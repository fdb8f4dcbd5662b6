"""A plan as the ledger keeps it: which ways were open, from which source, for which classes, and why. Pure.

JSON without blanks, one list of ways for each chart of the line, in the order of its charts. A way is
``[source, allow, author, kinds, rule ids, consent ids, obligations]``; ``author`` 0 stands for anybody's items, no
kinds for every kind.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol


class WayOut(Protocol):
    """What a plan needs of a clause. ``record`` stands above this room, so it is named by shape."""

    @property
    def source_org(self) -> int: ...  # noqa: D102
    @property
    def allow(self) -> int: ...  # noqa: D102
    @property
    def author(self) -> int: ...  # noqa: D102
    @property
    def kinds(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def rule_ids(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def consent_ids(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def obligations(self) -> tuple[str, ...]: ...  # noqa: D102


class Way(NamedTuple):
    """One way out as it was, read back from a line."""

    source_org: int
    allow: int
    author: int
    kinds: tuple[str, ...]
    rule_ids: tuple[str, ...]
    consent_ids: tuple[str, ...]
    obligations: tuple[str, ...]


@lru_cache(maxsize=4096)
def text_of(plans: tuple[tuple[WayOut, ...], ...]) -> str:
    """The plans of a line, one for each of its charts."""
    return json.dumps([[_ways(clause) for clause in clauses] for clauses in plans], separators=(",", ":"))


def _ways(clause: WayOut) -> list[object]:
    lists = (clause.kinds, clause.rule_ids, clause.consent_ids, clause.obligations)
    kinds, *reasons = (list(one) for one in lists)
    return [int(clause.source_org), int(clause.allow), int(clause.author), kinds, *reasons]


def parse(text: str) -> tuple[tuple[Way, ...], ...]:
    """The plans of a line's text; none for a line without one. Raises ValueError for what is no plan of this form."""
    if not text:
        return ()
    read: object = json.loads(text)
    if not isinstance(read, list):
        raise ValueError("no plan")
    try:
        return tuple(tuple(_way(way) for way in ways) for ways in read)
    except TypeError as error:
        raise ValueError("no plan") from error


def _way(way: Sequence[object]) -> Way:
    source, allow, author, *lists = way
    if len(lists) != 4:
        raise ValueError("no plan")
    kinds, rule_ids, consent_ids, obligations = (
        tuple(str(name) for name in one) for one in lists if isinstance(one, list)
    )
    return Way(int(str(source)), int(str(allow)), int(str(author)), kinds, rule_ids, consent_ids, obligations)
