"""What the rules know: facts as codes, numbers and times, and one chart of them as one practice may see it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType

from hallway.record.stored import Stored
from hallway.triggers.reading import KINDS, Read, read

__all__ = ["KINDS", "OF_CLOCK", "Chart", "Fact", "Member", "Offered", "Running", "Tuned", "of"]

_NONE: Mapping[str, str] = MappingProxyType({})
FIRST, LAST = datetime(1850, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Times before and after these are taken for these: rules add days to them, and no date lies behind the year 9999."""
OF_CLOCK = "loop/"
"""Begins the occasion of what a clock of Hallway's own brought about."""
_LONGEST_SUPPLY = 3660
_TIMES = ("end_at", "modified_at", "sent_at")


@dataclass(frozen=True, slots=True)
class Fact:
    """One version of one resource, as far as a rule may ask.

    ``codes`` are ``system:code`` (``icd10:F32.1``, ``loinc:44261-6``, ``rxnorm:6448``, ``cpt:90870``,
    ``category:survey``, ``name:lithium``), and what our tables make of them: ``drug:lithium``, ``group:SGA``,
    ``set:DIABETES``. ``at`` is when it happened, ``recorded_at`` when this version was stored. ``words`` is what was
    coded or named, for a reader to whom the fact flows; ``about`` holds what only some kinds have: references, an end,
    components of a measurement (``loinc:8480-6``), a daily dose. ``is_error``: entered in error or refuted.
    """

    kind: str
    id: str
    version: int
    at: datetime
    recorded_at: datetime
    source_org: int
    mask: int
    author: int = 0
    codes: frozenset[str] = frozenset()
    status: str = ""
    value: float | None = None
    unit: str = ""
    words: str = ""
    about: Mapping[str, str] = field(default_factory=lambda: _NONE)
    is_error: bool = False

    @property
    def ref(self) -> str:
        """How other resources name it."""
        return f"{self.kind}/{self.id}"

    def has(self, prefix: str) -> tuple[str, ...]:
        """Its codes of one system, without the system's name, in the order of the alphabet: ``has("drug")``."""
        return tuple(sorted(code[len(prefix) + 1 :] for code in self.codes if code.startswith(f"{prefix}:")))

    def when(self, key: str) -> datetime | None:
        """A time among ``about``; None where there is none."""
        text = self.about.get(key, "")
        return datetime.fromisoformat(text) if text else None

    def number(self, key: str) -> float | None:
        """``value`` for an empty key, else the number that ``about`` holds under it."""
        if not key:
            return self.value
        text = self.about.get(key, "")
        return float(text) if text else self.value if key in self.codes else None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on the care team, or a whole practice (``practitioner`` 0). ``refs``: how resources name them."""

    organization: int
    practitioner: int
    role: str
    side: str
    from_at: datetime | None = None
    until_at: datetime | None = None
    refs: frozenset[str] = frozenset()

    def stands(self, at: datetime) -> bool:
        """Whether they are on the team at an instant."""
        return (self.from_at is None or self.from_at <= at) and (self.until_at is None or at < self.until_at)


@dataclass(frozen=True, slots=True)
class Offered:
    """What a patient answered when the other side's care was offered; ``side`` is what was offered."""

    side: str
    answer: str
    at: datetime
    again_on: date | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """A loop that this practice may know of, open or closed."""

    kind: str
    id: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None = None
    owner_org: int = 0
    for_org: int = 0
    subject: str = ""
    referral: str = ""


@dataclass(frozen=True, slots=True)
class Tuned:
    """How this practice runs one rule now."""

    is_on: bool = True
    parameters: Mapping[str, str | int | float] = field(default_factory=dict[str, str | int | float])


@dataclass(frozen=True, slots=True)
class Chart:
    """One patient as one practice may see them. ``facts``, by kind, are those that flow to it and no others.

    Several versions of one resource may be among them: the highest is the fact, the lower ones are its past (an order
    whose dose was changed in place). ``side`` is the practice's own.
    """

    chart_id: int
    practice: int
    side: str
    birth_on: date | None = None
    gender: str = ""
    facts: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict[str, tuple[Fact, ...]])
    team: tuple[Member, ...] = ()
    offers: tuple[Offered, ...] = ()
    loops: tuple[Running, ...] = ()
    tunings: Mapping[str, Tuned] = field(default_factory=dict[str, Tuned])
    deceased: bool = False
    helpers: frozenset[int] = frozenset()
    """Who works at the practice and treats nobody there, as the desk: what they wrote down is not theirs to act on."""


def of(stored: Stored) -> Fact | None:
    """The fact that a released resource holds; None for a kind that no rule asks of, or one that cannot be read."""
    found: Read | None = read(stored.kind, stored.body)
    if found is None:
        return None
    return Fact(
        kind=stored.kind,
        id=stored.id,
        version=stored.version,
        at=within(found.at or stored.dated_at or stored.updated_at),
        recorded_at=stored.updated_at,
        source_org=stored.source_org,
        mask=stored.mask,
        author=stored.author,
        codes=found.codes,
        status=found.status,
        value=found.value,
        unit=found.unit,
        words=found.words,
        about=_bounded({**found.about, "told_by": "patient"} if stored.is_told_by_patient else found.about),
        is_error=found.is_error,
    )


def within(at: datetime) -> datetime:
    """The instant, or the nearest one that a rule can count from: "until 9999-12-31" must not stop a look."""
    return min(max(at, FIRST), LAST)


def _bounded(about: Mapping[str, str]) -> Mapping[str, str]:
    found = {key: within(datetime.fromisoformat(about[key])).isoformat() for key in _TIMES if key in about}
    if "supply_days" in about:
        found["supply_days"] = str(min(int(about["supply_days"]), _LONGEST_SUPPLY))
    return {**about, **found} if found else about
