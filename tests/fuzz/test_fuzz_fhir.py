"""A short run of the fuzzer of the FHIR door; the long one is ``python -m tools.fuzz_fhir``."""

import pytest

from tools.fuzz_fhir import judging, running
from tools.fuzz_fhir.judging import Judge
from tools.fuzz_fhir.wire import Answer, Request

REQUESTS, SEED = 1_500, 20261122


@pytest.mark.slow
def test_no_odd_request_fells_the_door_or_makes_it_talk(fresh_db):
    found = running.run(requests=REQUESTS, seed=SEED)
    assert not found.findings, "\n".join(map(str, found.findings[:20]))
    assert found.statuses[200] > REQUESTS / 10, "hardly anything was answered: the fuzzer has lost its ground"
    assert found.twins > 20


HIDDEN = ("019a0000-0000-7000-8000-000000000001",)
FHIR = {"content-type": "application/fhir+json; charset=utf-8"}
ASKED = Request("GET", "/fhir/Patient/x")


def faults(status, body, headers=FHIR, seconds=0.1, request=ASKED):
    return Judge(b"zanzibar", HIDDEN).faults(request, Answer(status, dict(headers), body, seconds))


OUTCOME = b'{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found"}]}'


def test_the_judge_lets_a_proper_refusal_pass():
    assert faults(404, OUTCOME) == []


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (500, OUTCOME, FHIR),
        (0, b"", {}),
        (200, b"Traceback (most recent call last)", FHIR),
        (200, b"Ejem Zanzibar", FHIR),
        (200, b'"WmFuemliYXI', FHIR),
        (200, b"{}", FHIR | {"location": f"/fhir/Patient/{HIDDEN[0]}"}),
        (404, b"<p>not here</p>", {"content-type": "text/html"}),
        (404, b'{"resourceType":"OperationOutcome","issue":[]}', FHIR),
        (404, OUTCOME.replace(b"not-found", b"gone-fishing"), FHIR),
    ],
)
def test_the_judge_finds(status, body, headers):
    assert faults(status, body, headers)


def test_the_judge_finds_what_takes_too_long():
    assert faults(404, OUTCOME, seconds=9)


def test_an_id_that_the_request_named_is_not_told():
    assert faults(404, OUTCOME, FHIR | {"x": HIDDEN[0]}, request=Request("GET", f"/fhir/Patient/{HIDDEN[0]}")) == []


def test_hidden_and_absent_are_compared_by_everything_but_their_names():
    first = Answer(404, dict(FHIR), b"a1 is not here", 0)
    assert judging.alike(first, Answer(404, dict(FHIR), b"b2 is not here", 0), "a1", "b2")
    assert not judging.alike(first, Answer(403, dict(FHIR), b"b2 is not here", 0), "a1", "b2")
    assert not judging.alike(first, Answer(404, dict(FHIR), b"b2 may not be told", 0), "a1", "b2")
