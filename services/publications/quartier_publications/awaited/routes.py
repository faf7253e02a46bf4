"""What is awaited."""

from fastapi import APIRouter, Request, Response

from quartier.auth import public
from quartier.pagination import Cursor, Limit, link_next, page
from quartier_publications.awaited import queries
from quartier_publications.awaited.model import Awaited
from quartier_publications.awaited.schemas import AwaitedListOut, AwaitedOut
from quartier_publications.service import Here, Reading

router = APIRouter()


@router.get("/awaited", **public("promises are public"))
async def list_awaited(session: Reading, here: Here, request: Request, response: Response, cursor: Cursor = None,
                       limit: Limit = 50) -> AwaitedListOut:
    """The datasets that the city has promised and not yet published, the earliest date first; moved and passed dates are said."""
    found = await page(session, queries.awaited(), order=(Awaited.expected_on, Awaited.request_id), cursor=cursor, limit=limit,
                       key=here.keys.secret("cursors"))
    link_next(request, response, found)
    shown = set(AwaitedOut.model_fields)
    return AwaitedListOut(items=[AwaitedOut.model_validate(row.model_dump(include=shown)) for row in found.items], next=found.next)
