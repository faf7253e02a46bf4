"""What the requester sees of her own request, gathered from its history, its promises and the follow-up ledger."""

from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.settings import Settings
from quartier_requests import queries
from quartier_requests.machine import MACHINE, By
from quartier_requests.model import Request
from quartier_requests.schemas import EventOut, InformedOut, OwnRequestOut, SlipOut


async def own_page(session: AsyncSession, request: Request, lang: str, settings: Settings) -> OwnRequestOut:
    """Everything about a request that its requester may know, and what she can do with it."""
    can_withdraw = any(row.verb == "withdraw" for row in MACHINE.possible(request.state, {By.REQUESTER}))
    return OwnRequestOut(
        **OwnRequestOut.fields_of(request, lang, settings),
        events=[EventOut.of(line, lang, settings) for line in await queries.history(session, request.id)],
        promises=[SlipOut.of(slip) for slip in await queries.slips(session, request.id)],
        notices=[InformedOut.of(notice, settings) for notice in await queries.owner_notices(session, request.id)],
        choices=["withdraw"] if can_withdraw else [])
