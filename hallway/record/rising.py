"""Keeps high water high: when a resource grows stricter, whatever names it in the same chart grows stricter with it.

``labels`` gives a list, a Provenance or a claim every class of what it names at the time it is stored. Afterwards a
named resource may gain a class, or come later than what names it; then the mask of the naming one rises here, in the
same transaction. Versions in history keep the label that their content was given.
"""

from collections.abc import Sequence

from hallway.record.classes import DataClass
from hallway.record.evidence import Labelled
from hallway.storage.connection import Cursor

NAMES = "@names="
"""Tokens of this beginning, one for each resource that is named, are the index that is asked here."""
OWN = "@own="
"""The token of this beginning holds the mask that a resource has without what it names, where that differs."""

_RAISE = """
WITH named AS (
    SELECT t.chart_id, t.kind, t.resource_id, bit_or(n.mask) AS mask
    FROM record_token t JOIN unnest(%(names)s::text[], %(masks)s::bigint[]) AS n (name, mask) ON n.name = ANY (t.tokens)
    WHERE t.chart_id = ANY (%(charts)s::bigint[]) AND t.tokens && %(names)s::text[]
    GROUP BY 1, 2, 3
)
UPDATE record_resource r
SET mask = CASE WHEN (r.mask | named.mask) & %(shut)s::bigint <> 0 THEN (r.mask | named.mask) & ~%(general)s::bigint
                ELSE r.mask | named.mask END,
    basis = CASE WHEN 'LBL-HIGH-WATER' = ANY (r.basis) THEN r.basis ELSE r.basis || 'LBL-HIGH-WATER'::text END
FROM named
WHERE r.chart_id = named.chart_id AND r.kind = named.kind AND r.resource_id = named.resource_id
  AND named.mask & ~(r.mask | %(general)s::bigint) <> 0
RETURNING r.kind, r.resource_id::text, r.mask
"""


def raise_naming(opened: Cursor, stricter: Sequence[Labelled]) -> None:
    """Raise what names ``stricter``, and what names that, until nothing rises. The caller holds the chart locks."""
    charts = sorted({int(one.charts[0]) for one in stricter if one.charts[0]})
    waiting = {
        f"{NAMES}{one.resource_type}/{one.resource_id}": int(one.mask)
        for one in stricter
        if int(one.mask) & ~int(DataClass.GENERAL)
    }
    while waiting and charts:
        opened.execute(
            _RAISE,
            {
                "names": list(waiting),
                "masks": list(waiting.values()),
                "charts": charts,
                "shut": int(DataClass.UNCLASSIFIED),
                "general": int(DataClass.GENERAL),
            },
        )
        waiting = {f"{NAMES}{row[0]}/{row[1]}": int(row[2]) for row in opened.fetchall()}
