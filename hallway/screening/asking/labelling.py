"""The label of a sitting before anything of it is filed: that of empty resources which name what it asks."""

from collections.abc import Sequence

import msgspec

from hallway.consent.actions import label_entering
from hallway.ids import ChartId, OrganizationId, PractitionerId
from hallway.labels.source import Incoming, Source
from hallway.record import queries as record
from hallway.screening.instruments.shapes import LOINC, Instrument
from hallway.screening.models import Sitting


def source_of(sitting: Sitting) -> Source:
    """The practice that asks, and whoever there asked: a minor's own service and a licence follow from them."""
    return Source(OrganizationId(sitting.organization_id), PractitionerId(sitting.practitioner_id))


def mask_of(sitting: Sitting, instruments: Sequence[Instrument]) -> int:
    """The classes that answers to these carry, whatever is answered: what the practice is and what is asked about."""
    patient = {"reference": f"Patient/{record.patient_of(ChartId(sitting.chart_id))}"}
    source = source_of(sitting)
    bodies = [{"resourceType": "QuestionnaireResponse", "status": "in-progress", "subject": patient}]
    bodies += [_asked(one, patient) for one in instruments]
    mask = 0
    for one in label_entering([Incoming(msgspec.json.encode(body), source) for body in bodies]):
        mask |= one.mask
    return mask


def _asked(instrument: Instrument, patient: dict[str, str]) -> dict[str, object]:
    codes = [one for one in (instrument.panel_code, instrument.total_code) if one]
    return {
        "resourceType": "Observation",
        "status": "registered",
        "subject": patient,
        "code": {
            "coding": [{"system": LOINC, "code": code} for code in codes],
            "text": " ".join([*instrument.title.values(), *instrument.about.values()]),
        },
    }
