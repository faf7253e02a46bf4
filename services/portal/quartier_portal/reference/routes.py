"""What stands at the addresses in `dataschema` and in a problem's `type`."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from quartier.asyncapi import schema_of
from quartier.auth import public
from quartier.events import event_class
from quartier.problems import NotFound, Problem
from quartier_portal.problem_page import problem_title
from quartier_portal.rendering import language_of
from quartier_portal.visit import Visiting

router = APIRouter()
Slug = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,60}$")]


@router.get("/schemas/{type_}.json", include_in_schema=False, **public("every event names its schema"))
async def get_schema(type_: str) -> JSONResponse:
    """The JSON Schema of an event's data."""
    cls = event_class(type_)
    if cls is None:
        raise NotFound("No event of this city has this type.")
    return JSONResponse(schema_of(cls), media_type="application/schema+json", headers={"Access-Control-Allow-Origin": "*"})


@router.get("/problems/{slug}", include_in_schema=False, **public("every problem names its page"))
async def choose_problem_language(slug: Slug, request: Request) -> RedirectResponse:
    """To the page about this kind of problem, in one's own language."""
    return RedirectResponse(f"/{language_of(request)}/problems/{slug}", status_code=303, headers={"vary": "accept-language"})


@router.get("/{lang}/problems/{slug}", response_class=HTMLResponse, **public("every problem names its page"))
async def show_problem_kind(visit: Visiting, slug: Slug) -> HTMLResponse:
    """What this kind of problem means, and what to do about any."""
    known = {cls.slug: cls for cls in _kinds(Problem)}.get(slug)
    return visit.page("reference/problem_kind.html", problem_title(visit.lang, known) if known else slug, slug=slug,
                      status_code=known.status if known else None,
                      meaning=(known.__doc__ or "").split("\n")[0] if known else None)


def _kinds(cls: type[Problem]) -> list[type[Problem]]:
    return [cls, *(one for sub in cls.__subclasses__() for one in _kinds(sub))]
