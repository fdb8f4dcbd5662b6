import base64
import json

import pytest

from hallway.directory.models import Organization, Practitioner
from hallway.errors import HallwayError
from hallway.identity.requester import system
from hallway.ids import NOBODY, OrganizationId, PractitionerId
from hallway.labels import content
from hallway.labels.actions import label, label_many
from hallway.labels.source import Incoming, Source
from hallway.record import actions as record
from hallway.record.classes import DataClass as C
from hallway.record.evidence import Clause, Purpose, Release
from hallway.record.queries import read_chart
from hallway.standards.fhir import r4

ICD = "http://hl7.org/fhir/sid/icd-10-cm"


def organization(name, **values):
    return OrganizationId(Organization.objects.create(fhir_id=name, name=name, **values).pk)


def practitioner(licence):
    return PractitionerId(Practitioner.objects.create(fhir_id=licence, family=licence, licence=licence).pk)


@pytest.fixture
def primary(fresh_db):
    return organization("primary", side="pc", kind="primary_care", state="MA")


@pytest.fixture
def behavioral(fresh_db):
    return organization("behavioral", side="bh", kind="behavioral_health", state="MA")


def patient(source):
    one = label(b'{"resourceType":"Patient","name":[{"family":"Test"}],"birthDate":"1980-02-03"}', source=source)
    record.write([one], by=system("test"))
    return one


def condition(who, code="E11.9", **more):
    body = {"resourceType": "Condition", "subject": {"reference": f"Patient/{who.resource_id}"}}
    return json.dumps(body | {"code": {"coding": [{"system": ICD, "code": code}]}} | more).encode()


def note(who, **more):
    body = {"resourceType": "DocumentReference", "status": "current", "content": [{"attachment": {"title": "n"}}]}
    return json.dumps(body | {"subject": {"reference": f"Patient/{who.resource_id}"}} | more).encode()


@pytest.mark.parametrize(
    ("code", "bit"),
    [
        ("F32.1", C.MH),
        ("F10.20", C.MH),
        ("B20", C.HIV),
        ("F64.0", C.GENDER),
        ("T74.21XA", C.SEX_ASSAULT),
        ("Z15.01", C.GENETIC),
    ],
)
def test_a_code_adds_its_class(primary, code, bit):
    source = Source(primary)
    one = label(condition(patient(source), code), source=source)
    assert one.mask & bit
    assert one.mask & C.GENERAL
    assert not one.mask & C.PART2
    assert any(code.replace(".", "").startswith(b.rsplit("-", 1)[1].replace(".", "")) for b in one.basis)


def test_a_plain_condition_in_primary_care_is_general_and_nothing_else(primary):
    source = Source(primary)
    assert label(condition(patient(source)), source=source).mask == C.GENERAL


def test_a_substance_use_diagnosis_outside_a_program_is_not_part2_and_inside_it_is(primary):
    program = organization("program", side="bh", kind="sud_program", state="MA", is_part2=True)
    who = patient(Source(primary))
    assert not label(condition(who, "F11.20"), source=Source(primary)).mask & C.PART2
    assert label(condition(who, "E11.9"), source=Source(program)).mask & C.PART2


def test_every_connecticut_substance_program_is_part2_and_so_is_what_came_under_notice(primary):
    program = organization("ct", side="bh", kind="sud_program", state="CT")
    who = patient(Source(primary))
    assert "LBL-P2-CT-17A-688" in label(condition(who), source=Source(program)).basis
    assert label(condition(who), source=Source(primary, received_under_notice=True)).mask & C.PART2


def test_a_part2_programs_patient_resource_is_part2_too(fresh_db):
    program = organization("program", side="bh", kind="sud_program", state="MA", is_part2=True)
    assert patient(Source(program)).mask & C.PART2


@pytest.mark.parametrize(
    ("kind", "bits", "absent"),
    [
        ("progress", C.MH | C.GENERAL, C.PSYTHER_NOTE | C.UNCLASSIFIED),
        ("psychotherapy", C.PSYTHER_NOTE | C.MH, C.UNCLASSIFIED),
        ("sud_counseling", C.SUD_COUNSEL_NOTE, C.UNCLASSIFIED),
        ("", C.UNCLASSIFIED, C.GENERAL),
        ("scribble", C.UNCLASSIFIED, C.GENERAL),
    ],
)
def test_a_behavioral_note_is_what_its_author_said_and_shut_when_nobody_said(behavioral, kind, bits, absent):
    source = Source(behavioral, note_kind=kind)
    mask = label(note(patient(Source(behavioral))), source=source).mask
    assert mask & bits == bits
    assert not mask & absent


def test_a_note_of_an_unknown_outside_organization_is_shut(fresh_db):
    outside = organization("outside")
    who = patient(Source(outside))
    assert label(note(who), source=Source(outside)).mask == C.UNCLASSIFIED
    assert label(condition(who), source=Source(outside)).mask == C.GENERAL


@pytest.mark.parametrize(
    ("state", "licence", "bit"),
    [
        ("MA", "social_worker", C.MA_SOCIAL_WORKER),
        ("MA", "counselor", C.MA_COUNSELOR),
        ("MA", "family_therapist", C.MA_COUNSELOR),
        ("MA", "psychologist", C.MA_PSYCHOLOGIST),
        ("CT", "psychiatrist", C.CT_PSYCHIATRIC),
        ("CT", "social_worker", C.CT_SOCIAL_WORKER),
        ("CT", "family_therapist", C.CT_FAMILY_THERAPIST),
        ("CT", "counselor", C.CT_COUNSELOR),
    ],
)
def test_the_authors_licence_and_state_mark_behavioral_content_wherever_they_work(primary, state, licence, bit):
    practice = organization("practice", side="bh", kind="behavioral_health", state=state)
    author = practitioner(licence)
    who = patient(Source(primary))
    assert label(condition(who), source=Source(practice, author)).mask & bit
    is_behavioral = licence not in {"physician", "np"}
    assert bool(label(condition(who), source=Source(primary, author)).mask & C.MH) == is_behavioral
    assert not label(condition(who), source=Source(practice, NOBODY)).mask & bit


def test_a_resource_that_names_another_takes_its_classes(behavioral):
    source = Source(behavioral)
    who = patient(source)
    secret = label(note(who), source=Source(behavioral, note_kind="psychotherapy"))
    record.write([secret], by=system("test"))
    reference = {"reference": f"DocumentReference/{secret.resource_id}"}
    body = {"resourceType": "Provenance", "target": [{"reference": f"Patient/{who.resource_id}"}, reference]}
    stored = label(json.dumps(body).encode(), source=source)
    listing = {"resourceType": "List", "status": "current", "mode": "working", "entry": [{"item": {"reference": "X"}}]}
    listing["subject"] = {"reference": f"Patient/{who.resource_id}"}
    listing["entry"][0]["item"]["reference"] = f"Provenance/{stored.resource_id}"
    both = label_many(
        [
            Incoming(json.dumps(listing).encode(), source),
            Incoming(json.dumps(body | {"id": stored.resource_id}).encode(), source),
        ]
    )
    assert stored.mask & C.PSYTHER_NOTE
    assert all(one.mask & C.PSYTHER_NOTE for one in both)


def test_a_senders_label_is_kept_and_joined_by_ours(primary):
    source = Source(primary)
    who = patient(source)
    meta = {
        "security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HIV"}],
        "profile": ["p"],
    }
    one = label(condition(who, "F32.1", meta=meta), source=source)
    record.write([one], by=system("test"))
    assert one.mask & C.HIV
    assert label(condition(who, meta={"security": [{"code": "R"}]}), source=source).mask & C.UNCLASSIFIED
    requester = system("test")
    release = Release(requester, one.charts[0], Purpose.TREATMENT, (Clause(primary, -1),), 1, one.dated_at)
    text = json.loads(next(s for s in read_chart(release) if s.kind == "Condition").json_bytes())
    assert {c["code"] for c in text["meta"]["security"]} == {"HIV", "PSY", "R"}
    assert text["meta"]["profile"] == ["p"]


def test_a_medication_goes_into_the_chart_of_what_names_it(primary):
    source = Source(primary)
    who = patient(source)
    medication = r4.Medication(id="01900000-0000-7000-8000-000000000001", code=r4.CodeableConcept(text="x"))
    order = r4.MedicationRequest(
        status="active",
        intent="order",
        subject=r4.Reference(reference=f"Patient/{who.resource_id}"),
        medication_reference=r4.Reference(reference=f"Medication/{medication.id}"),
    )
    first, second = label_many([Incoming(medication, source), Incoming(order, source)])
    assert first.charts == second.charts == who.charts
    with pytest.raises(HallwayError) as caught:
        label(r4.Medication(code=r4.CodeableConcept(text="x")), source=source)
    assert caught.value.code == "H-LAB-005"
    assert label(r4.Medication(), source=Source(primary, chart_id=who.charts[0])).charts == who.charts


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"{", "H-FHR-001"),
        (b'{"resourceType":"Sonnet"}', "H-FHR-005"),
        (b'{"resourceType":"Patient","a":' + b"[" * 5000 + b"]" * 5000 + b"}", "H-FHR-006"),
        (b'{"resourceType":"Patient","language":"a\\u0000b"}', "H-FHR-003"),
        (b'{"resourceType":"Patient","gender":"male","gender":"female"}', "H-FHR-007"),
        (b'{"resourceType":"Patient","birthDate":"1980-13-45"}', "H-LAB-002"),
        (b'{"resourceType":"Patient","gender":"blue"}', "H-LAB-003"),
        (b'{"resourceType":"Patient","id":"me"}', "H-LAB-001"),
        (b'{"resourceType":"Condition"}', "H-LAB-005"),
        (b'{"resourceType":"Condition","subject":{"reference":"Patient/nobody"}}', "H-LAB-004"),
        (b'{"resourceType":"Patient","multipleBirthInteger":1e99999}', "H-FHR-004"),
    ],
)
def test_bad_input_is_refused_with_its_own_code(primary, raw, code):
    with pytest.raises(HallwayError) as caught:
        label(raw, source=Source(primary))
    assert caught.value.code == code


def test_hives_is_an_allergy_and_not_an_hiv_result():
    assert not content.of_text("Penicillin: hives").mask & C.HIV
    assert content.of_text("HIV negative, anti-HIV-1").mask & C.HIV


def test_what_names_a_resource_rises_with_it_when_it_grows_stricter_or_comes_later(primary):
    source = Source(primary)
    who = patient(source)
    later = "01900000-0000-7000-8000-00000000000a"
    first = label(condition(who), source=source)
    names = [{"reference": f"Patient/{who.resource_id}"}, {"reference": f"Condition/{first.resource_id}"}]
    body = {"resourceType": "Provenance", "target": [*names, {"reference": f"Condition/{later}"}]}
    naming = label(json.dumps(body).encode(), source=source)
    claim = {"resourceType": "Claim", "patient": names[0], "related": []}
    claim["supportingInfo"] = [{"valueReference": {"reference": f"Provenance/{naming.resource_id}"}}]
    billed = label(json.dumps(claim).encode(), source=source)
    record.write([first, naming, billed], by=system("test"))

    def masks():
        release = Release(system("test"), who.charts[0], Purpose.TREATMENT, (Clause(primary, -1),), 1, first.dated_at)
        return {one.kind: one.mask for one in read_chart(release)}

    assert masks() == dict.fromkeys(("Patient", "Condition", "Provenance", "Claim"), C.GENERAL)
    record.write([label(condition(who, "B20", id=str(first.resource_id)), source=source)], by=system("test"))
    assert masks()["Provenance"] == masks()["Claim"] == C.GENERAL | C.HIV
    record.write([label(condition(who, "F32.1", id=later), source=source)], by=system("test"))
    assert masks()["Provenance"] == masks()["Claim"] == C.GENERAL | C.HIV | C.MH


@pytest.mark.parametrize(("kind", "content_type", "shut"), [
    ("report", "application/pdf", False), ("", "application/pdf", True), ("", "text/plain", False),
])  # fmt: skip
def test_an_attachment_that_cannot_be_read_shuts_a_note_that_nobody_vouches_for(primary, kind, content_type, shut):
    who = patient(Source(primary))
    attachment = {"contentType": content_type, "data": "aGVsbG8gd29ybGQ="}
    mask = label(note(who, content=[{"attachment": attachment}]), source=Source(primary, note_kind=kind)).mask
    assert bool(mask & C.UNCLASSIFIED) == shut


def test_the_words_of_a_readable_attachment_add_their_class(primary):
    who = patient(Source(primary))
    attachment = {"contentType": "text/plain", "data": base64.b64encode(b"Plan: restart buprenorphine.").decode()}
    assert label(note(who, content=[{"attachment": attachment}]), source=Source(primary)).mask == C.GENERAL | C.MH
