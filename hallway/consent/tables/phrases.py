"""Words printed on forms, in English and Spanish, and the headings of health plans, as typed rows."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec


class _Phrase(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    en: str
    es: str


class _Phrases(msgspec.Struct, forbid_unknown_fields=True):
    edition: int
    phrase: list[_Phrase]


@dataclass(frozen=True, slots=True)
class Skin:
    """A health plan's heading, address block and extra lines. ``verified`` is false while nobody saw its own form."""

    id: str
    name: str
    states: list[str]
    heading_en: str
    heading_es: str
    address: list[str]
    lines_en: list[str]
    lines_es: list[str]
    verified: bool

    def heading(self, language: str) -> str:
        """The form's heading in this language."""
        return self.heading_es if language == "es" else self.heading_en

    def lines(self, language: str) -> list[str]:
        """The extra lines in this language."""
        return self.lines_es if language == "es" else self.lines_en


class _Skins(msgspec.Struct, forbid_unknown_fields=True):
    skin: list[Skin]


@cache
def phrases(language: str) -> dict[str, str]:
    """Every phrase by id. Raises ValueError when one stands twice or is empty: no form prints a gap."""
    text = (files("hallway.consent.tables") / "wording.toml").read_bytes()
    rows = msgspec.toml.decode(text, type=_Phrases).phrase
    found = {row.id: row.es if language == "es" else row.en for row in rows}
    if len(found) != len(rows) or not all(found.values()):
        raise ValueError("wording.toml has a phrase twice or an empty one. Nothing was loaded. Mend the table.")
    return found


@cache
def skins() -> dict[str, Skin]:
    """The plans' skins by id."""
    text = (files("hallway.consent.tables") / "skins.toml").read_bytes()
    return {row.id: row for row in msgspec.toml.decode(text, type=_Skins).skin}
