"""What is looked at regularly, and how often. Each tick is one call of a lower room's action and may be repeated."""

from collections.abc import Callable
from dataclasses import dataclass

from hallway import clock
from hallway.identity.requester import system


@dataclass(frozen=True, slots=True)
class Tick:
    """``run`` is called every ``seconds``; it returns how much it did, for the log when ``is_told``.

    ``is_long``: it may take minutes, and runs beside the others instead of between them.
    """

    name: str
    seconds: float
    run: Callable[[], int]
    is_told: bool = True
    is_long: bool = False


def _seal() -> int:
    from hallway.ledger.heads import seal_and_publish

    return seal_and_publish()


def _escalate() -> int:
    from hallway.loops.actions import escalate_due

    return escalate_due(clock.now())


def _run_referral_clocks() -> int:
    from hallway.referral.actions import run_clocks

    return run_clocks(clock.now())


def _expire_consents() -> int:
    from hallway.consent.actions import expire_consents

    return expire_consents(clock.now(), by=system("clock"))


def _settle_forms() -> int:
    from hallway.loops.refusing import settle_forms

    return settle_forms(clock.now())


def _run_renewals() -> int:
    from hallway.loops.renewals import run_renewals

    return run_renewals(clock.now())


def _tend_exports() -> int:
    from hallway.exchange.bulk.actions import tend

    return tend(clock.now())


def _end_sittings() -> int:
    from hallway.screening.asking.actions import end_expired

    return end_expired(clock.now())


def _look_at_charts() -> int:
    from hallway.triggers.looking import look_due

    return look_due(clock.now())


def _take_up_again() -> int:
    from hallway.worker.left_behind import take_up_again

    return take_up_again()


TICKS: tuple[Tick, ...] = (
    Tick("seal the ledger", 1, _seal, is_told=False),
    Tick("escalate loops", 30, _escalate),
    Tick("referral clocks", 2, _run_referral_clocks),
    Tick("forms given", 30, _settle_forms),
    Tick("expire consents", 30, _expire_consents),
    Tick("renewals of consents", 300, _run_renewals),
    Tick("exports", 15, _tend_exports),
    Tick("sittings nobody finished", 60, _end_sittings),
    Tick("jobs that a worker left behind", 30, _take_up_again),
    Tick("charts whose time has come", 60, _look_at_charts, is_long=True),
)
