"""The page of a new referral: what is filled in, the gate's two sentences, the walk down the hall. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hallway.errors import HallwayError
from hallway.ids import ChartId
from hallway.record.stored import PatientHeader
from hallway.referral.views import Attached, ReferralDraft, ReferralRequest, ReferralView
from hallway.web.referrals import person, when
from hallway.web.referrals.parts import Gate, Line, Mistake, Note, Option, Options, Patient
from hallway.web.referrals.recipients import Recipient
from hallway.web.referrals.walking import Walk

URGENCIES = (("today", "Today"), ("soon", "In 10 days"), ("routine", "Routine"))
ASKS = (
    ("comanage", "Assess and treat together"),
    ("consult", "Assess once and advise"),
    ("manage", "Take over treatment"),
    ("medicines", "Review medicines only"),
)
ASKS_OF_PRIMARY = (("establish", "Establish primary care"), ("consult", "Assess once and advise"))
TALKED = (
    ("agrees", "Yes, and {they} agrees"),
    ("rather_not", "Yes, and {they} would rather not"),
    ("not_yet", "Not yet"),
)
PROMISE = (
    "They must accept within 2 business days, offer a visit within 10, and report within 7 days of the first visit. "
    "You will see each step. {They} stays your patient throughout."
)
WORDS = (
    "“Your mood and your body pull on each other. If they and I tell each other what we do, you do not have to carry "
    "messages.”"
)


@dataclass(frozen=True, slots=True)
class BoardPart:
    """A heading of the board and its lines."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Who it is about and why now."""

    name: str
    id_line: str
    id_line_2: str
    allergies: tuple[str, ...]
    parts: tuple[BoardPart, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What the form says now: as filled in, as kept in a draft, or as posted."""

    question: str = ""
    to: str = ""
    urgency: str = "soon"
    expected_role: str = "comanage"
    talked: str = "agrees"
    off: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NewReferral:
    """Everything the new-referral page prints."""

    patient: Patient
    board: Board
    heading: str
    sentence: str
    saved: str
    url: str
    gate_url: str
    chart: ChartId
    draft: str
    version: int
    question: str
    urgencies: tuple[Option, ...]
    asks: tuple[Option, ...]
    recipients: tuple[Options, ...]
    parts: tuple[Option, ...]
    there: Gate | None
    back: Gate | None
    talk_question: str
    talk: tuple[Option, ...]
    they: str
    reluctances: tuple[Option, ...]
    reoffer_on: str
    words: str
    promise: str
    walk: Walk
    can_book: bool
    phone_summary: str
    phone_words: str
    offers_elsewhere: bool
    notices: tuple[Note, ...] = ()
    errors: tuple[Mistake, ...] = ()
    wrong: Mapping[str, str] | None = None


PARTS = (
    ("diagnoses", "Preliminary diagnoses"),
    ("conditions", "Conditions"),
    ("medicines", "Medicines"),
    ("allergies", "Allergies"),
    ("scores", "Scores"),
    ("labs", "Labs of the last 6 months"),
)


def parts(draft: ReferralDraft, *, off: frozenset[str]) -> tuple[Option, ...]:
    """What may go, by kind, with its words; a kind that holds nothing says so and still says it the same way."""
    found = [Option("reason", "Reason and today’s assessment", draft.presenting_problem or "None listed here", True)]
    for name, label in PARTS:
        some: Sequence[Attached] = getattr(draft, name)
        ticked = [one for one in some if one.is_ticked]
        words = "; ".join(one.text for one in ticked[:4]) + (f"; {len(ticked) - 4} more" if len(ticked) > 4 else "")
        found.append(Option(name, label, words or "None listed here", is_on=name not in off and bool(ticked)))
    return tuple(found)


def attached(draft: ReferralDraft, ticked: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The (kind, id) pairs of the kinds that stayed ticked."""
    found: list[tuple[str, str]] = []
    for name, _label in PARTS:
        if name in ticked:
            some: Sequence[Attached] = getattr(draft, name)
            found.extend((one.kind, one.resource_id) for one in some if one.is_ticked)
    return tuple(found)


def board(header: PatientHeader, draft: ReferralDraft, *, team: Sequence[str], now: datetime) -> Board:
    """Why now, what the chart says, who is on the team so far."""
    number = header.record_number
    why = tuple(Line(one.text) for one in (*draft.scores[:3], *draft.labs[:2]))
    is_a_score = any(one.text == draft.presenting_problem for one in draft.everything)
    says = (Line(draft.presenting_problem),) if draft.presenting_problem and not is_a_score else ()
    return Board(
        header.name,
        person.board_line(header, now=now),
        number,
        tuple(one.text for one in draft.allergies),
        (
            BoardPart("Why now", why),
            BoardPart("Today", says),
            BoardPart("Conditions", tuple(Line(one.text) for one in draft.conditions[:5])),
            BoardPart("Team so far", tuple(Line(name) for name in team)),
        ),
    )


def written(post: Mapping[str, str], ticked: Sequence[str]) -> Written:
    """The form as posted."""
    names = [name for name, _label in PARTS]
    return Written(
        question=post.get("question", "").strip(),
        to=post.get("to", ""),
        urgency=post.get("urgency", "soon"),
        expected_role=post.get("asked_role", "comanage"),
        talked=post.get("talked", ""),
        off=frozenset(name for name in names if name not in ticked),
    )


def written_of(view: ReferralView, draft: ReferralDraft) -> Written:
    """The form as a saved draft holds it."""
    kept = {(one.kind, one.resource_id) for one in view.attached}
    off = [
        name for name, _label in PARTS if not any((one.kind, one.resource_id) in kept for one in getattr(draft, name))
    ]
    receiver = view.receiver
    person_part = f"-{receiver.practitioner_id}" if receiver.practitioner_id else ""
    return Written(
        question=view.question,
        to=f"{receiver.organization_id}{person_part}",
        urgency=view.urgency,
        expected_role=view.expected_role,
        off=frozenset(off),
    )


def to_whoever_accepted(said: Written, view: ReferralView | None) -> Written:
    """The form sent to whoever said yes at the door, whatever the page still showed."""
    if view is None or view.handoff is None or view.handoff.accepted is None:
        return said
    accepted = view.handoff.accepted
    return replace(said, to=f"{accepted.organization_id}-{accepted.practitioner_id}")


def request_of(
    said: Written, *, chart: ChartId, to: Recipient, draft: ReferralDraft, ticked: Sequence[str]
) -> ReferralRequest:
    """What the action is asked for."""
    return ReferralRequest(
        chart_id=chart,
        receiver_org=to.organization,
        receiver_practitioner=to.practitioner,
        question=said.question,
        recipient_type=to.kind,
        expected_role=said.expected_role,
        urgency=said.urgency,
        presenting_problem=draft.presenting_problem if "reason" in ticked else "",
        attached=attached(draft, ticked),
        talked=said.talked,
    )


def talk(header: PatientHeader, chosen: str) -> tuple[Option, ...]:
    """Did you talk with the person? No is as easy as yes."""
    they = person.pronouns(header).subject
    return tuple(Option(value, label.format(they=they), is_on=value == chosen) for value, label in TALKED)


def options(pairs: Sequence[tuple[str, str]], chosen: str) -> tuple[Option, ...]:
    """Choices with the chosen one on; the first when none is."""
    known = chosen if any(value == chosen for value, _label in pairs) else pairs[0][0]
    return tuple(Option(value, label, is_on=value == known) for value, label in pairs)


def mistakes(error: HallwayError | None) -> tuple[Mistake, ...]:
    """The sentence of an error beside its field."""
    if error is None:
        return ()
    names = {"receiver": "to", "re_offer_on": "reoffer", "reason_code": "reluctance"}
    name = error.field or "question"
    return (Mistake(names.get(name, name), f"{error.what} {error.to_do}"),)


def re_offer_day(now: datetime) -> str:
    """Thirty days on, to be changed by the person."""
    return f"{(when.local(now) + timedelta(days=30)).date():%Y-%m-%d}"


def chosen(found: Sequence[Recipient], to: str) -> Recipient | None:
    """The recipient that a form names, or the first of the list when it names none."""
    named = next((one for one in found if one.value == to), None)
    return named if to else next(iter(found), None)
