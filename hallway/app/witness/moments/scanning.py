"""The whole record of one chart as it flows to one practice, and what may be asked of it by looking at all. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from hallway.app.witness.moments.things import DAY, DRUGS, PAST, Thing

IN_FORCE = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing fires about what was before."""
CAME = ("finished", "in-progress", "arrived", "triaged", "onleave")
HERE = CAME[:3]
OTHER_SIDE = {"pc": "bh", "bh": "pc"}
UNSAID = ("draft", "preparation", "not-done", "cancelled", "rejected", "revoked")
REPORTS = frozenset({"11488-4", "18842-5", "34133-9", "57133-1", "60591-5"})


@dataclass(frozen=True)
class Treats:
    """A practice that treats the patient, of which this one may know, and since when."""

    practice: int
    side: str
    since: datetime | None = None
    until: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """Whether it does so at an instant."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True)
class Clock:
    """Something owed by this practice or to it: its kind, what it is about, who owes, when it began and was done."""

    kind: str
    subject: str
    owner: int
    opened_at: datetime
    closed_at: datetime | None = None
    referral: str = ""


@dataclass(frozen=True)
class Answer:
    """What the patient said when the other side's care was offered here, and when to ask again.

    ``is_yes``: they want it, so the practice owes the referral.
    """

    side: str
    at: datetime
    again_on: date | None = None
    is_yes: bool = False


@dataclass(frozen=True)
class Practice:
    """Who looks. ``own_refs``: how resources name this one. ``team``: all who treat, this practice too."""

    id: int
    side: str
    team: tuple[Treats, ...] = ()
    own_refs: frozenset[str] = frozenset()
    clocks: tuple[Clock, ...] = ()
    answers: tuple[Answer, ...] = ()
    is_dead: bool = False
    gender: str = ""


@dataclass(frozen=True)
class Moment:
    """``occasion`` as the rule's documentation names it; ``causes`` are what a word about it would name.

    ``first``: the fact that it is about, where a rule asks that again. ``since``: from when on an answer may have come.
    ``is_over``: the facts themselves say that nothing is owed. ``group``: what one word may serve for.
    ``labels``: kind, source and author of each cause.
    """

    occasion: str
    at: datetime
    causes: frozenset[str]
    first: Thing | None = None
    since: datetime | None = None
    is_over: bool = False
    group: str = ""
    labels: frozenset[tuple[str, int, int]] = frozenset()

    @property
    def from_at(self) -> datetime:
        """The earlier of when it came about and when it began."""
        return min(self.at, self.since or self.at)


def of(one: Thing, *more: Thing, occasion: str = "", at: datetime | None = None, group: str = "") -> Moment:
    """A moment of one thing, with others among its causes."""
    refs = frozenset({one.ref, *(other.ref for other in more)})
    return Moment(occasion or one.ref, at or one.at, refs, one, group=group)


class Record:
    """All that may flow to one practice, as it stands at one instant, each reading once."""

    def __init__(self, things: Iterable[Thing], practice: Practice, now: datetime) -> None:
        """Sort it by time; a measurement that came twice under two ids is the first of them."""
        self.practice = practice
        self.now = now
        self.things: list[Thing] = []
        seen = set[object]()
        for one in sorted(things, key=lambda each: (each.at, each.kind, each.id)):
            is_reading = one.kind == "Observation" and one.numbers
            reading = (one.at, one.source, tuple(sorted(one.numbers.items())), one.signs) if is_reading else one.ref
            if reading not in seen:
                self.things.append(one)
            seen.add(reading)

    def labelled(self, moment: Moment) -> Moment:
        """The moment with the labels of its causes."""
        held = [one for one in self.things if one.ref in moment.causes]
        return replace(moment, labels=frozenset((one.kind, one.source, one.author) for one in held))

    def all(self, *kinds: str, own: bool | None = None) -> list[Thing]:
        """Everything of these kinds, earliest first: this practice's own, others' own (False), or all."""
        mine = self.practice.id
        return [one for one in self.things if one.kind in kinds and (own is None or (one.source == mine) == own)]

    def drugs(self, group: str = "") -> list[Thing]:
        """What was ordered, dispensed or told to be taken: neither drafts nor plans."""
        not_yet = ("draft", "unknown", "preparation", "not-taken", "intended", "declined")
        held = [one for one in self.all(*DRUGS) if one.status not in not_yet]
        held = [one for one in held if one.intent not in ("proposal", "plan", "option")]
        return [one for one in held if not group or group in one.groups]

    def visits(self) -> list[Thing]:
        """Visits to this practice that were kept."""
        return [one for one in self.all("Encounter", own=True) if one.status in CAME]

    def has_been_coming(self, at: datetime) -> bool:
        """Whether a visit here was kept by then."""
        return any(visit.at <= at for visit in self.visits())

    def problems(
        self, name: str, *, at: datetime, noted: datetime | None = None, past: tuple[str, ...] = PAST
    ) -> list[Thing]:
        """Problems of a set that stood at an instant, noted by then or by another one."""
        known = [one for one in self.all("Condition") if name in one.sets and one.at <= (noted or at)]
        return [one for one in known if not one.is_past(max(at, one.at), past)]

    def is_treated_by(self, side: str, at: datetime) -> bool:
        """Whether another practice of a side treats the patient, then or now."""
        others = [one for one in self.practice.team if one.side == side and one.practice != self.practice.id]
        return any(one.stands(at) or one.stands(self.now) for one in others)

    def is_answered(self, side: str, at: datetime) -> bool:
        """Whether the other side was offered, and it is not yet time to ask again; a yes never is while it is owed."""
        held = [one for one in self.practice.answers if one.side == side and one.at <= self.now]
        last = max(held, key=lambda one: one.at, default=None)
        if last is None:
            return False
        may_ask = last.again_on is not None and last.again_on <= at.date() and last.at < at
        return not may_ask or (last.is_yes and self._owes("refer"))

    def _owes(self, kind: str) -> bool:
        mine = [one for one in self.practice.clocks if one.kind == kind and one.owner == self.practice.id]
        return any(one.closed_at is None or one.closed_at > self.now for one in mine)

    def runs(self, moment: Moment, *kinds: str) -> bool:
        """Whether a clock of these kinds runs or ran for it: of its referral, else one begun since the day before."""
        mine = [one for one in self.practice.clocks if one.kind in kinds]
        referral = moment.first.own_id if moment.first else ""
        if referral:
            return any(one.referral == referral for one in mine)
        return any(one.opened_at >= moment.from_at - DAY for one in mine)

    # Who has said what to whom ---------------------------------------------------------------------------------------

    def _goes_out(self, one: Thing) -> bool:
        return any(
            ref not in self.practice.own_refs and not ref.startswith(("Patient/", "RelatedPerson/")) for ref in one.to
        )

    def was_told(self, moment: Moment, *, by_report: bool = False) -> bool:
        """Whether this practice told another one: a word that names a cause, or a report."""
        visits = {one.visit for one in self.things if one.ref in moment.causes} - {""}
        refs = moment.causes | visits
        for one in self.all("Communication", "Task", "ServiceRequest", "DocumentReference", own=True):
            if one.status in UNSAID or one.last_said < moment.from_at - DAY:
                continue
            if not by_report and self._goes_out(one) and refs & (one.about | one.rests_on):
                return True
            if self._is_report(one) and one.last_said >= moment.from_at:
                return True
        return False

    def _is_report(self, one: Thing) -> bool:
        if one.kind == "ServiceRequest" or not (one.loincs & REPORTS or one.has_output):
            return False
        return one.kind == "DocumentReference" or self._goes_out(one)

    def spoke(self, since: datetime) -> bool:
        """Whether this practice and another had a word since."""
        words = [one for one in self.all("Communication", "Task", "ServiceRequest") if one.status not in UNSAID]
        return any(one.last_said >= since and (one.source != self.practice.id or self._goes_out(one)) for one in words)

    def is_about(self, one: Thing, moment: Moment) -> bool:
        """Whether something refers to a cause, or belongs to the same request."""
        groups = {cause.group for cause in self.things if cause.ref in moment.causes} - {""}
        return bool(moment.causes & (one.about | one.rests_on)) or one.group in groups


Find = Callable[[Record], Iterator[Moment]]


def spread(found: Iterable[Moment], gap_days: float) -> Iterator[Moment]:
    """Of moments of a group that come often only those that lie so far behind the last that counted."""
    last = dict[str, datetime]()
    for one in sorted(found, key=lambda each: (each.at, each.occasion)):
        if one.at >= IN_FORCE and (one.group not in last or one.at - last[one.group] >= gap_days * DAY):
            last[one.group] = one.at
            yield one


def told(record: Record, moment: Moment) -> bool:
    """Answered by a word to another practice."""
    return record.was_told(moment)


def reported(record: Record, moment: Moment) -> bool:
    """Answered by a report alone."""
    return record.was_told(moment, by_report=True)


def never(record: Record, moment: Moment) -> bool:
    """Nothing but a person ends it."""
    return False


@dataclass(frozen=True)
class Rule:
    """Of which sides, how long a moment may wait to be seen, how it is found, and what ends the matter before.

    ``merge_days``: within so many days of another of its group one word serves for both. ``gap_days``: what comes often
    counts again so long after the last that counted; what was answered counted for nothing.
    """

    sides: frozenset[str]
    stale_days: int
    merge_days: int
    find: Find
    is_answered: Callable[[Record, Moment], bool] = told
    after_death: bool = False
    gap_days: float = 0


BH, PC, BOTH = frozenset({"bh"}), frozenset({"pc"}), frozenset({"bh", "pc"})
ALL = frozenset({"bh", "pc", "other"})
