"""The check list as one reader sees it: what the record shows of each row, what was said by hand, what is open (R37).

A row is found only in what may flow to the reader, so the list of a practice is the same whether or not something
happened that it may not know of.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

from hallway import clock
from hallway.consent import gate
from hallway.consent.grants import notices
from hallway.consent.models import Consent
from hallway.consent.queries import headers
from hallway.directory.models import Organization, Side
from hallway.identity.requester import Requester
from hallway.ids import ChartId
from hallway.record import queries as record
from hallway.storage.connection import transaction
from hallway.talking import finding, queries, team
from hallway.talking.finding import Found, Place
from hallway.talking.models import Checklist, ChecklistEntry, InformationRequest
from hallway.talking.naming import names_of
from hallway.talking.tables import library
from hallway.talking.tables.library import Process
from hallway.talking.views import ChecklistView, Line, RequestRow


def checklist_for(requester: Requester, chart_id: ChartId, year: int) -> ChecklistView:
    """The practice's check list of a year; nothing is made where none was begun. Raises NOT_FOUND as the gate does."""
    place = Place(int(requester.organization_id), date(year, 1, 1), date(year, 12, 31))
    with transaction():
        release = gate.release(requester, chart_id)
        stored = record.read_chart(release, kinds=finding.KINDS, route="checklist")
        header = headers(requester, [chart_id]).get(chart_id)
        row = Checklist.objects.filter(
            chart_id=chart_id, organization_id=requester.organization_id, from_on=place.from_on
        ).first()
    if header is None:
        raise gate.not_found()
    found = finding.find(stored, place) | _own_rows(requester, chart_id, place)
    by_hand = {one.entry: one for one in ChecklistEntry.objects.filter(checklist=row, resource_id="")} if row else {}
    names = names_of(
        {one.by_practitioner_id for one in by_hand.values()} | {row.owner_practitioner_id if row else 0}, ()
    )
    lines = [
        _line(process, found.get(process.finds), by_hand.get(process.key), names.person)
        for process in library.processes().values()
    ]
    shown = {one.resource for one in lines if one.resource}
    return ChecklistView(
        year=year,
        header=header,
        lines=tuple(lines),
        contacts=tuple(queries.contacts_of(requester, chart_id, place.from_on, place.until_on)),
        next_step=library.words().next.get(row.next_step, "") if row else "",
        owner=names.person(row.owner_practitioner_id) if row else "",
        owed=notices.owed([release], [one for one in stored if (one.kind, str(one.id)) in shown]),
    )


def _line(process: Process, found: Found | None, said: ChecklistEntry | None, name: Callable[[int], str]) -> Line:
    on = found.on if found else said.on if said else None
    return Line(
        key=process.key,
        words=process.words,
        group=process.group,
        on=on,
        found=found.words if found else "",
        resource=found.resource if found else None,
        by_hand=(name(said.by_practitioner_id) or "The practice") if said else "",
    )


def _own_rows(requester: Requester, chart_id: ChartId, place: Place) -> dict[str, Found]:
    """What stands in rows: the practice's forms, whom it may know to treat, and what it asked for and filed."""
    asked = [one for one in queries.requests_of_chart(requester, chart_id) if one.asks]
    return _team(requester, chart_id) | _asked(asked, place) | _consents(requester, chart_id, place)


def _team(requester: Requester, chart_id: ChartId) -> dict[str, Found]:
    known = [one for one in team.partners(requester, chart_id) if one.on_hallway]
    known.append(Organization.objects.get(id=requester.organization_id))
    found: dict[str, Found] = {}
    for key, side in (("team_pc", Side.PRIMARY_CARE), ("team_bh", Side.BEHAVIORAL_HEALTH)):
        names = [one.name for one in known if one.side == side]
        if names:
            found[key] = Found(clock.today(), ", ".join(names))
    return found


def _asked(asked: list[RequestRow], place: Place) -> dict[str, Found]:
    rows = InformationRequest.objects.in_bulk([one.id for one in asked])
    found: dict[str, Found] = {}
    for seen in asked:
        row = rows[seen.id]
        if place.holds(row.asked_at.date()):
            found["requested"] = Found(row.asked_at.date(), f"Asked of {seen.other}", ("Task", row.task_id))
        if seen.state is InformationRequest.State.FILED and row.filed_at and place.holds(row.filed_at.date()):
            found["filed"] = Found(row.filed_at.date(), "Filed into a note", ("DocumentReference", row.note_id))
    return found


def _consents(requester: Requester, chart_id: ChartId, place: Place) -> dict[str, Found]:
    """A form that this practice is a party to: signed or declined in the time of the list."""
    begins = datetime.combine(place.from_on, time(0), tzinfo=UTC)
    own = requester.organization_id
    rows = Consent.objects.filter(chart_id=chart_id, composed_at__gte=begins).order_by("-composed_at")
    for row in rows:
        # Another practice's draft or refusal is theirs alone; a form that is signed is known to whom it names.
        is_known = own in (row.discloser_org_id, row.composed_org_id) or (
            own == row.recipient_org_id and row.state == "signed"
        )
        if is_known and place.holds(row.composed_at.date()):
            return {"consents": Found(row.composed_at.date(), f"Form {row.state}", None)}
    return {}
