"""Worklists: what is owed, gated in the query, ordered by harm, lateness, due time."""

from hallway.identity.requester import Requester
from hallway.ids import ChartId, ReferralId
from hallway.loops.views import LoopRow, Worklist


def worklist(requester: Requester, *, show: str = "mine", limit: int = 50, after: str = "") -> Worklist:
    """Rows of one list: ``mine``, ``waiting`` on others, ``practice`` or ``closed`` this week."""
    raise NotImplementedError


def loops_of_chart(requester: Requester, chart_id: ChartId) -> list[LoopRow]:
    """Open loops of one chart that this reader may know."""
    raise NotImplementedError


def loops_of_referral(requester: Requester, referral_id: ReferralId) -> list[LoopRow]:
    """Running clocks of one referral that this reader may know."""
    raise NotImplementedError
