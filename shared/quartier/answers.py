"""Every refusal as one kind of answer: ours, a payload's and the router's become `application/problem+json`, or a page."""

import re
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from quartier import field_errors, telemetry
from quartier.i18n import preferred
from quartier.problems import FieldError, Invalid, NotFound, Problem


class MethodNotAllowed(Problem):
    """The address exists, but not for this method."""

    status, slug, title = 405, "method-not-allowed", "This address does not take that method"


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
        if service is None and all(part["loc"][0] == "path" for part in error.errors()):
            return await answer(request, NotFound("No page and no endpoint has this address."))  # Nobody filled in a form.
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


def service_of(path: str) -> str | None:
    """The service that an API path belongs to."""
    found = re.match(r"/api/([a-z]+)/", path)
    return found and found[1]
