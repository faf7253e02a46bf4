"""Taking due deliveries for one sender, and taking care of those whose sender is gone or whose time is up.

Nothing that is in flight is touched: a claimed delivery is left alone until its lease has ended, and whoever held it before then
finds another epoch and changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from quartier import clock
from quartier.database import claim
from quartier.service import Runtime
from quartier_notify.ledger.ends import tell_end
from quartier_notify.ledger.model import Delivery, Message, Notice, State


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed delivery with all that the ledger knows about it. `epoch` is the proof that it is ours."""

    delivery: Delivery
    message: Message
    notices: Sequence[Notice]
    epoch: int


async def claim_due(runtime: Runtime, limit: int) -> list[Job]:
    """Take up to that many due deliveries, the security and owner lanes first, and commit that they are taken."""
    is_due = and_(col(Delivery.state) == State.QUEUED, col(Delivery.next_at) <= clock.wall())
    if not await _any(runtime, is_due):
        return []
    async with runtime.unit_of_work() as uow:
        deliveries: list[Delivery] = await claim(uow.session, select(Delivery).where(is_due).order_by(
            col(Delivery.lane), col(Delivery.next_at)).limit(limit))
        for delivery in deliveries:
            delivery.claim()
            uow.session.add(delivery)
        ids = [delivery.message_id for delivery in deliveries]
        messages = {message.id: message for message in (await uow.session.exec(
            select(Message).where(col(Message.id).in_(ids)))).all()}
        notices: dict[UUID, list[Notice]] = {}
        for notice in (await uow.session.exec(select(Notice).where(col(Notice.message_id).in_(ids)).order_by(
                col(Notice.noted_at), col(Notice.id)))).all():
            notices.setdefault(notice.message_id, []).append(notice)
    return [Job(delivery, messages[delivery.message_id], notices[delivery.message_id], delivery.epoch)
            for delivery in deliveries]


async def end_what_is_over(runtime: Runtime, limit: int) -> int:
    """Settle by policy what a lost sender held, and fail aloud what has waited for too long."""
    now = clock.wall()
    is_lost = and_(col(Delivery.state) == State.CLAIMED, col(Delivery.claimed_until) <= now)
    is_late = and_(col(Delivery.state) == State.QUEUED, col(Delivery.next_at) <= now, col(Delivery.give_up_at) <= now)
    if not await _any(runtime, or_(is_lost, is_late)):
        return 0
    async with runtime.unit_of_work() as uow:
        lost = await claim(uow.session, select(Delivery).where(is_lost).limit(limit))
        for delivery in lost:
            delivery.note("sender lost", reason="The sender was lost while it held this message.")
            delivery.in_doubt()
            if delivery.state == State.QUEUED:  # its lease has been the wait already
                delivery.next_at = now
        late = await claim(uow.session, select(Delivery).where(is_late).limit(limit))
        for delivery in late:
            delivery.note("given up", reason="No mail server took it within its time.")
            delivery.end(State.FAILED)
        for delivery in (*lost, *late):
            uow.session.add(delivery)
            await tell_end(uow, delivery)
    return len(lost) + len(late)


async def give_back(runtime: Runtime, jobs: Sequence[Job], seconds: float) -> None:
    """Put deliveries back that were not attempted: nothing is counted."""
    if not jobs:
        return
    async with runtime.unit_of_work() as uow:
        for job in jobs:
            delivery = await uow.session.get(Delivery, job.delivery.id, with_for_update=True)
            if delivery is not None and delivery.held_by(job.epoch):
                delivery.release(seconds)
                uow.session.add(delivery)


async def _any(runtime: Runtime, condition: ColumnElement[bool]) -> bool:
    """Whether there is such a delivery. Only then is a transaction opened: each commit wakes the sender again."""
    async with runtime.database.session() as session:
        return (await session.exec(select(Delivery.id).where(condition).limit(1))).first() is not None
