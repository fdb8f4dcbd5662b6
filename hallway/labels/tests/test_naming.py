"""What a resource is about decides its label too: reason, focus, results, contained things, the visit it was in."""

import json

import pytest

from hallway import clock
from hallway.directory.models import Organization
from hallway.identity.requester import system
from hallway.ids import OrganizationId
from hallway.labels.actions import label, label_many
from hallway.labels.source import Incoming, Source
from hallway.record import actions as record
from hallway.record import queries
from hallway.record.classes import DataClass as C
from hallway.record.evidence import Clause, Purpose, Release

PLAIN = "01900000-0000-7000-8000-00000000000b"


@pytest.fixture
def source(fresh_db):
    row = Organization.objects.create(fhir_id="pc", name="pc", side="pc", kind="primary_care", state="MA")
    return Source(OrganizationId(row.pk))


@pytest.fixture
def who(source):
    one = label(b'{"resourceType":"Patient","name":[{"family":"Test"}]}', source=source)
    record.write([one], by=system("test"))
    return {"reference": f"Patient/{one.resource_id}"}


def part(kind, **more):
    return json.dumps({"resourceType": kind} | more).encode()


def told(who):
    """A condition that says HIV."""
    return part("Condition", subject=who, code={"text": "HIV disease"})


NAMING = {
    "Task": lambda to, who: {"for": who, "focus": to},
    "Task reason": lambda to, who: {"for": who, "reasonReference": to},
    "Task input": lambda to, who: {"for": who, "input": [{"valueReference": to}]},
    "Appointment": lambda to, who: {"reasonReference": [to], "participant": [{"actor": who}]},
    "MedicationRequest": lambda to, who: {"subject": who, "reasonReference": [to]},
    "ServiceRequest": lambda to, who: {"subject": who, "supportingInfo": [to]},
    "Encounter": lambda to, who: {"subject": who, "diagnosis": [{"condition": to}]},
    "CarePlan": lambda to, who: {"subject": who, "addresses": [to]},
    "DiagnosticReport": lambda to, who: {"subject": who, "result": [to]},
    "Composition": lambda to, who: {"subject": who, "section": [{"section": [{"entry": [to]}]}]},
    "List": lambda to, who: {"subject": who, "entry": [{"item": to}]},
    "Provenance": lambda to, who: {"target": [who, to]},
    "Claim": lambda to, who: {"patient": who, "diagnosis": [{"diagnosisReference": to}]},
    "DocumentReference": lambda to, who: {"subject": who, "context": {"related": [to]}},
    "Communication": lambda to, who: {"subject": who, "payload": [{"contentReference": to}]},
    "Procedure contained": lambda to, who: {
        "subject": who, "contained": [{"resourceType": "ServiceRequest", "id": "o", "reasonReference": [to]}],
    },
}  # fmt: skip


@pytest.mark.parametrize("name", NAMING)
def test_it_takes_the_label_of_what_it_is_about(source, who, name):
    first = label(told(who), source=source)
    record.write([first], by=system("test"))
    to = {"reference": f"Condition/{first.resource_id}"}
    naming = label(part(name.split()[0], **NAMING[name](to, who)), source=source)
    assert naming.mask & C.HIV
    assert "LBL-HIGH-WATER" in naming.basis


def test_it_takes_it_also_when_both_come_together_judged_apart_or_in_one(source, who):
    first = label(told(who), source=source)
    to = {"reference": f"Condition/{first.resource_id}"}
    apart = label(part("Task", focus=to, **{"for": who}), source=source)
    assert not apart.mask & C.HIV
    record.write([apart, first], by=system("test"))
    assert masks(apart)[apart.resource_id] & C.HIV
    second = label_many([Incoming(part("Task", focus=to, **{"for": who}), source), Incoming(told(who), source)])
    assert second[0].mask & C.HIV


def test_that_it_was_charted_in_the_same_visit_says_nothing_by_itself(source, who):
    visit = label(part("Encounter", subject=who, reasonCode=[{"text": "HIV follow-up"}]), source=source)
    record.write([visit], by=system("test"))
    within = {"reference": f"Encounter/{visit.resource_id}"}
    assert visit.mask & C.HIV
    assert label(part("Observation", subject=who, encounter=within), source=source).mask == C.GENERAL


@pytest.mark.parametrize("bit", [C.MINOR_CONSENTED, C.SELF_PAY_RESTRICTED])
def test_whatever_is_charted_in_a_visit_kept_from_parent_or_plan_is_of_it_before_and_after(source, who, bit):
    kept = Source(source.organization, carries=int(bit))
    visit = label(part("Encounter", subject=who), source=source)
    within = {"reference": f"Encounter/{visit.resource_id}"}
    before = label(part("Observation", subject=who, encounter=within), source=source)
    given = label(part("MedicationAdministration", subject=who, context=within), source=source)
    note = label(part("DocumentReference", subject=who, context={"encounter": [within]}), source=source)
    record.write([visit, before, given], by=system("test"))
    assert not before.mask & bit
    marked = label(part("Encounter", id=str(visit.resource_id), subject=who), source=kept)
    record.write([marked], by=system("test"))
    found = masks(visit)
    assert all(found[one.resource_id] & bit for one in (visit, before, given))
    again = label(part("DocumentReference", subject=who, context={"encounter": [within]}), source=source)
    assert again.mask & bit
    assert not note.mask & bit


def masks(one):
    requester = system("test")
    every = (Clause(one.source_org, -1),)
    epoch = queries.epoch_of(one.charts[0])
    release = Release(requester, one.charts[0], Purpose.TREATMENT, every, epoch, clock.now())
    return {row.id: row.mask for row in queries.read_chart(release)}


@pytest.mark.parametrize(("inside", "is_program"), [("unit", True), ("practice", False), ("room of the unit", True)])
def test_a_unit_is_a_program_and_so_is_what_lies_inside_it_but_not_the_practice_around_it(fresh_db, inside, is_program):
    practice = Organization.objects.create(fhir_id="p", name="p", side="pc", kind="primary_care", state="MA")
    unit = Organization.objects.create(fhir_id="u", name="u", side="bh", parent=practice, is_part2=True)
    room = Organization.objects.create(fhir_id="r", name="r", side="bh", parent=unit)
    place = {"unit": unit, "practice": practice, "room of the unit": room}[inside]
    one = label(b'{"resourceType":"Patient"}', source=Source(OrganizationId(place.pk)))
    assert bool(one.mask & C.PART2) == is_program


@pytest.mark.parametrize(
    ("code", "shut"),
    [
        ({"coding": [{"system": "http://snomed.info/sct", "code": "370143000"}]}, True),
        ({"coding": [{"system": "http://snomed.info/sct", "code": "370143000", "display": "Asthma"}]}, False),
        ({"coding": [{"system": "http://snomed.info/sct", "code": "370143000"}], "text": "Asthma"}, False),
        ({"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "J45.909"}]}, False),
        ({"coding": [{"system": "urn:oid:1.2.3", "code": "7"}, {"system": "http://loinc.org", "code": "1-8"}]}, False),
        ({"text": "Asthma"}, False),
        ({}, False),
    ],
)
def test_a_fact_in_codes_alone_of_a_system_without_a_table_waits_for_a_person(source, who, code, shut):
    assert bool(label(part("Condition", subject=who, code=code), source=source).mask & C.UNCLASSIFIED) == shut


@pytest.mark.parametrize(
    ("code", "system", "bit"),
    [("90837", "http://www.ama-assn.org/go/cpt", C.MH), ("H0020", "https://www.cms.gov/hcpcs", C.MH),
     ("36437", "http://www.nlm.nih.gov/research/umls/rxnorm", C.MH),
     ("T39.392D", "http://hl7.org/fhir/sid/icd-10-cm", C.MH),
     ("99213", "http://www.ama-assn.org/go/cpt", 0), ("90837", "http://example.org/local", 0)],
)  # fmt: skip
def test_codes_of_procedures_and_drugs_count_in_their_own_system(source, who, code, system, bit):
    concept = {"coding": [{"system": system, "code": code, "display": "As coded"}]}
    assert label(part("Procedure", subject=who, code=concept), source=source).mask == C.GENERAL | bit


def test_a_note_whose_content_is_a_file_of_ours_takes_that_files_label(source, who):
    chart = queries.chart_of(who["reference"].removeprefix("Patient/"))
    held = Source(source.organization, chart_id=chart)
    scan = label(part("Binary", contentType="application/pdf", data="aGVsbG8="), source=held)
    assert scan.mask == C.UNCLASSIFIED
    record.write([scan], by=system("test"))
    url = {"attachment": {"contentType": "application/pdf", "url": f"Binary/{scan.resource_id}"}}
    assert label(part("DocumentReference", subject=who, content=[url]), source=source).mask & C.UNCLASSIFIED
    elsewhere = {"attachment": {"contentType": "text/plain", "url": "https://example.org/note"}}
    assert label(part("DocumentReference", subject=who, content=[elsewhere]), source=source).mask & C.UNCLASSIFIED


def test_a_label_of_a_contained_resource_counts_for_the_whole(source, who):
    inner = {"resourceType": "Condition", "id": "c", "meta": {"security": [{"code": "42CFRPart2"}]}}
    assert label(part("CarePlan", subject=who, contained=[inner]), source=source).mask & C.PART2


def test_an_authors_doubt_shuts_a_note_and_says_why(source, who):
    doubt = Source(source.organization, note_kind="progress", carries=int(C.UNCLASSIFIED))
    one = label(part("DocumentReference", subject=who, content=[]), source=doubt)
    assert one.mask == C.UNCLASSIFIED
    assert "LBL-MARK-UNSURE" in one.basis
