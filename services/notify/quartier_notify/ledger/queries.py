"""What people, officers and operators ask of the ledger."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import clock
from quartier.contracts.notices import NoticeClass
from quartier.pagination import Page, page
from quartier.problems import NotFound
from quartier.service import Runtime
from quartier_notify.ledger.model import LANES, Delivery, Message, Notice, State


async def what_is_on_its_way(runtime: Runtime) -> str | None:
    """A sentence while messages are due, in a sender's hands or not yet tried; None when nothing moves by itself."""
    async with runtime.database.session() as session:
        moving = or_(col(Delivery.state) == State.CLAIMED, and_(
            col(Delivery.state) == State.QUEUED, or_(col(Delivery.next_at) <= clock.wall(), col(Delivery.attempts) == 0)))
        count = (await session.exec(select(func.count()).select_from(Delivery).where(moving))).one()
    return f"{count} messages are on their way." if count else None


async def list_deliveries(session: AsyncSession, state: State | None, ref: str | None, cursor: str | None, limit: int,
                          key: bytes) -> Page[Any]:
    """Deliveries as officers and operators see them, the newest first."""
    wanted = select(Delivery)
    if state is not None:
        wanted = wanted.where(Delivery.state == state)
    if ref is not None:
        wanted = wanted.where(col(Delivery.message_id).in_(select(Message.id).where(Message.ref == ref)))
    found = await page(session, wanted, order=[col(Delivery.id)], cursor=cursor, limit=limit, key=key, descending=True)
    return Page(await _shown(session, found.items), found.next)


async def read_delivery(session: AsyncSession, id: UUID) -> dict[str, Any]:
    """One delivery with its evidence. Raises NotFound."""
    delivery = await session.get(Delivery, id)
    if delivery is None:
        raise NotFound()
    return (await _shown(session, [delivery]))[0]


async def notices_to(session: AsyncSession, person: UUID, cursor: str | None, limit: int, key: bytes) -> Page[Any]:
    """What a person was sent, when and why, the newest first."""
    wanted = select(Notice).where(Notice.recipient == person)
    found = await page(session, wanted, order=[col(Notice.noted_at), col(Notice.id)], cursor=cursor, limit=limit, key=key,
                       descending=True)
    deliveries = {delivery.message_id: delivery for delivery in (await session.exec(select(Delivery).where(
        col(Delivery.message_id).in_({notice.message_id for notice in found.items})))).all()}
    return Page([_notice_shown(notice, deliveries[notice.message_id]) for notice in found.items], found.next)


async def waiting_by_class(session: AsyncSession) -> list[dict[str, Any]]:
    """For each class and channel how many messages wait, and for how long the oldest has."""
    counted = select(Delivery.lane, Delivery.channel, func.count(), func.min(Delivery.queued_at)).where(
        col(Delivery.state).in_([State.QUEUED, State.CLAIMED])).group_by(col(Delivery.lane), col(Delivery.channel))
    names = {lane: name for name, lane in LANES.items()}
    now = clock.wall()
    return [{"notice_class": names[lane], "channel": channel, "waiting": count,
             "oldest_seconds": int((now - oldest).total_seconds())}
            for lane, channel, count, oldest in (await session.exec(counted)).all()]


async def _shown(session: AsyncSession, deliveries: Sequence[Delivery]) -> list[dict[str, Any]]:
    """Deliveries with what their messages and notices say, in two questions however many they are."""
    wanted = {delivery.message_id for delivery in deliveries}
    messages = {message.id: message for message in (await session.exec(select(Message).where(col(Message.id).in_(wanted)))).all()}
    notices: dict[UUID, list[Notice]] = {}
    for notice in (await session.exec(select(Notice).where(col(Notice.message_id).in_(wanted)).order_by(
            col(Notice.noted_at), col(Notice.id)))).all():
        notices.setdefault(notice.message_id, []).append(notice)
    return [_delivery_shown(delivery, messages[delivery.message_id], notices[delivery.message_id]) for delivery in deliveries]


def _delivery_shown(delivery: Delivery, message: Message, notices: Sequence[Notice]) -> dict[str, Any]:
    return delivery.model_dump(exclude={"sequence", "lane", "epoch", "traceparent"}) | {
        "subject_kind": message.subject_kind, "subject_id": message.subject_id, "ref": message.ref,
        "notice_class": message.notice_class, "kinds": [kind for notice in notices for kind in notice.kinds],
        "notice_ids": [notice.id for notice in notices], "trace_id": delivery.trace_id}


def _notice_shown(notice: Notice, delivery: Delivery) -> dict[str, Any]:
    told_at: datetime | None = (datetime.fromisoformat(delivery.evidence[-1]["at"])
                                if delivery.state == State.SENT and delivery.evidence else None)
    return {"id": notice.id, "subject_kind": notice.subject_kind, "subject_id": notice.subject_id, "ref": notice.ref,
            "kinds": notice.kinds, "notice_class": NoticeClass(notice.notice_class), "reasons": notice.reasons,
            "noted_at": notice.noted_at, "state": delivery.state, "told_at": told_at}
