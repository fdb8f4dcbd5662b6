"""A typed search told again: which of the versions that flowed it found, in which order, as far as the page went.

What a search looks for is no question of the gate, so the record's own reading of it is used, on what is stored.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from hallway.app.witness import reading
from hallway.app.witness.reading import Version
from hallway.app.witness.wish import Wish
from hallway.ids import OrganizationId, PractitionerId, ResourceId
from hallway.record import retelling
from hallway.record.stored import Stored
from hallway.storage.connection import cursor, transaction

_ROW = """
SELECT updated_at, dated_at, mask, meta, body FROM record_resource WHERE chart_id = %(chart)s::bigint
    AND kind = %(kind)s::text AND resource_id = %(id)s::uuid AND version = %(version)s::int
UNION ALL SELECT updated_at, dated_at, mask, meta, body FROM record_history WHERE chart_id = %(chart)s::bigint
    AND kind = %(kind)s::text AND resource_id = %(id)s::uuid AND version = %(version)s::int
"""
_NEVER = datetime.min.replace(tzinfo=UTC)


def page(asked: Wish, flowed: Sequence[Version], held: Sequence[Version]) -> list[Version]:
    """Those of ``flowed`` that stood on the page; ``held`` is whatever the chart holds.

    A search that cannot be read finds nothing: then the items do not agree.
    """
    stored = [(_stored(one), one) for one in flowed]
    rows = [(one, True) for one, _ in stored]
    try:
        [kind] = asked.kinds
        # The place behind which a page begins may be told by an older version of what stood there.
        last = json.loads(asked.query).get("a", [""])[-1]
        rows += [(_stored(one), False) for one in held if one.id == last]
        found = retelling.page_of(kind, asked.query, rows, limit=asked.limit)
    except (ValueError, KeyError, IndexError, TypeError):
        return []
    by_name = {(one.id, one.version): version for one, version in stored}
    return [by_name[one.id, one.version] for one in found]


def _stored(one: Version) -> Stored:
    named = {"chart": one.home, "kind": one.kind, "id": one.id, "version": one.number}
    with transaction(), cursor() as opened:
        reading.open_wall(opened, [one.home])
        row = opened.execute(_ROW, named).fetchone()
        reading.shut_wall(opened)
    updated, dated, mask, meta, body = row or (_NEVER, None, 0, b"", b"")
    who = (OrganizationId(one.source), PractitionerId(one.author))
    return Stored(one.kind, ResourceId(one.id), one.number, updated, dated, *who, mask, bytes(meta), bytes(body))
