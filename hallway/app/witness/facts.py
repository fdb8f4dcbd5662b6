"""The facts of one chart in words, as the witness reads them. Times are instants from (included) until (not)."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class During:
    """From an instant until another, or without an end."""

    begins: datetime
    ends: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it holds at that instant."""
        return self.begins <= at and (self.ends is None or at < self.ends)


@dataclass(frozen=True, slots=True)
class Treats:
    """An organization treats the patient."""

    org: int
    during: During


@dataclass(frozen=True, slots=True)
class Paper:
    """A signed form. ``to_org`` 0 is every treating practice; person 0 is anybody; no kinds are all kinds."""

    id: str
    version: int
    kind: str
    from_org: int
    from_person: int
    to_org: int
    to_person: int
    classes: frozenset[str]
    kinds: frozenset[str]
    purposes: frozenset[str]
    during: During


@dataclass(frozen=True, slots=True)
class Determined:
    """A clinician's recorded judgement that something is needed."""

    id: str
    need: str
    from_org: int
    from_person: int
    to_org: int
    classes: frozenset[str]
    during: During


@dataclass(frozen=True, slots=True)
class Wish:
    """An agreed restriction. 0 is every source, every recipient but the source, everybody there."""

    from_org: int
    to_org: int
    to_person: int
    classes: frozenset[str]
    during: During


@dataclass(frozen=True, slots=True)
class Opened:
    """Emergency access of one person to some kinds."""

    id: str
    org: int
    person: int
    kinds: frozenset[str]
    during: During


@dataclass(slots=True)
class Facts:
    """All that decides who may see what of one chart. ``since`` says from when on each source has been in the chart."""

    chart: int
    states: dict[int, str]
    programs: frozenset[int]
    since: dict[int, datetime]
    treats: list[Treats] = field(default_factory=list[Treats])
    papers: list[Paper] = field(default_factory=list[Paper])
    determined: list[Determined] = field(default_factory=list[Determined])
    wishes: list[Wish] = field(default_factory=list[Wish])
    opened: list[Opened] = field(default_factory=list[Opened])

    def edges(self) -> list[datetime]:
        """Every instant at which something begins or ends, in order."""
        timed = (*self.treats, *self.papers, *self.determined, *self.wishes, *self.opened)
        found = {edge for fact in timed for edge in (fact.during.begins, fact.during.ends) if edge is not None}
        return sorted(found | set(self.since.values()))


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: practice, person, role, duties in substance use care; ``chart`` is a patient's own."""

    org: int
    person: int
    role: str
    duty: bool = False
    chart: int = 0


@dataclass(frozen=True, slots=True)
class Thing:
    """What is asked for: where it came from, who wrote it, its FHIR type and classes."""

    source: int
    author: int
    kind: str
    classes: frozenset[str]
