"""What is around the whole app: a span, the security headers, the limit of a body, and an unexpected error as a problem."""

import logging
from contextlib import nullcontext

from fastapi import Request
from opentelemetry.trace import INVALID_SPAN, Span
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quartier import telemetry
from quartier.answers import service_of
from quartier.callers import answering, caller_of
from quartier.problems import Problem, TooLarge

MAX_BODY_BYTES = 1024 * 1024
HEADERS = {
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'; sandbox",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"strict-transport-security": b"max-age=31536000",
    b"cache-control": b"no-store",
}
"""What every answer carries unless its page says otherwise."""
UNTRACED = ("/healthz", "/readyz", "/static/")
"""Addresses that are asked all day long and begin no journey."""

_log = logging.getLogger(__name__)


class Unexpected(Problem):
    """Something broke that we did not foresee; the trace id leads to it."""

    status, slug, title = 500, "unexpected", "Something went wrong on our side"


class Guarded:
    """Around the whole app: a span, the security headers, and an unexpected error as a problem.

    A call by one of our own services continues its trace; a stranger's `traceparent` only becomes a link.
    """

    def __init__(self, app: ASGIApp, *, service: str) -> None:
        self.app, self.service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        path = scope["path"]
        span: Span = INVALID_SPAN
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                span.set_attribute("http.response.status_code", message["status"])
                present = {name.lower() for name, _ in message["headers"]}
                extra = [(name, value) for name, value in HEADERS.items() if name not in present]
                trace = telemetry.trace_id()
                extra += [(b"trace-id", trace.encode())] if trace else []
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        service = service_of(path) or self.service
        caller = caller_of(headers, (scope.get("client") or (None,))[0], scope["app"].state.verifier)
        with answering(caller.place), nullcontext(span) if path.startswith(UNTRACED) else telemetry.server_span(
                service, scope["method"], path, parent=caller.trace,
                link=headers.get(b"traceparent", b"").decode("latin-1")) as span:
            try:
                await self.app(scope, _limited(headers, receive), send_guarded)
            except Exception as error:
                if started:
                    raise
                problem = error if isinstance(error, Problem) else Unexpected()
                if not isinstance(error, Problem):
                    _log.exception("%s %s failed", scope["method"], telemetry.shown(path))
                response = await scope["app"].state.render_problem(Request(scope), problem)
                await response(scope, receive, send_guarded)
            route = scope.get("route")
            if route is not None:
                span.update_name(f"{scope['method']} {getattr(route, 'path', path)}")


def _limited(headers: dict[bytes, bytes], receive: Receive) -> Receive:
    """Refuse a body over the limit: by its declared length, or else as soon as it has grown past it."""
    declared = headers.get(b"content-length", b"0")
    received = 0

    async def receive_some() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MAX_BODY_BYTES or (declared.isdigit() and int(declared) > MAX_BODY_BYTES):
            raise TooLarge("A body may have 1 MiB.")
        return message

    return receive_some
