"""The embedded city's memory of traces outlives what stops it from writing."""

import sqlite3
from contextlib import closing
from pathlib import Path

from opentelemetry.sdk.trace import TracerProvider

from quartier.traces import TraceRing, latest


def test_spans_that_cannot_be_stored_do_not_stop_those_that_follow(tmp_path: Path) -> None:
    ring, provider = TraceRing(tmp_path / "traces.db"), TracerProvider()
    provider.add_span_processor(ring)
    tracer = provider.get_tracer("quartier.portal")
    assert ring.force_flush()
    with closing(sqlite3.connect(tmp_path / "traces.db")) as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON span BEGIN SELECT RAISE(ABORT, 'no room'); END")
        connection.commit()
        tracer.start_span("lost").end()
        assert ring.force_flush(5000)
        connection.execute("DROP TRIGGER full")
        connection.commit()
    kept = tracer.start_span("kept")
    kept.end()
    assert ring.force_flush(5000)
    provider.shutdown()
    assert [one.name for one in latest(tmp_path / "traces.db", search=f"{kept.get_span_context().trace_id:032x}")] == ["kept"]
