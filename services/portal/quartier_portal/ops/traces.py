"""The operators' pages about traces: which journeys there were, and one of them, span by span."""

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from quartier import i18n, traces
from quartier.auth import public
from quartier.client import Answered
from quartier.contracts.accounts import Role
from quartier.problems import NotFound
from quartier.traces import SpanRow, TraceSummary
from quartier_portal.ops.routes import WHY
from quartier_portal.ops.state import columns
from quartier_portal.visit import Visit, Visiting

router = APIRouter()
REFERENCE = re.compile(r"[A-Za-z]+-\d{4}-\d+")


@dataclass(frozen=True, slots=True)
class Bar:
    """One span as the waterfall draws it; times in milliseconds since the first."""

    name: str
    service: str
    start_ms: float
    duration_ms: float
    depth: int
    is_error: bool


@router.get("/{lang}/ops/traces", response_class=HTMLResponse, **public(WHY))
async def show_traces(visit: Visiting, q: Annotated[str, Query(max_length=100)] = "") -> HTMLResponse:
    """The latest journeys; by the id of a trace, an event or a request, or by a request's reference."""
    visit.require(Role.OPERATOR)
    words, ring = q.strip(), _ring(visit)
    found = await asyncio.to_thread(traces.latest, ring, search=await _searched(visit, words)) if ring else []
    return visit.page("ops/traces.html", visit.t("ops-traces"), density="desk", q=words, rows=[_row(visit, one) for one in found],
                      columns=columns(visit, "journey", "began", "took", "spans", "took-part", "outcome", numbers=("took", "spans")),
                      elsewhere=visit.runtime.settings.otlp is not None, address=getattr(visit.runtime.settings, "traces_url", None))


@router.get("/{lang}/ops/traces/{trace_id}", response_class=HTMLResponse, **public(WHY))
async def show_trace(visit: Visiting, trace_id: str) -> HTMLResponse:
    """One journey through the services, from the first span to the last."""
    visit.require(Role.OPERATOR)
    ring = _ring(visit)
    spans = await asyncio.to_thread(traces.of_trace, ring, trace_id) if ring else []
    if not spans:
        raise NotFound("No trace with this id is kept here.")
    bars = as_bars(spans)
    linked = sorted({link for span in spans for link in span.links} - {trace_id})
    return visit.page("ops/trace.html", spans[0].name, density="desk", trace_id=trace_id, bars=bars, linked=linked,
                      total_ms=max(bar.start_ms + bar.duration_ms for bar in bars),
                      services=list(dict.fromkeys(bar.service for bar in bars)),
                      facts_of=[(span.name, sorted(span.attributes.items())) for span in spans])


def as_bars(spans: list[SpanRow]) -> list[Bar]:
    """The spans as a tree in reading order: each after its parent, brothers and sisters by when they began."""
    known, children = {span.span_id for span in spans}, dict[str | None, list[SpanRow]]()
    for span in spans:
        children.setdefault(span.parent_id if span.parent_id in known else None, []).append(span)
    start, bars = min(span.start_ns for span in spans), list[Bar]()
    waiting = [(span, 0) for span in reversed(children.get(None, []))]
    while waiting:
        span, depth = waiting.pop()
        begin, took = (span.start_ns - start) / 1e6, (span.end_ns - span.start_ns) / 1e6
        bars.append(Bar(span.name, span.service, round(begin, 1), round(took, 1), depth, span.error is not None))
        waiting += [(child, depth + 1) for child in reversed(children.get(span.span_id, []))]
    return bars


def _ring(visit: Visit) -> Path | None:
    """The file of the embedded city's traces; None where a collector has them, or nothing was recorded."""
    path = visit.runtime.settings.folder / "traces.db"
    return path if visit.runtime.settings.otlp is None and path.exists() else None


async def _searched(visit: Visit, words: str) -> str:
    """What traces are found by: a request's reference stands for its id."""
    if not REFERENCE.fullmatch(words):
        return words
    try:
        request = await visit.get("requests", f"/requests/{words.upper()}")
    except Answered:  # Not public, or not yet: notify knows what its messages are about, and tells operators no more than that.
        told = (await visit.get("notify", "/deliveries", params={"ref": words.upper(), "limit": 1}))["items"]
        return str(told[0]["subject_id"]) if told else words
    return str(request["id"])


def _row(visit: Visit, trace: TraceSummary) -> list[Any]:
    began = datetime.fromtimestamp(trace.start_ns / 1e9, UTC)
    return [{"text": trace.name, "href": f"/{visit.lang}/ops/traces/{trace.trace_id}"},
            i18n.date_and_time(began, visit.lang, visit.runtime.settings.zone),
            visit.t("ops-milliseconds", count=round((trace.end_ns - trace.start_ns) / 1e6)), trace.spans, ", ".join(trace.services),
            visit.t("ops-failed" if trace.failed else "ops-went-well")]
