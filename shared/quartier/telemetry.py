"""One trace from a person's click to the mail server's reply: the only module that names spans and attributes.

The context in which an event was created travels in its outbox row and envelope; the span that handles it is its child, linked to
the poll that fetched it. Batches (relay, poll) keep traces of their own. Names follow the OpenTelemetry conventions 1.44.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from quartier.cloudevents import Envelope

_propagator = TraceContextTextMapPropagator()
_provider: TracerProvider | None = None
_bus = "kafka"
_SECRET = re.compile(r"(?<=/l/)[^/]+|(?<=/links/)[^/]+")


def start(service: str, *, processor: SpanProcessor | None = None, otlp: str | None = None, bus: str = "kafka") -> None:
    """Record spans from now on, into the given processor and, where there is one, to a collector (OTLP over HTTP).

    `bus` is what events travel on, as spans name it: kafka, or quartier_log for the built-in log.
    """
    global _provider, _bus
    _bus = bus
    _provider = TracerProvider(resource=Resource.create({"service.name": service}))
    if processor is not None:
        _provider.add_span_processor(processor)
    if otlp is not None:
        _provider.add_span_processor(
            BatchSpanProcessor(OTLPSpanExporter(f"{otlp.rstrip('/')}/v1/traces"), schedule_delay_millis=500))


def stop() -> None:
    """Hand over what is still held back, and record no more."""
    global _provider
    if _provider is not None:
        _provider.shutdown()
        _provider = None


def tracer(service: str) -> trace.Tracer:
    """The tracer of one service: its name is the scope, since an embedded city's services share one process."""
    return (_provider or trace.NoOpTracerProvider()).get_tracer(f"quartier.{service}")


def traceparent() -> str | None:
    """The present span as a W3C `traceparent`, or None outside any trace."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


def trace_id() -> str | None:
    """The present trace's id, 32 hexadecimal digits, for problem bodies and mail headers."""
    present = trace.get_current_span().get_span_context()
    return f"{present.trace_id:032x}" if present.is_valid else None


def _context_of(parent: str | None) -> context.Context:
    return _propagator.extract({"traceparent": parent} if parent else {}, context=context.Context())


def span_context(parent: str | None) -> SpanContext | None:
    """What a `traceparent` points at, for links; None when it is absent or malformed."""
    found = trace.get_current_span(_context_of(parent)).get_span_context()
    return found if found.is_valid else None


@contextmanager
def _span(service: str, name: str, kind: SpanKind, attributes: Mapping[str, Any], *, parent: context.Context | None = None,
          links: tuple[Link, ...] = ()) -> Iterator[Span]:
    with tracer(service).start_as_current_span(name, context=parent, kind=kind, attributes=attributes, links=links,
                                               record_exception=False, set_status_on_exception=False) as span:
        try:
            yield span
        except Exception as error:
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            span.set_attribute("error.type", type(error).__name__)
            raise


def shown(path: str) -> str:
    """A path as traces and logs may keep it: the token of a secret link opens its subject to whoever reads it there."""
    return _SECRET.sub("…", path)


@contextmanager
def server_span(service: str, method: str, route: str, *, parent: str | None = None,
                link: str | None = None) -> Iterator[Span]:
    """Around one HTTP request. `parent` continues a trace of our own house; a stranger's context becomes a `link`."""
    linked, route = span_context(link), shown(route)
    with _span(service, f"{method} {route}", SpanKind.SERVER, {"http.request.method": method, "http.route": route},
               parent=_context_of(parent), links=(Link(linked),) if linked else ()) as span:
        yield span


@contextmanager
def call_span(service: str, callee: str, method: str, path: str) -> Iterator[dict[str, str]]:
    """Around one call to another service; yields the headers that carry the trace."""
    attributes = {"http.request.method": method, "url.path": shown(path), "peer.service": callee}
    with _span(service, f"{method} {callee}", SpanKind.CLIENT, attributes):
        carrier: dict[str, str] = {}
        _propagator.inject(carrier)
        yield carrier


@contextmanager
def create_span(service: str, destination: str, event_type: str, event_id: str) -> Iterator[Span]:
    """The birth of one event: the span that its handlers are children of."""
    attributes = _messaging("create", "create", destination) | {
        "cloudevents.event_id": event_id, "cloudevents.event_type": event_type}
    with _span(service, f"create {destination}", SpanKind.PRODUCER, attributes) as span:
        yield span


@contextmanager
def send_span(service: str, destination: str, created: list[str | None]) -> Iterator[Span]:
    """One batch on its way to the bus, linked to the contexts in which its events were created."""
    attributes = _messaging("send", "send", destination) | {"messaging.batch.message_count": len(created)}
    links = tuple(Link(found) for parent in created if (found := span_context(parent)))
    with _span(service, f"send {destination}", SpanKind.CLIENT, attributes, parent=context.Context(), links=links) as span:
        yield span


@contextmanager
def poll_span(service: str, group: str, count: int) -> Iterator[Span]:
    """One batch fetched from the bus."""
    attributes = _messaging("poll", "receive", group) | {
        "messaging.consumer.group.name": group, "messaging.batch.message_count": count}
    with _span(service, f"poll {group}", SpanKind.CLIENT, attributes, parent=context.Context()) as span:
        yield span


@contextmanager
def process_span(service: str, envelope: Envelope, destination: str, *, partition: int, offset: int,
                 handler: str) -> Iterator[Span]:
    """One handler at work on one event: a child of the event's creation, linked to the poll in whose span it runs."""
    attributes = _messaging("process", "process", destination) | {
        "messaging.destination.partition.id": str(partition), "messaging.kafka.offset": offset,
        "messaging.kafka.message.key": envelope.partitionkey or "", "messaging.consumer.group.name": service,
        "cloudevents.event_id": envelope.id, "cloudevents.event_type": envelope.type,
        "cloudevents.event_source": envelope.source, "quartier.handler": handler}
    poll = trace.get_current_span().get_span_context()
    with _span(service, f"process {destination}", SpanKind.CONSUMER, attributes, parent=_context_of(envelope.traceparent),
               links=(Link(poll),) if poll.is_valid else ()) as span:
        yield span


@contextmanager
def work_span(service: str, name: str, parent: str | None, **attributes: str | int) -> Iterator[Span]:
    """A worker's part of an earlier act (such as handing a mail to its server): a child of that act's span."""
    with _span(service, name, SpanKind.CLIENT, attributes, parent=_context_of(parent)) as span:
        yield span


def _messaging(operation: str, kind: str, destination: str) -> dict[str, Any]:
    return {"messaging.system": _bus, "messaging.operation.name": operation, "messaging.operation.type": kind,
            "messaging.destination.name": destination}
