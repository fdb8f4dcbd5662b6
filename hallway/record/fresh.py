"""What was measured or answered in these hours, wherever it came from: places and kinds, never content.

For whoever must act at once on a sign of danger, and reads the rest through a release of its own.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, cast

from hallway.ids import ChartId, OrganizationId, ResourceId
from hallway.storage.connection import cursor

_FRESH = """
SELECT t.chart_id, t.kind, t.resource_id::text, t.source_org FROM record_token t
WHERE t.chart_id = ANY (%(charts)s::bigint[])
  AND (t.dated_at >= %(since)s::timestamptz OR (t.dated_at = '-infinity' AND t.updated_at >= %(since)s::timestamptz))
  AND (t.kind = 'QuestionnaireResponse' OR (t.kind = 'Observation' AND t.tokens && %(tokens)s::text[]))
ORDER BY t.chart_id, t.dated_at, t.resource_id
"""


class Fresh(NamedTuple):
    """Where an answer lies."""

    chart_id: ChartId
    kind: str
    id: ResourceId
    source_org: OrganizationId


def answers_since(chart_ids: Sequence[ChartId], since: datetime, *, tokens: Sequence[str]) -> list[Fresh]:
    """Questionnaire responses, and observations found by one of ``tokens``, of these charts and dated since then.

    Of those without a date, the ones that were stored since then.

    It says that something exists: for the safety steps alone, which open for the practice that it comes from.
    """
    with cursor() as opened:
        opened.execute(_FRESH, {"charts": list(map(int, chart_ids)), "since": since, "tokens": list(tokens)})
        return [Fresh(*row) for row in cast("list[tuple[ChartId, str, ResourceId, OrganizationId]]", opened.fetchall())]
