"""One profile of US Core as Inferno's kit describes it, read from its ``metadata.yml``."""

from pathlib import Path
from typing import Any, NamedTuple, cast

import yaml

Json = dict[str, Any]


class Search(NamedTuple):
    """One search or combination, and whether a server SHALL or SHOULD take it."""

    names: tuple[str, ...]
    expectation: str


class Parameter(NamedTuple):
    """One search parameter: where its values stand, of which type, and what goes with it."""

    paths: tuple[str, ...]
    type: str
    comparators: dict[str, str]
    either: str
    """Whether several values SHALL, SHOULD or MAY be given at once."""
    values: tuple[str, ...]
    chains: dict[str, str]


class Group(NamedTuple):
    """One profile."""

    key: str
    resource: str
    profile: str
    title: str
    interactions: dict[str, str]
    searches: tuple[Search, ...]
    parameters: dict[str, Parameter]
    revincludes: tuple[str, ...]
    elements: tuple[str, ...]
    extensions: tuple[str, ...]


class _Loader(yaml.SafeLoader):
    """Plain values; Ruby's own objects are nobody's concern here."""


def _nothing(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> None:
    """A value that only Ruby understands."""


_Loader.add_multi_constructor("!ruby", _nothing)


def groups(folder: Path) -> list[Group]:
    """Every profile under a folder, by key."""
    found = sorted(folder.rglob("*/metadata.yml"))
    return [_group(path) for path in found if path.parent.name != "v6.1.0"]


def _group(path: Path) -> Group:
    row = cast("Json", yaml.load(path.read_text("utf-8"), _Loader))  # noqa: S506 - a safe loader of our own
    supports = row[":must_supports"]
    return Group(
        path.parent.name,
        row[":resource"],
        row[":profile_url"],
        row[":title"],
        {one[":code"]: one[":expectation"] for one in row[":interactions"]},
        tuple(Search(tuple(one[":names"]), one[":expectation"]) for one in row[":searches"]),
        {name[1:]: _parameter(one) for name, one in row[":search_definitions"].items()},
        tuple(row[":revincludes"] or ()),
        tuple(dict.fromkeys(one[":path"] for one in supports[":elements"] if ":" not in one[":path"])),
        tuple(one[":url"] for one in supports[":extensions"]),
    )


def _parameter(row: Json) -> Parameter:
    return Parameter(
        tuple(row[":paths"]),
        row[":type"],
        {name[1:]: expectation for name, expectation in (row.get(":comparators") or {}).items()},
        row.get(":multiple_or") or "MAY",
        tuple(str(one) for one in row.get(":values") or ()),
        {one[":chain"]: one[":expectation"] for one in row.get(":chain") or ()},
    )
