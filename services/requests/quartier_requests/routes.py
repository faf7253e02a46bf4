"""Requests over HTTP: the public list, one request and its history, and its requester's own page."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi import Request as Call

from quartier.auth import allow, public
from quartier.contracts.notices import Purpose
from quartier.contracts.requests import Visibility
from quartier.pagination import Cursor, Limit, link_next, page
from quartier.web import Match, check_version, etag
from quartier_requests import commands, queries
from quartier_requests.drafts.routes import router as drafts
from quartier_requests.facts import Facts
from quartier_requests.machine import MACHINE, State
from quartier_requests.model import Request
from quartier_requests.notices.routes import router as notices
from quartier_requests.pages import own_page
from quartier_requests.problems import UnknownRequest
from quartier_requests.queues.routes import router as queues
from quartier_requests.register.routes import router as register
from quartier_requests.schemas import (
    EventListOut,
    EventOut,
    InformedListOut,
    InformedOut,
    OwnRequestOut,
    RequestListOut,
    RequestOut,
    RequestSummaryOut,
    SlipListOut,
    SlipOut,
    WishListOut,
)
from quartier_requests.service import OPEN_DATA, Here, Lang, Person, Reading, Uow
from quartier_requests.texts import Line
from quartier_requests.transitions.routes import router as transitions

router = APIRouter()
OPEN = "The register of requests is public; what nobody has cleared is hidden from visitors."


@router.get("/requests", dependencies=OPEN_DATA, **public(OPEN))
async def list_requests(
        session: Reading, person: Person, here: Here, lang: Lang, call: Call, response: Response,
        state: Annotated[list[State] | None, Query(max_length=20)] = None, label: Annotated[list[str] | None, Query(max_length=20)] = None,
        visibility: Visibility | None = None, q: Line | None = None, cursor: Cursor = None, limit: Limit = 20) -> RequestListOut:
    """The requests that you may read, newest first: by state, by public label, by words in title, text or number."""
    states = [*(state or ()), *(name for one in label or () for name in MACHINE.states_of(one) or [one])]
    found = await page(session, queries.listed(person, states=states, visibility=visibility, words=q), order=[Request.id],
                       cursor=cursor, limit=limit, key=here.keys.secret("cursor"), descending=True)
    link_next(call, response, found)
    items = [RequestSummaryOut.of(request, lang, here.settings) for request in found.items]
    return RequestListOut(items=items, next=found.next)


@router.get("/requests/{key}", dependencies=OPEN_DATA, **public(OPEN))
async def get_request(key: str, session: Reading, person: Person, here: Here, lang: Lang, response: Response) -> RequestOut:
    """One request, by id or public number (R-2027-0042)."""
    request = await queries.known(session, key, person)
    etag(response, request)
    return RequestOut.of(request, lang, here.settings)


@router.get("/requests/{key}/events", dependencies=OPEN_DATA, **public(OPEN))
async def list_events(key: str, session: Reading, person: Person, here: Here, lang: Lang) -> EventListOut:
    """What happened to a request, oldest first."""
    request = await queries.known(session, key, person)
    lines = await queries.history(session, request.id)
    return EventListOut(items=[EventOut.of(line, lang, here.settings) for line in lines])


@router.get("/requests/{key}/wishes", dependencies=OPEN_DATA, **public(OPEN))
async def list_wishes(key: str, session: Reading, person: Person) -> WishListOut:
    """What the data has to have, and what the published dataset gives of it."""
    request = await queries.known(session, key, person)
    return WishListOut(items=request.wanted(), answered=Facts(**request.answer) if request.answer else None)


@router.get("/requests/{key}/slips", dependencies=OPEN_DATA, **public(OPEN))
async def list_slips(key: str, session: Reading, person: Person) -> SlipListOut:
    """Every date that was promised for it, moved, or passed without the data."""
    request = await queries.known(session, key, person)
    return SlipListOut(items=[SlipOut.of(slip) for slip in await queries.slips(session, request.id)])


@router.get("/requests/{key}/notices", dependencies=OPEN_DATA, **public(OPEN))
async def list_notices(key: str, session: Reading, person: Person, here: Here) -> InformedListOut:
    """Whether its requester was told of each act, and on which day."""
    request = await queries.known(session, key, person)
    told = await queries.owner_notices(session, request.id)
    return InformedListOut(items=[InformedOut.of(notice, here.settings) for notice in told])


@router.get("/requests/{key}/status", **allow("request.read-own"))
async def get_own_request(key: str, session: Reading, person: Person, here: Here, lang: Lang, response: Response) -> OwnRequestOut:
    """Your own request with everything about it, by the link in a mail or signed in."""
    request = await queries.find(session, key)
    if not queries.is_own(person, request):
        raise UnknownRequest
    etag(response, request)
    response.headers["X-Robots-Tag"] = "noindex"
    return await own_page(session, request, lang, here.settings)


@router.post("/requests/{key}/withdrawal", **allow("request.withdraw"))
async def withdraw_request(key: str, version: Match, uow: Uow, person: Person, here: Here, lang: Lang,
                           response: Response) -> OwnRequestOut:
    """Take your own request back. Others may ask for the same."""
    request = await queries.find(uow.session, key, lock=True)
    if not person.may_act_for(request.person_id, request.scope, Purpose.STATUS):
        raise UnknownRequest
    check_version(request, version)
    await commands.withdraw(uow, request)
    etag(response, request)
    return await own_page(uow.session, request, lang, here.settings)


for part in (drafts, transitions, notices, queues, register):
    router.include_router(part)
