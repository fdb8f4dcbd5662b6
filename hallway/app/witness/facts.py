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
    """A signed form. ``to_org`` 0 is every treating practice; person 0 is anybody; no kinds are all kinds.

    ``not_for`` are practices for whom such a form was taken back, each since an instant. ``versions`` are the numbers
    the form has had, each since an instant.
    """

    id: str
    kind: str
    from_org: int
    from_person: int
    to_org: int
    to_person: int
    classes: frozenset[str]
    kinds: frozenset[str]
    purposes: frozenset[str]
    during: During
    not_for: tuple[tuple[int, datetime], ...] = ()
    versions: tuple[tuple[int, datetime], ...] = ()

    def version(self, at: datetime) -> int:
        """The number it had then."""
        return max((number for number, since in self.versions if since <= at), default=0)

    def taken_back_for(self, org: int, at: datetime) -> bool:
        """Whether it holds no longer for this practice."""
        return any(one == org and since <= at for one, since in self.not_for)


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


@dataclass(frozen=True, slots=True)
class Acts:
    """Somebody who may act for the patient. No classes and no kinds: everything the authority reaches."""

    id: int
    account: int
    authority: str
    classes: frozenset[str]
    kinds: frozenset[str]
    during: During


@dataclass(frozen=True, slots=True)
class Said:
    """A recorded word about somebody who acts: the minor agrees, or a source does not treat them as representative."""

    id: str
    about: int
    org: int
    kind: str
    classes: frozenset[str]
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
    acts: list[Acts] = field(default_factory=list[Acts])
    said: list[Said] = field(default_factory=list[Said])

    def edges(self) -> list[datetime]:
        """Every instant at which something begins or ends, in order."""
        timed = (*self.treats, *self.papers, *self.determined, *self.wishes, *self.opened, *self.acts, *self.said)
        found = {edge for fact in timed for edge in (fact.during.begins, fact.during.ends) if edge is not None}
        found |= {since for paper in self.papers for _, since in (*paper.not_for, *paper.versions)}
        return sorted(found | set(self.since.values()))


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: practice, person, role, duties in substance use care.

    ``chart`` is a patient's own, or the one a representative acts for; ``acts`` then says as whom.
    """

    org: int
    person: int
    role: str
    duty: bool = False
    chart: int = 0
    acts: int = 0


@dataclass(frozen=True, slots=True)
class Thing:
    """What is asked for: where it came from, who wrote it, its FHIR type and classes."""

    source: int
    author: int
    kind: str
    classes: frozenset[str]
