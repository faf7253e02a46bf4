"""Reading facts and the notes that follow from them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import clock
from quartier.problems import NotFound
from quartier_publications.notes.facts import Fact
from quartier_publications.notes.model import FactRow
from quartier_publications.notes.period import Period, quarter, quarter_of, quarters_between


async def numbers(session: AsyncSession, zone: str) -> list[str]:
    """The notes that exist: one a quarter from the first fact to the present, the latest first."""
    first: datetime | None = (await session.exec(select(func.min(FactRow.occurred_at)))).one()
    now = clock.now()
    return quarters_between(quarter_of(min(first or now, now), zone), quarter_of(now, zone))


async def period(session: AsyncSession, number: str, zone: str) -> Period:
    """The quarter of a note that exists. Raises NotFound for one before the first fact or after the present quarter."""
    found = quarter(number, zone)
    if found is None or number not in await numbers(session, zone):
        raise NotFound("There is a note for each quarter since the city's first request, such as 2026-4.")
    return found


async def facts(session: AsyncSession, until: datetime) -> Sequence[Fact]:
    """All facts from before that instant. One that lies in the future is held back until its time has come."""
    columns = (col(FactRow.source), col(FactRow.id), col(FactRow.occurred_at), col(FactRow.key), col(FactRow.sequence),
               col(FactRow.type), col(FactRow.data))
    rows = await session.exec(select(*columns).where(FactRow.occurred_at < until, FactRow.occurred_at <= clock.now()))
    return [Fact(*row) for row in rows]
