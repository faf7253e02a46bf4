"""What every HTTP answer of the house has in common: problems, versions, limits, a trace.

`model.py` and `commands.py` never import this module; it is where `Problem`s become `application/problem+json`.
"""

import logging
import re
from contextlib import nullcontext
from typing import Annotated, Any, get_args, get_origin

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from opentelemetry.trace import INVALID_SPAN, Span
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quartier import field_errors, telemetry
from quartier.callers import answering, caller_of
from quartier.database import Entity
from quartier.i18n import preferred
from quartier.problems import FieldError, Invalid, NotFound, PreconditionRequired, Problem, Stale, TooLarge

logger = logging.getLogger("quartier.web")

MAX_BODY_BYTES = 1024 * 1024


class Body(BaseModel):
    """Base of what callers send: unknown fields are an error that names them, white space around texts is dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Out(BaseModel):
    """Base of what we answer: nothing but the declared fields leaves."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


def problem_response(request: Request, problem: Problem) -> JSONResponse:
    """RFC 9457, with the trace id by which an operator finds what happened."""
    base = f"{request.url.scheme}://{request.url.netloc}"
    content = {
        "type": f"{getattr(request.app.state, 'public_url', base)}/problems/{problem.slug}", "title": problem.title,
        "status": problem.status, "detail": problem.detail, "instance": request.url.path, "trace_id": telemetry.trace_id(),
        "errors": [{"pointer": error.pointer, "detail": error.detail} for error in problem.errors], **problem.extensions}
    headers = dict(problem.headers)
    if problem.status in (429, 503):
        headers.setdefault("Retry-After", "5")
    if problem.status == 401:
        headers.setdefault("WWW-Authenticate", "Bearer")
    return JSONResponse(content, problem.status, headers, media_type="application/problem+json")


def add_problem_handlers(app: FastAPI) -> None:
    """Let the app's renderer answer every refusal: ours, a payload's and the router's."""

    async def answer(request: Request, problem: Problem) -> Response:
        response: Response = await app.state.render_problem(request, problem)
        return response

    @app.exception_handler(Problem)
    async def refuse(request: Request, problem: Problem) -> Response:
        return await answer(request, problem)

    @app.exception_handler(RequestValidationError)
    async def explain(request: Request, error: RequestValidationError) -> Response:
        lang, service = preferred(request.headers.get("accept-language")), service_of(request.url.path)
        packages = ("quartier", *([f"quartier_{service}"] if service else []))
        found = [FieldError(pointer(_in_body(part["loc"], error.body)), field_errors.sentence(part, lang, *packages))
                 for part in error.errors()]
        return await answer(request, Invalid("Look at each of the errors: its pointer says where it is.", errors=found))

    @app.exception_handler(HTTPException)
    async def route(request: Request, error: HTTPException) -> Response:
        if isinstance(error.__cause__, Problem):  # a body that grew too large while FastAPI was reading it
            return await answer(request, error.__cause__)
        if error.status_code == 404:
            return await answer(request, NotFound("No page and no endpoint has this address."))
        if error.status_code == 405:
            return await answer(request, MethodNotAllowed(headers=dict(error.headers or {})))
        return await answer(request, Problem(str(error.detail)))


def _in_body(location: tuple[int | str, ...], body: Any) -> tuple[int | str, ...]:
    """The place without the names of union members, which Pydantic puts between a field and its parts: they stand in no body."""
    if not location or location[0] != "body":
        return location
    where, last = list(location[:1]), len(location) - 1
    for number, part in enumerate(location[1:], 1):
        try:
            body = body[part]
        except (KeyError, IndexError, TypeError):
            if number < last:
                continue
        where.append(part)
    return tuple(where)


def pointer(location: tuple[int | str, ...]) -> str:
    """A validation error's place as a JSON pointer; `query/limit` style for what is not in the body."""
    where, *rest = (str(part).replace("~", "~0").replace("/", "~1") for part in location)
    return "/" + "/".join(rest) if where == "body" else "/".join((where, *rest))


class RepeatedParameter(Problem):
    """A query names one thing twice: programs on the way would each believe another of the two."""

    slug, title = "repeated-parameter", "The address says one thing twice"


def refuse_repeated(request: Request) -> None:
    """Raise RepeatedParameter when the query has a key twice that the route does not declare as a list."""
    names = [name for name, _ in request.query_params.multi_items()]
    if len(names) == len(set(names)):
        return
    lists = {field.alias for field in request.scope["route"].dependant.query_params if _is_list(field.field_info.annotation)}
    for name in names:
        if names.count(name) > 1 and name not in lists:
            raise RepeatedParameter(f"Send {name[:100]!r} once.")


def _is_list(kind: Any) -> bool:
    """Whether an annotation is a list, or a list or nothing."""
    return list in (get_origin(kind), *(get_origin(part) for part in get_args(kind)))


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
                    logger.exception("%s %s failed", scope["method"], telemetry.shown(path))
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


def service_of(path: str) -> str | None:
    """The service that an API path belongs to."""
    found = re.match(r"/api/([a-z]+)/", path)
    return found and found[1]


class MethodNotAllowed(Problem):
    """The address exists, but not for this method."""

    status, slug, title = 405, "method-not-allowed", "This address does not take that method"


class Unexpected(Problem):
    """Something broke that we did not foresee; the trace id leads to it."""

    status, slug, title = 500, "unexpected", "Something went wrong on our side"


def etag(response: Response, entity: Entity) -> None:
    """Let the answer say which version of the thing it shows."""
    response.headers["ETag"] = f'"{entity.version}"'


def required_version(request: Request) -> int:
    """The version that the caller has read, from `If-Match`. Raises PreconditionRequired, or Stale when it is no number."""
    stated = request.headers.get("if-match")
    if stated is None:
        raise PreconditionRequired('Send If-Match with the ETag that you have read, such as "3".')
    number = stated.strip().strip('"')
    if not re.fullmatch("[0-9]{1,18}", number):
        raise Stale("If-Match names no version of this.")
    return int(number)


def check_version(entity: Entity, version: int) -> None:
    """Raise Stale when the thing has changed since the caller read it."""
    if entity.version != version:
        raise Stale("It has changed since you read it. Read it again and decide on what it says now.", version=entity.version)


Match = Annotated[int, Depends(required_version)]
