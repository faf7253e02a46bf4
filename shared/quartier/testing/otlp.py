"""A sink for traces: an HTTP server that takes OTLP in protobuf and gives back the spans, for tests that follow one trace."""
import gzip
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest, ExportTraceServiceResponse
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as ProtoSpan


@dataclass(frozen=True)
class Span:
    """One finished span; identifiers as hexadecimal text, the parent empty at a root."""

    service: str
    scope: str
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    started_at: datetime
    ended_at: datetime
    is_error: bool
    attributes: dict[str, Any]
    links: tuple[tuple[str, str], ...] = field(default=())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "OtlpSink"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        if self.path != "/v1/traces":
            self.send_error(404, "this sink takes traces alone")
            return
        self.server.take(ExportTraceServiceRequest.FromString(body))
        answer = ExportTraceServiceResponse().SerializeToString()
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing: a test reads the spans, not the access log."""


class OtlpSink(ThreadingHTTPServer):
    """The sink; other processes reach it by `url`, as the setting QUARTIER_OTLP."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self._spans: list[Span] = []
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, name="otlp-sink", daemon=True)
        self._thread.start()

    def take(self, request: ExportTraceServiceRequest) -> None:
        for resource in request.resource_spans:
            service = str(_values(resource.resource.attributes).get("service.name", ""))
            for scope in resource.scope_spans:
                self._spans.extend(_span(service, scope.scope.name, span) for span in scope.spans)

    def spans(self, trace_id: str | None = None) -> list[Span]:
        """All spans so far, or those of one trace, by their beginning."""
        chosen = [span for span in list(self._spans) if trace_id in (None, span.trace_id)]
        return sorted(chosen, key=lambda span: span.started_at)

    def stop(self) -> None:
        self.shutdown()
        self._thread.join(10)
        self.server_close()


def _span(service: str, scope: str, span: ProtoSpan) -> Span:
    return Span(
        service=service, scope=scope, name=span.name, kind=ProtoSpan.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        trace_id=span.trace_id.hex(), span_id=span.span_id.hex(), parent_id=span.parent_span_id.hex(),
        started_at=_instant(span.start_time_unix_nano), ended_at=_instant(span.end_time_unix_nano),
        is_error=span.status.code == 2, attributes=_values(span.attributes),
        links=tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links))


def _instant(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC)


def _values(attributes: Iterable[KeyValue]) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in attributes}


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return _values(value.kvlist_value.values)
    return getattr(value, kind) if kind else None
