"""One run: the records of each profile as served, its checks, and the table of what passed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hallway.standards.fhir.validation import validate
from tools.us_core import checks, values
from tools.us_core.checks import Check
from tools.us_core.client import Client, Json, of_mode
from tools.us_core.metadata import Group


class Told(NamedTuple):
    """How many checks of one kind ended how."""

    expectation: str
    passed: int
    failed: int
    without: int


def run(client: Client, groups: Sequence[Group], sent: Sequence[Json]) -> Iterator[Check]:
    """Every check of every profile."""
    for group in groups:
        of_kind = [one for one in sent if one["resourceType"] == group.resource]
        yield from checks.of_group(client, group, served(client, group), _of(group, of_kind))


def served(client: Client, group: Group) -> list[Json]:
    """Records of a profile at the door: those that claim it, then those that keep it without saying so."""
    claimed = client.search(group.resource, [("_profile", group.profile), ("_count", "500")], pages=4) or []
    found = of_mode(claimed, "match")
    if len(found) < checks.MOST:
        more = of_mode(client.search(group.resource, [("_count", "200")], pages=5) or [], "match")
        have = {one["id"] for one in found}
        found += [one for one in more if one["id"] not in have and _keeps(one, group.profile)]
    return _various(group, found)[: checks.MOST]


def _of(group: Group, sent: Sequence[Json]) -> list[Json]:
    claimed = [one for one in sent if group.profile in _claims(one)]
    return claimed or [one for one in sent[:400] if _keeps(one, group.profile)]


def _claims(one: Json) -> list[str]:
    return [url.partition("|")[0] for url in one.get("meta", {}).get("profile", ())]


def _keeps(one: Json, profile: str) -> bool:
    return not any(issue.severity in ("error", "fatal") for issue in validate(one, profiles=[profile]))


def _various(group: Group, found: list[Json]) -> list[Json]:
    """Records that show an element no other before them showed, then the richest: more may be searched in them."""
    rich = sorted(found, key=lambda one: (-len(one), one["id"]))
    seen: set[str] = set()
    first: list[Json] = []
    for one in rich:
        new = {path for path in group.elements if path not in seen and values.at(one, path)} | (checks.urls(one) - seen)
        if new:
            seen |= new
            first.append(one)
    return first + [one for one in rich if one not in first]


def tallied(found: Sequence[Check]) -> list[Told]:
    """By expectation, searches apart from the rest."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in found:
        counts[kind_of(one), one.outcome] += 1
    kinds = sorted({kind for kind, _ in counts})
    return [
        Told(kind, *(counts[kind, out] for out in (checks.PASSED, checks.FAILED, checks.WITHOUT))) for kind in kinds
    ]


def kind_of(one: Check) -> str:
    """What a check is counted under."""
    first = one.what.partition(" ")[0]
    is_search = first == "search" and "," not in one.what and "." not in one.what
    return f"{one.expectation} searches" if is_search else f"{one.expectation} {first.partition('=')[0]}"
