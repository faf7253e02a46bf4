"""Reading the whole register without holding it in memory, and counting what stands in it."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.contracts.requests import Visibility
from quartier.database import Database
from quartier.settings import Settings
from quartier_requests.machine import MACHINE, State
from quartier_requests.model import Request, RequestEvent
from quartier_requests.register.columns import Row

BATCH = 500


async def all_requests(database: Database, settings: Settings) -> AsyncIterator[Row]:
    """Every public request, by number."""
    async for _, batch in _batches(database):
        for request in batch:
            yield Row(request, settings)


async def all_events(database: Database, settings: Settings) -> AsyncIterator[Row]:
    """Every line of public history of every public request."""
    async for session, batch in _batches(database):
        lines = defaultdict[UUID, list[RequestEvent]](list)
        statement = select(RequestEvent).where(col(RequestEvent.request_id).in_([request.id for request in batch]),
                                               col(RequestEvent.is_public))
        for line in (await session.exec(statement.order_by(col(RequestEvent.number), col(RequestEvent.id)))).all():
            lines[line.request_id].append(line)
        for request in batch:
            for line in lines[request.id]:
                yield Row(request, settings, line)


async def _batches(database: Database) -> AsyncIterator[tuple[AsyncSession, list[Request]]]:
    """The public requests in portions, each read in a session of its own: a slow reader keeps no transaction open."""
    last = ""
    while True:
        async with database.session() as session:
            statement = select(Request).where(Request.visibility == Visibility.PUBLIC, col(Request.ref) > last)
            batch = list((await session.exec(statement.order_by(col(Request.ref)).limit(BATCH))).all())
            if not batch:
                return
            yield session, batch
            last = batch[-1].ref or ""


async def hidden_count(session: AsyncSession) -> int:
    """How many confirmed requests the public cannot read: not looked at yet, or the requester's alone."""
    statement = select(func.count()).select_from(Request).where(
        Request.visibility != Visibility.PUBLIC, Request.state != State.AWAITING_CONFIRMATION)
    return (await session.exec(statement)).one()


async def counts_by_label(session: AsyncSession) -> dict[str, int]:
    """How many public requests stand under each public label."""
    statement = select(Request.state, func.count()).where(Request.visibility == Visibility.PUBLIC).group_by(Request.state)
    found: Counter[str] = Counter()
    for state, count in (await session.exec(statement)).all():
        found[MACHINE.states[state].label] += count
    return dict(found)


async def counts_by_outcome(session: AsyncSession) -> dict[str, int]:
    """How many public requests came to each outcome."""
    statement = select(Request.outcome, func.count()).where(
        Request.visibility == Visibility.PUBLIC, col(Request.outcome).is_not(None)).group_by(Request.outcome)
    return {str(outcome): count for outcome, count in (await session.exec(statement)).all()}
