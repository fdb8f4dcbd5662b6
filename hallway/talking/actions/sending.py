"""A word to the other side: asked of the gate first, kept as a Communication, owed an answer."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from hallway import clock, ids
from hallway.consent import gate
from hallway.directory.models import Organization
from hallway.directory.queries import works_at
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester
from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId
from hallway.loops import actions as loops
from hallway.loops.models import Loop
from hallway.loops.refusing import recording
from hallway.loops.tables.clocks import LoopKind
from hallway.record.evidence import Labelled
from hallway.storage.connection import transaction
from hallway.talking import refusals, resources, sight, team, writing
from hallway.talking.models import Message, Reading, Thread
from hallway.talking.queries import thread_for
from hallway.talking.resources import NOTHING_NAMED, Named, Said
from hallway.talking.team import Parties

SUBJECTS = ("", "referral", "firing", "request", "safety")
_TOPIC = "Message about the patient's care"
NOTHING_SEEN = datetime(1, 1, 2, tzinfo=UTC)
"""``seen_until`` of somebody who was shown no word of the thread."""
BY_HAND = "Hand this to a practice that is not on Hallway"


def send(  # noqa: PLR0913 - the contract names each side of the act
    chart_id: ChartId,
    *,
    by: Requester,
    to_org: OrganizationId,
    to_practitioner: PractitionerId = NOBODY,
    words: str,
    subject_kind: str = "",
    subject_id: UUID | None = None,
    carries: int = 0,
    named: Named = NOTHING_NAMED,
    seen_until: datetime | None = None,
) -> UUID:
    """Say something to another practice about a patient; the thread's id.

    It answers what waited on this side of words until ``seen_until`` (default: of all that stand there now): what came
    while somebody wrote is still owed its answer.
    ``carries`` are the classes of the facts that the words repeat: words alone do not show them. ``named`` are facts
    that they refer to, which the writer may read: their labels are its own. Whether it may be told is asked before it
    is kept: CONFLICT H-TLK-006 where a signature is missing.
    """
    writing.check_clinician(by)
    text = writing.check_text("words", words, wanted="The message is empty.")
    if subject_kind not in SUBJECTS or bool(subject_kind) != (subject_id is not None):
        raise refusals.unknown_code("subject")
    gate.release(by, chart_id)
    parties = Parties.of(by, to_org, to_practitioner)
    parties, place = _addressed(by, chart_id, parties, subject_id)
    now = clock.now()
    refs = team.refs_of(chart_id, parties)
    with recording(by), transaction():
        part = resources.message(writing.new_id(), refs, Said(text, named=named), at=now, topic=_TOPIC)
        labelled = writing.judged([part], parties, carries=carries)
        writing.check_leaves(chart_id, parties, labelled, route="message")
        thread = _thread(chart_id, parties, labelled[0], at=now, subject=(subject_kind, subject_id))
        writing.keep(labelled, by=by, act="message.sent", chart_id=chart_id, detail=f"thread/{thread.id}")
        Message.objects.create(
            id=ids.new_uuid(now),
            thread=thread,
            chart_id=chart_id,
            at=now,
            by_org_id=by.organization_id,
            by_practitioner_id=by.practitioner_id,
            resource_id=labelled[0].resource_id,
            mask=labelled[0].mask,
        )
        until = min(seen_until or now, now)
        _read(thread, by, until)
        _answered(thread, by, "answered", until)
        _owe(thread, parties, labelled[0], is_outside=not place.on_hallway)
    return thread.id


def _addressed(
    by: Requester, chart_id: ChartId, parties: Parties, subject_id: UUID | None
) -> tuple[Parties, Organization]:
    """Whom the word goes to. Who wrote to this reader may be answered by them, even if they treat as far as nobody
    here may know, or the person who wrote has left; a practice where nobody could read it may not."""
    try:
        return parties, team.check_partner(by, chart_id, parties)
    except HallwayError:
        if not _has_written(by, sight.thread_id(chart_id, parties.from_org, parties.to_org, subject_id)):
            raise
        to = parties.to_person if works_at(parties.to_person, parties.to_org) else NOBODY
        back = replace(parties, to_person=to)
        if not team.can_read(chart_id, back):
            raise
        return back, Organization.objects.get(id=parties.to_org)


def _has_written(by: Requester, key: UUID) -> bool:
    """Whether the other side has said something in this thread that the reader may know."""
    try:
        return any(not one.is_own for one in thread_for(by, key).messages)
    except HallwayError as error:
        if error.kind is Kind.NOT_FOUND:
            return False
        raise


def _thread(
    chart_id: ChartId, parties: Parties, first: Labelled, *, at: datetime, subject: tuple[str, UUID | None]
) -> Thread:
    key = sight.thread_id(chart_id, parties.from_org, parties.to_org, subject[1])
    one, other = sorted((int(parties.from_org), int(parties.to_org)))
    thread, is_new = Thread.objects.get_or_create(
        id=key,
        defaults={
            "chart_id": chart_id,
            "first_org_id": one,
            "second_org_id": other,
            "subject_kind": subject[0],
            "subject_id": subject[1],
            "source_org_id": parties.from_org,
            "mask": first.mask,
            "opened_at": at,
            "last_at": at,
        },
    )
    if not is_new:
        Thread.objects.filter(id=key).update(last_at=at)
    return thread


def _owe(thread: Thread, parties: Parties, word: Labelled, *, is_outside: bool) -> None:
    """The addressee owes an answer; nobody else is shown that clock: whether it runs would tell what they did.

    A practice that is not on Hallway hears by telephone or paper, so the sender owes that.
    """
    owner = (parties.from_org, parties.from_person)
    if not is_outside:
        owner = (parties.to_org, team.covered(parties.to_person, parties.to_org))
    _open(thread, owner, parties.from_org, word.mask, why=BY_HAND if is_outside else "")


def _open(
    thread: Thread, owner: tuple[OrganizationId, PractitionerId], source: OrganizationId, mask: int, *, why: str = ""
) -> None:
    running = Loop.objects.filter(
        subject_id=thread.id,
        kind=LoopKind.ANSWER_MESSAGE.value,
        owner_org_id=owner[0],
        owner_practitioner_id=owner[1],
        source_org_id=source,
        closed_at__isnull=True,
    )
    # One clock is enough where whoever may know of this word may know of it; else it would tell, or be hidden.
    if any(not one & ~mask for one in running.values_list("mask", flat=True)):
        return
    loops.open_loop(
        loops.Owed(
            chart_id=ChartId(thread.chart_id),
            kind=LoopKind.ANSWER_MESSAGE,
            owner_org=owner[0],
            owner_practitioner=owner[1],
            for_org=owner[0],
            source_org=source,
            mask=mask,
            subject_id=thread.id,
            why=why,
        )
    )


def _answered(thread: Thread, by: Requester, closed_as: str, until: datetime) -> int:
    """Stop what waited of words until then that ``by`` may know of. What waits behind the gate goes on waiting."""
    later = list(
        Message.objects.filter(thread=thread, at__gt=until).exclude(by_org_id=by.organization_id).order_by("at", "id")
    )
    known = Loop.objects.filter(id__in=sight.owed_in(thread.id, gate.release(by, ChartId(thread.chart_id))))
    waited = [one for one in known if not later or one.opened_at < later[0].at]
    closed = loops.close_subject(thread.id, closed_as=closed_as, among=[one.id for one in waited])
    for one in waited:
        _owe_anew(thread, one, [word for word in later if not one.mask & ~word.mask])
    return closed


def _owe_anew(thread: Thread, ended: Loop, later: list[Message]) -> None:
    """One clock may have stood for several words: those that nobody had seen when it stopped have their own again."""
    for word in later:
        if word.by_org_id == ended.source_org_id:
            owner = (OrganizationId(ended.owner_org_id), PractitionerId(ended.owner_practitioner_id))
            _open(thread, owner, OrganizationId(word.by_org_id), word.mask)


def close_thread(thread_id: UUID, *, by: Requester, seen_until: datetime | None = None) -> int:
    """Nothing that was said until ``seen_until`` (default: now) is to be answered on this side; how many clocks
    stopped. The other side is shown nothing of it."""
    writing.check_clinician(by)
    thread = _known(thread_id, by)
    with transaction():
        # Whoever writes holds this row too: a word that comes at this instant is seen here, or owed afterwards.
        Thread.objects.select_for_update().get(id=thread.id)
        until = min(seen_until or clock.now(), clock.now())
        closed = _answered(thread, by, "read", until)
        _read(thread, by, until)
    return closed


def mark_read(thread_id: UUID, *, by: Requester, at: datetime) -> None:
    """This person has read what the thread showed them, whose newest word is of that instant."""
    with transaction():
        _read(_known(thread_id, by), by, at)


def _known(thread_id: UUID, by: Requester) -> Thread:
    return thread_for(by, thread_id).thread


def _read(thread: Thread, by: Requester, at: datetime) -> None:
    """Their mark moves on, never back."""
    if at <= NOTHING_SEEN:
        return
    row, is_new = Reading.objects.get_or_create(
        thread=thread, practitioner_id=by.practitioner_id, defaults={"read_at": at}
    )
    if not is_new:
        Reading.objects.filter(id=row.id, read_at__lt=at).update(read_at=at)
