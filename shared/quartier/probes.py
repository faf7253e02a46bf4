"""What machines and developers ask every service: is it alive, is it ready, what does it offer.

`/healthz` says that the process answers; `/readyz` says which check fails before it can do its work. The documents are made from the code.
"""

from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from quartier.answers import problem_response
from quartier.problems import Problem
from quartier.readiness import lacks

if TYPE_CHECKING:
    from quartier.service import Service

router = APIRouter()


class NotReady(Problem):
    """The process runs but cannot do its work yet."""

    status, slug, title = 503, "not-ready", "This service is not ready"


@router.get("/healthz", include_in_schema=False)
async def check_health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", include_in_schema=False)
async def check_readiness(request: Request) -> Response:
    """Every service of this process can reach its database and its bus, and its schema is current; else which check failed."""
    found = [lack for runtime in request.app.state.runtimes.values() for lack in await lacks(runtime)]
    request.app.state.readiness.tell(found)
    if found:
        checks = sorted({f"{lack.service}: {lack.check}" for lack in found})
        return problem_response(request, NotReady(f"These checks failed: {'; '.join(checks)}."))
    return JSONResponse({"status": "ready", "services": sorted(request.app.state.runtimes)})


@cache
def openapi_of(service: "Service") -> dict[str, Any]:
    """The OpenAPI 3.1 document of one service, its problems included."""
    from quartier import operations

    app = FastAPI(title=f"Quartier {service.name}", version="1", description=_paragraph(service),
                  generate_unique_id_function=lambda route: route.name)
    app.include_router(service.router, prefix=service.prefix, tags=[service.name])
    app.include_router(operations.router_for(service), prefix=f"/api/{service.name}/v1", tags=["operations"])
    document = app.openapi()
    for found in document["paths"].values():
        for operation in found.values():
            _describe_problems(operation)
    document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    for unused in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(unused, None)
    document["components"]["securitySchemes"] = {"bearer": {
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
        "description": "A token of a minute: POST /api/accounts/v1/tokens gives one for an API token."}}
    return document


def _paragraph(service: "Service") -> str:
    import importlib

    return importlib.import_module(service.package).__doc__ or ""


def _describe_problems(operation: dict[str, Any]) -> None:
    """Every operation answers its refusals as RFC 9457 problems, FastAPI's own 422 included."""
    answer = {"description": "A problem that says what to do (RFC 9457).",
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    operation["responses"].pop("422", None)
    operation["responses"]["default"] = answer
    if "x-action" in operation:
        operation["security"] = [{"bearer": []}]


PROBLEM_SCHEMA = {
    "type": "object", "required": ["type", "title", "status", "detail"], "title": "Problem",
    "description": "Why the request was refused and what to do about it.",
    "properties": {
        "type": {"type": "string", "format": "uri", "maxLength": 500}, "title": {"type": "string", "maxLength": 200},
        "status": {"type": "integer", "minimum": 400, "maximum": 599}, "detail": {"type": "string", "maxLength": 2000},
        "instance": {"type": "string", "maxLength": 500},
        "trace_id": {"type": ["string", "null"], "maxLength": 32, "description": "By this an operator finds what happened."},
        "errors": {"type": "array", "maxItems": 200, "items": {
            "type": "object", "required": ["pointer", "detail"],
            "properties": {"pointer": {"type": "string", "maxLength": 300}, "detail": {"type": "string", "maxLength": 500}}}}}}


def documents_of(service: "Service") -> APIRouter:
    """`openapi.json` and a page of it that needs no script."""
    documents = APIRouter()

    @documents.get("/openapi.json", include_in_schema=False)
    async def get_openapi() -> JSONResponse:
        return JSONResponse(openapi_of(service), headers={"Access-Control-Allow-Origin": "*"})

    @documents.get("/docs", include_in_schema=False)
    async def show_docs() -> HTMLResponse:
        return HTMLResponse(_page(openapi_of(service)), headers={
            "content-security-policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'"})

    @documents.get("/docs.css", include_in_schema=False)
    async def get_docs_style() -> Response:
        return Response(STYLE, media_type="text/css")

    return documents


STYLE = """:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
code, pre { font-family: ui-monospace, monospace; overflow-wrap: anywhere } pre { white-space: pre-wrap }
section { border-top: 1px solid; padding: 1rem 0 } h2 { margin: 2rem 0 0 } h3 { margin: 0 }"""


def _page(document: dict[str, Any]) -> str:
    """One page of all operations and schemas: plain headings, no script, readable on a phone and by a screen reader."""
    parts = [f"<h1>{escape(document['info']['title'])}</h1><p>{escape(document['info'].get('description') or '')}</p>",
             '<p>The same as a file: <a href="openapi.json">openapi.json</a>.</p><h2>Operations</h2>']
    for path, operations_ in document["paths"].items():
        for method, operation in operations_.items():
            access = operation.get("x-public") and f"Open to everybody: {operation['x-public']}" or (
                f"Needs a token that may <code>{escape(operation.get('x-action', ''))}</code>")
            names = ", ".join(f"<code>{escape(item['name'])}</code> ({item['in']})" for item in operation.get("parameters", ()))
            answers = ", ".join(sorted(operation["responses"]))
            parts.append(
                f'<section id="{escape(operation["operationId"])}"><h3><code>{method.upper()} {escape(path)}</code></h3>'
                f"<p>{escape(operation.get('description') or operation.get('summary', ''))}</p><p>{access}. "
                f"{'Takes ' + names + '. ' if names else ''}Answers {escape(answers)}.{_body(operation)}</p></section>")
    parts.append("<h2>Shapes</h2>")
    for name, schema in sorted(document["components"]["schemas"].items()):
        fields = "".join(f"<li><code>{escape(field)}</code>: {escape(_kind(shape))} {escape(shape.get('description', ''))}</li>"
                         for field, shape in schema.get("properties", {}).items())
        parts.append(f'<section id="{escape(name)}"><h3>{escape(name)}</h3><p>{escape(schema.get("description", ""))}</p>'
                     f"{'<ul>' + fields + '</ul>' if fields else ''}</section>")
    title = escape(document["info"]["title"])
    return ('<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f'<title>{title}</title><link rel="stylesheet" href="docs.css"></head><body><main>{"".join(parts)}</main></body></html>')


def _body(operation: dict[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    schema = next(iter(content.values()), {}).get("schema", {})
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    return f' Its body is <a href="#{escape(name)}">{escape(name)}</a>.' if name else ""


def _kind(shape: dict[str, Any]) -> str:
    if "$ref" in shape:
        return str(shape["$ref"].rsplit("/", 1)[-1])
    if "anyOf" in shape:
        return " or ".join(_kind(part) for part in shape["anyOf"])
    if shape.get("type") == "array":
        return f"list of {_kind(shape.get('items', {}))}"
    return str(shape.get("type", "value"))
