"""A client of the door: paths in, parsed answers out, pages followed."""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

Json = dict[str, Any]
Pairs = list[tuple[str, str]]
MOST_PAGES = 40


class Reply(NamedTuple):
    """What came back; ``body`` is empty for what is no JSON object."""

    status: int
    body: Json


Ask = Callable[[str, str, bytes], Reply]
"""Method, path with query, form: the reply."""


class Client:
    """Asks the door, and counts how often it did."""

    def __init__(self, ask: Ask, base: str) -> None:
        """``base`` is what absolute links begin with."""
        self._ask = ask
        self._base = base
        self.asked = 0

    def get(self, path: str) -> Reply:
        """GET of a path below the base."""
        self.asked += 1
        return self._ask("GET", path, b"")

    def search(self, kind: str, pairs: Pairs, *, by_post: bool = False, pages: int = MOST_PAGES) -> list[Json] | None:
        """The entries of a search, all pages of it; None when it was refused."""
        if by_post:
            self.asked += 1
            reply = self._ask("POST", f"/{kind}/_search", urlencode(pairs).encode())
        else:
            reply = self.get(f"/{kind}?{urlencode(pairs)}")
        found: list[Json] = []
        while reply.status == 200:
            found += reply.body.get("entry", [])
            following = [one["url"] for one in reply.body.get("link", ()) if one["relation"] == "next"]
            pages -= 1
            if not following or not pages:
                return found
            reply = self.get(following[0].removeprefix(self._base))
        return None


def of_mode(entries: list[Json], mode: str) -> list[Json]:
    """The resources of a searchset that are matches, or came along."""
    return [one["resource"] for one in entries if one["search"]["mode"] == mode]
