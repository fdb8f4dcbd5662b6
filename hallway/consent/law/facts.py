"""The facts of one chart from which its grants are compiled. Plain values: no table, no clock, no words."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant (included) until another (not included), or without an end."""

    from_at: datetime
    until_at: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether ``at`` lies within."""
        return self.from_at <= at and (self.until_at is None or at < self.until_at)


@dataclass(frozen=True, slots=True)
class Place:
    """What the rules ask of an organization: its state, and whether it is a Part 2 program."""

    id: int
    state: str
    is_part2: bool


@dataclass(frozen=True, slots=True)
class Member:
    """An organization that treats the patient for a while."""

    organization: int
    span: Span


@dataclass(frozen=True, slots=True)
class Form:
    """A valid signed form. ``recipient_org`` 0 is "my treating providers"; 0 elsewhere is anybody; empty kinds all.

    ``not_for`` are organizations for whom a form for all who treat was taken back.
    """

    id: str
    kind: str
    discloser_org: int
    discloser_practitioner: int
    recipient_org: int
    recipient_practitioner: int
    classes: int
    kinds: tuple[str, ...]
    purposes: tuple[str, ...]
    span: Span
    not_for: tuple[int, ...] = ()
    signer: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A discloser's recorded determination (see ``models.Determination``)."""

    id: str
    discloser_org: int
    discloser_practitioner: int
    recipient_org: int
    classes: int
    need: str
    span: Span


@dataclass(frozen=True, slots=True)
class Limit:
    """An agreed restriction. 0 is every source, every recipient but the source, everybody at the recipient."""

    source_org: int
    recipient_org: int
    recipient_practitioner: int
    classes: int
    span: Span

    def binds(self, source: int, recipient: int, practitioner: int) -> bool:
        """Whether it stands between this source and this recipient."""
        meant = self.recipient_org == recipient or (self.recipient_org == 0 and recipient != source)
        return (
            meant
            and self.source_org in (0, source)
            and self.recipient_practitioner
            in (
                0,
                practitioner,
            )
        )


@dataclass(frozen=True, slots=True)
class Opening:
    """One emergency access: this person, these kinds and classes."""

    id: str
    organization: int
    practitioner: int
    kinds: tuple[str, ...]
    classes: int
    span: Span


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody who may act for the patient. ``classes`` 0 and empty ``kinds`` are everything the authority reaches.

    ``is_parent`` for the parent or guardian of an unemancipated minor; ``authority`` as the directory has it.
    """

    id: int
    authority: str
    is_parent: bool
    classes: int
    kinds: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Word:
    """A recorded word about somebody who acts: ``minor_agrees`` opens, every other kind shuts this source to them."""

    id: str
    representative: int
    organization: int
    kind: str
    classes: int
    span: Span


@dataclass(frozen=True, slots=True)
class ChartFacts:
    """Everything that decides who may see what of one chart. ``places`` holds every source and recipient.

    ``knew`` are organizations that have treated the patient at some time up to the instant asked about.
    """

    chart_id: int
    sources: tuple[int, ...]
    places: dict[int, Place]
    members: tuple[Member, ...] = ()
    knew: frozenset[int] = frozenset()
    forms: tuple[Form, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    limits: tuple[Limit, ...] = ()
    openings: tuple[Opening, ...] = ()
    acting: tuple[Acting, ...] = ()
    words: tuple[Word, ...] = ()
