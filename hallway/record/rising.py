"""Keeps high water high: when a resource grows stricter, whatever names it in the same chart grows stricter with it.

``labels`` gives a list, a task or a claim every class of what it names at the time it is stored. Afterwards a named
resource may gain a class, or come later than what names it; then the mask of the naming one rises here, in the same
transaction, and falls again when a person has decided that the named one is ordinary. Every change of a label is a new
version of the same content, so that it can always be said what label stood when.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hallway.record import copying
from hallway.record.classes import OF_A_VISIT, DataClass
from hallway.record.evidence import Labelled
from hallway.storage.connection import Cursor

NAMES = "@names="
"""Tokens of this beginning, one for each resource that is named, are the index that is asked here."""
OWN = "@own="
"""The token of this beginning holds the mask that a resource has without what it names, where that differs."""
HIGH_WATER = "LBL-HIGH-WATER"

_SHUT, _GENERAL = int(DataClass.UNCLASSIFIED), int(DataClass.GENERAL)
_COLUMNS = ", ".join(f"r.{name}" for name in copying.RESOURCE.split(", "))

# ``turning`` names each resource whose label changes, with the one it had and the one it gets, and when.
_AT = "greatest(%(at)s::timestamptz, r.updated_at + interval '1 microsecond') AS at"
_TURN = f"""
, kept AS (
    INSERT INTO record_history ({copying.RESOURCE}, position) SELECT {_COLUMNS}, r.position FROM record_resource r
    JOIN turning USING (chart_id, kind, resource_id)
), noted AS (
    UPDATE record_token t SET mask = turning.becomes, updated_at = turning.at,
        tokens = CASE WHEN EXISTS (SELECT 1 FROM unnest(t.tokens) AS held (token) WHERE held.token LIKE '{OWN}%%')
            THEN t.tokens ELSE t.tokens || ('{OWN}' || turning.was) END
    FROM turning
    WHERE t.chart_id = turning.chart_id AND t.kind = turning.kind AND t.resource_id = turning.resource_id
)
UPDATE record_resource r
SET version = r.version + 1, mask = turning.becomes,
    updated_at = turning.at,
    position = currval('record_position'),
    basis = CASE WHEN '{HIGH_WATER}' = ANY (r.basis) THEN r.basis ELSE r.basis || '{HIGH_WATER}'::text END
FROM turning
WHERE r.chart_id = turning.chart_id AND r.kind = turning.kind AND r.resource_id = turning.resource_id
RETURNING r.kind, r.resource_id::text, r.mask
"""  # noqa: S608 - names of our own

_RAISE = f"""
WITH named AS (
    SELECT t.chart_id, t.kind, t.resource_id, bit_or(n.mask) AS mask
    FROM record_token t CROSS JOIN LATERAL unnest(t.tokens) AS held (token)
    JOIN unnest(%(names)s::text[], %(masks)s::bigint[]) AS n (name, mask) ON n.name = held.token
    WHERE t.chart_id = ANY (%(charts)s::bigint[]) AND t.tokens && %(names)s::text[]
    GROUP BY 1, 2, 3
), turning AS (
    SELECT r.chart_id, r.kind, r.resource_id, r.mask AS was, {_AT},
        CASE WHEN (r.mask | named.mask) & {_SHUT}::bigint <> 0 THEN (r.mask | named.mask) & ~{_GENERAL}::bigint
             ELSE r.mask | named.mask END AS becomes
    FROM named JOIN record_resource r USING (chart_id, kind, resource_id)
    WHERE named.mask & ~(r.mask | {_GENERAL}::bigint) <> 0
)
{_TURN}"""  # noqa: S608 - names of our own

_SETTLE = f"""
WITH naming AS (
    SELECT t.chart_id, t.kind, t.resource_id, t.tokens FROM record_token t
    WHERE t.chart_id = ANY (%(charts)s::bigint[]) AND t.tokens && %(names)s::text[]
), names AS (
    SELECT n.chart_id, n.kind, n.resource_id, split_part(substr(held.token, {len(NAMES) + 1}), '/', 1) AS named_kind,
        CASE WHEN held.token LIKE '{NAMES}%%' THEN split_part(held.token, '/', 2)::uuid END AS named_id
    FROM naming n CROSS JOIN LATERAL unnest(n.tokens) AS held (token)
    WHERE held.token LIKE '{NAMES}%%'
), settled AS (
    SELECT n.chart_id, n.kind, n.resource_id, bit_or(o.mask) AS mask
    FROM names n LEFT JOIN record_resource o
        ON o.chart_id IN (n.chart_id, 0) AND o.kind = n.named_kind AND o.resource_id = n.named_id
    GROUP BY 1, 2, 3
    HAVING count(*) = count(o.mask)
), owned AS (
    SELECT n.chart_id, n.kind, n.resource_id, settled.mask | (
        SELECT substr(held.token, {len(OWN) + 1})::bigint FROM unnest(n.tokens) AS held (token)
        WHERE held.token LIKE '{OWN}%%') AS mask
    FROM naming n JOIN settled USING (chart_id, kind, resource_id)
), turning AS (
    SELECT r.chart_id, r.kind, r.resource_id, r.mask AS was, {_AT},
        CASE WHEN owned.mask & {_SHUT}::bigint <> 0 THEN owned.mask & ~{_GENERAL}::bigint ELSE owned.mask END AS becomes
    FROM owned JOIN record_resource r USING (chart_id, kind, resource_id)
    WHERE r.mask <> CASE WHEN owned.mask & {_SHUT}::bigint <> 0 THEN owned.mask & ~{_GENERAL}::bigint
                         ELSE owned.mask END
)
{_TURN}"""  # noqa: S608 - names of our own


def settled(labelled: Sequence[Labelled]) -> list[Labelled]:
    """What is written together, each with the classes of those beside it that it names, whoever judged them apart."""
    masks = {f"{NAMES}{one.resource_type}/{one.resource_id}": int(one.mask) for one in labelled}
    found = list(labelled)
    rising = len(found) > 1
    while rising:
        rising = False
        for place, one in enumerate(found):
            mask = int(one.mask)
            for token in one.tokens:
                mask |= masks.get(token, 0) if token.startswith(NAMES) else 0
            if mask & ~(int(one.mask) | _GENERAL):
                found[place] = _raised(one, mask)
                masks[f"{NAMES}{one.resource_type}/{one.resource_id}"] = int(found[place].mask)
                rising = True
    return found


def _raised(one: Labelled, mask: int) -> Labelled:
    own = () if any(token.startswith(OWN) for token in one.tokens) else (f"{OWN}{int(one.mask)}",)
    basis = one.basis if HIGH_WATER in one.basis else (*one.basis, HIGH_WATER)
    mask = mask & ~_GENERAL if mask & _SHUT else mask
    return replace(one, mask=mask, tokens=(*one.tokens, *own), basis=basis)


def raise_naming(opened: Cursor, stricter: Sequence[Labelled], at: datetime) -> None:
    """Raise what names ``stricter``, and what names that, until nothing rises. The caller holds the chart locks."""
    charts = sorted({int(one.charts[0]) for one in stricter if one.charts[0]})
    waiting = {
        f"{NAMES}{one.resource_type}/{one.resource_id}": int(one.mask) for one in stricter if int(one.mask) & ~_GENERAL
    }
    waiting |= _visits(stricter)
    while waiting and charts:
        opened.execute(
            _RAISE.encode(),
            {"names": list(waiting), "masks": list(waiting.values()), "charts": charts, "at": at},
        )
        waiting = {f"{NAMES}{row[0]}/{row[1]}": int(row[2]) for row in opened.fetchall()}


def _visits(stricter: Sequence[Labelled]) -> Mapping[str, int]:
    """Whatever was charted in a visit takes the classes of that service: found by its own search tokens."""
    return {
        f"{element}=Encounter/{one.resource_id}": int(one.mask) & int(OF_A_VISIT)
        for one in stricter
        if one.resource_type == "Encounter" and int(one.mask) & int(OF_A_VISIT)
        for element in ("encounter", "context")
    }


def settle_naming(opened: Cursor, charts: Sequence[int], keys: Sequence[tuple[str, str]], at: datetime) -> None:
    """Give what names ``keys`` ((kind, id), whose label has changed either way) the label that now follows.

    What names something that is not here keeps its label: nobody knows what that will be.
    """
    waiting = [f"{NAMES}{kind}/{resource_id}" for kind, resource_id in keys]
    while waiting:
        opened.execute(_SETTLE.encode(), {"names": waiting, "charts": [int(one) for one in charts], "at": at})
        waiting = [f"{NAMES}{row[0]}/{row[1]}" for row in opened.fetchall()]
