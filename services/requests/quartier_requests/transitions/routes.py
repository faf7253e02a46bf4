"""Staff acts over HTTP: what is possible, what would be read, and the act itself."""

from typing import Annotated

from fastapi import APIRouter, Body, Response

from quartier.auth import allow
from quartier.web import Match, check_version, etag
from quartier_requests import queries
from quartier_requests.schemas import RequestOut
from quartier_requests.service import Here, Lang, Once, Person, Reading, Uow
from quartier_requests.transitions import commands
from quartier_requests.transitions.queries import possible, preview
from quartier_requests.transitions.schemas import Act, PossibleListOut, PreviewOut

router = APIRouter()


@router.get("/requests/{key}/transitions", **allow("request.transition"))
async def list_transitions(key: str, session: Reading, person: Person, here: Here, lang: Lang, response: Response) -> PossibleListOut:
    """What you may do with this request now, with the fields of each act and what it owes the requester."""
    request = await queries.known(session, key, person)
    etag(response, request)
    return possible(request, person, here.settings, lang)


@router.post("/requests/{key}/transitions", response_model=RequestOut, **allow("request.transition"))
async def create_transition(key: str, act: Annotated[Act, Body()], version: Match, uow: Uow, person: Person, once: Once, here: Here,
                            lang: Lang) -> Response:
    """Do one thing with the request. It is public at once, and the requester gets one mail about it."""

    async def carry_out() -> RequestOut:
        request = await queries.known(uow.session, key, person, lock=True)
        check_version(request, version)
        await commands.carry_out(uow, person, request, act)
        return RequestOut.of(request, lang, here.settings)

    return await once.run(carry_out, RequestOut, status=200)


@router.post("/requests/{key}/transitions/previews", **allow("request.transition"))
async def preview_transition(key: str, act: Annotated[Act, Body()], session: Reading, person: Person, here: Here,
                             lang: Lang) -> PreviewOut:
    """What the public and the requester would read if this act were sent. Nothing is changed."""
    request = await queries.known(session, key, person)
    return preview(session, request, person, act, here.settings, lang)
