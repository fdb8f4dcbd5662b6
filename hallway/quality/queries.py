"""The network's figures, each with numerator and denominator, small cells unshown (``measures.md`` 7.4).

One statement reads plain facts of every referral sent in the period; ``rules`` does the rest. This is a declared
aggregate exit: it names no patient, and what consent hides widens a rate to a range instead of moving it.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hallway import clock
from hallway.directory import queries as directory
from hallway.directory.models import Organization
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS, Requester, Role
from hallway.ledger import lines
from hallway.quality import rules
from hallway.quality.rules import Fact, Share
from hallway.quality.tables.comparisons import COMPARISONS
from hallway.quality.views import (
    AskedOf,
    ComparisonLine,
    CrossPenetration,
    Dashboard,
    HandOffRate,
    MonthRate,
    Rate,
    Spread,
    Stuck,
)
from hallway.record.classes import LICENCE_CLASSES, DataClass
from hallway.referral.tables.codes import BEHAVIORAL, RECIPIENT_TYPES
from hallway.storage.connection import cursor, transaction

__all__ = ["AskedOf", "ComparisonLine", "Dashboard", "HandOffRate", "MonthRate", "Rate", "Spread", "Stuck"]

_MAY = CLINICIANS | {Role.PRACTICE_LEADER, Role.NETWORK_ADMINISTRATOR, Role.PRIVACY_OFFICER}
_NOT_COUNTED = ["draft", "reluctant", "rerouted", "pcp_elsewhere"]
"""Not sent, or superseded by the next row of the same referral, or not ours to see."""

_FACTS = """
SELECT r.recipient_type, r.sender_practitioner_id, r.receiver_org_id, r.sent_at, r.accepted_at, r.seen_at,
       r.reported_at, r.acknowledged_at,
       CASE WHEN EXISTS (SELECT FROM referral_handoff h WHERE h.referral_id = r.id AND h.state = 'met') THEN 'met'
            WHEN EXISTS (SELECT FROM referral_handoff h WHERE h.referral_id = r.id AND h.state = 'fallback')
            THEN 'phoned' ELSE 'neither' END,
       EXISTS (SELECT FROM consultation_report d WHERE d.referral_id = r.id AND d.state = 'draft'),
       NOT EXISTS (SELECT FROM consent_grant g
                   WHERE g.chart_id = r.chart_id AND g.grantee_org = r.sender_org_id AND g.purpose = 'TREAT'
                     AND g.source_org = r.receiver_org_id AND r.answer_mask & ~g.allow = 0 AND g.author = 0
                     AND g.from_at <= %(now)s AND (g.until_at IS NULL OR g.until_at > %(now)s))
       AND r.reported_at IS NULL AND r.sender_org_id <> r.receiver_org_id
FROM referral_referral r
WHERE r.sent_at >= %(start)s AND r.sent_at < %(end)s AND r.state <> ALL(%(not_counted)s)
"""


def network_dashboard(requester: Requester, *, from_on: date, until_on: date) -> Dashboard:
    """Figures of referrals sent from ``from_on`` to ``until_on``, both included.

    Raises HallwayError FORBIDDEN for roles without it, UNPROCESSABLE when the days are in the wrong order.
    """
    if requester.role not in _MAY:
        raise _refused(Kind.FORBIDDEN, "H-QUA-001", "Your role has no network page.", "Ask your practice leader.")
    if until_on < from_on:
        raise _refused(Kind.UNPROCESSABLE, "H-QUA-002", "The last day is before the first.", "Swap the two days.")
    with transaction():
        facts = _facts(from_on, until_on)
        lines.write(
            lines.step_line(requester, "network.read", charts=[], purpose="OPS", detail=f"{from_on} {until_on}")
        )
    return dashboard_of(facts, from_on=from_on, until_on=until_on, now=clock.now())


def _refused(kind: Kind, code: str, what: str, to_do: str) -> HallwayError:
    return HallwayError(kind, code, what=what, undone="No figures were shown.", to_do=to_do)


def _facts(from_on: date, until_on: date) -> list[Fact]:
    midnight = time(tzinfo=UTC)
    parameters: dict[str, Any] = {
        "start": datetime.combine(from_on, midnight),
        "end": datetime.combine(until_on + timedelta(days=1), midnight),
        "now": clock.now(),
        "not_counted": _NOT_COUNTED,
    }
    with cursor() as opened:
        opened.execute(_FACTS, parameters)
        return [Fact(row[0], row[0] in BEHAVIORAL, *row[1:]) for row in opened.fetchall()]


# Only whether a practice keeps anything of a patient: no content is read. What a Part 2 program keeps is left out, so
# no figure here moves by it.
_SIDES = """
WITH kept AS MATERIALIZED (
  SELECT s.chart_id, o.side, s.source_org
  FROM record_chart_source s JOIN directory_organization o ON o.id = s.source_org
  WHERE o.side IN ('bh', 'pc') AND NOT o.id = ANY (%(programs)s::int[]) AND s.chart_id <> 0
), known AS (
  SELECT DISTINCT b.chart_id FROM kept b JOIN kept p ON p.chart_id = b.chart_id AND p.side = 'pc'
  JOIN consent_grant g ON g.chart_id = b.chart_id AND g.source_org = b.source_org AND g.grantee_org = p.source_org
    AND g.purpose = 'TREAT' AND g.author = 0 AND g.kinds = '{}' AND %(usual)s::bigint & ~g.allow = 0
    AND g.from_at <= %(now)s AND (g.until_at IS NULL OR g.until_at > %(now)s)
  WHERE b.side = 'bh'
), chart AS (
  SELECT chart_id, bool_or(side = 'bh') AS behavioral, bool_or(side = 'pc') AS primary_care
  FROM kept GROUP BY chart_id
)
SELECT c.behavioral, c.primary_care, k.chart_id IS NOT NULL, count(*)
FROM chart c LEFT JOIN known k ON k.chart_id = c.chart_id GROUP BY 1, 2, 3
"""


def cross_penetration(requester: Requester) -> CrossPenetration:
    """How many patients of one side have the other too, both ways, as far as the two may know of each other.

    Raises HallwayError FORBIDDEN for roles without the network page.
    """
    if requester.role not in _MAY:
        raise _refused(Kind.FORBIDDEN, "H-QUA-003", "Your role has no network page.", "Ask your practice leader.")
    with transaction():
        shares = rules.cross_penetration(_sides())
        lines.write(lines.step_line(requester, "network.read", charts=[], purpose="OPS", detail="cross penetration"))
    return CrossPenetration(*(_rate(share) for share in shares))


def _sides() -> list[tuple[bool, bool, bool, int]]:
    usual = int(LICENCE_CLASSES | DataClass.GENERAL)
    # Also those that nobody has evaluated yet, and units of a program: what the column says is not the whole of it.
    programs = sorted(directory.programs(Organization.objects.values_list("id", flat=True)))
    with cursor() as opened:
        opened.execute(_SIDES, {"now": clock.now(), "usual": usual, "programs": programs})
        return [(row[0], row[1], row[2], row[3]) for row in opened.fetchall()]


def dashboard_of(facts: Sequence[Fact], *, from_on: date, until_on: date, now: datetime) -> Dashboard:
    """The page from its facts; no query but the names of practices."""
    behavioral = [fact for fact in facts if fact.is_behavioral]
    medical = [fact for fact in facts if not fact.is_behavioral]
    return Dashboard(
        from_on=from_on,
        until_on=until_on,
        practices=rules.often(fact.receiver_org for fact in facts),
        clinicians=rules.often(fact.clinician for fact in facts),
        behavioral_reports=_rate(rules.reports(behavioral)),
        follow_through=_rate(rules.follow_through(behavioral, now)),
        to_accept=_spread(facts, lambda f: f.sent_at, lambda f: f.accepted_at),
        to_first_visit=_spread(facts, lambda f: f.sent_at, lambda f: f.seen_at),
        to_report=_spread(facts, lambda f: f.seen_at, lambda f: f.reported_at),
        asked_of=(*_asked_of(behavioral, is_behavioral=True), *_asked_of(medical, is_behavioral=False)),
        stuck=_stuck(behavioral, now),
        months=_months(behavioral, medical),
        hand_offs=_hand_offs(behavioral, now),
        lines=tuple(_lines().values()),
    )


def _rate(share: Share, *, is_shown: bool | None = None) -> Rate:
    if not (share.is_large if is_shown is None else is_shown) or share.denominator == 0:
        return Rate(None, None, None, at_least=share.at_least)
    low = rules.percent(share.numerator, share.denominator)
    if not share.unknown:
        return Rate(share.numerator, share.denominator, low)
    known = share.denominator - share.unknown
    return Rate(
        numerator=share.numerator,
        denominator=share.denominator,
        percent=rules.percent(share.numerator, known) if known else None,
        low=low,
        high=rules.percent(share.numerator + share.unknown, share.denominator),
    )


Instant = Callable[[Fact], datetime | None]


def _spread(facts: Sequence[Fact], start: Instant, end: Instant) -> Spread:
    days = rules.days_between(facts, start, end)
    if len(days) < rules.SMALLEST:
        return Spread(None, None, None)
    return Spread(len(days), round(rules.median(days), 1), round(rules.ninth(days), 1))


def _lines() -> dict[str, ComparisonLine]:
    return {
        row.recipient_type: ComparisonLine(row.recipient_type, row.percent, row.bound, row.source, row.verified)
        for row in COMPARISONS
    }


def _asked_of(facts: Sequence[Fact], *, is_behavioral: bool) -> list[AskedOf]:
    """One row a kind of clinician, in the table's order; rows whose sum would give a small one away are unshown.

    Behavioral kinds always have their row, others only with figures in it: else a row that appears would tell that
    somebody was sent to a substance use program.
    """
    kinds = [kind for kind in RECIPIENT_TYPES if (kind in BEHAVIORAL) == is_behavioral]
    groups = {kind: [fact for fact in facts if fact.recipient_type == kind] for kind in kinds}
    shares = [rules.reports(own) for own in groups.values()]
    return [
        AskedOf(
            recipient_type=kind,
            label=RECIPIENT_TYPES[kind],
            is_behavioral=kind in BEHAVIORAL,
            reports=_rate(share, is_shown=is_shown),
            clinicians=_clinicians(own) if is_shown else Rate(None, None, None),
            days=_spread(own if is_shown else (), lambda f: f.seen_at, lambda f: f.reported_at),
            line=_lines().get(kind),
        )
        for (kind, own), share, is_shown in zip(groups.items(), shares, rules.shown(shares), strict=True)
        if is_behavioral or (is_shown and share.denominator)
    ]


def _clinicians(facts: Sequence[Fact]) -> Rate:
    share = rules.clinicians(facts)
    return _rate(share, is_shown=share.denominator >= rules.FEWEST_CLINICIANS)


def _stuck(facts: Sequence[Fact], now: datetime) -> tuple[Stuck, ...]:
    """Seen, and no report read: which step it waits for and at which practice. A small cell has no row: it would tell
    that somebody waits there.
    """
    groups: dict[tuple[str, int], list[float]] = {}
    for fact in facts:
        if fact.seen_at is not None and not rules.is_reported(fact):
            step = next((name for name, holds in rules.STUCK_STEPS if holds(fact)), None)
            if step is not None:
                groups.setdefault((step, fact.receiver_org), []).append((now - fact.seen_at).total_seconds() / 86_400)
    names = {place.pk: place.name for place in Organization.objects.filter(id__in={org for _, org in groups})}
    flags = rules.shown([Share(len(days), len(days)) for days in groups.values()])
    return tuple(
        Stuck(step, names.get(org, ""), len(days), int(max(days)))
        for ((step, org), days), is_shown in zip(groups.items(), flags, strict=True)
        if is_shown
    )


def _months(behavioral: Sequence[Fact], medical: Sequence[Fact]) -> tuple[MonthRate, ...]:
    """Report rate by the month of the first visit."""
    seen = [fact for fact in (*behavioral, *medical) if fact.seen_at is not None]
    months = sorted({rules.month_of(fact.seen_at) for fact in seen if fact.seen_at is not None})
    rates = [_of_months(group, months) for group in (behavioral, medical)]
    return tuple(MonthRate(month, own, other) for month, own, other in zip(months, *rates, strict=True))


def _of_months(facts: Sequence[Fact], months: Sequence[date]) -> list[Rate]:
    shares = [
        rules.reports([f for f in facts if f.seen_at is not None and rules.month_of(f.seen_at) == month])
        for month in months
    ]
    return [_rate(share, is_shown=is_shown) for share, is_shown in zip(shares, rules.shown(shares), strict=True)]


def _hand_offs(facts: Sequence[Fact], now: datetime) -> tuple[HandOffRate, ...]:
    kinds = ("met", "phoned", "neither")
    groups = [[fact for fact in facts if fact.hand_off == kind] for kind in kinds]
    shares = [rules.follow_through(group, now) for group in groups]
    return tuple(
        HandOffRate(
            kind,
            _rate(share, is_shown=is_shown),
            _spread(group if is_shown else (), lambda f: f.sent_at, lambda f: f.seen_at),
        )
        for kind, group, share, is_shown in zip(kinds, groups, shares, rules.shown(shares), strict=True)
    )
