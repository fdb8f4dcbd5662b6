"""What opens the protocol by itself: a critical answer just given, or a fresh score that came from elsewhere."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from uuid import UUID

from django.db.models import QuerySet

from hallway import clock
from hallway.consent import gate
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester, Role
from hallway.ids import NOBODY, AccountId, ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.record import fresh
from hallway.record import queries as record
from hallway.record.evidence import Release
from hallway.record.stored import Stored
from hallway.screening.events import CriticalAnswer
from hallway.screening.instruments import library, scoring
from hallway.screening.instruments.resources import Reading, read_observation, read_response
from hallway.screening.instruments.shapes import LOINC, Critical, Person
from hallway.screening.models import Safety, SafetyStep, Sitting
from hallway.screening.safety import rules
from hallway.screening.safety.opening import open_safety
from hallway.screening.safety.rows import book
from hallway.screening.safety.rules import Ran, Sign
from hallway.screening.safety.states import Step
from hallway.screening.safety.visits import clinician, clinician_of_visit
from hallway.screening.sheets import ZONE
from hallway.standards.fhir import r4
from hallway.storage import outbox
from hallway.storage.connection import transaction

SITTING = "sitting"
LATER = timedelta(days=2)
"""So much earlier than its end may the index put a day without an hour, wherever the practice is."""
_log = logging.getLogger(__name__)


def acts_for(organization: OrganizationId) -> Requester:
    """The steps' own work for one practice: it sees what the practice as such may see."""
    return Requester(AccountId(0), NOBODY, organization, Role.SYSTEM, name="safety")


@cache
def _about() -> dict[str, frozenset[str]]:
    """What a critical question or scale is about, by its code and by its key."""
    found: dict[str, set[str]] = {}
    for instrument in library.all_instruments():
        for row in instrument.critical:
            code = instrument.question(row.question).code if row.question else ""
            for name in {code, row.question, row.scale} - {""}:
                found.setdefault(name, set()).add(row.about)
    return {name: frozenset(about) for name, about in found.items()}


def opens(code: str) -> bool:
    """Whether a critical answer to this question opens the protocol: those about suicide, and those nobody knows."""
    about = _about().get(code)
    return about is None or "suicide" in about


def critical_answer(references: Mapping[str, str | int]) -> None:
    """Open the protocol of the practice that asked. Heard twice, it is opened once."""
    chart_id, organization = ChartId(int(references["chart_id"])), OrganizationId(int(references["organization_id"]))
    code, kind, key = str(references["code"]), str(references["kind"]), str(references["id"])
    if not opens(code):
        return
    label, owner = (_of_sitting if kind == SITTING else _of_resource)(organization, chart_id, kind, key)
    if label is None:
        return
    open_safety(
        chart_id,
        organization=organization,
        opened_by="screening" if kind == SITTING else "elsewhere",
        cause_kind=kind,
        cause_id=key,
        cause_code=code,
        cause_level=str(references.get("level", "")),
        source_org=OrganizationId(label[0]),
        mask=label[1],
        owner=owner or _of_visit(organization, chart_id),
    )


_Label = tuple[int, int] | None


def _of_sitting(organization: OrganizationId, chart_id: ChartId, kind: str, key: str) -> tuple[_Label, PractitionerId]:
    sitting = Sitting.objects.filter(id=UUID(key), chart_id=chart_id).first()
    if sitting is None:
        return None, NOBODY
    return (sitting.organization_id, sitting.mask), clinician(sitting.practitioner_id, organization)


def _of_resource(organization: OrganizationId, chart_id: ChartId, kind: str, key: str) -> tuple[_Label, PractitionerId]:
    release = _release(organization, chart_id)
    found = record.read_one(release, kind, ResourceId(key), route="safety/opened") if release else None
    if found is None:
        return None, NOBODY
    return (int(found.source_org), found.mask), clinician(found.author, organization)


def _release(organization: OrganizationId, chart_id: ChartId) -> Release | None:
    """None for a chart that the practice has no right to. Raises where the gate cannot say: the job is tried again."""
    try:
        return gate.release(acts_for(organization), chart_id)
    except HallwayError as wrong:
        if wrong.kind is not Kind.NOT_FOUND:
            raise
        return None


def _of_visit(organization: OrganizationId, chart_id: ChartId) -> PractitionerId:
    """The clinician of today's visit; nobody where the gate cannot say: the steps open all the same."""
    try:
        release = gate.release(acts_for(organization), chart_id)
    except HallwayError:
        return NOBODY
    return clinician_of_visit(release, organization)


# Scores from elsewhere ------------------------------------------------------------------------------------------------


@cache
def _tokens() -> tuple[str, ...]:
    """Search tokens of every critical question about suicide, and of every total that such a question counts in."""
    codes: set[str] = set()
    for instrument in library.all_instruments():
        for row in instrument.critical:
            if row.about == "suicide":
                codes.add(instrument.total_code or instrument.panel_code)
                if row.question:
                    codes.add(instrument.question(row.question).code)
    return tuple(f"code={LOINC}|{code}" for code in sorted(codes - {""}))


def charts_changed(references: Mapping[str, str | int]) -> None:
    """Look at what is fresh in these charts, and announce each critical answer that nobody has acted on.

    One that cannot be looked at keeps no other back; the job fails after all of them, and is tried again.
    """
    charts = [ChartId(int(one)) for one in str(references["chart_ids"]).split(",") if one]
    since = clock.now() - timedelta(hours=book().recent_hours) - LATER
    failed: Exception | None = None
    for one in fresh.answers_since(charts, since, tokens=_tokens()):
        try:
            _look(one)
        except Exception as error:
            _log.exception("a look failed", extra={"fields": {"kind": type(error).__name__}})
            failed = failed or error
    if failed is not None:
        raise failed


def _look(one: fresh.Fresh) -> None:
    release = _release(one.source_org, one.chart_id)
    stored = record.read_one(release, one.kind, one.id, route="safety/look") if release else None
    if stored is None or (stored.version == 1 and _is_ours(one)):
        return
    reading = _reading(stored)
    found = _said_by(reading, stored) if reading else ()
    if reading is None or not found:
        return
    given_at = rules.given_at(reading.at, stored.dated_at, stored.updated_at, ZONE)
    worst = rules.gravest(found)
    sign = Sign(worst.level, stored.updated_at, _holders(one, stored))
    if not rules.is_fresh(given_at, clock.now(), book().recent_hours) or rules.covered(sign, _ran(one)):
        return
    with transaction():
        outbox.announce(CriticalAnswer(one.chart_id, one.source_org, one.kind, one.id, worst.code, worst.level))


def _is_ours(one: fresh.Fresh) -> bool:
    """Whether it was filed from a sitting or written by a step: as it first was, its answer has been heard already."""
    known = SafetyStep.objects.filter(safety__chart_id=one.chart_id, resource_id=one.id)
    return _sittings(one).exists() or known.exists()


def _sittings(one: fresh.Fresh) -> QuerySet[Sitting]:
    return Sitting.objects.filter(chart_id=one.chart_id, filed__contains=[f"{one.kind}/{one.id}"])


def _holders(one: fresh.Fresh, stored: Stored) -> frozenset[str]:
    """What may hold the same answer: the resource, the sitting it was filed from, the response it was taken from."""
    found = {f"{one.kind}/{one.id}", *(f"{SITTING}/{key}" for key in _sittings(one).values_list("id", flat=True))}
    if stored.kind == "Observation":
        taken_from = r4.decode(stored.body, r4.Observation).derived_from
        found |= {part.reference for part in taken_from if part.reference}
    return frozenset(found)


def _ran(one: fresh.Fresh) -> list[Ran]:
    """The protocols of the practice about this patient, with the answers that each knew of."""
    rows = Safety.objects.filter(chart_id=one.chart_id, organization_id=one.source_org)
    return [Ran(row.closed_at, _levels(row)) for row in rows]


def _levels(row: Safety) -> dict[str, str]:
    known = {f"{row.cause_kind}/{row.cause_id}": row.cause_level}
    for step in SafetyStep.objects.filter(safety=row, step__in=[Step.ALSO.value, Step.QUESTIONS.value]):
        held_by = f"{step.resource_kind}/{step.resource_id}"
        if step.step == Step.ALSO:
            known[held_by] = rules.graver(known.get(held_by, ""), rules.parted(step.code)[1])
        if step.step == Step.QUESTIONS:
            key, _, band = step.code.partition(":")
            told = scoring.critical_of(library.instrument(key), band)
            known[held_by] = rules.gravest(told).level if told else ""
    return known


def criticals(stored: Stored) -> tuple[Critical, ...]:
    """The critical answers about suicide in one resource from any system; a risk level told without them counts too."""
    reading = _reading(stored)
    return _said_by(reading, stored) if reading else ()


def _said_by(reading: Reading, stored: Stored) -> tuple[Critical, ...]:
    instrument = library.instrument(reading.instrument_key)
    if not reading.answers:
        told = scoring.critical_of(instrument, reading.sent_band)
        return tuple(one for one in told if one.about == "suicide")
    person = Person(None, "", (stored.dated_at or stored.updated_at).date())
    scored = scoring.score(instrument, reading.answers, person)
    return tuple(one for one in scored.critical if one.about == "suicide")


def _reading(stored: Stored) -> Reading | None:
    if stored.kind == "Observation":
        return read_observation(r4.decode(stored.body, r4.Observation))
    return read_response(r4.decode(stored.body, r4.QuestionnaireResponse))
