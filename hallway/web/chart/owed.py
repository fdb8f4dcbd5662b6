"""What is owed about one patient, and where the reader's referrals stand. Pure but for addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from hallway.loops.views import LoopRow
from hallway.referral.states import TERMINAL, State
from hallway.referral.views import ReferralRow
from hallway.standards.fhir import r4
from hallway.web.chart import words
from hallway.web.chart.answers import Asked, Need
from hallway.web.chart.facts import Facts
from hallway.web.words import count

STANDING = {
    State.SENT: "Waiting for an answer",
    State.WAITLISTED: "On the waiting list",
    State.ACCEPTED: "Accepted, no visit booked yet",
    State.SCHEDULED: "Visit booked",
    State.NO_SHOW: "Did not come, to be booked again",
    State.VISIT_CANCELLED: "Visit cancelled, to be booked again",
    State.UNREACHABLE: "Could not be reached",
    State.PATIENT_DECLINED: "The patient would rather not",
    State.SEEN: "Waiting for report",
    State.SEEN_NO_REPORT: "Report is late",
    State.REPORTED: "Report is here, not yet read",
    State.DECLINED: "Declined, choose again",
    State.CANCEL_REQUESTED: "Cancellation asked for",
    State.RELUCTANT: "To be offered again",
    State.DRAFT: "Not sent yet",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One open loop as the chart lists it."""

    why: str
    more: str
    owner: str
    row: LoopRow
    url: str

    @property
    def label(self) -> str:
        """The button of the next step."""
        return self.row.next_label


def asked(rows: Sequence[ReferralRow], *, today: date) -> list[Asked]:
    """Open referrals that have been sent, newest first, in the words of the reader's side."""
    found: list[Asked] = []
    for row in rows:
        if row.state in TERMINAL or row.sent_at is None:
            continue
        tone = "late" if row.state is State.SEEN_NO_REPORT else "soon" if row.is_readers_turn else ""
        on = row.sent_at.astimezone(words.ZONE).date()
        found.append(Asked(on, row.to_name, STANDING.get(row.state, "Open"), tone, _url("referrals:show", row.id)))
    return found


def needs(rows: Sequence[LoopRow], said: Mapping[UUID, str] | None = None) -> list[Need]:
    """What this reader owes, in the worklist's own order; ``said`` gives a finding's sentence in place of its title."""
    found: list[Need] = []
    for row in rows:
        late = f", {count(row.days_late, 'day')} late" if row.days_late else ""
        url = _url(row.next_url, row.next_id)
        if url:
            why = (said or {}).get(row.next_id, row.why) if isinstance(row.next_id, UUID) else row.why
            found.append(Need(f"{why}{late}", row.next_label, url, "late" if row.is_late else ""))
    return found


def line(row: LoopRow) -> Line:
    """One row of the tab."""
    owner = row.owner_name or row.owner_org
    return Line(row.why, row.why_more, owner, row, _url(row.next_url, row.next_id))


def referred_on(facts: Facts) -> list[date]:
    """Days on which a released referral was written, for the drawing of scores."""
    days = (words.day(fact.view.authored_on) for fact in facts.of(r4.ServiceRequest))
    return sorted({on for on in days if on is not None})


def _url(name: str, argument: object) -> str:
    """The address of a named page, or nothing while that page does not exist: a row is then read, not pressed."""
    try:
        return reverse(name, args=[argument] if argument else [])
    except NoReverseMatch:
        return ""
