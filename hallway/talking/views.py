"""What pages show of talking, computed after the gate."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hallway.consent.grants.notices import Owed
from hallway.record.stored import PatientHeader, Stored
from hallway.talking.models import InformationRequest, Thread
from hallway.talking.resources import Asked, Said


@dataclass(frozen=True, slots=True)
class Card:
    """How to reach somebody (R40). ``person`` 0: the practice. ``away_until`` and ``cover`` while they are away."""

    practice_id: int
    practice: str
    side: str
    on_hallway: bool
    person: int = 0
    name: str = ""
    channel: str = ""
    phone: str = ""
    fax: str = ""
    best_time: str = ""
    note: str = ""
    away_until: date | None = None
    cover: str = ""

    @property
    def who(self) -> str:
        """The person, or the practice where nobody is named."""
        return self.name or self.practice


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message that the reader may know. ``is_own`` when their practice said it."""

    at: datetime
    who: str
    practice: str
    side: str
    words: str
    is_own: bool
    is_new: bool


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A thread under one reader's release, oldest message first."""

    thread: Thread
    header: PatientHeader
    other: Card
    messages: tuple[MessageView, ...]
    is_readers_turn: bool
    owed: Owed

    @property
    def seen_until(self) -> datetime:
        """Whoever was shown this has seen the words until then."""
        return self.messages[-1].at


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """One line of the list. ``last_by_us``: whose word is the last that the reader may know."""

    id: UUID
    header: PatientHeader
    other: str
    other_side: str
    last_at: datetime
    last_by_us: bool
    unread: int


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request of the list, with its state as far as the reader may know."""

    id: UUID
    header: PatientHeader
    other: str
    other_side: str
    state: InformationRequest.State
    asks: bool
    due_at: datetime
    is_late: bool
    wanted: tuple[str, ...]

    @property
    def is_readers_turn(self) -> bool:
        """Theirs to answer; or theirs to read and file, or to seek elsewhere."""
        state = InformationRequest.State
        return self.state in ((state.ANSWERED, state.DECLINED) if self.asks else (state.ASKED,))


@dataclass(frozen=True, slots=True)
class RequestPage:
    """A page of the list of requests. ``after`` is the cursor of the next page, or empty."""

    rows: tuple[RequestRow, ...]
    after: str


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request under one reader's release."""

    request: InformationRequest
    state: InformationRequest.State
    version: int
    asks: bool
    header: PatientHeader
    asker: Card
    asked: Card
    said: Asked
    answer: Said | None
    attached: tuple[Stored, ...]
    held_status: str
    """Of the treatment that waits: ``on-hold``, ``active``; empty where none waits or it may not be known."""
    owed: Owed
    is_late: bool
    may_be_taken_back: bool
    """Nothing has come that could be filed: it may be taken back, or asked elsewhere."""
    may_come_another_way: bool
    """What was asked for may be filed without an answer that was given here."""


@dataclass(frozen=True, slots=True)
class ContactView:
    """One contact of the log."""

    began_at: datetime
    minutes: int
    direction: str
    channel: str
    topic: str
    outcome: str
    who: str
    with_whom: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the check list: found in the record (``found``), said by hand (``by_hand``), or open."""

    key: str
    words: str
    group: str
    on: date | None
    found: str
    resource: tuple[str, str] | None
    by_hand: str

    @property
    def is_done(self) -> bool:
        """Whether it stands."""
        return self.on is not None


@dataclass(frozen=True, slots=True)
class ChecklistView:
    """The check list of a practice for a patient and a year."""

    year: int
    header: PatientHeader
    lines: tuple[Line, ...]
    contacts: tuple[ContactView, ...]
    next_step: str
    owner: str
    owed: Owed

    @property
    def done(self) -> int:
        """How many rows stand."""
        return sum(line.is_done for line in self.lines)

    @property
    def percent(self) -> int:
        """How complete it is."""
        return round(100 * self.done / len(self.lines)) if self.lines else 0

    @property
    def minutes(self) -> int:
        """Minutes of all contacts."""
        return sum(one.minutes for one in self.contacts)
