"""What profiles ask beyond R4: HL7's own of R4 (vital signs and others) and US Core 6.1.0, as rows of facts.

``tools/build_fhir_profiles.py`` wrote the file; it says from where each row came. A profile that is not here is not
known: whoever asks for it is told so.
"""

import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

_FILE = Path(__file__).with_name("tables") / "profiles.bin"


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a profile asks of one element, or of one slice of it. Absent fields ask nothing."""

    name: str
    slice: str = ""
    least: int = 0
    most: int = -1
    kinds: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    """Types that a reference may name."""
    profiles: tuple[str, ...] = ()
    """Profiles of which a value must keep one: of a data type, an extension, or of what a reference names."""
    valueset: str = ""
    """A value set that the codes must come from."""
    codes: tuple[tuple[str, str], ...] = ()
    """Codes of which one must stand: system and code."""
    fixed: object = None
    pattern: object = None
    invariants: tuple[tuple[str, str, str], ...] = ()
    """Key, severity by its first letter, expression."""
    discriminators: tuple[tuple[str, str], ...] = ()
    """How slices are told apart: value, pattern, type, exists or profile, and a path."""
    closed: bool = False
    """Nothing but the slices may stand."""
    slices: tuple["Part", ...] = ()
    parts: tuple["Part", ...] = ()


class Profile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A profile on ``kind``; ``base`` is the address of the profile that it builds on, empty for R4's own type."""

    url: str
    kind: str
    root: Part
    base: str = ""
    version: str = ""
    source: str = ""
    """From which the row was built: ``r4``, ``us-core-metadata`` or ``us-core-5.0.1``."""


@cache
def profiles() -> Mapping[str, Profile]:
    """Every profile that is known, by address without version."""
    rows = msgspec.json.decode(zlib.decompress(_FILE.read_bytes()), type=list[Profile])
    return {row.url: row for row in rows}


def profile(url: str) -> Profile | None:
    """A profile by its address, with or without version; None for one that is not known."""
    return profiles().get(url.partition("|")[0])
