"""What a person follows."""

from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.auth import Actor
from quartier.contracts.notices import Purpose
from quartier.pagination import Page, page
from quartier.problems import NotFound
from quartier_notify.subscriptions.model import Followable, Subscription


async def read(session: AsyncSession, id: UUID, actor: Actor) -> dict[str, Any]:
    """One subscription, for its owner or the bearer of its link. Raises NotFound for everybody else."""
    subscription = await session.get(Subscription, id)
    if subscription is None or not actor.may_act_for(
            subscription.person_id, f"subscription/{id}", Purpose.CONFIRM, Purpose.UNSUBSCRIBE):
        raise NotFound()
    return await shown(session, subscription)


async def of_person(session: AsyncSession, person: UUID, cursor: str | None, limit: int, key: bytes) -> Page[Any]:
    """All that a person follows or followed, the newest first."""
    wanted = select(Subscription).where(Subscription.person_id == person)
    found = await page(session, wanted, order=[col(Subscription.id)], cursor=cursor, limit=limit, key=key, descending=True)
    return Page([await shown(session, subscription) for subscription in found.items], found.next)


async def shown(session: AsyncSession, subscription: Subscription) -> dict[str, Any]:
    """A subscription with the name of what it follows, as long as that is public."""
    followable = await session.get(Followable, subscription.subject_id)
    own = subscription.model_dump(exclude={"sequence", "person_id", "asked_at", "proof"})
    return own | ({"ref": followable.ref, "title": followable.quote} if followable else {})
