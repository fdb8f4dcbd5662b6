"""Every read of threads, requests and contacts. Each is gated: what may not be known is not counted and not there."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, LiteralString, NamedTuple, cast
from uuid import UUID

from hallway import clock
from hallway.consent import gate
from hallway.consent.grants import notices
from hallway.consent.queries import grant_lateral, grant_parameters, headers, own_desk
from hallway.identity.requester import Requester
from hallway.ids import ChartId
from hallway.ledger import lines
from hallway.record import queries as record
from hallway.record.stored import PatientHeader, Stored
from hallway.standards.fhir import r4
from hallway.storage.connection import cursor, transaction
from hallway.talking import cursors, reading, sight
from hallway.talking.models import Contact, InformationRequest, Message, Reading, Thread
from hallway.talking.naming import Names, names_of
from hallway.talking.resources import said_in
from hallway.talking.tables import library
from hallway.talking.views import (
    Card,
    ContactView,
    MessageView,
    RequestPage,
    RequestRow,
    RequestView,
    ThreadRow,
    ThreadView,
)

State = InformationRequest.State
_MOST = 100


def _threads(which: str) -> LiteralString:
    text = f"""
SELECT gated.thread_id, max(gated.at) AS last_at, (array_agg(gated.source_org_id ORDER BY gated.at DESC))[1],
       count(*) FILTER (WHERE gated.source_org_id <> %(org)s AND (seen.read_at IS NULL OR gated.at > seen.read_at))
FROM (SELECT m.thread_id, m.chart_id, m.at, m.by_org_id AS source_org_id,
             {own_desk("m.by_org_id", "m.mask")}
      FROM talking_message m JOIN talking_thread t ON t.id = m.thread_id
      WHERE %(org)s IN (t.first_org_id, t.second_org_id) AND {which}) gated
{grant_lateral("gated")}
LEFT JOIN talking_reading seen ON seen.thread_id = gated.thread_id AND seen.practitioner_id = %(who)s
GROUP BY gated.thread_id
ORDER BY last_at DESC, gated.thread_id
LIMIT %(limit)s
"""  # noqa: S608 - every part is a constant of ours
    return cast("LiteralString", text)


def thread_list(requester: Requester, *, limit: int = _MOST) -> list[ThreadRow]:
    """Threads of this practice in which the reader may know a message, the newest word first."""
    return _thread_rows(requester, "true", limit=limit)


def threads_of_chart(requester: Requester, chart_id: ChartId) -> list[ThreadRow]:
    """The same, of one chart."""
    return _thread_rows(requester, "m.chart_id = %(chart)s", limit=_MOST, chart=chart_id)


def _run(requester: Requester, kind: str, statement: LiteralString, **more: object) -> list[tuple[Any, ...]]:
    parameters: dict[str, Any] = grant_parameters(requester, kind) | more
    parameters |= {"org": requester.organization_id, "who": requester.practitioner_id}
    with cursor() as opened:
        opened.execute(statement, parameters)
        return opened.fetchall()


def _thread_rows(requester: Requester, which: str, *, limit: int, **more: object) -> list[ThreadRow]:
    with transaction():
        found = _run(requester, "Communication", _threads(which), limit=limit, **more)
        threads = Thread.objects.in_bulk([row[0] for row in found])
        known = _headers(requester, [one.chart_id for one in threads.values()], "threads.read")
    others = {one.id: _other(one, requester) for one in threads.values()}
    names = names_of((), others.values())
    rows: list[ThreadRow] = []
    for key, last_at, last_by, unread in found:
        header = known.get(ChartId(threads[key].chart_id))
        if header is not None:
            other = others[key]
            is_ours = last_by == requester.organization_id
            rows.append(ThreadRow(key, header, names.place(other), names.side(other), last_at, is_ours, unread))
    return rows


def _headers(requester: Requester, charts: Sequence[int], act: str) -> dict[ChartId, PatientHeader]:
    """Headers of the patients of a list, with its ledger line."""
    wanted = sorted({ChartId(one) for one in charts})
    if wanted:
        lines.write(lines.step_line(requester, act, charts=wanted, detail="list"))
    return headers(requester, wanted)


def _other(thread: Thread, requester: Requester) -> int:
    own = requester.organization_id
    return thread.second_org_id if thread.first_org_id == own else thread.first_org_id


def thread_for(requester: Requester, thread_id: UUID) -> ThreadView:
    """One thread for one reader. Raises NOT_FOUND when unknown, or when none of its messages may be known."""
    thread = Thread.objects.filter(id=thread_id).first()
    if thread is None or requester.organization_id not in (thread.first_org_id, thread.second_org_id):
        raise gate.not_found()
    with transaction():
        release = gate.release(requester, ChartId(thread.chart_id))
        stored = {str(one.id): one for one in record.read_chart(release, kinds=("Communication",), route="thread")}
        rows = [one for one in Message.objects.filter(thread=thread).order_by("at", "id") if one.resource_id in stored]
        header = headers(requester, [ChartId(thread.chart_id)]).get(ChartId(thread.chart_id))
    if not rows or header is None:
        raise gate.not_found()
    other = _other(thread, requester)
    names = names_of({one.by_practitioner_id for one in rows}, {thread.first_org_id, thread.second_org_id})
    person = next((one.by_practitioner_id for one in reversed(rows) if one.by_org_id == other), 0)
    read = Reading.objects.filter(thread=thread, practitioner_id=requester.practitioner_id).first()
    reads = _Reads(int(requester.organization_id), read.read_at if read else None)
    return ThreadView(
        thread=thread,
        header=header,
        other=names.card(other, person),
        messages=tuple(_message(one, stored[one.resource_id], names, read=reads) for one in rows),
        is_readers_turn=rows[-1].by_org_id == other,
        owed=notices.owed([release], [stored[one.resource_id] for one in rows]),
    )


class _Reads(NamedTuple):
    """The reader's practice, and until when they have read."""

    organization: int
    until: datetime | None


def _message(row: Message, stored: Stored, names: Names, *, read: _Reads) -> MessageView:
    own = row.by_org_id == read.organization
    return MessageView(
        at=row.at,
        who=names.person(row.by_practitioner_id) or names.place(row.by_org_id),
        practice=names.place(row.by_org_id),
        side=names.side(row.by_org_id),
        words=said_in(stored.view(r4.Communication)).words,
        is_own=own,
        is_new=not own and (read.until is None or row.at > read.until),
    )


# Requests ------------------------------------------------------------------------------------------------------------


_OURS = "NOT (state = 'declined' AND to_org_id = %(org)s)"
"""What the reader's own practice has declined waits for nothing of theirs: it took the place of what does."""


_ENDED = "state NOT IN ('filed', 'withdrawn')"
"""Both ends are the asker's own, and known to both sides: the filter tells nothing."""
_LATER = "(shown.is_later, shown.due_at, shown.id) > (%(after_later)s, %(after_due)s, %(after_id)s::uuid)"


def _requests(which: str, further: str = "true") -> LiteralString:
    """Requests that the reader may know, whether the other side's answer reaches them, and whose turn it is to them."""
    text = f"""
SELECT shown.id, shown.is_told, shown.is_later, shown.due_at
FROM (
  SELECT gated.id, gated.due_at, gated.is_ours OR told.id IS NOT NULL AS is_told,
         NOT CASE WHEN gated.is_ours THEN gated.is_asked ELSE told.id IS NOT NULL END AS is_later
  FROM (SELECT id, chart_id, due_at, source_org_id, {own_desk()}, to_org_id = %(org)s AS is_ours,
               state = 'asked' AS is_asked
        FROM talking_informationrequest WHERE %(org)s IN (from_org_id, to_org_id) AND {_OURS} AND {which}) gated
  {grant_lateral("gated")}
  LEFT JOIN (
    SELECT answer.id
    FROM (SELECT id, chart_id, to_org_id AS source_org_id, answer_mask AS mask FROM talking_informationrequest
          WHERE from_org_id = %(org)s AND state IN ('answered', 'declined') AND {which}) answer
    {grant_lateral("answer", name="reaching")}
  ) told ON told.id = gated.id
) shown
WHERE {further}
ORDER BY shown.is_later, shown.due_at, shown.id
LIMIT %(limit)s
"""  # noqa: S608 - every part is a constant of ours
    return cast("LiteralString", text)


def request_page(requester: Requester, *, limit: int = _MOST, after: str = "") -> RequestPage:
    """Requests of this practice that have not ended: those that wait for the reader's side first, each by its day.

    Raises INCORRECT H-TLK-012 for a cursor that is not ours.
    """
    place = cursors.read(after) if after else {}
    with transaction():
        found = _run(requester, "Task", _requests(_ENDED, _LATER if after else "true"), limit=limit + 1, **place)
        rows = _request_rows(requester, found[:limit])
    if len(found) <= limit:
        return RequestPage(tuple(rows), "")
    last_id, _, is_later, due_at = found[limit - 1]
    return RequestPage(tuple(rows), cursors.of(last_id, due_at, is_later=is_later))


def request_list(requester: Requester, *, limit: int = _MOST) -> list[RequestRow]:
    """The first of them."""
    return list(request_page(requester, limit=limit).rows)


def requests_of_chart(requester: Requester, chart_id: ChartId) -> list[RequestRow]:
    """Requests of one chart that this practice asked, or was asked and has not declined."""
    with transaction():
        found = _run(requester, "Task", _requests("chart_id = %(chart)s"), limit=_MOST, chart=chart_id)
        return _request_rows(requester, found)


def _request_rows(requester: Requester, found: Sequence[tuple[Any, ...]]) -> list[RequestRow]:
    told = {row[0]: row[1] for row in found}
    rows = InformationRequest.objects.in_bulk(list(told))
    known = _headers(requester, [one.chart_id for one in rows.values()], "requests.read")
    names = names_of((), {place for one in rows.values() for place in (one.from_org_id, one.to_org_id)})
    made = (_request_row(requester, rows[key], known, names, is_told=is_told) for key, is_told in told.items())
    return [one for one in made if one is not None]


def _request_row(
    requester: Requester,
    row: InformationRequest,
    known: dict[ChartId, PatientHeader],
    names: Names,
    *,
    is_told: bool,
) -> RequestRow | None:
    header = known.get(ChartId(row.chart_id))
    if header is None:
        return None
    asks = row.from_org_id == requester.organization_id
    state = sight.seen(State(row.state), is_told=is_told)
    other = row.to_org_id if asks else row.from_org_id
    return RequestRow(
        id=row.id,
        header=header,
        other=names.place(other),
        other_side=names.side(other),
        state=state,
        asks=asks,
        due_at=row.due_at,
        is_late=state is State.ASKED and row.due_at <= clock.now(),
        wanted=tuple(library.wanted()[key].words for key in row.wanted if key in library.wanted()),
    )


def request_for(requester: Requester, request_id: UUID) -> RequestView:
    """One request for one reader. Raises NOT_FOUND when unknown or not theirs to know: one answer."""
    with transaction():
        seen = sight.look(requester, request_id)
        row = seen.request
        asked, held = reading.held_by(seen)
        answer = reading.answer_of(seen)
        attached = reading.attached_of(seen, answer) if answer else []
        owed = notices.owed([seen.release], [*reading.shown(seen), *attached])
        header = headers(requester, [ChartId(row.chart_id)]).get(ChartId(row.chart_id))
    if header is None:
        raise gate.not_found()
    names = names_of({row.from_practitioner_id, row.to_practitioner_id}, {row.from_org_id, row.to_org_id})
    return RequestView(
        request=row,
        state=seen.state,
        version=seen.version,
        asks=seen.asks,
        header=header,
        asker=names.card(row.from_org_id, row.from_practitioner_id),
        asked=names.card(row.to_org_id, row.to_practitioner_id),
        said=asked,
        answer=answer,
        attached=tuple(attached),
        held_status=held.view(r4.ServiceRequest).status or "" if held else "",
        owed=owed,
        is_late=seen.state is State.ASKED and row.due_at <= clock.now(),
        may_be_taken_back=seen.may_be_taken_back,
        may_come_another_way=seen.may_come_another_way(),
    )


def card(organization_id: int, practitioner_id: int = 0) -> Card:
    """How to reach a clinician or a practice of the directory."""
    return names_of({practitioner_id}, {organization_id}).card(organization_id, practitioner_id)


def cards(people: Sequence[tuple[int, int]]) -> list[Card]:
    """The same of several: organization and person (0 for nobody in particular)."""
    names = names_of({person for _, person in people}, {place for place, _ in people})
    return [names.card(place, person) for place, person in people if place in names.places]


def contacts_of(requester: Requester, chart_id: ChartId, from_on: date, until_on: date) -> list[ContactView]:
    """This practice's own contact log of a chart, the newest first. Ask it only about a chart the gate has opened."""
    rows = list(
        Contact.objects.filter(
            chart_id=chart_id,
            organization_id=requester.organization_id,
            began_at__date__gte=from_on,
            began_at__date__lte=until_on,
        ).order_by("-began_at", "-id")
    )
    names = names_of(
        {person for one in rows for person in (one.practitioner_id, one.with_practitioner_id)},
        {one.with_org_id for one in rows},
    )
    return [_contact(one, names) for one in rows]


def _contact(row: Contact, names: Names) -> ContactView:
    lists = library.words()
    return ContactView(
        began_at=row.began_at,
        minutes=int((row.ended_at - row.began_at).total_seconds()) // 60,
        direction="In" if row.direction == "in" else "Out",
        channel=lists.channel.get(row.channel, ""),
        topic=lists.topic.get(row.topic, ""),
        outcome=lists.outcome.get(row.outcome, ""),
        who=names.person(row.practitioner_id) or "The front desk",
        with_whom=names.person(row.with_practitioner_id) or names.place(row.with_org_id) or "Somebody not named",
    )


def owes_answer(requester: Requester, thread_id: UUID) -> bool:
    """Whether an answer of this practice is still owed, to a word that the reader may know of."""
    thread = Thread.objects.filter(id=thread_id).first()
    return thread is not None and bool(sight.owed_in(thread_id, gate.release(requester, ChartId(thread.chart_id))))
