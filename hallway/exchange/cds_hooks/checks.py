"""Safety checks of draft orders: a registry that other rooms fill. It is empty until medication safety is built.

A check is given the orders and the released view of one chart; it decides nothing about who may know what.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hallway.identity.requester import Requester
from hallway.ids import ChartId


@dataclass(frozen=True, slots=True)
class Warned:
    """What a check has to say: at most 140 letters, more in ``detail``; ``indicator`` as in CDS Hooks."""

    kind: str
    summary: str
    detail: str
    indicator: str = "warning"
    source: str = "Hallway"


Check = Callable[[Requester, ChartId, Sequence[bytes]], list[Warned]]
"""Who asks, about which chart, the draft orders as sent. It reads through a release of its own."""

CHECKS: dict[str, Check] = {}
"""By name, in the order in which they run."""


def run(requester: Requester, chart_id: ChartId, orders: Sequence[bytes]) -> list[Warned]:
    """Everything that the registered checks say about these orders."""
    return [one for check in CHECKS.values() for one in check(requester, chart_id, orders)]
