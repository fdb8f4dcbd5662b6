"""Which stored encounters are news to those who wait for admissions: inpatient, observation, emergency, now."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct

from hallway import clock
from hallway.consent.events import AdmissionRecorded
from hallway.record.evidence import Labelled
from hallway.record.stored import Written
from hallway.storage import outbox

CLASSES = frozenset({"IMP", "ACUTE", "NONAC", "OBSENC", "SS", "EMER"})
"""HL7 v3 ActCode, ActEncounterCode: what a person is admitted to."""
DAYS = timedelta(days=30)
"""A visit that ended longer ago is history that somebody loads, and no news."""
_MAY_BE_ONE = re.compile(rb'"(?:IMP|ACUTE|NONAC|OBSENC|SS|EMER)"')


class _Coding(Struct, frozen=True):
    code: str = ""


class _Period(Struct, frozen=True):
    start: str = ""
    end: str = ""


class _Encounter(Struct, frozen=True):
    coded: _Coding = msgspec.field(name="class", default=_Coding())
    period: _Period = _Period()


def announce_news(labelled: Sequence[Labelled], written: Sequence[Written]) -> None:
    """Announce each admission that was stored or changed just now, in the caller's transaction."""
    found = [one for one in labelled if one.resource_type == "Encounter" and _MAY_BE_ONE.search(one.body)]
    if not found:
        return
    changed = {one.id: one for one in written if one.kind == "Encounter" and one.outcome != "unchanged"}
    for one in found:
        kept = changed.get(one.resource_id)
        if kept is not None and _is_news(one.body, clock.now()):
            outbox.announce(AdmissionRecorded(UUID(kept.id), int(kept.chart_id), kept.version))


def _is_news(body: bytes, now: datetime) -> bool:
    try:
        read = msgspec.json.decode(body, type=_Encounter)
    except msgspec.MsgspecError:
        return False
    last = (read.period.end or read.period.start)[:10]
    return read.coded.code in CLASSES and last >= (now - DAYS).date().isoformat()
