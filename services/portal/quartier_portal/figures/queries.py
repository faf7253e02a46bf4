"""The city in figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.contracts.requests import Visibility
from quartier_portal.figures.model import RequestCard


@dataclass(frozen=True, slots=True)
class Figures:
    """What the dashboard shows. `median_days` is from the ask to the answer or the publication; None while nothing has ended."""

    asked: int
    by_label: dict[str, int]
    median_days: float | None
    ended: int
    slips: int


async def figures(session: AsyncSession) -> Figures:
    """Counts over all submitted requests, the hidden ones too."""
    counted = (await session.exec(select(RequestCard.label, func.count()).group_by(RequestCard.label))).all()
    spans = (await session.exec(select(RequestCard.received_at, RequestCard.ended_at).where(
        col(RequestCard.ended_at).is_not(None), col(RequestCard.received_at).is_not(None)))).all()
    days = [(ended - received).total_seconds() / 86400 for received, ended in spans if received and ended]
    slips = (await session.exec(select(func.coalesce(func.sum(RequestCard.slips), 0)))).one()
    return Figures(sum(count for _, count in counted), dict(sorted(counted)), median(days) if days else None, len(days), slips)


async def latest(session: AsyncSession, count: int) -> Sequence[RequestCard]:
    """The public requests that moved last, the newest first."""
    return (await session.exec(select(RequestCard).where(RequestCard.visibility == Visibility.PUBLIC).order_by(
        col(RequestCard.changed_at).desc(), col(RequestCard.sequence).desc()).limit(count))).all()
