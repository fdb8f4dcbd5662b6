"""Who was answered under one form: read from the lines themselves, for the list that goes with a revocation."""

from dataclasses import dataclass
from datetime import datetime

from hallway.storage.connection import cursor

_UNDER = """
SELECT organization_id, min(at), max(at) FROM ledger_answer
WHERE charts @> ARRAY[%s::bigint] AND act NOT LIKE 'consent%%' AND strpos(plan, %s::text) > 0
GROUP BY organization_id ORDER BY max(at) DESC, organization_id
"""


@dataclass(frozen=True, slots=True)
class ServedTo:
    """When a practice was answered under a form, first and last."""

    organization_id: int
    first_at: datetime
    last_at: datetime


def under_consent(chart_id: int, consent_id: str) -> list[ServedTo]:
    """Practices whose answers about the chart rested on this form, the latest first."""
    with cursor() as opened:
        opened.execute(_UNDER, [chart_id, consent_id])
        return [ServedTo(*row) for row in opened.fetchall()]
