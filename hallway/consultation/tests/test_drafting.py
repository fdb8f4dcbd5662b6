"""Whose facts may stand in a clinician's draft. Pure."""

from datetime import timedelta

import pytest

from hallway import clock, ids
from hallway.consultation import drafting
from hallway.consultation.drafting import Frame
from hallway.record.stored import Stored
from hallway.referral import describing
from hallway.standards.fhir import codec

NOW = clock.now()
FRAME = Frame(10, 20, NOW - timedelta(days=30), NOW, "")
TAG = b'"tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"PATAST"}]'


def stored(code: str, meta: bytes) -> Stored:
    body = codec.encode(
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": "Says"},
            "valueInteger": 0,
        }
    )
    number = ids.ResourceId(str(ids.new_uuid(NOW)))
    return Stored("Observation", number, 1, NOW, NOW, ids.OrganizationId(10), ids.NOBODY, 1, meta, body)


@pytest.mark.parametrize("code", ["44261-6", "44260-8", "99999-9"])
def test_what_a_patient_sent_is_no_finding_in_a_clinicians_letter_nor_a_score_in_their_referral(code: str) -> None:
    charted, told = stored(code, b""), stored(code, TAG)
    assert drafting.lines([charted], FRAME)
    assert not drafting.lines([told], FRAME)
    draft = describing.draft_of([told], NOW)
    assert (draft.scores, draft.labs, draft.presenting_problem) == ((), (), "")
    assert describing.text_of(told).endswith("(told by the patient)")
