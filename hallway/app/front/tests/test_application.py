"""The front as a whole: refusals at each door, counts without ids, spans without patients."""

import json

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import REGISTRY

from hallway.app.front import counting, tracing
from hallway.app.front.application import ROUTE, watched
from hallway.app.front.limits import Limits
from hallway.app.front.tracing import Traces
from hallway.identity.shown import KNOWN

NONE = dict.fromkeys(("fhir", "gateways", "token", "failures"), 0.0)
SLOW = dict.fromkeys(("fhir", "gateways", "token"), 1 / 60) | {"failures": 0.0}
PATIENT = "/fhir/Patient/0198a2b4-7c1d-7e3f-8a9b-0c1d2e3f4a5b"


def inner(environ, start):
    if environ["PATH_INFO"].startswith("/fhir"):
        environ[ROUTE] = "GET /fhir/{type}/{id}"
    if environ.get("known"):
        environ[KNOWN] = True
    start(environ.get("answer", "200 OK"), [("Content-Type", "text/plain")])
    return [b"done"]


def call(application, path, **environ):
    got = []
    body = application(
        {"REQUEST_METHOD": "GET", "PATH_INFO": path, "REMOTE_ADDR": "127.0.0.1", **environ},
        lambda status, headers: got.append((status, dict(headers))),
    )
    return *got[0], b"".join(body)


@pytest.mark.parametrize("path", ["/fhir/Patient", "/consent/decisions", "/cds-services"])
def test_the_refusal_is_an_operation_outcome_that_says_when(path):
    application = watched(inner, limited=Limits(SLOW))
    assert call(application, path)[0] == "200 OK"
    status, headers, body = call(application, path)
    assert status == "429 Too Many Requests"
    assert headers["Retry-After"] in {"60", "61"}
    assert headers["Content-Type"].startswith("application/fhir+json")
    assert headers["Cache-Control"] == "no-store"
    assert len(headers["X-Request-Id"]) == 32
    assert int(headers["Content-Length"]) == len(body)
    (issue,) = json.loads(body)["issue"]
    assert issue["code"] == "throttled"
    assert "H-API-020" in issue["diagnostics"]


def test_a_token_client_reads_the_refusal_in_oauths_own_form():
    application = watched(inner, limited=Limits(SLOW))
    call(application, "/oauth/token")
    status, headers, body = call(application, "/oauth/token")
    assert (status[:3], headers["Content-Type"]) == ("429", "application/json")
    assert json.loads(body)["error"] == "temporarily_unavailable"


def test_pages_are_never_refused():
    application = watched(inner, limited=Limits(SLOW))
    assert {call(application, "/worklist/")[0] for _ in range(50)} == {"200 OK"}


def test_failing_programs_close_their_address_by_their_401():
    application = watched(inner, limited=Limits(NONE | {"failures": 1 / 60}))
    call(application, PATIENT, HTTP_AUTHORIZATION="Bearer works", known=True)
    call(application, "/fhir/metadata", HTTP_AUTHORIZATION="Bearer prepared")
    for guess in "ab":
        call(application, PATIENT, HTTP_AUTHORIZATION=f"Bearer {guess}", answer="401 Unauthorized")
    assert call(application, PATIENT, HTTP_AUTHORIZATION="Bearer c")[0][:3] == "429"
    assert call(application, PATIENT, HTTP_AUTHORIZATION="Bearer prepared")[0][:3] == "429"
    assert call(application, PATIENT, HTTP_AUTHORIZATION="Bearer works")[0][:3] == "200"


def labels(name):
    (family,) = (one for one in REGISTRY.collect() if one.name == name)
    return [sample.labels for sample in family.samples]


def test_no_label_can_hold_an_address_or_a_word_of_the_caller():
    application = watched(inner, limited=Limits(NONE))
    call(application, PATIENT, REQUEST_METHOD="MARISOL")
    call(application, "/somewhere/Marisol-Ejemplo", HTTP_X_REQUEST_ID="Marisol")
    call(application, "/static/hallway/css/base.css")
    routes = {one["route"] for one in labels("hallway_requests")}
    assert {"GET /fhir/{type}/{id}", counting.NOWHERE, counting.STATIC} <= routes
    written = json.dumps([labels("hallway_requests"), labels("hallway_request_seconds")])
    assert "arisol" not in written.lower()
    assert "0198a2b4" not in written
    assert {one["method"] for one in labels("hallway_requests")} <= counting.METHODS | {"OTHER"}


def test_an_answer_that_never_came_is_counted_as_a_defect():
    def broken(environ, start):
        environ[ROUTE] = "test:broken"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        call(watched(broken, limited=Limits(NONE)), "/charts/1/")
    assert REGISTRY.get_sample_value(
        "hallway_requests_total", {"route": "test:broken", "method": "GET", "status": "5xx"}
    )


TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def test_a_span_is_a_route_and_a_status_below_the_callers_and_nothing_else():
    exporter = InMemorySpanExporter()
    application = watched(inner, limited=Limits(NONE), traces=Traces(SimpleSpanProcessor(exporter)))
    sent = {
        "HTTP_TRACEPARENT": f"00-{TRACE}-{SPAN}-01",
        "HTTP_TRACESTATE": "vendor=Marisol",
        "HTTP_BAGGAGE": "patient=Marisol",
        "QUERY_STRING": "name=Marisol",
        "HTTP_USER_AGENT": "Marisol",
    }
    call(application, PATIENT, **sent)
    (span,) = exporter.get_finished_spans()
    assert span.name == "GET /fhir/{type}/{id}"
    assert f"{span.context.trace_id:032x}" == TRACE
    assert f"{span.parent.span_id:016x}" == SPAN
    assert dict(span.attributes) == {
        "http.request.method": "GET", "http.route": "GET /fhir/{type}/{id}", "http.response.status_code": 200,
    }  # fmt: skip
    assert dict(span.resource.attributes) == {"service.name": "hallway"}
    assert "Marisol" not in span.to_json()
    assert "0198a2b4" not in span.to_json()


def test_a_traceparent_that_is_not_one_begins_a_trace_of_its_own_and_a_defect_is_marked():
    exporter = InMemorySpanExporter()
    application = watched(inner, limited=Limits(NONE), traces=Traces(SimpleSpanProcessor(exporter)))
    call(application, PATIENT, HTTP_TRACEPARENT="Marisol", answer="500 Internal Server Error")
    (span,) = exporter.get_finished_spans()
    assert span.parent is None
    assert not span.status.is_ok


def test_traces_are_off_where_no_address_is_set(monkeypatch):
    for name in tracing.SETTINGS:
        monkeypatch.delenv(name, raising=False)
    assert tracing.from_environment() is None


def test_a_method_in_a_span_is_one_of_http():
    exporter = InMemorySpanExporter()
    call(
        watched(inner, limited=Limits(NONE), traces=Traces(SimpleSpanProcessor(exporter))),
        PATIENT,
        REQUEST_METHOD="MARISOL",
    )
    assert "MARISOL" not in exporter.get_finished_spans()[0].to_json()
