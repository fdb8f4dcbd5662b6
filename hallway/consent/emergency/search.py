"""Emergency access to a patient whom the practice does not know: whole name and birth date, the reason stored first.

Nothing is looked up before the reason stands in the database, in a transaction of its own. One match opens one
category; none and several are one answer. Tries are few, and each is read by the privacy officer.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from hallway import clock, ids
from hallway.consent import refusals
from hallway.consent.emergency import access
from hallway.consent.models import EmergencySearch
from hallway.directory.models import Practitioner
from hallway.identity.models import Account
from hallway.identity.requester import Requester
from hallway.ledger import lines
from hallway.record import queries as record
from hallway.storage.connection import transaction

WINDOW = timedelta(hours=1)
TRIES = 5
"""Searches without a match that one person may make within ``WINDOW``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Who is sought, and why: the fields of 42 CFR 2.51 that a person must give."""

    family: str
    given: str
    birth_date: date
    category: str
    nature: str
    reason: str


def open_for_unknown(by: Requester, sought: Sought) -> UUID | None:
    """Open one category for the one patient of this name and birth date; None when none or several answer to it.

    Raises FORBIDDEN for whoever is no clinician, UNPROCESSABLE for a gap, CONFLICT after too many tries.
    """
    access.refuse_unfit(by, sought.category, sought.nature, sought.reason)
    if not sought.family.strip() or not sought.given.strip():
        raise refusals.say_it("family")
    row = _written_down(by, sought)
    found = record.charts_called(sought.family, sought.given, sought.birth_date)
    if len(found) != 1:
        return None
    with transaction():
        made = access.opened(by, found[0], category=sought.category, nature=sought.nature, reason=sought.reason.strip())
        row.emergency_id = made
        row.save()
    return made


def _written_down(by: Requester, sought: Sought) -> EmergencySearch:
    now = clock.now()
    with transaction():
        # One search of a person at a time: two at once would each count the other out.
        Account.objects.select_for_update().filter(id=by.account_id).first()
        before = EmergencySearch.objects.filter(account_id=by.account_id, sought_at__gt=now - WINDOW)
        if before.filter(emergency_id=None).count() >= TRIES:
            raise refusals.too_many_searches()
        row = EmergencySearch.objects.create(
            id=ids.new_uuid(now),
            account_id=by.account_id,
            practitioner_id=by.practitioner_id,
            organization_id=by.organization_id,
            category=sought.category,
            nature=sought.nature,
            reason=sought.reason.strip(),
            sought_at=now,
        )
        lines.write(lines.step_line(by, "emergency.sought", charts=(), purpose="EMERG", detail=f"search/{row.id}"))
    return row


@dataclass(frozen=True, slots=True)
class Attempt:
    """A search that opened nothing, as its reviewer reads it."""

    who: str
    reason: str
    nature: str
    at: datetime


def attempts_at(by: Requester, *, limit: int = 50) -> list[Attempt]:
    """The newest searches of the reviewer's practice (all of them at the network's desk) that opened nothing."""
    rows = list(EmergencySearch.objects.filter(access.watched_by(by), emergency_id=None).order_by("-sought_at")[:limit])
    people = Practitioner.objects.filter(id__in={row.practitioner_id for row in rows})
    names = {one.id: one.full_name for one in people}
    return [Attempt(names.get(row.practitioner_id, ""), row.reason, row.nature, row.sought_at) for row in rows]
