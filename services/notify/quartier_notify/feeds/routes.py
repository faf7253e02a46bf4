"""Feeds that anybody may read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response

from quartier.auth import public
from quartier.contracts.words import Language
from quartier.i18n import preferred
from quartier_notify.feeds.atom import render
from quartier_notify.feeds.queries import newest_entries
from quartier_notify.service import Here, Reading

router = APIRouter(prefix="/feeds")


@router.get("/requests/{id}.atom", response_class=Response, **public("public facts, for feed readers"),
            responses={200: {"content": {"application/atom+xml": {}}}, 304: {"description": "The reader has it already."}})
async def read_request_feed(id: UUID, session: Reading, here: Here,
                            lang: Annotated[Language | None, Query(description="Else the Accept-Language header decides.")] = None,
                            accept_language: Annotated[str | None, Header()] = None,
                            if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """News of one public request as Atom."""
    followable, entries = await newest_entries(session, id)
    feed = render(followable, entries, lang or Language(preferred(accept_language)), here.settings)
    headers = {"ETag": feed.etag, "Cache-Control": "public, max-age=60", "Vary": "Accept-Language", "Access-Control-Allow-Origin": "*"}
    if if_none_match and feed.etag in (tag.strip().removeprefix("W/") for tag in if_none_match.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(feed.content, headers=headers, media_type="application/atom+xml")
