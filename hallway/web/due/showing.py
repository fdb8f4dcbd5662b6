"""One firing on its page: the finding, the facts behind it, what may be told, what is ready. Pure but for addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, reverse

from hallway.ids import OrganizationId, PractitionerId
from hallway.record.stored import Stored
from hallway.triggers import explaining, facts
from hallway.triggers.facts import Fact
from hallway.triggers.tables.reasons import DECLINED, NOT_NEEDED
from hallway.triggers.tables.rows import ROWS, Row
from hallway.triggers.views import FiringView
from hallway.web import words
from hallway.web.chart import tabs
from hallway.web.chart.people import Place, Roster
from hallway.web.due import composing
from hallway.web.referrals import when

_TABS = {
    "MedicationRequest": "medicines",
    "MedicationStatement": "medicines",
    "MedicationDispense": "medicines",
    "Condition": "problems",
    "Observation": "scores",
    "QuestionnaireResponse": "scores",
    "DocumentReference": "notes",
    "Composition": "documents",
    "Consent": "consents",
    "Task": "loops",
    "ServiceRequest": "loops",
}
_ENDS = {"done": "Done", "not_needed": "Not needed", "declined": "The patient declined"}
_GONE = {"withdrawn": "Its facts were corrected: nothing is owed.", "merged": "Part of another finding."}
_LEFT = {
    "thread": ("messages:thread", "Read the message"),
    "request": ("messages:request", "Open the request"),
    "referral": ("referrals:show", "Open the referral"),
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact behind a finding, as released to this reader."""

    words: str
    on: str
    place: Place
    who: str
    url: str
    link: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The finding in one sentence, where the rule comes from, and how sure that is."""

    heading: str
    source: str
    is_verified: bool
    rule: str
    title: str
    what_to_do: str


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended, and what the act left."""

    words: str
    url: str = ""
    link: str = ""


def finding(view: FiringView, known: Sequence[Fact], people: Mapping[int, str], *, now: datetime) -> Finding:
    """The heading of the page, from the facts that this reader was given."""
    row = ROWS.get(view.rule)
    if row is None:
        return Finding("The other side is to be told", "", False, view.rule, "", "")
    said = explaining.words(view, known, now=now, people=people)
    heading = said.removesuffix(f"; {row.cites}") if row.cites else said
    if not view.is_open:
        heading = _without_undone(heading, row)
    return Finding(heading or row.title, row.cites or row.source, row.verified, row.id, row.title, row.action)


def told(view: FiringView, known: Sequence[Fact], people: Mapping[int, str], *, now: datetime) -> str:
    """The finding as it is said to somebody else: without what is not yet done."""
    row = ROWS.get(view.rule)
    heading = finding(view, known, people, now=now).heading
    return _without_undone(heading, row) if row else heading


def _without_undone(heading: str, row: Row) -> str:
    return heading.removesuffix(f", {row.undone}") if row.undone else heading


def facts_of(view: FiringView) -> list[Fact]:
    """The causes as the rules read them; one that no rule reads has no fact."""
    return [fact for one in view.causes if (fact := facts.of(one)) is not None]


def evidence(view: FiringView, roster: Roster, *, now: datetime) -> list[Evidence]:
    """Every fact behind it, newest first, each with the place in the chart where it stands."""
    ordered = sorted(view.causes, key=lambda one: (one.dated_at or one.updated_at, str(one.id)), reverse=True)
    return [_evidence(view, one, roster, now=now) for one in ordered]


def _evidence(view: FiringView, one: Stored, roster: Roster, *, now: datetime) -> Evidence:
    fact = facts.of(one)
    tab = _TABS.get(one.kind, "timeline")
    at = fact.at if fact else one.dated_at or one.updated_at
    return Evidence(
        words=composing.said_of(fact) if fact else composing.words_of_kind(one.kind).capitalize(),
        on=words.day(when.local(at).date(), when.local(now).date()),
        place=roster.place(OrganizationId(one.source_org)),
        who=roster.full_name(PractitionerId(one.author)),
        url=reverse(f"chart:{tab}", args=[view.chart_id]),
        link=f"See {tabs.title(tab).lower()}",
    )


def ended(view: FiringView, closed_by: str, *, now: datetime) -> Ended | None:
    """What became of it; None while it is open."""
    if view.is_open or view.closed_at is None:
        return None
    on = when.day_and_clock(view.closed_at, now=now)
    if view.state in _GONE:
        return Ended(f"{_GONE[view.state]} {on}.")
    reason = (NOT_NEEDED | DECLINED).get(view.reason, "")
    by = f", {closed_by}" if closed_by else ""
    said = f"{_ENDS.get(view.state, 'Closed')}{by}, {on}.{f' {reason}.' if reason else ''}"
    name, link = _LEFT.get(view.outcome_kind, ("", ""))
    url = _page(name, view.outcome_id)
    return Ended(said, url, link if url else "")


def _page(name: str, argument: str) -> str:
    """The address of a named page, or nothing where there is none."""
    try:
        return reverse(name, args=[argument]) if name and argument else ""
    except NoReverseMatch:
        return ""
