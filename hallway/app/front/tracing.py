"""Traces for OpenTelemetry, off unless an address to send them to is set. A span is a route's name, a method, a status.

Nothing of the address, the query, a header or a statement enters a span, and of what a caller sends only
``traceparent`` counts: ``tracestate`` and baggage may hold anything. The libraries are imported when traces are on.
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor

SETTINGS = ("HALLWAY_OTLP_URL", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""Any of them turns traces on; the first is the whole address, as the second."""


class Span(Protocol):
    """One request, as it is being answered."""

    def end(self, route: str, method: str, status: int) -> None:
        """Name it and send it on."""
        ...


class Traces:
    """Spans of one process. ``processor`` takes each that has ended."""

    def __init__(self, processor: "SpanProcessor") -> None:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        # A resource of our own words: the detectors of the library would add the machine, its user and our command.
        provider = TracerProvider(resource=Resource({"service.name": "hallway"}), shutdown_on_exit=True)
        provider.add_span_processor(processor)
        self._tracer = provider.get_tracer("hallway")
        self._propagator = TraceContextTextMapPropagator()

    def begin(self, environ: Mapping[str, Any]) -> Span:
        """Begin the span of a request, below the caller's where it sent a well-formed ``traceparent``."""
        from opentelemetry import context
        from opentelemetry.trace import SpanKind, set_span_in_context

        parent = context.Context()
        sent = environ.get("HTTP_TRACEPARENT")
        if sent:
            parent = self._propagator.extract({"traceparent": str(sent)}, parent)
        span = self._tracer.start_span("request", context=parent, kind=SpanKind.SERVER)
        return _Begun(span, context.attach(set_span_in_context(span, parent)))


class _Begun:
    """A span with the context in which it was begun; spans of the rooms below stand under it."""

    def __init__(self, span: Any, token: Any) -> None:
        self._span, self._token = span, token

    def end(self, route: str, method: str, status: int) -> None:
        from opentelemetry import context
        from opentelemetry.trace import Status, StatusCode

        context.detach(self._token)
        self._span.update_name(route)
        self._span.set_attributes(
            {"http.request.method": method, "http.route": route, "http.response.status_code": status}
        )
        if status >= 500:
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()


def from_environment() -> Traces | None:
    """Traces to the address that is set, sent in batches by a thread of their own; None where none is set."""
    if not any(os.environ.get(name) for name in SETTINGS):
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    return Traces(BatchSpanProcessor(OTLPSpanExporter(endpoint=os.environ.get("HALLWAY_OTLP_URL") or None)))
