"""Every address of the portal, gathered from its rooms."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse

from quartier.auth import public
from quartier.problems import NotFound
from quartier_portal.asks.routes import router as asks
from quartier_portal.datasets.routes import router as datasets
from quartier_portal.desk.datasets import router as desk_datasets
from quartier_portal.desk.deliveries import router as desk_deliveries
from quartier_portal.desk.routes import router as desk
from quartier_portal.figures.routes import router as figures
from quartier_portal.links.routes import router as links
from quartier_portal.live.routes import router as live
from quartier_portal.notes.routes import router as notes
from quartier_portal.ops.messages import router as ops_messages
from quartier_portal.ops.routes import router as ops
from quartier_portal.ops.traces import router as ops_traces
from quartier_portal.reference.routes import router as reference
from quartier_portal.register.routes import router as register
from quartier_portal.rendering import language_of
from quartier_portal.sessions.routes import router as sessions

router = APIRouter()
for part in (live, figures):
    router.include_router(part)
for pages in (reference, sessions, links, asks, register, datasets, notes, desk,
              desk_datasets, desk_deliveries, ops, ops_messages, ops_traces):
    router.include_router(pages, include_in_schema=False)

STATIC = Path(__file__).parent / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@router.get("/static/{name:path}", include_in_schema=False, **public("styles and scripts"))
async def get_static(name: str) -> FileResponse:
    """A style, script or picture; its address changes with its content."""
    path = (STATIC / name).resolve()
    if not path.is_relative_to(STATIC) or path.suffix not in KINDS or not path.is_file():
        raise NotFound("No file has this address.")
    return FileResponse(path, media_type=KINDS[path.suffix], headers={"cache-control": "public, max-age=31536000, immutable"})


@router.get("/", include_in_schema=False, **public("the way to the first page"))
async def choose_language(request: Request) -> RedirectResponse:
    """To the first page in the language that the browser likes best."""
    return RedirectResponse(f"/{language_of(request)}/", status_code=303, headers={"vary": "accept-language"})


async def add_language(request: Request) -> RedirectResponse:
    """An address without a language, as in a mail or on a poster, leads to the page in the language that the browser likes best."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/{language_of(request)}{request.url.path}{query}", status_code=303, headers={"vary": "accept-language"})


for room in ("ask", "requests", "datasets", "notes", "dashboard", "desk", "ops", "sign-in"):
    for path in (f"/{room}", f"/{room}/{{rest:path}}"):
        router.add_api_route(path, add_language, include_in_schema=False, **public("the way to a page in one's own language"))
