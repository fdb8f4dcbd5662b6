"""The referral page from a released view: track, turn, hall, clocks, what left. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hallway.consultation.views import ReportView
from hallway.ids import OrganizationId
from hallway.referral.states import Side as ReferralSide
from hallway.referral.states import State, Step
from hallway.referral.views import ClockView, HandOffView, Party, ReferralView, StepView, TrackStop, VisitView
from hallway.web.chart.people import Place
from hallway.web.referrals import person, when
from hallway.web.referrals.parts import (
    Clock,
    Entry,
    Event,
    HallSide,
    Link,
    Note,
    Pair,
    Patient,
    StepForm,
    TrackStep,
    Turn,
)
from hallway.web.referrals.walking import Walk
from hallway.web.referrals.words import END_WORDS, STATE_WORDS, STEP_WORDS, TURN_WORDS, WAITING_WORDS

SIDE_NAMES = {"pc": "Primary care", "bh": "Behavioral health", "other": "Specialty"}
ASKED_TO = {
    "consult": "Assess once and advise",
    "comanage": "Assess and treat together",
    "manage": "Take over treatment",
    "medicines": "Review medicines only",
    "establish": "Establish primary care",
}
_BOOKING = (Step.BOOK, Step.RESCHEDULE)
HIDDEN = (Step.DRAFT, Step.REVISE)
"""Steps of the form itself: they say nothing to the other side."""
LONG_GAP = timedelta(days=4)
SHOWN_EVENTS = 100


@dataclass(frozen=True, slots=True)
class ReportPanel:
    """The report in three lines, with the acknowledgement when it is the reader's turn."""

    url: str
    lines: tuple[str, ...]
    acknowledge: StepForm | None = None
    note_url: str = ""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What was asked, in full, and what came along by kind."""

    heading: str
    question: str
    pairs: tuple[Pair, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything the referral page prints."""

    patient: Patient
    chart_url: str
    heading: str
    subtitle: str
    contact: str
    note: Note | None
    track: tuple[TrackStep, ...]
    turn: Turn | None
    report: ReportPanel | None
    clocks: tuple[Clock, ...]
    more: tuple[StepForm, ...]
    left: HallSide
    right: HallSide
    events: tuple[Event, ...]
    leavings: tuple[str, ...]
    hand_off: str = ""
    walk: Walk | None = None
    enclosed: Enclosed | None = None


def heading(view: ReferralView) -> str:
    """The question in quotation marks: a referral is its question, not its number."""
    first = view.question.strip().split("\n")[0]
    ends = [first.find(mark) for mark in ("? ", ". ") if first.find(mark) > 0]
    return f"“{first[: min(ends) + 1] if ends else first}”" if first else f"Referral {view.number}"


def subtitle(view: ReferralView) -> str:
    """From whom to whom, and what is asked."""
    asked = ASKED_TO.get(view.expected_role, "")
    return f"Referral {view.number}, from {_named(view.sender)} to {_named(view.receiver)}. {asked}."


def _named(party: Party) -> str:
    return party.name or party.organization_name


def side(party: Party) -> HallSide:
    """One end of the hall."""
    key = party.side if party.side in SIDE_NAMES else "other"
    practice = party.organization_name if party.practitioner_id else ""
    return HallSide(key, SIDE_NAMES[key], _named(party), practice)


NOW_LABELS = {"Accepted": "Accept", "Report sent": "Report", "Acknowledged": "Acknowledge"}
"""A stop that is still to be reached is named as the act that reaches it."""


_TURNED = (
    State.DECLINED,
    State.WAITLISTED,
    State.NO_SHOW,
    State.VISIT_CANCELLED,
    State.UNREACHABLE,
    State.PATIENT_DECLINED,
    State.CANCEL_REQUESTED,
    *(state for state in END_WORDS if state is not State.CLOSED),
)
"""States that are no stop of the track: the stop they stand at is named after them."""


def track(view: ReferralView, *, due: when.Due, now: datetime) -> tuple[TrackStep, ...]:
    """Five stops; the one that is now says whose turn it is and by when."""
    sent = next((stop.at for stop in view.track if stop.at), None)
    return tuple(
        TrackStep(stop.label, stop.note or _reached(stop.at, sent, now=now), "did", "done")
        if stop.is_done
        else _ahead(view, stop, due=due)
        for stop in view.track
    )


def _ahead(view: ReferralView, stop: TrackStop, *, due: when.Due) -> TrackStep:
    label = NOW_LABELS.get(stop.label, stop.label)
    if not stop.is_now:
        return TrackStep(label, stop.note, "ahead", "wait")
    if view.state in _TURNED:
        label = STATE_WORDS[view.state]
    if view.turn is None:
        return TrackStep(label, "", "now", "no", is_now=True)
    is_late = due.tone == "late"
    name = f"{label}: your turn" if view.turn is view.reader_side else label
    return TrackStep(name, stop.note or due.text, "now late" if is_late else "now", due.icon, is_now=True)


def _reached(at: datetime | None, sent: datetime | None, *, now: datetime) -> str:
    if at is None:
        return ""
    if sent is None or at == sent or when.local(at).date() != when.local(sent).date():
        return when.day_and_clock(at, now=now).replace("today", "Today")
    return f"{when.span(at - sent)} later" if at - sent >= timedelta(minutes=1) else "At once"


def clocks(running: Sequence[ClockView], *, now: datetime) -> tuple[Clock, ...]:
    """Running clocks, the reader's first, then by due time."""
    ordered = sorted(running, key=lambda clock: (not clock.is_readers, clock.due_at))
    return tuple(_clock(clock, now=now) for clock in ordered)


def _clock(clock: ClockView, *, now: datetime) -> Clock:
    left = when.left(clock.due_at, now=now)
    return Clock(clock.label, "you" if clock.is_readers else clock.owner, left.text, left.tone, clock.share)


def turn(view: ReferralView, forms: Sequence[StepForm], *, now: datetime) -> Turn:
    """The reader's turn, or whose it is and when they must have acted."""
    they = person.pronouns(view.header)
    due = due_of(view, now=now)
    if view.turn is None:
        return Turn("Nobody owes anything", END_WORDS.get(view.state, ""), forms=tuple(forms))
    if view.turn is view.reader_side:
        name, sentence = TURN_WORDS[view.state]
        filled = {"them": they.object, "They": they.starts, "they": they.subject}
        heading_now = f"Your turn: {name[0].lower()}{name[1:]}".format(**filled)
        return Turn(heading_now, sentence.format(**filled), True, due.text, due.tone, tuple(forms))
    other = view.receiver if view.reader_side is ReferralSide.SENDER else view.sender
    sentence = WAITING_WORDS.get(view.state, "{practice} acts next.").format(practice=_named(other))
    return Turn(
        f"{other.short_name or other.organization_name} has the turn", sentence, False, due.text, due.tone, tuple(forms)
    )


def due_of(view: ReferralView, *, now: datetime) -> when.Due:
    """The clock that runs out first, or none."""
    first = min((clock.due_at for clock in view.clocks), default=None)
    return when.left(first, now=now) if first else when.NO_DUE


def events(view: ReferralView, *, now: datetime) -> tuple[Event, ...]:
    """The hall, newest first, with a line for every long silence. The reader's own open turn stands at its top."""
    lanes = {int(view.sender.organization_id): "l", int(view.receiver.organization_id): "r"}
    found: list[Event] = []
    later: datetime | None = None
    for at, event in _told(view, now=now):
        if later is not None and later - at > LONG_GAP:
            found.append(Event(gap=when.span(later - at)))
        later = at
        found.append(event)
    return (*_open_turn(view, now=now, lanes=lanes), *found)


def _told(view: ReferralView, *, now: datetime) -> list[tuple[datetime, Event]]:
    """Steps newest first, with the meeting at the door where it belongs."""
    shown = sorted((step for step in view.steps if step.step not in HIDDEN), key=lambda one: -one.position)
    told = [(step.at, _event(view, step, now=now)) for step in shown[:SHOWN_EVENTS]]
    walk = view.handoff
    if walk is not None and walk.state == "met" and walk.stopped_at is not None:
        place = next((n for n, (at, _) in enumerate(told) if at <= walk.stopped_at), len(told))
        told.insert(place, (walk.stopped_at, _meeting(view, walk, walk.stopped_at, now=now)))
    return told


def _meeting(view: ReferralView, walk: HandOffView, at: datetime, *, now: datetime) -> Event:
    how = {"video": " by video", "phone": " by phone"}.get(walk.mode, " in person")
    met = f"Met{how}, {when.plural(walk.minutes, 'minute')}"
    booked = (
        f"First visit booked before leaving: {_visit(walk.visit)}" if walk.visit else "With the patient in the room"
    )
    sides = [(lane, party.side if party.side in SIDE_NAMES else "other") for lane, party in _lanes(view)]
    entries = tuple(Entry(lane, side_key, met, booked if lane == "r" else "") for lane, side_key in sides)
    return Event(when.day_of(at, now=now), when.clock(at), at.isoformat(), "both", entries)


def _lanes(view: ReferralView) -> tuple[tuple[str, Party], ...]:
    return (("l", view.sender), ("r", view.receiver))


def _event(view: ReferralView, step: StepView, *, now: datetime) -> Event:
    is_sender = step.side is ReferralSide.SENDER
    party = view.sender if is_sender else view.receiver
    title, detail = _said(view, step)
    entry = Entry("l" if is_sender else "r", party.side if party.side in SIDE_NAMES else "other", title, detail)
    return Event(when.day_of(step.at, now=now), when.clock(step.at), step.at.isoformat(), "", (entry,))


def _said(view: ReferralView, step: StepView) -> tuple[str, str]:
    they = person.pronouns(view.header)
    words = STEP_WORDS[step.step]
    practice = Place(OrganizationId(0), step.who_org).short
    names = {"who": step.who, "practice": practice, "them": they.object, "They": they.starts}
    title = (words.you if step.is_readers else words.they).format(**names)
    return title, _detail(view, step) or words.detail


def _detail(view: ReferralView, step: StepView) -> str:
    if step.step is Step.SEND and view.attached:
        return f"{when.plural(len(view.attached), 'item')} went along"
    if step.step in (Step.BOOK, Step.RESCHEDULE) and view.visits:
        last = max(view.visits, key=lambda visit: visit.starts_at)
        newest = max((one for one in view.steps if one.step in _BOOKING), key=lambda one: one.position)
        return _visit(last) if newest is step else ""
    return step.reason


def _visit(visit: VisitView) -> str:
    at = when.local(visit.starts_at)
    how = {"video": ", by video", "phone": ", by phone"}.get(visit.mode, ", in person")
    return f"{at:%a}, {at:%b} {at.day}, {when.clock(visit.starts_at)}{how}"


def _open_turn(view: ReferralView, *, now: datetime, lanes: dict[int, str]) -> tuple[Event, ...]:
    if view.turn is None or view.turn is not view.reader_side or view.state is State.DRAFT:
        return ()
    party = view.sender if view.reader_side is ReferralSide.SENDER else view.receiver
    they = person.pronouns(view.header)
    name, sentence = TURN_WORDS[view.state]
    filled = {"them": they.object, "They": they.starts, "they": they.subject}
    side_key = party.side if party.side in SIDE_NAMES else "other"
    entry = Entry(
        lanes.get(int(party.organization_id), "l"), side_key, name.format(**filled), sentence.format(**filled)
    )
    return (Event("Now", "", now.isoformat(), "you", (entry,)),)


KINDS = (
    ("Condition", "Conditions"),
    ("MedicationRequest", "Medicines"),
    ("AllergyIntolerance", "Allergies"),
    ("Observation", "Scores and labs"),
    ("QuestionnaireResponse", "Questionnaires"),
)


def enclosed(view: ReferralView) -> Enclosed:
    """The question in full and what came along; open for the side that has to answer."""
    pairs = [Pair("Reason", view.presenting_problem or view.reason)]
    for kind, label in KINDS:
        pairs.append(Pair(label, "; ".join(one.text for one in view.attached if one.kind == kind)))
    is_receiver = view.reader_side is ReferralSide.RECEIVER
    who = view.sender.short_name if is_receiver else "You"
    is_open = is_receiver and not any(step.step is Step.REPORT for step in view.steps)
    return Enclosed(f"{who} asked", view.question, tuple(pair for pair in pairs if pair.text), is_open)


@dataclass(frozen=True, slots=True)
class Under:
    """Under what the request and the report left, in words with the citation; empty where that is not known now."""

    request: str = ""
    report: str = ""


def leavings(view: ReferralView, report: ReportView | None, under: Under, *, now: datetime) -> tuple[str, ...]:
    """What went out of the door, newest first, and under what."""
    found: list[str] = []
    if report is not None and report.sent_at is not None:
        found.append(_left(report.sent_at, "report", _named(view.sender), under.report, now=now))
    sent = next((step for step in view.steps if step.step is Step.SEND), None)
    if sent is not None:
        what = f"referral with {when.plural(len(view.attached), 'item')}" if view.attached else "referral"
        found.append(_left(sent.at, what, _named(view.receiver), under.request, now=now))
    return tuple(found)


def _left(at: datetime, what: str, to: str, under: str, *, now: datetime) -> str:
    end = f" {under}." if under else ""
    return f"{when.day_of(at, now=now)}: {what}, to {to}.{end}"


def report_panel(view: ReportView, *, url: str, acknowledge: StepForm | None, note_url: str) -> ReportPanel:
    """The first screen of a sent report."""
    return ReportPanel(url, tuple(line for line in view.summary if line), acknowledge, note_url)


def contact(view: ReferralView) -> str:
    """Where the other side answers the telephone."""
    other = view.receiver if view.reader_side is ReferralSide.SENDER else view.sender
    said = f"{_named(other)}: {other.phone}" if other.phone else ""
    return f"{said}, {other.best_time}" if said and other.best_time else said


def note(view: ReferralView) -> Note | None:
    """What must be known before anything else on the page."""
    if view.header.deceased:
        return Note("late", "late", "This person has died. Nothing more is owed; end the referral with that reason.")
    if not view.receiver.on_hallway:
        return Note("soon", "clock", f"{view.receiver.organization_name} is not on Hallway. Print or fax the letter.")
    if view.interval > 1:
        return Note("act", "clock", f"This is try {view.interval}. What came before is kept and linked.")
    return None


def with_links(turn_: Turn, links: Sequence[Link]) -> Turn:
    """The turn with pages to go to as well as forms to send."""
    return replace(turn_, links=tuple(links))


def hand_off_line(view: ReferralView, *, now: datetime) -> str:
    """The walk down the hall in a sentence, while it is on and afterwards."""
    walk = view.handoff
    if walk is None:
        return ""
    if walk.state == "met" and walk.accepted and walk.started_at:
        at = when.day_and_clock(walk.started_at, now=now)
        return f"You met {walk.accepted.name}: {at}, {when.plural(walk.minutes, 'minute')}."
    if walk.state == "accepted" and walk.accepted:
        return f"{walk.accepted.name} said yes and waits to meet."
    if walk.state == "asked" and walk.asked:
        return f"{walk.asked.name} has been asked."
    return "Nobody was free next door. A call is owed within 2 business days." if walk.state == "fallback" else ""
