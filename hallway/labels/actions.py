"""Makes every ``Labelled``: decodes, finds the patient, judges, indexes."""

from hallway.labels.source import Source
from hallway.record.evidence import Labelled
from hallway.standards.fhir import r4


def label(resource: bytes | r4.Part, *, source: Source) -> Labelled:
    """Judge one resource of ours (references are server ids) and make it ready to store.

    A resource without ``id`` gets one. Raises HallwayError UNPROCESSABLE when it is not FHIR R4, names no patient
    although its type demands one, or names a patient we do not have.
    """
    raise NotImplementedError
