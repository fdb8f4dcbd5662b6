"""What to say about sharing, as rows: one script in each language."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec


@dataclass(frozen=True, slots=True)
class Script:
    """An opening, some points, a question that is open."""

    id: str
    language: str
    opening: str
    points: list[str]
    question: str


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    script: list[Script]


@cache
def _scripts() -> dict[str, Script]:
    text = (files("hallway.consent.tables") / "scripts.toml").read_bytes()
    return {row.language: row for row in msgspec.toml.decode(text, type=_Table).script}


def script_for(language: str) -> Script:
    """The script in this language; English where there is none."""
    return _scripts().get(language, _scripts()["en"])
