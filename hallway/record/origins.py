"""What a sender called each resource that came from it, so that a second load changes nothing.

An origin is ``Type/id`` in the sender's own words, kept per feed (the organization it came from). ``digest`` is of the
body and meta as stored, with our references in it; an empty digest is a promise: something else named this resource
before it came itself.
"""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hallway.ids import ChartId, OrganizationId, ResourceId
from hallway.record import copying
from hallway.storage.connection import Cursor

_COLUMNS = "feed, kind, origin, resource_id, chart_id, digest"


class Origin(NamedTuple):
    """One line of the table: a sender's name for a resource, our id for it, where it lives, and what it said."""

    kind: str
    origin: str
    resource_id: ResourceId
    chart_id: ChartId
    digest: bytes


def digest(body: bytes, meta: bytes) -> bytes:
    """A short digest of what was stored, to tell "the same again" from "changed"."""
    made = hashlib.blake2b(body, digest_size=16)
    if meta:
        made.update(b"\0")
        made.update(meta)
    return made.digest()


def shared_id(feed: OrganizationId, origin: str) -> ResourceId:
    """The id of a shared resource that is new: derived from its name, so that two loads at once give it the same.

    Patients' resources never get theirs so: an id that can be computed would let a stranger ask for it.
    """
    made = bytearray(hashlib.blake2b(f"{feed}|{origin}".encode(), digest_size=16).digest())
    made[6] = made[6] & 0x0F | 0x80
    made[8] = made[8] & 0x3F | 0x80
    return ResourceId(str(uuid.UUID(bytes=bytes(made))))


def recognise(opened: Cursor, feed: OrganizationId, names: Iterable[str]) -> dict[str, Origin]:
    """The origins already known of ``names`` (each ``Type/id``), by name."""
    opened.execute(
        "SELECT kind, origin, resource_id::text, chart_id, digest FROM record_origin"
        " WHERE feed = %s::int AND origin = ANY (%s::text[])",
        [feed, list(names)],
    )
    return {row[1]: Origin(row[0], row[1], ResourceId(row[2]), ChartId(row[3]), row[4]) for row in opened.fetchall()}


def remember(opened: Cursor, feed: OrganizationId, fresh: Sequence[Origin], changed: Sequence[Origin]) -> None:
    """Note new origins and the new digests of changed ones.

    A shared resource that another load noted meanwhile has the same id there. Raises psycopg.errors.UniqueViolation for
    any other that was noted meanwhile: roll back and load again.
    """
    rows = (
        copying.origin_row(
            int(feed), one.kind, one.origin, resource_id=one.resource_id, chart_id=one.chart_id, digest=one.digest
        )
        for one in fresh
        if one.chart_id
    )
    copying.copy(opened, f"record_origin ({_COLUMNS})", rows)
    for one in fresh:
        if not one.chart_id:
            opened.execute(
                f"INSERT INTO record_origin ({_COLUMNS})"  # noqa: S608
                " VALUES (%s::int, %s::text, %s::text, %s::uuid, %s::bigint, %s::bytea) ON CONFLICT DO NOTHING",
                (int(feed), *one),
            )
    for one in changed:
        opened.execute(
            "UPDATE record_origin SET digest = %s::bytea, chart_id = %s::bigint"
            " WHERE feed = %s::int AND origin = %s::text AND kind = %s::text",
            [one.digest, one.chart_id, feed, one.origin, one.kind],
        )
