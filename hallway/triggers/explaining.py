"""One sentence for a person on why something fires: made of codes and causes, never of words that somebody typed. Pure.

"Lithium started 2 days ago by Dr. Rivera, primary care not yet told; Health Net manual, coordination of care".
"""

import csv
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Protocol

from hallway.triggers.facts import Fact
from hallway.triggers.tables.rows import ROWS, Value


class Fired(Protocol):
    """A moment that fires or has fired: what a look found, or the row that was stored of it."""

    @property
    def rule(self) -> str:
        """The row's id."""
        ...

    @property
    def occurred_at(self) -> datetime:
        """When it happened."""
        ...

    @property
    def parameters(self) -> Mapping[str, Value]:
        """Codes and numbers."""
        ...


_GAP = re.compile(r"\{(\w+)\}")


def words(fired: Fired, causes: Sequence[Fact], *, now: datetime, people: Mapping[int, str] | None = None) -> str:
    """What happened, when, by whom, what is not yet done, and the source.

    ``causes`` are those released to the reader; ``people`` gives the names of authors. What neither tells is left out.
    """
    row = ROWS[fired.rule]
    gaps = {key: _value(value) for key, value in fired.parameters.items() if value != ""}
    gaps["ago"] = ago(fired.occurred_at, now)
    author = next((fact.author for fact in causes if fact.author in (people or {})), 0)
    gaps["by"] = f" by {(people or {})[author]}" if author else ""
    said = _GAP.sub(lambda found: gaps.get(found.group(1), ""), row.says).replace(" ()", "").strip()
    sentence = ", ".join(part for part in (said[:1].upper() + said[1:], row.undone) if part)
    return f"{sentence}; {row.cites}" if row.cites else sentence


@cache
def _spoken() -> Mapping[str, str]:
    """Short words of our own for codes; no system's descriptors."""
    text = (files("hallway.triggers.tables") / "words.csv").read_text(encoding="utf-8")
    return {row["code"]: row["words"] for row in csv.DictReader(text.splitlines())}


def _value(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return _spoken().get(str(value), str(value).replace("+", " with "))


def ago(at: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that fits."""
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 60:
        return "just now"
    hours, days = minutes // 60, minutes // 1440
    if hours < 24:
        return f"{hours} hours ago" if hours > 1 else "an hour ago"
    if days < 60:
        return f"{days} days ago" if days > 1 else "yesterday"
    return f"{days // 30} months ago" if days < 730 else f"{days // 365} years ago"
