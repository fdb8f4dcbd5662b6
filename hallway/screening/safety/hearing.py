"""What opens the protocol by itself: a critical answer just given, or a fresh score that came from elsewhere."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from hallway import clock
from hallway.consent import gate
from hallway.directory.models import PractitionerRole
from hallway.errors import HallwayError
from hallway.identity.requester import CLINICIANS, Requester, Role
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
from hallway.standards.fhir import r4
from hallway.storage import outbox
from hallway.storage.connection import transaction

SITTING = "sitting"
VISIT = timedelta(hours=12)
"""A visit within so many hours is the one the answer belongs to."""


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
        source_org=OrganizationId(label[0]),
        mask=label[1],
        owner=owner or _of_visit(organization, chart_id),
    )


_Label = tuple[int, int] | None


def _of_sitting(organization: OrganizationId, chart_id: ChartId, kind: str, key: str) -> tuple[_Label, PractitionerId]:
    sitting = Sitting.objects.filter(id=UUID(key), chart_id=chart_id).first()
    if sitting is None:
        return None, NOBODY
    return (sitting.organization_id, sitting.mask), _clinician(sitting.practitioner_id, organization)


def _of_resource(organization: OrganizationId, chart_id: ChartId, kind: str, key: str) -> tuple[_Label, PractitionerId]:
    release = _release(organization, chart_id)
    found = record.read_one(release, kind, ResourceId(key), route="safety/opened") if release else None
    if found is None:
        return None, NOBODY
    return (int(found.source_org), found.mask), _clinician(found.author, organization)


def _release(organization: OrganizationId, chart_id: ChartId) -> Release | None:
    try:
        return gate.release(acts_for(organization), chart_id)
    except HallwayError:
        return None


def _clinician(person: int, organization: OrganizationId) -> PractitionerId:
    """The person, where they are a clinician there today; else nobody in particular."""
    today = clock.today()
    held = PractitionerRole.objects.filter(
        practitioner_id=person, organization_id=organization, role__in=[str(one) for one in CLINICIANS]
    )
    works = held.filter(from_on__lte=today).exclude(until_on__lt=today).exists()
    return PractitionerId(person) if person and works else NOBODY


def _of_visit(organization: OrganizationId, chart_id: ChartId) -> PractitionerId:
    """The clinician of today's visit at this practice, where one is booked or running."""
    release = _release(organization, chart_id)
    if release is None:
        return NOBODY
    now = clock.now()
    found = record.read_chart(release, kinds=["Appointment", "Encounter"], since=now - VISIT, route="safety/visit")
    near = [one for one in found if one.source_org == organization and one.dated_at and one.dated_at <= now + VISIT]
    for one in sorted(near, key=lambda one: abs((now - (one.dated_at or now)).total_seconds())):
        if who := _clinician(one.author, organization):
            return who
    return NOBODY


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
    """Look at what is fresh in these charts, and announce each critical answer that nobody has acted on."""
    charts = [ChartId(int(one)) for one in str(references["chart_ids"]).split(",") if one]
    since = clock.now() - timedelta(hours=book().recent_hours)
    for one in fresh.answers_since(charts, since, tokens=_tokens()):
        _look(one)


def _look(one: fresh.Fresh) -> None:
    release = _release(one.source_org, one.chart_id)
    stored = record.read_one(release, one.kind, one.id, route="safety/look") if release else None
    if stored is None or (stored.version == 1 and _is_ours(one)) or rules.covered(stored.dated_at, _spans(one)):
        return
    for critical in criticals(stored):
        with transaction():
            outbox.announce(
                CriticalAnswer(one.chart_id, one.source_org, one.kind, one.id, critical.code, critical.level)
            )
        return


def _is_ours(one: fresh.Fresh) -> bool:
    """Whether it was filed from a sitting or written by a step: as it first was, its answer has been heard already."""
    filed = Sitting.objects.filter(chart_id=one.chart_id, filed__contains=[f"{one.kind}/{one.id}"])
    known = SafetyStep.objects.filter(safety__chart_id=one.chart_id, resource_id=one.id)
    return filed.exists() or known.exists()


def _spans(one: fresh.Fresh) -> list[tuple[datetime, datetime | None]]:
    rows = Safety.objects.filter(chart_id=one.chart_id, organization_id=one.source_org)
    return list(rows.values_list("opened_at", "closed_at"))


def criticals(stored: Stored) -> tuple[Critical, ...]:
    """The critical answers about suicide in one resource from any system; a risk level told without them counts too."""
    reading = _reading(stored)
    if reading is None:
        return ()
    if not reading.answers:
        told = scoring.critical_of(library.instrument(reading.instrument_key), reading.sent_band)
        return tuple(one for one in told if one.about == "suicide")
    person = Person(None, "", (stored.dated_at or stored.updated_at).date())
    scored = scoring.score(library.instrument(reading.instrument_key), reading.answers, person)
    return tuple(one for one in scored.critical if one.about == "suicide")


def _reading(stored: Stored) -> Reading | None:
    if stored.kind == "Observation":
        return read_observation(r4.decode(stored.body, r4.Observation))
    return read_response(r4.decode(stored.body, r4.QuestionnaireResponse))
