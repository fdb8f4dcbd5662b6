"""The conversation with the patient about sharing: what to say, what was said, and a no that is honored (R10, R47)."""

from dataclasses import dataclass
from datetime import date

from hallway import clock, ids
from hallway.consent import gate, refusals
from hallway.consent.models import Talk
from hallway.consent.tables.scripts import script_for
from hallway.identity.requester import CLINICIANS, Requester, Role
from hallway.ids import ChartId
from hallway.ledger import lines
from hallway.storage.connection import transaction

OUTCOMES = ("agrees", "undecided", "declines", "already_has", "nobody_yet")
"""Agrees to sharing; wants to think; says no; has a clinician elsewhere (R81); has nobody on the other side yet."""
REASONS = ("", "private", "no_benefit", "bad_experience", "cost", "wants_to_tell", "no_reason")
TALKERS = (*sorted(CLINICIANS), Role.FRONT_DESK)


@dataclass(frozen=True, slots=True)
class Told:
    """The newest talk at one practice. ``rests`` while the patient asked not to be asked again."""

    outcome: str
    reason: str
    held_on: date
    ask_again_on: date | None
    rests: bool


def record_talk(
    chart_id: ChartId,
    *,
    by: Requester,
    outcome: str,
    reason: str = "",
    language: str = "en",
    ask_again_on: date | None = None,
) -> None:
    """Keep that it was talked about, in which words, and what the patient said.

    A day to ask again is kept for a no only. Raises UNPROCESSABLE for an outcome or reason that is on no list.
    """
    if by.role not in TALKERS or not by.practitioner_id:
        raise refusals.not_yours()
    if outcome not in OUTCOMES or reason not in REASONS:
        raise refusals.unknown_code("outcome")
    gate.release(by, chart_id)
    now = clock.now()
    with transaction():
        Talk.objects.create(
            id=ids.new_uuid(now),
            chart_id=chart_id,
            organization_id=by.organization_id,
            practitioner_id=by.practitioner_id,
            script=script_for(language).id,
            language=script_for(language).language,
            outcome=outcome,
            reason=reason if outcome == "declines" else "",
            held_at=now,
            ask_again_on=ask_again_on if outcome == "declines" else None,
        )
        lines.write(lines.step_line(by, "consent.talked", charts=[chart_id], detail=outcome))


def newest_talk(by: Requester, chart_id: ChartId, *, today: date) -> Told | None:
    """What was said last at the reader's own practice; nothing of what another practice asked."""
    row = _newest(by, chart_id)
    if row is None:
        return None
    return Told(row.outcome, row.reason, row.held_at.date(), row.ask_again_on, _rests(row, today))


def rests(chart_id: ChartId, *, by: Requester, today: date) -> bool:
    """Whether the patient said no at this practice and the day to ask again has not come."""
    if by.role is Role.PATIENT:
        return False
    row = _newest(by, chart_id)
    return row is not None and _rests(row, today)


def _rests(row: Talk, today: date) -> bool:
    return row.outcome == "declines" and (row.ask_again_on is None or today < row.ask_again_on)


def _newest(by: Requester, chart_id: ChartId) -> Talk | None:
    rows = Talk.objects.filter(chart_id=chart_id, organization_id=by.organization_id)
    return rows.order_by("-held_at", "-id").first()
