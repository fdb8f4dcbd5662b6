"""What a load refuses: it names file, entry and reason, and nothing of that file stays behind."""

import gzip
import json

import pytest

from hallway.exchange.intake import crew, files, taking
from hallway.identity.requester import system
from hallway.record.queries import charts_of
from hallway.storage.connection import cursor

PATIENT = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Łódź 東京", "given": ["Zoë"]}]}
CONDITION = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}, "code": {"text": "x"}}


def bundle(*resources, kind="transaction", method="POST"):
    entries = [{"resource": one, "request": {"method": method}} for one in resources]
    return json.dumps({"resourceType": "Bundle", "type": kind, "entry": entries}).encode()


def load(tmp_path, content, name="a.json"):
    path = tmp_path / name
    path.write_bytes(content)
    [report] = crew.load([path], taking.feed_of(""))
    return report


def rows():
    with cursor() as opened:
        tables = ("record_id", "record_origin", "record_token", "record_header")
        counts = [opened.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]
        charts = opened.execute("SELECT count(*) FROM record_chart WHERE chart_id > 0").fetchone()[0]
    return [*counts, charts]


@pytest.mark.parametrize(
    ("content", "code", "entry"),
    [
        (b"not json", "H-LOA-005", None),
        (b"{" * 100_000, "H-LOA-005", None),
        (b'{"resourceType":"Bundle","type":"sonnet"}', "H-LOA-006", None),
        (b'{"a":' * 60_000 + b"1" + b"}" * 60_000, "H-LOA-004", None),
        (bundle(PATIENT, CONDITION, {"resourceType": "Sonnet"}), "H-FHR-005", 3),
        (bundle(PATIENT, CONDITION, CONDITION | {"id": "c2", "onsetDateTime": "yesterday"}), "H-LOA-013", 3),
        (bundle(PATIENT, CONDITION | {"subject": {"reference": "Patient/nobody"}}), "H-LAB-004", 2),
        (bundle(PATIENT, CONDITION | {"subject": {"reference": "urn:uuid:gone"}}), "H-LOA-010", 2),
        (bundle(PATIENT, CONDITION, CONDITION | {"code": {"text": "y"}}), "H-LOA-011", 3),
        (bundle(PATIENT, CONDITION, method="DELETE"), "H-LOA-007", 1),
        (bundle(PATIENT, {"resourceType": "Condition", "id": "c"}), "H-LOA-013", 2),
        (bundle(PATIENT, CONDITION | {"note": [{"text": "bell\x07"}]}), "H-FHR-003", 2),
    ],
)
def test_a_broken_file_names_its_entry_and_reason_and_leaves_nothing(fresh_db, tmp_path, content, code, entry):
    before = rows()
    report = load(tmp_path, content)
    assert report.taken is None
    assert code in report.refused
    assert report.refused.startswith("a.json, entry " if entry else "a.json: ")
    assert entry is None or f"entry {entry}:" in report.refused
    assert "yesterday" not in report.refused
    assert rows() == before


def test_a_small_gzip_that_unpacks_to_more_than_the_limit_is_refused(fresh_db, tmp_path):
    packed = gzip.compress(b'{"resourceType":"Bundle","type":"batch","x":"' + b" " * files.LARGEST_FILE + b'"}')
    assert len(packed) < 1_000_000
    assert "H-LOA-003" in load(tmp_path, packed, "bomb.json.gz").refused


def test_a_broken_gzip_is_refused(fresh_db, tmp_path):
    assert "H-LOA-002" in load(tmp_path, gzip.compress(bundle(PATIENT))[:-9], "cut.json.gz").refused


def test_a_broken_file_does_not_keep_the_others_from_loading(fresh_db, tmp_path):
    (tmp_path / "a.json").write_bytes(b"{")
    (tmp_path / "b.json").write_bytes(bundle(PATIENT, CONDITION))
    reports = list(crew.load(files.find([tmp_path]), taking.feed_of(""), workers=1))
    assert [report.taken is None for report in reports] == [True, False]


def test_names_of_any_script_and_every_kind_of_bundle_load(fresh_db, tmp_path):
    for number, kind in enumerate(("transaction", "batch", "collection")):
        one = PATIENT | {"id": f"p{number}"}
        report = load(tmp_path, bundle(one, kind=kind), f"{kind}.json")
        assert report.taken is not None
        assert report.taken.created == 1
    with cursor() as opened:
        names = opened.execute("SELECT family, family_key, given_key FROM record_header").fetchall()
    assert names == [("Łódź 東京", "łodz 東京", "zoe")] * 3


def test_ndjson_files_find_one_another_and_a_changed_line_becomes_the_next_version(fresh_db, tmp_path):
    lines = [CONDITION | {"encounter": {"reference": "Encounter/e1"}}, CONDITION | {"id": "c2"}]
    (tmp_path / "Condition.ndjson").write_text("\n".join(json.dumps(one) for one in lines))
    encounter = {"resourceType": "Encounter", "id": "e1", "status": "finished", "class": {"code": "AMB"}}
    encounter["subject"] = {"reference": "Patient/p1"}
    (tmp_path / "Encounter.ndjson.gz").write_bytes(gzip.compress(json.dumps(encounter).encode()))
    (tmp_path / "Patient.ndjson").write_text(json.dumps(PATIENT) + "\n\n")
    feed = taking.feed_of("")
    found = files.find([tmp_path])
    assert [path.name for path in found] == ["Patient.ndjson", "Condition.ndjson", "Encounter.ndjson.gz"]
    assert all(report.taken and report.taken.created for report in crew.load(found, feed))
    with cursor() as opened:
        origins = dict(opened.execute("SELECT origin, resource_id::text FROM record_origin").fetchall())
        tokens = opened.execute("SELECT tokens FROM record_token WHERE resource_id = %s", [origins["Condition/c1"]])
        assert f"encounter=Encounter/{origins['Encounter/e1']}" in tokens.fetchone()[0]
    lines[1]["code"] = {"text": "changed"}
    (tmp_path / "Condition.ndjson").write_text("\n".join(json.dumps(one) for one in lines))
    [taken] = [taking.take(files.parcel(tmp_path / "Condition.ndjson"), feed=feed, by=system("t"))]
    assert (taken.created, taken.updated, taken.unchanged) == (0, 1, 1)
    assert list(charts_of([origins["Patient/p1"]]))


def test_a_patients_own_words_never_stand_in_a_refusal(fresh_db, tmp_path):
    report = load(tmp_path, bundle(PATIENT | {"gender": "SECRETWORD"}))
    assert "H-LOA-013" in report.refused
    assert "SECRETWORD" not in report.refused


def test_a_medication_and_a_practitioner_go_where_they_belong(fresh_db, tmp_path):
    medication = {"resourceType": "Medication", "id": "m1", "code": {"text": "x"}}
    order = {"resourceType": "MedicationRequest", "id": "r1", "status": "active", "intent": "order"}
    order |= {"subject": {"reference": "Patient/p1"}, "medicationReference": {"reference": "Medication/m1"}}
    doctor = {"resourceType": "Practitioner", "id": "d1", "name": [{"family": "Carewell"}]}
    report = load(tmp_path, bundle(doctor, medication, order, PATIENT))
    assert report.taken is not None
    with cursor() as opened:
        homes = dict(opened.execute("SELECT kind, chart_id FROM record_id").fetchall())
        assert opened.execute("SELECT family FROM directory_practitioner").fetchall() == [("Carewell",)]
    assert homes["Practitioner"] == 0
    assert homes["Medication"] == homes["Patient"] > 0


def test_two_loads_at_once_agree_on_what_they_share_and_store_each_patient_once(fresh_db, tmp_path):
    shared = [{"resourceType": "Practitioner", "id": f"d{n}", "name": [{"family": f"Dr{n}"}]} for n in range(40)]
    for number in range(6):
        one = PATIENT | {"id": f"p{number}", "generalPractitioner": [{"reference": "Practitioner/d7"}]}
        (tmp_path / f"{number}.json").write_bytes(bundle(*shared, one))
    (tmp_path / "again.json").write_bytes((tmp_path / "0.json").read_bytes())
    reports = list(crew.load(files.find([tmp_path]), taking.feed_of(""), workers=3))
    assert all(report.taken is not None for report in reports)
    with cursor() as opened:
        counts = dict(opened.execute("SELECT kind, count(*) FROM record_id GROUP BY kind").fetchall())
        referred = opened.execute(
            "SELECT DISTINCT x FROM record_token, unnest(tokens) x WHERE x LIKE 'general-practitioner=%'"
        ).fetchall()
    assert counts == {"Practitioner": 40, "Patient": 6}
    assert len(referred) == 1
