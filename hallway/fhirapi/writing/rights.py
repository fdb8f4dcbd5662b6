"""Who may write which resource types, by the rows of ``tables/writers.toml`` and the scopes of a program."""

from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from hallway.errors import HallwayError, Kind
from hallway.fhirapi.asked import Asked
from hallway.identity.requester import CLINICIANS, Role
from hallway.standards.fhir import search
from hallway.standards.fhir.search import Json

Verb = Literal["c", "u", "d"]


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    roles: list[str]
    kinds: list[str]
    verbs: str
    source: str


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    writer: list[_Row]


@cache
def writers() -> dict[tuple[Role, str], str]:
    """(role, resource type) -> verbs. Raises ValueError for a doubled id, an unknown type or an unknown verb."""
    rows = msgspec.toml.decode((files("hallway.fhirapi.tables") / "writers.toml").read_bytes(), type=_Table).writer
    if len({row.id for row in rows}) != len(rows):
        raise ValueError("writers.toml: an id stands twice. Nothing was loaded. Give each row its own.")
    found: dict[tuple[Role, str], str] = {}
    for row in rows:
        if set(row.verbs) - set("cud") or set(row.kinds) - search.kinds():
            raise ValueError(f"writers.toml: {row.id} names a type or verb that is none. Nothing was loaded. Mend it.")
        roles = [role for word in row.roles for role in (CLINICIANS if word == "clinician" else (Role(word),))]
        for role in roles:
            for kind in row.kinds:
                found[role, kind] = "".join(sorted({*found.get((role, kind), ""), *row.verbs}))
    return found


def verbs_of(kind: str) -> str:
    """Every verb that anybody may use on a type: what the capability statement says."""
    return "".join(sorted({verb for (_, one), verbs in writers().items() if one == kind for verb in verbs}))


def check(asked: Asked, kind: str, verb: Verb) -> None:
    """Refuse what this role, or the program it came by, may not write. Says nothing of any chart."""
    if verb not in writers().get((asked.requester.role, kind), ""):
        raise _forbidden("Your role does not write resources of this type here, or not so.")
    if asked.scopes is not None and not asked.scopes.allows(kind, verb):
        raise _forbidden("The program was not granted this.")


def check_narrowed(asked: Asked, kind: str, verb: Verb, resource: Json) -> None:
    """Refuse a resource outside the search parameters to which a program's scopes were narrowed.

    A program that is held to one patient makes no other.
    """
    if asked.scopes is not None and asked.scopes.chart_id is not None and (kind, verb) == ("Patient", "c"):
        raise _forbidden("The program was granted one patient, and this would be another.")
    ways = asked.scopes.narrowings(kind, verb) if asked.scopes is not None else ()
    if not ways:
        return
    carried = set(search.tokens(kind, resource))
    for way in ways:
        if all(any(f"{name}={one}" in carried for one in value.split(",")) for name, value in way):
            return
    raise _forbidden("The program was granted a part of this type, and the resource lies outside it.")


def _forbidden(what: str) -> HallwayError:
    return HallwayError(
        Kind.FORBIDDEN, "H-WRT-021", what=what, undone="Nothing was saved.", to_do="Read /fhir/metadata."
    )
