"""The notes on publication as pages; publications writes them, the portal frames them."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from quartier.auth import public
from quartier_portal.visit import Visiting

router = APIRouter()
WHY = "notes are public"
Number = Annotated[str, Path(pattern=r"^[0-9]{4}-[1-4]$")]


@router.get("/{lang}/notes", response_class=HTMLResponse, **public(WHY))
async def show_notes(visit: Visiting) -> HTMLResponse:
    """The notes of all quarters, the present one first."""
    return visit.page("notes/list.html", visit.t("notes-title"), notes=(await visit.get("publications", "/notes"))["items"])


@router.get("/{lang}/notes/{number}", response_class=HTMLResponse, **public(WHY))
async def show_note(visit: Visiting, number: Number) -> HTMLResponse:
    """One quarter's note, as the facts have it at this moment."""
    article = await visit.runtime.client.get("publications", f"/notes/{number}.html", token=visit.token,
                                             params={"lang": visit.lang, "fragment": "true"})
    return visit.page("notes/note.html", visit.t("note-title", number=number), article=Markup(article.text), note=number)
