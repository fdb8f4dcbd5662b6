"""Reads of protocols, each under the reader's release: what stands, in whose words, and which run in the practice."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString, cast
from uuid import UUID

from hallway.consent import gate
from hallway.consent.queries import grant_lateral, grant_parameters, headers, own_desk
from hallway.directory.models import Organization, Practitioner
from hallway.identity.requester import CLINICIANS, Requester
from hallway.ids import ChartId, ResourceId
from hallway.loops.models import Loop
from hallway.record import queries as record
from hallway.record.evidence import Release
from hallway.record.stored import PatientHeader, Stored
from hallway.screening.models import Safety, SafetyStep
from hallway.screening.safety import resources
from hallway.screening.safety.rules import Standing
from hallway.screening.safety.sight import Sight, look
from hallway.screening.safety.states import Step
from hallway.storage.connection import cursor, transaction

KINDS = ("RiskAssessment", "CarePlan", "ClinicalImpression", "Communication", "QuestionnaireResponse")
"""What the steps write."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One step as this reader may see it. ``words`` are empty where it has none, or none for them."""

    step: Step
    at: datetime
    by: str
    code: str
    words: str
    parts: dict[str, str]
    language: str


@dataclass(frozen=True, slots=True)
class Protocol:
    """A safety protocol for one reader."""

    id: UUID
    chart_id: ChartId
    version: int
    state: str
    standing: Standing
    opened_at: datetime
    opened_by: str
    cause_code: str
    cause_level: str
    owner: str
    is_owner: bool
    disposition: str
    closed_at: datetime | None
    entries: tuple[Entry, ...]
    contact_due_at: datetime | None
    """When a follow-up contact is owed; None where none is."""

    def last(self, step: str) -> Entry | None:
        """The last step of that kind."""
        return next((one for one in reversed(self.entries) if one.step == step), None)


def protocol(reader: Requester, safety_id: UUID) -> Protocol:
    """The protocol with its steps and their words. NOT_FOUND for whoever may not know of it.

    Whoever is no clinician sees where it stands and no words.
    """
    with transaction():
        sight = look(reader, safety_id)
        words = _words(sight) if reader.role in CLINICIANS else {}
        names = _names(sight)
    safety = sight.safety
    return Protocol(
        id=safety.id,
        chart_id=ChartId(safety.chart_id),
        version=safety.version,
        state=safety.state,
        standing=sight.standing,
        opened_at=safety.opened_at,
        opened_by=safety.opened_by,
        cause_code=safety.cause_code,
        cause_level=safety.cause_level,
        owner=names.get(safety.owner_practitioner_id, ""),
        is_owner=bool(safety.owner_practitioner_id) and safety.owner_practitioner_id == reader.practitioner_id,
        disposition=safety.disposition,
        closed_at=safety.closed_at,
        entries=tuple(_entry(one, words.get(one.resource_id), names) for one in sight.steps),
        contact_due_at=_contact_due(safety),
    )


def _words(sight: Sight) -> dict[str, Stored]:
    """What the steps wrote, as far as it flows to the reader; one read, one line."""
    if not any(one.resource_id for one in sight.steps):
        return {}
    found = record.read_chart(sight.release, kinds=KINDS, since=None, route="safety")
    return {str(one.id): one for one in found}


def _names(sight: Sight) -> dict[int, str]:
    people = {one.by_practitioner_id for one in sight.steps} | {sight.safety.owner_practitioner_id}
    return {one.id: one.short_name for one in Practitioner.objects.filter(id__in=people)}


def _entry(step: SafetyStep, stored: Stored | None, names: dict[int, str]) -> Entry:
    is_plan = stored is not None and stored.kind == "CarePlan"
    return Entry(
        step=Step(step.step),
        at=step.at,
        by=names.get(step.by_practitioner_id, ""),
        code=step.code,
        words=resources.words_of(stored.body, stored.kind) if stored is not None else "",
        parts=resources.parts_of(stored.body) if stored is not None and is_plan else {},
        language=resources.language_of(stored.body) if stored is not None and is_plan else "",
    )


def _contact_due(safety: Safety) -> datetime | None:
    owed = Loop.objects.filter(subject_id=safety.id, kind="safety_call", closed_at__isnull=True).first()
    return owed.due_at if owed else None


@dataclass(frozen=True, slots=True)
class Running:
    """An open protocol for a banner or a list."""

    id: UUID
    chart_id: ChartId
    opened_at: datetime
    state: str
    owner: str


def running_of(release: Release) -> Running | None:
    """The protocol that runs on one chart, for whoever holds this release and may know of it; the oldest."""
    reader = release.requester
    rows = Safety.objects.filter(
        chart_id=release.chart_id, organization_id=reader.organization_id, closed_at__isnull=True
    )
    for one in rows.order_by("opened_at"):
        if gate.may_know(release, source_org=one.source_org_id, mask=one.mask):
            return _running(one, {})
    return None


def _running(one: Safety, names: dict[int, str]) -> Running:
    return Running(one.id, ChartId(one.chart_id), one.opened_at, one.state, names.get(one.owner_practitioner_id, ""))


_RUNNING = f"""
SELECT gated.id
FROM (SELECT id, chart_id, opened_at, source_org_id, {own_desk()} FROM screening_safety
      WHERE closed_at IS NULL AND organization_id = %(gate_org)s) gated
{grant_lateral("gated")}
ORDER BY gated.opened_at, gated.id
"""  # noqa: S608 - every part is a constant of ours


def running(reader: Requester) -> list[tuple[Running, PatientHeader]]:
    """Every protocol that runs in the reader's practice and that they may know of, the oldest first."""
    with transaction():
        with cursor() as opened:
            opened.execute(cast("LiteralString", _RUNNING), grant_parameters(reader, "Task"))
            ids = [row[0] for row in opened.fetchall()]
        found = Safety.objects.in_bulk(ids)
        known = [found[one] for one in ids]
        heads = headers(reader, [ChartId(one.chart_id) for one in known])
    owners = Practitioner.objects.filter(id__in={one.owner_practitioner_id for one in known})
    names = {one.id: one.short_name for one in owners}
    return [(_running(one, names), heads[ChartId(one.chart_id)]) for one in known if one.chart_id in heads]


@dataclass(frozen=True, slots=True)
class Word:
    """What another practice told this one about a danger."""

    id: UUID
    chart_id: ChartId
    from_org: str
    phone: str
    at: datetime
    words: tuple[str, ...]
    is_read: bool


def word(reader: Requester, told_id: UUID) -> Word:
    """A word to the reader's practice, through their release; its lines for clinicians. NOT_FOUND for others."""
    step = (
        SafetyStep.objects.select_related("safety")
        .filter(step=Step.TOLD.value, resource_id=str(told_id), code=f"org:{reader.organization_id}")
        .first()
    )
    if step is None:
        raise gate.not_found()
    safety = step.safety
    owed = Loop.objects.filter(subject_id=told_id, kind="safety_told", owner_org_id=reader.organization_id).first()
    place = Organization.objects.get(id=step.by_org_id)
    release = gate.release(reader, ChartId(safety.chart_id))
    if owed is None or not gate.may_know(release, source_org=owed.source_org_id, mask=owed.mask):
        raise gate.not_found()
    said = _said_in(release, told_id) if reader.role in CLINICIANS else ()
    is_read = owed.closed_at is not None
    return Word(told_id, ChartId(safety.chart_id), place.name, place.phone, step.at, said, is_read)


def _said_in(release: Release, told_id: UUID) -> tuple[str, ...]:
    """Its lines. NOT_FOUND where the gate lets the word itself not flow."""
    stored = record.read_one(release, "Communication", ResourceId(str(told_id)), route="safety/told")
    if stored is None:
        raise gate.not_found()
    return tuple(resources.words_of(stored.body, stored.kind).splitlines())
