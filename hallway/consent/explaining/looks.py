"""Who saw a patient's record, when and why, read from the ledger's lines, for the patient alone.

A representative gets none of it: a program's name in such a list would tell what the program may not tell.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from hallway.consent import gate
from hallway.consent.models import Consent
from hallway.directory.models import Organization, Practitioner
from hallway.identity.models import Account
from hallway.identity.requester import Requester, Role
from hallway.ids import ChartId
from hallway.ledger import lines, plans
from hallway.ledger import queries as ledger
from hallway.ledger.queries import Written

LISTED = ("find", "headers", "roster", "worklist.read")
"""Acts in which a name stood in a list and the record was not opened."""
_UUID_LENGTH = 36
OPENED = ("read", "search", "history", "count", "consents", "consent", "review")


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
    signed_on: date | None
    """When the patient signed the form that it leaned on, if it leaned on one."""

    @property
    def is_emergency(self) -> bool:
        """Whether it was under emergency access."""
        return self.purpose == "EMERG"


def looks_at(requester: Requester, *, since: datetime, until: datetime, zone: ZoneInfo) -> list[Look]:
    """The looks of others at the patient's own chart between two instants, newest day first, by day of ``zone``.

    Raises NOT_FOUND for anybody but the patient.
    """
    if requester.role is not Role.PATIENT or requester.chart_id is None:
        raise gate.not_found()
    release = gate.release(requester, requester.chart_id)
    found = [line for line in ledger.lines_of(release.chart_id, since=since) if _tells(line, requester, until)]
    lines.write(lines.line_for(release, "looks", route="my/seen"))
    return _grouped(found, zone)


def _tells(line: Written, requester: Requester, until: datetime) -> bool:
    """Whether a line is somebody else's look before ``until``; what the machine does by itself is none."""
    others = line.account_id not in (0, requester.account_id) and line.role not in ("system", "patient")
    return others and line.at < until and line.act in (*OPENED, *LISTED)


def _grouped(found: Iterable[Written], zone: ZoneInfo) -> list[Look]:
    groups: dict[tuple[object, ...], list[Written]] = {}
    for line in found:
        on = line.at.astimezone(zone).date()
        listed = line.act in LISTED
        key = (on, line.practitioner_id or -line.account_id, line.organization_id, line.role, line.purpose, listed)
        groups.setdefault(key, []).append(line)
    names = _names([line for group in groups.values() for line in group], zone)
    return [_look(group, names, zone) for group in groups.values()]


@dataclass(frozen=True, slots=True)
class _Names:
    people: dict[int, str]
    accounts: dict[int, str]
    places: dict[int, Organization]
    signed: dict[str, date]


def _names(found: list[Written], zone: ZoneInfo) -> _Names:
    people = Practitioner.objects.filter(id__in={line.practitioner_id for line in found})
    nobody = {line.account_id for line in found if not line.practitioner_id}
    return _Names(
        people={one.id: one.full_name for one in people},
        accounts=dict(Account.objects.filter(id__in=nobody).values_list("id", "name")),
        places={one.id: one for one in Organization.objects.filter(id__in={line.organization_id for line in found})},
        signed=_signed(found, zone),
    )


def _look(group: list[Written], names: _Names, zone: ZoneInfo) -> Look:
    last, first = group[0], group[-1]
    place = names.places.get(last.organization_id)
    return Look(
        who=names.people.get(last.practitioner_id)
        or names.accounts.get(last.account_id)
        or "A person on Hallway's staff",
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
        signed_on=max(
            (names.signed[one] for line in group for one in _forms(line) if one in names.signed), default=None
        ),
    )


def _forms(line: Written) -> list[str]:
    """Ids of forms and judgements that the line's plan leaned on."""
    try:
        return [one for chart in plans.parse(line.plan) for way in chart for one in way.consent_ids]
    except ValueError:
        return []


def _signed(found: list[Written], zone: ZoneInfo) -> dict[str, date]:
    """The day each form among them was signed; a judgement's or an emergency's id is no form's."""
    wanted = {one for line in found for one in _forms(line) if len(one) == _UUID_LENGTH}
    rows = Consent.objects.filter(id__in=wanted, signed_at__isnull=False).values_list("id", "signed_at")
    return {str(row[0]): row[1].astimezone(zone).date() for row in rows if row[1]}


def _kinds(group: list[Written]) -> tuple[str, ...]:
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
