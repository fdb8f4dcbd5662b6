"""What a line says was asked for: kinds, one resource or one version of it, and what narrows it, a letter and a value.

``n20`` at most so many, ``s2026-...`` dated since, ``q0123456789ab`` found by the token of that hash, ``a.../id``
behind the last of the page before, ``c{...}`` a typed search.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish without bounds where nothing is set."""

    kinds: frozenset[str]
    id: str
    version: int
    limit: int
    since: datetime | None
    tokens: frozenset[str]
    after: tuple[datetime, str] | None
    query: str = ""
    """A typed search, as the record wrote it."""


@lru_cache(maxsize=4096)
def wish_of(detail: str) -> Wish:
    """The wish of a line. What it does not know, it takes for no bound: then the items will not agree."""
    first, *rest = detail.split(" ")
    parts = first.split("/")
    bounds = {word[:1]: word[1:] for word in rest if word}
    return Wish(
        kinds=frozenset(kind for kind in parts[0].split(",") if kind),
        id=parts[1] if len(parts) > 1 else "",
        version=int(parts[2]) if len(parts) > 2 and parts[2].isdigit() else 0,
        limit=int(bounds["n"]) if bounds.get("n", "").isdigit() else 0,
        since=_instant(bounds.get("s", "")),
        tokens=frozenset(word[1:] for word in rest if word[:1] == "q"),
        after=_after(bounds["a"]) if "a" in bounds else None,
        query=bounds.get("c", ""),
    )


def _after(text: str) -> tuple[datetime, str]:
    dated, _, last = text.rpartition("/")
    return _instant(dated) or _BEFORE_ALL, last


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
