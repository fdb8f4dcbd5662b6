"""From a gated row to what a worklist shows. Pure: no query, and no word that is not the same for every patient."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from hallway.directory.models import Organization, Practitioner
from hallway.identity.requester import CLINICIANS, Requester, Role
from hallway.ids import ChartId, LoopId
from hallway.loops import rules
from hallway.loops.tables.clocks import CLOCKS, LoopKind
from hallway.loops.views import LoopRow
from hallway.record.queries import header_from_row
from hallway.record.stored import PatientHeader
from hallway.zones import NETWORK

COLUMNS = (
    "id",
    "chart_id",
    "kind",
    "owner_org_id",
    "owner_practitioner_id",
    "for_org_id",
    "for_practitioner_id",
    "referral_id",
    "subject_id",
    "harm",
    "opened_at",
    "due_at",
    "escalation",
    "closed_at",
    "why",
    "rises_as",
)
"""Columns of a loop as a row of the worklist has them; the header's follow."""
_WIDTH = len(COLUMNS)
_MOST_HARM = 32_767
"""The most that a row's ``harm`` can hold."""


class Found(NamedTuple):
    """One loop that the gate let through, with its patient's header."""

    id: UUID
    chart_id: ChartId
    kind: LoopKind
    owner_org: int
    owner: int
    for_org: int
    for_whom: int
    referral_id: UUID | None
    subject_id: UUID | None
    harm: int
    opened_at: datetime
    due_at: datetime
    escalation: int
    closed_at: datetime | None
    own_why: str
    rises_as: str
    header: PatientHeader

    @classmethod
    def of(cls, row: tuple[object, ...]) -> "Found":
        """From a row of the worklist query."""
        values = list(row[:_WIDTH])
        values[2] = LoopKind(str(values[2]))
        return cls(*values, header_from_row(row[_WIDTH:]))  # type: ignore[arg-type]

    def people(self) -> tuple[int, int]:
        """Practitioners named."""
        return self.owner, self.for_whom

    def places(self) -> tuple[int, int]:
        """Organizations named."""
        return self.owner_org, self.for_org


@dataclass(frozen=True, slots=True)
class Names:
    """People and practices by id."""

    people: Mapping[int, Practitioner]
    places: Mapping[int, Organization]

    def person(self, practitioner_id: int) -> str:
        """As after the first mention, or empty for nobody in particular."""
        return self.people[practitioner_id].short_name if practitioner_id in self.people else ""

    def place(self, organization_id: int) -> str:
        """The practice's name."""
        return self.places[organization_id].name if organization_id in self.places else ""

    def zone(self, organization_id: int) -> str:
        """The practice's time zone."""
        return self.places[organization_id].timezone if organization_id in self.places else NETWORK


_PAGE: dict[LoopKind, str] = {
    LoopKind.REPORT: "reports:draft",
    LoopKind.ACKNOWLEDGE: "reports:read",
    LoopKind.REVIEW_EMERGENCY: "emergency:review",
    LoopKind.RENEW_CONSENT: "consents:again",
    LoopKind.TELL_PATIENT: "emergency:tell",
    LoopKind.PATIENT_ASK: "asks:show",
    LoopKind.CALL_IN_EMERGENCY: "emergency:call",
    LoopKind.SEND_FORM: "denials:show",
    LoopKind.COORDINATE: "due:show",
    LoopKind.SAFETY: "safety:show",
    LoopKind.SAFETY_CALL: "safety:show",
    LoopKind.SAFETY_TOLD: "safety:told",
    LoopKind.SCREEN: "screening:answers",
    LoopKind.ANSWER_MESSAGE: "messages:thread",
    LoopKind.ANSWER_REQUEST: "messages:request",
    LoopKind.FILE_ANSWER: "messages:request",
    LoopKind.ASK_ELSEWHERE: "messages:request",
    LoopKind.LABS: "due:show",
    LoopKind.REFER: "due:offer",
}
_BY_SUBJECT = frozenset(
    {
        LoopKind.TELL_PATIENT,
        LoopKind.PATIENT_ASK,
        LoopKind.CALL_IN_EMERGENCY,
        LoopKind.ACKNOWLEDGE,
        LoopKind.REVIEW_EMERGENCY,
        LoopKind.RENEW_CONSENT,
        LoopKind.SEND_FORM,
        LoopKind.COORDINATE,
        LoopKind.SAFETY,
        LoopKind.SAFETY_CALL,
        LoopKind.SAFETY_TOLD,
        LoopKind.SCREEN,
        LoopKind.ANSWER_MESSAGE,
        LoopKind.ANSWER_REQUEST,
        LoopKind.FILE_ANSWER,
        LoopKind.ASK_ELSEWHERE,
        LoopKind.LABS,
    }
)
_BY_CHART = frozenset({LoopKind.REFER})
_CLINICIANS_STEP = frozenset(
    {LoopKind.REFER, LoopKind.ANSWER_MESSAGE, LoopKind.ANSWER_REQUEST, LoopKind.FILE_ANSWER, LoopKind.ASK_ELSEWHERE}
)
"""Their pages are a clinician's alone: the lead and the desk, who act for their practice, are led to the chart."""
_ANY_CLINICIANS = frozenset({LoopKind.REFER})
"""Any clinician of the practice takes the step: a wish does not wait until its owner is back."""
DANGER = frozenset({LoopKind.SAFETY, LoopKind.SAFETY_CALL, LoopKind.SAFETY_TOLD})
"""Anybody of the practice goes on with these, whoever has them."""


_OWNER_FIRST = "If the clock runs out, the owner hears first."
_LEAD_HEARS = ("Next: your practice lead is told.", "Your practice lead has heard.")
_WITH_OWNER = "It stays on its owner's list."
_HEARS_HERE = {
    # A leader's role reads no charts, so a number is all that they hear of a finding, and nothing of its tests.
    LoopKind.COORDINATE: (
        "Next: your practice lead hears how many are late.",
        "Your practice lead hears how many are late.",
    ),
    LoopKind.LABS: (_WITH_OWNER, _WITH_OWNER),
    LoopKind.SAFETY: (
        "Next: your practice lead and every clinician of your practice are told.",
        "Your practice lead and every clinician of your practice have heard.",
    ),
}
"""Who hears next, and who has, of what rises within its own practice."""
_BY_THE_MINUTE = (
    "Next: every clinician of your practice is told; your practice lead hears how many are late.",
    "Every clinician of your practice has heard; your practice lead hears how many are late.",
)
"""The same of another kind that rises as a danger does."""


def row(found: Found, requester: Requester, now: datetime, names: Names) -> LoopRow:
    """The row as this reader sees it."""
    clock = CLOCKS[found.kind]
    zone = names.zone(requester.organization_id)
    mine = _is_mine(found, requester)
    acts = _acts(found, requester, mine=mine)
    return LoopRow(
        id=LoopId(found.id),
        kind=found.kind.value,
        header=found.header,
        why=found.own_why or clock.why,
        why_more=_why_more(found, names),
        next_label=clock.ask if acts else "Open",
        next_url=_PAGE.get(found.kind, "referrals:show") if acts else "referrals:show",
        next_id=_next_id(found, acts=acts),
        opened_at=found.opened_at,
        due_at=found.due_at,
        is_late=now >= found.due_at,
        days_late=rules.days_late(found.due_at, now, zone),
        group="closed" if found.closed_at else rules.group_of(found.due_at, now, harm=found.harm, zone=zone),
        harm=found.harm,
        owner_name=names.person(found.owner),
        owner_org=names.place(found.owner_org),
        for_name=names.person(found.for_whom),
        for_org=names.place(found.for_org),
        is_mine=mine,
        hears_next=_hears_next(found, mine=mine),
        escalation=found.escalation,
        referral_id=found.referral_id,
        closed_at=found.closed_at,
    )


def _next_id(found: Found, *, acts: bool) -> UUID | ChartId | None:
    if acts and found.kind in _BY_CHART:
        return found.chart_id
    return found.subject_id if acts and found.kind in _BY_SUBJECT else found.referral_id


def _acts(found: Found, requester: Requester, *, mine: bool) -> bool:
    """Whether the row leads to its own step: never to a page that refuses this reader."""
    if requester.role not in CLINICIANS:
        return mine and found.kind not in _CLINICIANS_STEP
    return mine or (found.kind in _ANY_CLINICIANS and found.owner_org == requester.organization_id)


def _is_mine(found: Found, requester: Requester) -> bool:
    """The person's own, or anybody's of the practice; the lead and the desk act for their practice."""
    if found.owner_org != requester.organization_id:
        return False
    acts_for_all = requester.role in {Role.PRACTICE_LEADER, Role.FRONT_DESK} or _is_danger(found)
    return acts_for_all or found.owner in {0, requester.practitioner_id}


def _is_danger(found: Found) -> bool:
    return found.kind in DANGER or found.rises_as in DANGER


def _why_more(found: Found, names: Names) -> str:
    owner = names.person(found.owner) or names.place(found.owner_org)
    other = names.person(found.for_whom) or names.place(found.for_org)
    return f"{owner} owes this to {other}." if owner != other else f"{owner} keeps this open."


def _hears_next(found: Found, *, mine: bool) -> str:
    if found.for_org == found.owner_org:
        return f"{_hears_here(found)} This clock tells nobody outside your practice."
    if found.escalation >= rules.BOTH:
        return "Both sides have heard."
    if found.escalation == rules.LEADER:
        return "Next: both sides are told."
    if found.escalation == rules.OWNER:
        return "Next: your practice lead is told." if mine else "Next: their practice lead is told."
    return _OWNER_FIRST


def _hears_here(found: Found) -> str:
    """Of what is owed to nobody elsewhere: it rises within its own practice, however late it is."""
    if found.escalation < rules.OWNER:
        return _OWNER_FIRST
    coming, heard = _BY_THE_MINUTE if found.rises_as in DANGER else _HEARS_HERE.get(found.kind, _LEAD_HEARS)
    return heard if found.escalation >= rules.LEADER else coming


def cursor_of(found: Found, *, is_closed: bool = False) -> str:
    """The place of a row in its list. It names nothing but order keys; the gate is asked again on every page."""
    if is_closed and found.closed_at:
        return f"{found.closed_at.isoformat()}~{found.id}"
    return f"{found.harm}~{found.due_at.isoformat()}~{found.id}"


def read_cursor(text: str, *, is_closed: bool = False) -> dict[str, object] | None:
    """The order keys in a cursor of that list, or None when it is not one of ours."""
    parts = text.split("~")
    try:
        if is_closed:
            closed, key = parts
            return _zoned({"after_closed": datetime.fromisoformat(closed), "after_id": UUID(key)})
        harm, due, key = parts
        keys: dict[str, object] = {
            "after_harm": int(harm),
            "after_due": datetime.fromisoformat(due),
            "after_id": UUID(key),
        }
    except ValueError:
        return None
    return _zoned(keys) if abs(int(harm)) <= _MOST_HARM else None


def _zoned(keys: dict[str, object]) -> dict[str, object] | None:
    """The keys, where each time among them says which instant it is."""
    times = [one for one in keys.values() if isinstance(one, datetime)]
    return keys if all(one.tzinfo is not None for one in times) else None
