"""What a feed shows."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.problems import NotFound
from quartier_notify.feeds.model import FeedEntry
from quartier_notify.subscriptions.model import Followable

ENTRIES = 50


async def newest_entries(session: AsyncSession, subject_id: UUID) -> tuple[Followable, Sequence[FeedEntry]]:
    """A public request and its latest news. Raises NotFound for one that not everybody may see."""
    followable = await session.get(Followable, subject_id)
    if followable is None:
        raise NotFound("No request that everybody may see has this address.")
    found = select(FeedEntry).where(FeedEntry.subject_id == subject_id).order_by(
        col(FeedEntry.at).desc(), col(FeedEntry.event_id).desc()).limit(ENTRIES)
    return followable, (await session.exec(found)).all()
