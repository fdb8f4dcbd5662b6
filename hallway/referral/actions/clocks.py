"""What deadlines do by themselves: a report becomes overdue, a cancellation stands, a knock is over."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from hallway.loops.models import Loop
from hallway.loops.tables.clocks import LoopKind
from hallway.referral.actions.answering import end_by_cancelling
from hallway.referral.actions.handing_off import expire_handoffs
from hallway.referral.models import Referral
from hallway.referral.moves import Move
from hallway.referral.states import State, Step
from hallway.referral.stepping import stepping_by_clock
from hallway.storage.connection import transaction

_BATCH = 200


def run_clocks(now: datetime) -> int:
    """Take every step that a deadline takes. Repeating it changes nothing. How many were taken."""
    taken = expire_handoffs(now)
    taken += _run(now, LoopKind.REPORT, State.SEEN, Step.REPORT_OVERDUE, change=lambda move: None)
    return taken + _run(
        now, LoopKind.CONFIRM_CANCELLATION, State.CANCEL_REQUESTED, Step.CONFIRM_CANCELLATION, change=end_by_cancelling
    )


def _run(now: datetime, kind: LoopKind, state: State, step: Step, *, change: Callable[[Move], None]) -> int:
    due = Loop.objects.filter(kind=kind.value, closed_at__isnull=True, due_at__lte=now, referral_id__isnull=False)
    waiting = Referral.objects.filter(id__in=due.values("referral_id"), state=state.value)
    return sum(_one(referral_id, state, step, change) for referral_id in waiting.values_list("id", flat=True)[:_BATCH])


def _one(referral_id: UUID, state: State, step: Step, change: Callable[[Move], None]) -> int:
    """One referral, one transaction; 0 when somebody moved it meanwhile."""
    with transaction():
        rows = Referral.objects.select_for_update(skip_locked=True).filter(id=referral_id, state=state.value)
        referral = rows.first()
        if referral is None:
            return 0
        with stepping_by_clock(referral, step) as move:
            change(move)
    return 1
