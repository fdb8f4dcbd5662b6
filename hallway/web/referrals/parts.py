"""Values that the referral, hand-off and report templates print. Frozen, without behaviour; presenters make them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field."""

    value: str
    label: str
    hint: str = ""
    is_on: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """Choices under one label of a list."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a step. ``kind`` is radio, slots, select, textarea or an HTML input type."""

    name: str
    label: str
    kind: str = "text"
    options: tuple[Option, ...] = ()
    value: str = ""
    hint: str = ""
    id: str = ""
    is_required: bool = False
    is_row: bool = False


@dataclass(frozen=True, slots=True)
class StepForm:
    """A legal next step as a form with the version the reader saw; ``beside`` is a second button."""

    key: str
    url: str
    label: str
    version: int
    summary: str = ""
    says: str = ""
    fields: tuple[Field, ...] = ()
    icon: str = ""
    key_hint: str = ""
    is_main: bool = False
    is_open: bool = False
    beside_url: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A place to go, as a button."""

    url: str
    label: str
    is_main: bool = False
    is_post: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A notice in a tone: soon, late, done or act."""

    tone: str
    icon: str
    text: str
    url: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A field that must be mended, and what to do about it."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate's sentence: verdict in bold, reason with its citation, one link."""

    icon: str
    headline: str
    reason: str
    is_verified: bool = True
    url: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """Who a page is about, in one line: ``tail`` follows the linked name; ``pronoun`` is she, he or they."""

    name: str
    tail: str = ""
    pronoun: str = "they"


@dataclass(frozen=True, slots=True)
class Pair:
    """A word and what it stands for."""

    name: str
    text: str
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with its strong beginning."""

    text: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class TrackStep:
    """One of the five steps of the track; ``tone`` is did, now, late or ahead."""

    name: str
    detail: str
    tone: str
    icon: str
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """A running clock: whose it is, what is left, and percent run."""

    name: str
    owner: str
    left: str
    tone: str
    percent: int


@dataclass(frozen=True, slots=True)
class HallSide:
    """One end of the hall. ``side`` is pc, bh or other."""

    side: str
    side_name: str
    person: str
    practice: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What one side did; ``lane`` is l or r, ``side`` pc, bh or other."""

    lane: str
    side: str
    title: str
    detail: str = ""
    url: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the hall, or a gap of days between two."""

    day: str = ""
    time: str = ""
    iso: str = ""
    tone: str = ""
    entries: tuple[Entry, ...] = ()
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is and what they may do now."""

    heading: str
    sentence: str
    is_yours: bool = False
    due: str = ""
    tone: str = ""
    forms: tuple[StepForm, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Slip:
    """A report's first screen: a line, then pairs."""

    lead: str
    text: str
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a referral or report list."""

    url: str
    due: str
    tone: str
    icon: str
    patient: str
    patient_small: str
    what: str
    small: str
    practice: str = ""
    side: str = "other"
    write_url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Tab:
    """One filter of a list."""

    url: str
    label: str
    is_current: bool = False
