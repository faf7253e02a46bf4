"""Which datasets are awaited, and what a reference means."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.contracts.requests import Visibility
from quartier_publications.awaited.model import Awaited


def awaited() -> Any:
    """Public requests with a promised date that are still open."""
    return select(Awaited).where(col(Awaited.expected_on).is_not(None), Awaited.visibility == Visibility.PUBLIC)


async def named(session: AsyncSession, claims: Iterable[UUID | str]) -> Sequence[Awaited]:
    """The requests of these ids and references that this service knows of."""
    wanted = list(claims)
    ids_, refs = [one for one in wanted if isinstance(one, UUID)], [one for one in wanted if isinstance(one, str)]
    return (await session.exec(select(Awaited).where(or_(col(Awaited.request_id).in_(ids_), col(Awaited.ref).in_(refs))))).all()
