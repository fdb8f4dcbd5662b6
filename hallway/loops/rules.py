"""When something owed is due and who hears about it next. Pure: dates in, dates out."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hallway.loops.tables.clocks import Clock, Unit
from hallway.zones import NETWORK

OWNER, LEADER, BOTH = 1, 2, 3
"""Levels of escalation: the owner hears, then the practice lead, then both sides, where there are two."""

SATURDAY = 5


def add_business_days(start: datetime, days: int, zone: str = NETWORK) -> datetime:
    """``start`` moved on by ``days`` Monday-to-Friday days, at the same time of day in ``zone``."""
    local = start.astimezone(ZoneInfo(zone))
    while days > 0:
        local += timedelta(days=1)
        if local.weekday() < SATURDAY:
            days -= 1
    return local.astimezone(start.tzinfo)


def due_at(clock: Clock, opened_at: datetime, zone: str = NETWORK) -> datetime:
    """When a loop of this clock, opened at ``opened_at``, is due."""
    return later(opened_at, clock.amount, clock.unit, zone)


def later(start: datetime, amount: int, unit: Unit, zone: str = NETWORK) -> datetime:
    """``start`` moved on by ``amount`` of ``unit``."""
    if unit is Unit.BUSINESS_DAYS:
        return add_business_days(start, amount, zone)
    return start + timedelta(**{unit.value: amount})


def escalation_at(clock: Clock, due: datetime, now: datetime, zone: str = NETWORK) -> int:
    """How far a loop due at ``due`` has risen by ``now``: 0 not due, OWNER, LEADER or BOTH."""
    if now < due:
        return 0
    if now >= later(due, clock.both_after, clock.rises, zone):
        return BOTH
    return LEADER if now >= later(due, clock.leader_after, clock.rises, zone) else OWNER


def days_late(due: datetime, now: datetime, zone: str = NETWORK) -> int:
    """Whole local days past the due day; 0 on the day itself."""
    return max(0, (_day(now, zone) - _day(due, zone)).days)


def group_of(due: datetime, now: datetime, *, harm: int, zone: str = NETWORK) -> str:
    """Which part of the worklist: ``now`` when late or a danger, ``today``, ``week`` or ``later``."""
    if now >= due or harm >= BOTH:
        return "now"
    days = (_day(due, zone) - _day(now, zone)).days
    if days <= 0:
        return "today"
    return "week" if days <= 7 else "later"


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()
