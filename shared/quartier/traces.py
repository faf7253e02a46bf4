"""The embedded city's own memory of traces: the last 50,000 spans in a SQLite file, so that an operator needs no other program.

Where a collector is set, spans go there instead and this file is not made.
"""

import json
import queue
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

KEPT_SPANS = 50_000
PRUNED_EVERY = 2_000

SCHEMA = """
CREATE TABLE IF NOT EXISTS span(no INTEGER PRIMARY KEY AUTOINCREMENT, trace_id TEXT NOT NULL, span_id TEXT NOT NULL, parent_id TEXT,
  service TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, start_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL, error TEXT,
  event_id TEXT, subject TEXT, attributes TEXT NOT NULL, links TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS span_by_trace ON span(trace_id);
CREATE INDEX IF NOT EXISTS span_by_event ON span(event_id) WHERE event_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS span_by_subject ON span(subject) WHERE subject IS NOT NULL;
"""


@dataclass(frozen=True, slots=True)
class SpanRow:
    """One finished span as the traces page shows it; times in nanoseconds since 1970."""

    trace_id: str
    span_id: str
    parent_id: str | None
    service: str
    name: str
    kind: str
    start_ns: int
    end_ns: int
    error: str | None
    attributes: dict[str, str | int | float | bool]
    links: list[str]


@dataclass(frozen=True, slots=True)
class TraceSummary:
    """One trace in the list: what began it, when, how long it took, which services took part."""

    trace_id: str
    name: str
    start_ns: int
    end_ns: int
    spans: int
    services: list[str]
    failed: bool


class TraceRing(SpanProcessor):
    """Receives finished spans and writes them from a thread of its own; tracing never waits for the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: queue.SimpleQueue[ReadableSpan | threading.Event | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="trace ring", daemon=True)
        self._thread.start()

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Nothing is kept of a span that has not ended."""

    def on_end(self, span: ReadableSpan) -> None:
        """Keep a finished span."""
        self._waiting.put(span)

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Wait until everything that ended before now is in the file."""
        done = threading.Event()
        self._waiting.put(done)
        return done.wait(timeout_millis / 1000)

    def shutdown(self) -> None:
        """Write what is left and stop."""
        self._waiting.put(None)
        self._thread.join(5)

    def _write(self) -> None:
        connection = sqlite3.connect(self._path)
        connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;" + SCHEMA)
        since_pruned = 0
        try:
            while True:
                batch: list[ReadableSpan | threading.Event | None] = [self._waiting.get()]
                while not self._waiting.empty() and len(batch) < 500:
                    batch.append(self._waiting.get())
                rows = [_row(span) for span in batch if isinstance(span, ReadableSpan)]
                # Spans that find no room on the disk are lost; without this thread, all later ones would pile up in memory.
                with suppress(sqlite3.Error), connection:
                    connection.executemany(
                        "INSERT INTO span(trace_id, span_id, parent_id, service, name, kind, start_ns, end_ns, error, event_id, subject,"
                        " attributes, links) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", rows)
                    since_pruned += len(rows)
                    if since_pruned > PRUNED_EVERY:
                        connection.execute("DELETE FROM span WHERE no <= (SELECT max(no) FROM span) - ?", (KEPT_SPANS,))
                        since_pruned = 0
                for waiting in batch:
                    if isinstance(waiting, threading.Event):
                        waiting.set()
                if None in batch:
                    return
        finally:
            connection.close()


def _row(span: ReadableSpan) -> tuple[object, ...]:
    context, attributes = span.get_span_context(), dict(span.attributes or {})
    assert context is not None
    scope = span.instrumentation_scope
    return (
        f"{context.trace_id:032x}", f"{context.span_id:016x}", f"{span.parent.span_id:016x}" if span.parent else None,
        (scope.name if scope else "").removeprefix("quartier."), span.name, span.kind.name, span.start_time, span.end_time,
        span.status.description if not span.status.is_ok and span.status.description else None,
        attributes.get("cloudevents.event_id"), attributes.get("messaging.kafka.message.key"),
        json.dumps(attributes, default=str), json.dumps([f"{link.context.trace_id:032x}" for link in span.links]))


def latest(path: Path, *, search: str = "", limit: int = 50) -> list[TraceSummary]:
    """The newest traces; `search` is a trace id, an event id, or the id of what the events are about."""
    with _opened(path) as connection:
        if search:
            found = connection.execute("SELECT DISTINCT trace_id FROM span WHERE trace_id = ? OR event_id = ? OR subject = ?"
                                       " ORDER BY no DESC LIMIT ?", (search, search, search, limit)).fetchall()
        else:
            found = connection.execute("SELECT trace_id FROM span WHERE kind = 'SERVER' AND parent_id IS NULL"
                                       " ORDER BY no DESC LIMIT ?", (limit,)).fetchall()
        return [_summary(of_trace(path, trace_id)) for (trace_id,) in found]


def of_trace(path: Path, trace_id: str) -> list[SpanRow]:
    """All spans of one trace, in the order in which they began."""
    with _opened(path) as connection:
        rows = connection.execute(
            "SELECT trace_id, span_id, parent_id, service, name, kind, start_ns, end_ns, error, attributes, links FROM span"
            " WHERE trace_id = ? ORDER BY start_ns, no LIMIT 2000", (trace_id,)).fetchall()
    return [SpanRow(*row[:9], json.loads(row[9]), json.loads(row[10])) for row in rows]


def _summary(spans: Sequence[SpanRow]) -> TraceSummary:
    first = spans[0]
    return TraceSummary(first.trace_id, first.name, first.start_ns, max(span.end_ns for span in spans), len(spans),
                        sorted({span.service for span in spans}), any(span.error for span in spans))


def _opened(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True))
