"""Who was answered under one form: read from the lines themselves, for the list that goes with a revocation."""

from dataclasses import dataclass
from datetime import datetime

from hallway.ledger.queries import NAMING_CHART
from hallway.storage.connection import cursor

_UNDER = f"""
SELECT l.organization_id, min(l.at), max(l.at) FROM ledger_answer l WHERE l.id IN ({NAMING_CHART})
    AND l.act NOT LIKE 'consent%%' AND strpos(l.plan, %(consent)s::text) > 0
GROUP BY l.organization_id ORDER BY max(l.at) DESC, l.organization_id
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class ServedTo:
    """When a practice was answered under a form, first and last."""

    organization_id: int
    first_at: datetime
    last_at: datetime


def under_consent(chart_id: int, consent_id: str) -> list[ServedTo]:
    """Practices whose answers about the chart rested on this form, the latest first."""
    with cursor() as opened:
        opened.execute(_UNDER.encode(), {"chart": chart_id, "consent": consent_id})
        return [ServedTo(*row) for row in opened.fetchall()]
