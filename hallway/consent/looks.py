"""Who saw a patient's record, when and why, read from the ledger's lines, for the patient alone.

A representative gets none of it: a program's name in such a list would tell what the program may not tell.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from hallway.consent import gate
from hallway.directory.models import Organization, Practitioner
from hallway.identity.models import Account
from hallway.identity.requester import Requester, Role
from hallway.ids import ChartId
from hallway.ledger import lines
from hallway.storage.connection import cursor, transaction

LISTED = ("find", "headers", "roster", "worklist.read")
"""Acts in which a name stood in a list and the record was not opened."""
OPENED = ("read", "search", "history", "count", "consents", "consent")
MOST_LINES = 20_000
"""Lines looked at for one page; the span is halved by the caller's dates, not cut silently."""

_LINES = """
SELECT at, account_id, practitioner_id, organization_id, role, act, purpose, detail
FROM ledger_answer
WHERE charts @> ARRAY[%(chart)s::bigint] AND at >= %(since)s::timestamptz AND at < %(until)s::timestamptz
  AND account_id <> %(account)s::int AND role NOT IN ('system', 'patient')
  AND (act = ANY(%(acts)s::text[]) OR purpose = 'EMERG')
ORDER BY at DESC, id DESC LIMIT %(limit)s::bigint
"""


@dataclass(frozen=True, slots=True)
class Look:
    """One person's looks of one day in one role for one purpose. ``kinds`` are FHIR types, empty for the whole record.

    ``was_listed_only`` when the name stood in a list and nothing was opened. Times are aware.
    """

    who: str
    organization: str
    side: str
    role: str
    purpose: str
    on: date
    first_at: datetime
    last_at: datetime
    times: int
    kinds: tuple[str, ...]
    was_listed_only: bool

    @property
    def is_emergency(self) -> bool:
        """Whether it was under emergency access."""
        return self.purpose == "EMERG"


@dataclass(frozen=True, slots=True)
class _Line:
    at: datetime
    account: int
    practitioner: int
    organization: int
    role: str
    act: str
    purpose: str
    detail: str


def looks_at(requester: Requester, *, since: datetime, until: datetime, zone: ZoneInfo) -> list[Look]:
    """The looks of others at the patient's own chart between two instants, newest day first, by day of ``zone``.

    Raises NOT_FOUND for anybody but the patient.
    """
    if requester.role is not Role.PATIENT or requester.chart_id is None:
        raise gate.not_found()
    release = gate.release(requester, requester.chart_id)
    with transaction(), cursor() as opened:
        opened.execute(
            _LINES,
            {
                "chart": release.chart_id,
                "since": since,
                "until": until,
                "account": requester.account_id,
                "acts": [*OPENED, *LISTED],
                "limit": MOST_LINES,
            },
        )
        found = [_Line(*row) for row in opened.fetchall()]
        lines.write(lines.line_for(release, "looks", route="my/seen"))
    return _grouped(found, zone)


def _grouped(found: Iterable[_Line], zone: ZoneInfo) -> list[Look]:
    groups: dict[tuple[object, ...], list[_Line]] = {}
    for line in found:
        on = line.at.astimezone(zone).date()
        listed = line.act in LISTED
        key = (on, line.practitioner or -line.account, line.organization, line.role, line.purpose, listed)
        groups.setdefault(key, []).append(line)
    names = _names([line for group in groups.values() for line in group])
    return [_look(group, names, zone) for group in groups.values()]


@dataclass(frozen=True, slots=True)
class _Names:
    people: dict[int, str]
    accounts: dict[int, str]
    places: dict[int, Organization]


def _names(found: list[_Line]) -> _Names:
    people = Practitioner.objects.filter(id__in={line.practitioner for line in found})
    nobody = {line.account for line in found if not line.practitioner}
    return _Names(
        people={one.id: one.full_name for one in people},
        accounts=dict(Account.objects.filter(id__in=nobody).values_list("id", "name")),
        places={one.id: one for one in Organization.objects.filter(id__in={line.organization for line in found})},
    )


def _look(group: list[_Line], names: _Names, zone: ZoneInfo) -> Look:
    last, first = group[0], group[-1]
    place = names.places.get(last.organization)
    return Look(
        who=names.people.get(last.practitioner) or names.accounts.get(last.account) or "A person on Hallway's staff",
        organization=place.name if place else "",
        side=place.side if place else "other",
        role=last.role,
        purpose=last.purpose,
        on=last.at.astimezone(zone).date(),
        first_at=first.at,
        last_at=last.at,
        times=len(group),
        kinds=_kinds(group),
        was_listed_only=last.act in LISTED,
    )


def _kinds(group: list[_Line]) -> tuple[str, ...]:
    """The types asked for, in order of first use; empty when some read asked for everything."""
    found: dict[str, None] = {}
    for line in group:
        if line.act in ("consents", "consent"):
            found["Consent"] = None
            continue
        if line.act in LISTED:
            found["Patient"] = None
            continue
        named = [part.partition("/")[0] for part in line.detail.split(",")]
        if not line.detail:
            return ()
        found.update(dict.fromkeys(named))
    return tuple(found)


def chart_of(requester: Requester) -> ChartId:
    """The chart of somebody on the patient's side. Raises NOT_FOUND for everybody else."""
    if requester.chart_id is None:
        raise gate.not_found()
    return requester.chart_id
