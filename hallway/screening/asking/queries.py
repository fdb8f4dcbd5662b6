"""Reads of sittings, and the one statement that keeps an answer. Whoever shows them asks the gate first."""

from datetime import datetime
from uuid import UUID

from django.db.models import Max

from hallway import clock
from hallway.consent.queries import GRANT_LATERAL, grant_parameters, own_desk
from hallway.identity.requester import Requester
from hallway.ids import ChartId
from hallway.screening.models import Answer, Sitting
from hallway.storage.connection import cursor

KIND = "Task"
"""The FHIR type that a sitting stands for at the gate: a step of a workflow, known to the desk too; answers are not."""

_KEEP = """
INSERT INTO screening_answer (sitting_id, instrument, question, code, number, answered_at)
VALUES (%(sitting)s::uuid, %(instrument)s::text, %(question)s::text, %(code)s::text, %(number)s::int,
        %(now)s::timestamptz)
ON CONFLICT (sitting_id, instrument, question) DO UPDATE
SET code = excluded.code, number = excluded.number, answered_at = excluded.answered_at
WHERE screening_answer.number < excluded.number
"""

_SEEN = f"""
SELECT gated.id FROM (
  SELECT s.id, s.chart_id, {own_desk("s.organization_id", "s.mask")}, s.organization_id AS source_org_id, s.asked_at
  FROM screening_sitting s
  WHERE s.organization_id = %(org)s::int
    AND (%(chart)s::bigint = 0 OR s.chart_id = %(chart)s::bigint)
    AND (%(sitting)s::uuid IS NULL OR s.id = %(sitting)s::uuid)
    AND (NOT %(open)s::bool OR (s.state IN ('asked', 'begun') AND s.until_at > %(gate_now)s::timestamptz))
) gated
{GRANT_LATERAL}
ORDER BY gated.asked_at DESC, gated.id LIMIT %(limit)s::int
"""  # noqa: S608 - texts of our own; every value is a parameter


def keep_answer(sitting_id: UUID, where: tuple[str, str], code: str, *, number: int) -> bool:
    """Keep an answer to ``where`` (instrument, question), unless one of a later ``number`` stands. Whether it was."""
    wanted = {
        "sitting": sitting_id,
        "instrument": where[0],
        "question": where[1],
        "code": code,
        "number": number,
        "now": clock.now(),
    }
    with cursor() as opened:
        opened.execute(_KEEP, wanted)
        return opened.rowcount == 1


def answers_of(sitting_id: UUID) -> dict[str, dict[str, str]]:
    """Instrument to question to answer of a sitting that is not filed yet. For the sitting's own page and filing."""
    rows = Answer.objects.filter(sitting_id=sitting_id).order_by("id").values_list("instrument", "question", "code")
    answers: dict[str, dict[str, str]] = {}
    for instrument, question, code in rows:
        answers.setdefault(instrument, {})[question] = code
    return answers


def answered_at(sitting_id: UUID) -> dict[str, datetime]:
    """Instrument to the time of its latest answer, of a sitting that is not filed yet. For filing."""
    rows = Answer.objects.filter(sitting_id=sitting_id).values_list("instrument")
    return dict(rows.annotate(latest=Max("answered_at")))


def forget_answers(sitting_id: UUID) -> None:
    """Remove what was kept, once it is filed or the sitting has ended."""
    Answer.objects.filter(sitting_id=sitting_id).delete()


def last_number(sitting_id: UUID) -> int:
    """The highest count of answers that a client of this sitting has sent."""
    return max(Answer.objects.filter(sitting_id=sitting_id).values_list("number", flat=True), default=0)


def sittings_of(requester: Requester, chart_id: ChartId, *, only_open: bool = False, limit: int = 50) -> list[Sitting]:
    """Sittings of the requester's practice with one patient, the newest first, as far as their labels may flow."""
    return _seen(requester, chart=chart_id, only_open=only_open, limit=limit)


def sittings_open(requester: Requester, *, limit: int = 200) -> list[Sitting]:
    """Every open sitting of the requester's practice that may flow to them, the newest first."""
    return _seen(requester, only_open=True, limit=limit)


def sitting(requester: Requester, sitting_id: UUID) -> Sitting | None:
    """One sitting of the requester's practice, or None when it is not there or may not flow: one answer for both."""
    return next(iter(_seen(requester, sitting_id=sitting_id, limit=1)), None)


def _seen(
    requester: Requester, *, chart: int = 0, sitting_id: UUID | None = None, only_open: bool = False, limit: int
) -> list[Sitting]:
    wanted = {"org": requester.organization_id, "chart": chart, "sitting": sitting_id, "open": only_open}
    with cursor() as opened:
        opened.execute(_SEEN.encode(), {**grant_parameters(requester, KIND), **wanted, "limit": limit})
        ids = [row[0] for row in opened.fetchall()]
    found = Sitting.objects.in_bulk(ids)
    return [found[one] for one in ids if one in found]
