from decimal import Decimal

import pytest

from hallway.errors import HallwayError
from hallway.standards.fhir import codec, dates, r4
from hallway.standards.fhir.compartment import patients_of

OBSERVATION = b'{"resourceType":"Observation","status":"final","valueQuantity":{"value":%b}}'


@pytest.mark.parametrize("digits", ["1.50", "0.00000010", "100", "-0.0", "1E+2", "123456789.123456789123456789"])
def test_a_decimal_keeps_its_digits(digits):
    resource = codec.decode(OBSERVATION % digits.encode())
    again = codec.decode(codec.encode(resource))
    value = resource["valueQuantity"]["value"]
    assert str(again["valueQuantity"]["value"]) == str(value)
    assert Decimal(digits) == value
    assert len(Decimal(digits).as_tuple().digits) == len(Decimal(str(value)).as_tuple().digits)


def test_an_amended_resource_keeps_what_nobody_knows_and_drops_what_the_server_gave():
    sent = (
        b'{"resourceType":"Observation","id":"a","meta":{"versionId":"3","lastUpdated":"x","security":[],"tag":[1]},'
        b'"status":"final","unheardOf":{"deep":1.50},"_status":{"id":"s"}}'
    )
    assert codec.decode(codec.amended(sent, {"status": "amended"})) == {
        "resourceType": "Observation",
        "id": "a",
        "meta": {"tag": [1]},
        "status": "amended",
        "unheardOf": {"deep": Decimal("1.50")},
        "_status": {"id": "s"},
    }


def test_a_view_keeps_decimals_and_omits_what_is_empty():
    one = r4.decode(OBSERVATION % b"1.50", r4.Observation)
    assert str(one.value_quantity.value) == "1.50"
    assert r4.encode(one) == OBSERVATION % b"1.50"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"resourceType":"Patient","a":"\\u0000"}', "H-FHR-003"),
        (b'{"resourceType":"Patient","a":"\\\\\\u0007"}', "H-FHR-003"),
        (b'{"resourceType":"Patient","a":NaN}', "H-FHR-001"),
        (b"\xff\xfe", "H-FHR-001"),
        (b"[]", "H-FHR-005"),
        (b'{"resourceType":["Patient"]}', "H-FHR-005"),
        (b'{"resourceType":{}}', "H-FHR-005"),
        (b"[" * 200_000, "H-FHR-001"),
    ],
)
def test_what_cannot_be_stored_is_refused(raw, code):
    with pytest.raises(HallwayError) as caught:
        codec.decode(raw)
    assert caught.value.code in {code, "H-FHR-006"}


def test_an_escaped_backslash_before_u_is_no_control_character():
    assert codec.decode(b'{"resourceType":"Patient","a":"c:\\\\u0000x\\tand a tab"}')


def test_depth_is_counted_outside_of_strings():
    codec.check_depth(b'{"a":"' + b"[" * 500 + b'\\"[[[["}')
    with pytest.raises(HallwayError):
        codec.check_depth(b"[" * 101 + b"]" * 101)


def test_references_are_rewritten_and_look_alikes_in_strings_are_not():
    raw = rb'{"subject":{"reference" : "urn:uuid:1"},"text":"say \"reference\":\"urn:uuid:1\" aloud"}'
    new = codec.rewrite_references(raw, {b"urn:uuid:1": b"Patient/9"}.get)
    assert new == rb'{"subject":{"reference" : "Patient/9"},"text":"say \"reference\":\"urn:uuid:1\" aloud"}'


def test_the_body_starts_with_its_type_and_the_senders_security_comes_first():
    raw = b'{"id":"x","meta":{"versionId":"7","profile":["p"],"security":[{"code":"R"}]},"resourceType":"Patient"}'
    resource = codec.decode(raw)
    kind, sent, body, meta, keys = codec.split(resource)
    assert (kind, sent, body) == ("Patient", "x", b'{"resourceType":"Patient"}')
    assert meta == b'"security":[{"code":"R"}],"profile":["p"]'
    codec.check_once(raw, keys)


@pytest.mark.parametrize(
    ("text", "year"),
    [("2020", 2020), ("2020-05", 2020), ("2020-05-06", 2020), ("2020-05-06T07:08:09.123-05:00", 2020), ("x", None)],
)
def test_partial_dates_are_read_at_their_beginning(text, year):
    found = dates.parse(text)
    assert (found.year if found else None) == year
    assert dates.is_impossible("2020-02-30")
    assert dates.is_impossible("0001-01-01")


@pytest.mark.parametrize(
    ("kind", "resource", "expected"),
    [
        ("Condition", {"subject": {"reference": "Patient/a"}}, ["a"]),
        ("Condition", {"subject": {"reference": "Group/a"}}, []),
        ("Appointment", {"participant": [{"actor": {"reference": f"Patient/{n}"}} for n in "ba"]}, ["b", "a"]),
        ("Observation", {"subject": {"reference": "Patient/a"}, "performer": [{"reference": "Patient/b"}]}, ["a", "b"]),
        ("Provenance", {"target": [{"reference": "Condition/1"}, {"reference": "Patient/a"}]}, ["a"]),
        ("Organization", {"partOf": {"reference": "Patient/a"}}, []),
    ],
)
def test_the_patient_compartment_follows_the_standards_table(kind, resource, expected):
    assert patients_of(kind, resource) == expected
