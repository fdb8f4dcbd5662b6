"""The full names of the sources that rule rows cite by a short mark."""

import re
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import msgspec

_MARK = re.compile(r"\b(?:[GP]\d+b?|GK|design)\b")


class _Source(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    name: str


class _Sources(msgspec.Struct, forbid_unknown_fields=True):
    edition: int
    source: list[_Source]


@dataclass(frozen=True, slots=True)
class Named:
    """One source of a row: its mark, its full name, and what the row says about it beside ("titles")."""

    code: str
    name: str
    beside: str


@cache
def names() -> dict[str, str]:
    """Full names by mark. Raises ValueError for a mark that stands twice."""
    read = msgspec.toml.decode((files("hallway.consent.tables") / "sources.toml").read_bytes(), type=_Sources)
    found = {one.code: one.name for one in read.source}
    if len(found) != len(read.source):
        raise ValueError("sources.toml names a mark twice. Nothing was loaded. Mend the rows.")
    return found


def named(text: str) -> tuple[Named, ...]:
    """The sources in a row's ``source``, in order, each with the words beside its mark. Raises KeyError without a name.

    Words without a mark of their own ("text amended since") belong to the source before them.
    """
    found: list[Named] = []
    for part in re.split(r"[,;]", text):
        mark = _MARK.search(part)
        words = (part if mark is None else part[: mark.start()] + part[mark.end() :]).strip(" ()")
        if mark is not None:
            found.append(Named(mark[0], names()[mark[0]], words))
        elif found and words:
            found[-1] = replace(found[-1], beside=", ".join(filter(None, (found[-1].beside, words))))
    return tuple(found)
