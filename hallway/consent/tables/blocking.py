"""Grounds of a denial under the information blocking rules (45 CFR part 171), as typed rows read once."""

from functools import cache
from importlib.resources import files

import msgspec


class Ground(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One exception, by its paragraph of 45 CFR, with the criterion relied on. ``cure`` is what is done about it.

    ``policy`` is the written policy that names its criteria (``docs/information-blocking.md``).
    """

    id: str
    law_rows: tuple[str, ...]
    exception: str
    title: str
    criterion: str
    citation: str
    policy: str
    source: str
    sentence: str
    verified: bool = True
    legal_review: bool = False
    cure: tuple[str, ...] = ()


class _File(msgspec.Struct, forbid_unknown_fields=True):
    ground: list[Ground]


@cache
def grounds() -> dict[str, Ground]:
    """Every ground by id. Raises ValueError for a doubled one."""
    rows = msgspec.toml.decode((files("hallway.consent.tables") / "blocking.toml").read_bytes(), type=_File).ground
    found = {row.id: row for row in rows}
    if len(found) != len(rows):
        raise ValueError("blocking.toml names a ground twice. Nothing was loaded. Mend the table.")
    return found


def ground(ground_id: str) -> Ground:
    """The ground of that id. Raises KeyError for an unknown one."""
    return grounds()[ground_id]
