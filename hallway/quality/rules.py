"""The figures of the network, computed from plain facts. Pure; a second, independent computation stands in the tests.

Definitions (``measures.md`` 7.4): a report counts when it was received and acknowledged within 30 days of the first
completed visit, of all referrals with a completed first visit. Follow-through counts a first visit within 30 days of
sending, of all referrals sent at least 30 days ago or already seen.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, floor

SMALLEST = 11
"""Cells below this are not shown, nor is a complement that would reveal them."""
_MONTH = timedelta(days=30)
FEWEST_CLINICIANS = 5
"""Fewer clinicians than this are not shown as a rate: it would be a league table of people."""
USUAL = 0.5
"""A clinician usually gets reports when they got one for at least half of the patients they referred."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One referral in its latest interval, as the measures see it. Times are aware; ``None`` means it did not happen.

    ``is_hidden`` marks a referral whose attendance the patient's choice keeps from the sender: it counts as unknown.
    """

    recipient_type: str
    is_behavioral: bool
    clinician: int
    receiver_org: int
    sent_at: datetime
    accepted_at: datetime | None
    seen_at: datetime | None
    reported_at: datetime | None
    acknowledged_at: datetime | None
    hand_off: str
    has_draft: bool
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """``numerator`` of ``denominator``, ``unknown`` of them neither known as yes nor as no."""

    numerator: int
    denominator: int
    unknown: int = 0

    @property
    def is_large(self) -> bool:
        """Whether neither the cell nor its complement gives a few people away."""
        rest = self.denominator - self.numerator - self.unknown
        cells = (self.denominator, self.numerator, rest, self.unknown)
        return self.denominator == 0 or all(cell == 0 or cell >= SMALLEST for cell in cells)

    @property
    def settled(self) -> "Share":
        """A few unknown ones count as no: a range would give away how many patients kept it to themselves."""
        return Share(self.numerator, self.denominator) if 0 < self.unknown < SMALLEST else self

    @property
    def at_least(self) -> int | None:
        """A lower bound in percent where only the complement is small, in steps of ten so that it gives no count away.

        It says no more than that fewer than ``SMALLEST`` did not. None where anything else is small, or
        nothing is, or the bound would say next to nothing (under 50).
        """
        rest = self.denominator - self.numerator
        if self.unknown or self.numerator < SMALLEST or not 0 < rest < SMALLEST:
            return None
        bound = floor(10 * (self.denominator - SMALLEST + 1) / self.denominator) * 10
        return bound if bound >= 50 else None


def shown(shares: Sequence[Share]) -> list[bool]:
    """Which of these cells may stand beside their published sum.

    Small ones go first. If those that went count fewer than ``SMALLEST`` together, or only one went, the sum minus the
    others would give it away: then the smallest of the others goes too.
    """
    flags = [share.is_large for share in shares]
    while True:
        gone = [share.denominator for share, is_shown in zip(shares, flags, strict=True) if not is_shown]
        left = [n for n, is_shown in enumerate(flags) if is_shown and shares[n].denominator > 0]
        if not gone or (len(gone) > 1 and sum(gone) >= SMALLEST) or not left:
            return flags
        flags[min(left, key=lambda n: shares[n].denominator)] = False


def often(names: Iterable[int]) -> int:
    """How many stand there at least ``SMALLEST`` times: a count of all would tell of one patient's only referral."""
    return sum(times >= SMALLEST for times in Counter(names).values())


def percent(numerator: int, denominator: int) -> int:
    """Whole percent, half rounded up."""
    return floor(100 * numerator / denominator + 0.5)


def is_reported(fact: Fact) -> bool:
    """Report received and acknowledged within 30 days after the first completed visit."""
    if fact.seen_at is None or fact.reported_at is None or fact.acknowledged_at is None:
        return False
    return fact.acknowledged_at <= fact.seen_at + _MONTH


def is_followed_through(fact: Fact) -> bool:
    """First visit kept within 30 days of sending."""
    return fact.seen_at is not None and fact.seen_at <= fact.sent_at + _MONTH


def reports(facts: Iterable[Fact]) -> Share:
    """Reports back, of referrals with a completed first visit. What may not be told is neither yes nor no."""
    seen = [fact for fact in facts if fact.seen_at is not None]
    open_ = [fact for fact in seen if not fact.is_hidden]
    return Share(sum(is_reported(fact) for fact in open_), len(seen), len(seen) - len(open_)).settled


def follow_through(facts: Iterable[Fact], now: datetime) -> Share:
    """Came within 30 days, of those sent 30 days ago or seen already."""
    due = [fact for fact in facts if fact.seen_at is not None or fact.sent_at + _MONTH <= now]
    open_ = [fact for fact in due if not fact.is_hidden]
    return Share(sum(is_followed_through(fact) for fact in open_), len(due), len(due) - len(open_)).settled


def clinicians(facts: Iterable[Fact]) -> Share:
    """Referring clinicians who got a report for at least half of the patients they referred and who were seen."""
    by_clinician: dict[int, list[Fact]] = {}
    for fact in facts:
        if fact.seen_at is not None and not fact.is_hidden:
            by_clinician.setdefault(fact.clinician, []).append(fact)
    usual = [sum(map(is_reported, own)) >= USUAL * len(own) for own in by_clinician.values()]
    return Share(sum(usual), len(usual))


def days_between(
    facts: Iterable[Fact], start: Callable[[Fact], datetime | None], end: Callable[[Fact], datetime | None]
) -> list[float]:
    """Days from one instant to another, of the referrals that have both and may tell them, sorted."""
    found: list[float] = []
    for fact in facts:
        first, last = start(fact), end(fact)
        if first is not None and last is not None and not fact.is_hidden:
            found.append(max(0.0, (last - first).total_seconds() / 86_400))
    return sorted(found)


def cross_penetration(groups: Iterable[tuple[bool, bool, bool, int]]) -> tuple[Share, Share]:
    """Of behavioral patients those in primary care too, and the reverse (R78).

    Each group is (behavioral, primary care, may the two know of each other, patients). Where they may not, that the
    person goes to both is neither yes nor no.
    """
    behavioral, primary, both, hidden = 0, 0, 0, 0
    for is_behavioral, is_primary, may_tell, patients in groups:
        behavioral += patients if is_behavioral else 0
        primary += patients if is_primary else 0
        if is_behavioral and is_primary:
            both += patients if may_tell else 0
            hidden += 0 if may_tell else patients
    return Share(both, behavioral, hidden).settled, Share(both, primary, hidden).settled


def median(values: Sequence[float]) -> float:
    """The middle of sorted values; the mean of the two middle ones of an even number."""
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def ninth(values: Sequence[float]) -> float:
    """The value that nine in ten do not exceed (nearest rank) of sorted values."""
    return values[ceil(0.9 * len(values)) - 1]


def month_of(at: datetime) -> date:
    """First day of the month."""
    return at.date().replace(day=1)


STUCK_STEPS: tuple[tuple[str, Callable[[Fact], bool]], ...] = (
    ("Seen, report not started", lambda f: f.reported_at is None and not f.has_draft and not f.is_hidden),
    ("Draft ready, not signed", lambda f: f.reported_at is None and f.has_draft and not f.is_hidden),
    ("Sent, not read", lambda f: f.reported_at is not None and f.acknowledged_at is None and not f.is_hidden),
    ("Patient has not agreed", lambda f: f.is_hidden and f.reported_at is None),
)
"""Where a report is that did not come back; each seen referral without one stands in exactly one row, or is late."""
