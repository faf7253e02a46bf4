"""The stream of hints that open pages listen to. Served by the portal itself, never proxied from another service."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from quartier.auth import public
from quartier_portal.live.hub import Hint, Hub

router = APIRouter()

ANYTHING = "*"
STILL_HERE_EVERY = 15.0
"""Seconds after which a silent stream says that it is still there, so that proxies and browsers keep it."""


@router.get("/api/portal/v1/live", response_class=StreamingResponse, **public("hints hold no content, only what has moved"))
async def follow_hints(request: Request, keys: Annotated[str, Query(max_length=2000)] = ANYTHING) -> StreamingResponse:
    """Server-sent events named `hint`, with data `{"key": "requests/<id>", "sequence": 7}`.

    `keys` is a comma-separated list of keys, or `*` for everything public. After a broken line the browser sends Last-Event-ID and gets
    what it missed; where that is too much, one hint with the key `*` says: look at everything.
    """
    hub: Hub = request.app.state.runtimes["portal"].loops["Hub"]
    wanted = frozenset(key.strip() for key in keys.split(","))
    return StreamingResponse(_lines(hub, wanted, request.headers.get("last-event-id")), media_type="text/event-stream", headers={
        "cache-control": "no-store", "x-accel-buffering": "no", "access-control-allow-origin": "*"})


async def _lines(hub: Hub, wanted: frozenset[str], seen: str | None) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    with hub.listening() as hints:
        missed = hub.since(seen) if seen else []
        if missed is None:
            yield _line(None)
        for hint in missed or []:
            if _concerns(hint, wanted):
                yield _line(hint)
        while not hub.is_stopping:
            try:
                hint = await asyncio.wait_for(hints.get(), STILL_HERE_EVERY)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if hint is None or _concerns(hint, wanted):
                yield _line(hint)


def _concerns(hint: Hint, wanted: frozenset[str]) -> bool:
    return hint.key in wanted or (hint.is_public and ANYTHING in wanted)


def _line(hint: Hint | None) -> str:
    if hint is None:
        return f"event: hint\ndata: {json.dumps({'key': ANYTHING, 'sequence': 0})}\n\n"
    return f"id: {hint.position}\nevent: hint\ndata: {json.dumps({'key': hint.key, 'sequence': hint.sequence})}\n\n"
