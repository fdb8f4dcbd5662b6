"""An admission is announced by whichever way it comes in, and once for each change; what is old is no news."""

import json
from datetime import timedelta

import pytest

from hallway import clock, ids
from hallway.consent import actions as consent
from hallway.exchange.intake import crew, taking
from hallway.identity.requester import system
from hallway.labels.source import Incoming, Source
from hallway.record import actions as record
from hallway.storage.connection import cursor

ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def stay(patient_id, start, code="EMER"):
    return {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "in-progress",
        "class": {"system": ACT, "code": code},
        "subject": {"reference": f"Patient/{patient_id}"},
        "period": {"start": start},
    }


def announced():
    with cursor() as opened:
        opened.execute("SELECT args->>'resource_id' FROM procrastinate_jobs WHERE args->>'event_type' = %s", [EVENT])
        return len(opened.fetchall())


EVENT = "AdmissionRecorded"
NEWS = [("EMER", 0, 1), ("AMB", 0, 0), ("EMER", 400, 0)]


def day(ago):
    return (clock.now() - timedelta(days=ago)).isoformat()


@pytest.mark.parametrize(("code", "ago", "count"), NEWS)
def test_a_load_announces_an_admission_once(fresh_db, tmp_path, code, ago, count):
    patient = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Ejemplo"}]}
    entries = [{"resource": one} for one in (patient, stay("p1", day(ago), code))]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    for _ in range(2):
        [report] = crew.load([path], taking.feed_of(""))
        assert not report.refused
        assert announced() == count


def test_what_is_stored_together_announces_an_admission(fresh_db):
    source = taking.feed_of("")
    patient_id = ids.ResourceId(str(ids.new_uuid(clock.now())))
    record.new_chart(patient_id)
    encounter_id = ids.ResourceId(str(ids.new_uuid(clock.now())))
    body = json.dumps(stay(patient_id, day(0)) | {"id": encounter_id}).encode()
    consent.store_many([Incoming(body, Source(source.organization), encounter_id)], by=system("test"))
    assert announced() == 1
