"""The contact log (R37) and the contact card (R40)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from hallway import clock, ids
from hallway.consent import actions as consent
from hallway.consent import gate
from hallway.directory.models import Organization
from hallway.directory.queries import works_at
from hallway.identity.requester import CLINICIANS, Requester, Role
from hallway.ids import ChartId
from hallway.ledger import lines
from hallway.loops import actions as loops
from hallway.loops.tables.clocks import LoopKind
from hallway.record.evidence import Release
from hallway.storage.connection import transaction
from hallway.talking import refusals, resources, sight, team, writing
from hallway.talking.models import Contact, InformationRequest, Thread, WayToReach
from hallway.talking.resources import Said
from hallway.talking.tables import library
from hallway.talking.team import Parties

CALLERS = (*CLINICIANS, Role.FRONT_DESK)
"""Who may log a contact; words about it are a clinician's."""
_LONGEST = timedelta(hours=8)
_EARLIEST = timedelta(days=366)
WAYS = ("message", "phone", "fax", "page")


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """One contact with the other side. Minutes come from ``began_at`` and ``ended_at``; nobody types them."""

    direction: str
    channel: str
    topic: str
    outcome: str
    began_at: datetime
    ended_at: datetime
    with_org: int = 0
    with_practitioner: int = 0
    words: str = ""


def log_contact(
    chart_id: ChartId, talk: Talk, *, by: Requester, thread_id: UUID | None = None, request_id: UUID | None = None
) -> UUID:
    """Put a contact on record; its id. Words said by telephone are the practice's own record (42 CFR 2.11).

    One that reached the other side stops the clock that asked this side to phone.
    """
    _check(by, talk)
    release = gate.release(by, chart_id)
    if talk.with_org and all(one.id != talk.with_org for one in team.partners(by, chart_id)):
        raise refusals.not_a_partner()
    now = clock.now()
    with transaction():
        kept = _kept(chart_id, talk, by) if talk.words.strip() else ""
        thread = _thread(chart_id, by, thread_id) if thread_id else None
        row = Contact.objects.create(
            id=ids.new_uuid(now),
            chart_id=chart_id,
            organization_id=by.organization_id,
            practitioner_id=by.practitioner_id,
            with_org_id=talk.with_org,
            with_practitioner_id=talk.with_practitioner,
            direction=talk.direction,
            channel=talk.channel,
            topic=talk.topic,
            outcome=talk.outcome,
            began_at=talk.began_at,
            ended_at=talk.ended_at,
            thread=thread,
            resource_id=kept,
        )
        if talk.outcome in ("spoke", "sent"):
            _reached(release, thread_id, request_id)
        lines.write(lines.step_line(by, "contact.logged", charts=[chart_id], detail=f"contact/{row.id}"))
    return row.id


def _thread(chart_id: ChartId, by: Requester, thread_id: UUID) -> Thread | None:
    """A thread of this practice about this patient; none where the address names another."""
    own = Q(first_org_id=by.organization_id) | Q(second_org_id=by.organization_id)
    return Thread.objects.filter(own, id=thread_id, chart_id=chart_id).first()


def _check(by: Requester, talk: Talk) -> None:
    if by.role not in CALLERS:
        raise refusals.not_yours()
    if talk.words.strip():
        writing.check_clinician(by)
    lists = library.words()
    for field, code, known in (
        ("direction", talk.direction, {"in": "", "out": ""}),
        ("channel", talk.channel, lists.channel),
        ("topic", talk.topic, lists.topic),
        ("outcome", talk.outcome, lists.outcome),
    ):
        if code not in known:
            raise refusals.unknown_code(field)
    now = clock.now()
    if not talk.began_at <= talk.ended_at <= now:
        raise refusals.bad_time("ended", "It ends before it begins, or in time to come.")
    if talk.ended_at - talk.began_at > _LONGEST or talk.began_at < now - _EARLIEST:
        raise refusals.bad_time("began", "That is longer than eight hours, or over a year ago.")


def _kept(chart_id: ChartId, talk: Talk, by: Requester) -> str:
    """The Communication that holds what was said; its id."""
    parties = Parties.of(by, talk.with_org or by.organization_id, talk.with_practitioner)
    if not Organization.objects.filter(id=parties.to_org).exists():
        raise refusals.not_a_partner()
    text = writing.check_text("words", talk.words)
    lists = library.words()
    part = resources.message(
        writing.new_id(),
        team.refs_of(chart_id, parties),
        Said(text),
        at=talk.began_at,
        topic=lists.topic[talk.topic],
        medium=lists.channel[talk.channel],
    )
    consent.store([part], by=by, source=writing.source(parties, conveyed="oral"))
    return part.id or ""


def _reached(release: Release, thread_id: UUID | None, request_id: UUID | None) -> None:
    """The other side was reached: this practice's own clock about it stops, where whoever called may know of it."""
    own = release.requester.organization_id
    if thread_id is not None:
        loops.close_subject(thread_id, closed_as="talked", among=sight.owed_in(thread_id, release))
    asked = InformationRequest.objects.filter(id=request_id, chart_id=release.chart_id, from_org_id=own)
    if request_id is not None and asked.exists():
        loops.close_subject(request_id, closed_as="talked", kinds=(LoopKind.ANSWER_REQUEST,), owner_org=own)


def set_way_to_reach(
    *,
    by: Requester,
    channel: str,
    phone: str = "",
    best_time: str = "",
    note: str = "",
    away_until_on: date | None = None,
    cover_practitioner: int = 0,
) -> None:
    """How this clinician wants to be reached, and who hears for them while they are away (R40)."""
    writing.check_clinician(by)
    if channel not in WAYS:
        raise refusals.unknown_code("channel")
    for field, text, most in (("phone", phone, 40), ("best_time", best_time, 80), ("note", note, 120)):
        if len(text.strip()) > most or not text.isprintable():
            raise refusals.bad_text(field)
    if away_until_on is not None and away_until_on < clock.today():
        raise refusals.bad_time("away_until", "That day is over.")
    if cover_practitioner and (
        cover_practitioner == by.practitioner_id or not works_at(cover_practitioner, by.organization_id)
    ):
        raise refusals.unknown_code("cover")
    with transaction():
        WayToReach.objects.update_or_create(
            practitioner_id=by.practitioner_id,
            defaults={
                "channel": channel,
                "phone": phone.strip(),
                "best_time": best_time.strip(),
                "note": note.strip(),
                "away_until_on": away_until_on,
                "cover_practitioner_id": cover_practitioner,
                "updated_at": clock.now(),
            },
        )
