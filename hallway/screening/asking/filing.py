"""From answers to the record: a QuestionnaireResponse an instrument and what it says as Observations, in one write."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from hallway import clock, ids
from hallway.consent import actions as consent
from hallway.directory.models import Organization, Practitioner
from hallway.identity.requester import Requester
from hallway.ids import ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.labels.source import Incoming
from hallway.loops.actions import Owed, open_loop
from hallway.loops.tables.clocks import LoopKind
from hallway.record import queries as record
from hallway.record.stored import TOLD_BY_PATIENT, instant
from hallway.screening.asking import labelling, queries
from hallway.screening.asking.standing import Standing
from hallway.screening.events import SittingFinished
from hallway.screening.instruments import resources
from hallway.screening.instruments.resources import Filing
from hallway.screening.instruments.scoring import score
from hallway.screening.instruments.shapes import Instrument, Scored
from hallway.screening.models import Sitting
from hallway.storage import outbox

Mode = Sitting.Mode
UNHEARD = (Mode.TABLET, Mode.LINK, Mode.PAPER)
"""Nobody of the practice asked aloud: the answers are the patient's own word, and are marked so."""
_TAG = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": TOLD_BY_PATIENT}
_RELATION = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_RELATIONS = {"parent": "PRN", "guardian": "GUARD", "partner": "SIGOTH", "child": "CHILD"}
"""HL7 v3 RoleCode of whoever answers for a patient; another relation is said in words alone."""


def scores(now: Standing) -> dict[str, Scored]:
    """What the answers of each instrument say that has any."""
    return {one.key: score(one, now.sheet[one.key], now.person) for one in now.instruments if now.sheet.get(one.key)}


def file(now: Standing, *, by: Requester, is_whole: bool = True, at: datetime | None = None) -> None:
    """Store what was answered, in the caller's transaction; the sitting says what became of it, under which label.

    Each instrument is dated ``at``, or by its latest answer: a link may be answered days before its time is over.
    """
    sitting, found = now.sitting, scores(now)
    given = queries.answered_at(sitting.id)
    filing = {one.key: _filing(sitting, at or given.get(one.key) or clock.now()) for one in now.instruments}
    waiting = {one.key for one, _ in now.waiting} if not is_whole else set[str]()
    bodies = [
        body
        for one in now.instruments
        if one.key in found
        for body in _bodies(one, now, found[one.key], filing=filing[one.key], is_finished=one.key not in waiting)
    ]
    source = labelling.source_of(sitting)
    labelled = consent.label_entering([Incoming(body, source) for body in bodies])
    written = consent.keep(labelled, by=by)
    sitting.filed = [f"{one.kind}/{one.id}" for one in written]
    sitting.mask = 0
    for one in labelled:
        sitting.mask |= one.mask


def tell(now: Standing) -> None:
    """Announce it, and let whoever asked owe a reading of it, unless all that was asked is whole and nothing positive.

    Somebody who breaks off must not look like somebody with nothing to tell.
    """
    sitting, found = now.sitting, scores(now)
    is_whole = all(one.key in found and found[one.key].is_complete for one in now.instruments)
    if not is_whole or any(one.is_positive or one.critical for one in found.values()):
        open_loop(
            Owed(
                chart_id=ChartId(sitting.chart_id),
                kind=LoopKind.SCREEN,
                owner_org=OrganizationId(sitting.organization_id),
                for_org=OrganizationId(sitting.organization_id),
                source_org=OrganizationId(sitting.organization_id),
                mask=sitting.mask,
                owner_practitioner=PractitionerId(sitting.practitioner_id),
                subject_id=sitting.id,
            )
        )
    outbox.announce(SittingFinished(sitting.chart_id, sitting.id, sitting.organization_id))


def _filing(sitting: Sitting, at: datetime) -> Filing:
    patient = f"Patient/{record.patient_of(ChartId(sitting.chart_id))}"
    person = Practitioner.objects.filter(id=sitting.practitioner_id).values_list("fhir_id", flat=True).first()
    practice = Organization.objects.filter(id=sitting.organization_id).values_list("fhir_id", flat=True).first()
    sources = {"patient": patient, "proxy": "#proxy"}
    return Filing(
        subject=patient,
        at=instant(at).decode(),
        author=f"Practitioner/{person}" if person else f"Organization/{practice}",
        source=sources.get(sitting.answered_by, ""),
        encounter=f"Encounter/{sitting.encounter_id}" if sitting.encounter_id else "",
        language=sitting.language,
    )


def _bodies(
    instrument: Instrument, now: Standing, scored: Scored, *, filing: Filing, is_finished: bool
) -> Iterable[bytes]:
    answers, response_id = now.sheet[instrument.key], _new_id()
    made = resources.response(instrument, answers, filing, resource_id=response_id, is_finished=is_finished)
    yield _as_told(made, now.sitting, is_finished=is_finished)
    yield from resources.observations(instrument, answers, scored, filing, response_id=response_id, new_id=_new_id)


def _new_id() -> ResourceId:
    return ids.new_resource_id(clock.now())


def _as_told(body: bytes, sitting: Sitting, *, is_finished: bool) -> bytes:
    """The response with who answered, whether somebody heard it, and that it was broken off, where it was."""
    made = msgspec.json.decode(body, type=dict[str, object])
    if sitting.mode in UNHEARD:
        meta = made.get("meta")
        held: Mapping[str, object] = msgspec.convert(meta, dict[str, object]) if meta else {}
        made["meta"] = {**held, "tag": [_TAG]}
    if sitting.answered_by == "proxy":
        made["contained"] = [_proxy(sitting, made["subject"])]
    if not is_finished:
        made["status"] = "stopped"
    return msgspec.json.encode(made)


def _proxy(sitting: Sitting, patient: object) -> dict[str, object]:
    code = _RELATIONS.get(sitting.proxy_relation)
    relation: dict[str, object] = {"text": sitting.proxy_relation or "other"}
    if code:
        relation["coding"] = [{"system": _RELATION, "code": code}]
    return {"resourceType": "RelatedPerson", "id": "proxy", "patient": patient, "relationship": [relation]}
