"""Taking due deliveries for one sender, and taking care of those whose sender is gone or whose time is up.

Nothing that is in flight is touched: a claimed delivery is left alone until its lease has ended. Whoever held it before then has an
older version of the row, and can no longer change it.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from quartier import clock
from quartier.database import claim
from quartier.problems import Stale
from quartier_notify.ledger.ends import notices_of, tell_end
from quartier_notify.ledger.model import Delivery, Message, Notice, State
from quartier_notify.subscriptions.model import Followable

if TYPE_CHECKING:
    from quartier.service import Runtime


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed delivery with all that the ledger knows about it, and whether its subject has a public page."""

    delivery: Delivery
    message: Message
    notices: Sequence[Notice]
    is_public: bool


async def claim_due(runtime: "Runtime", limit: int) -> list[Job]:
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
        public = set((await uow.session.exec(select(Followable.subject_id).where(
            col(Followable.subject_id).in_({message.subject_id for message in messages.values()})))).all())
    return [Job(delivery, message, notices[message.id], message.subject_id in public)
            for delivery in deliveries for message in [messages[delivery.message_id]]]


async def end_what_is_over(runtime: "Runtime", limit: int) -> int:
    """Settle by policy what a lost sender held, and fail aloud what has waited for too long."""
    now = clock.wall()
    is_lost = and_(col(Delivery.state) == State.CLAIMED, col(Delivery.claimed_until) <= now)
    is_late = and_(col(Delivery.state) == State.QUEUED, col(Delivery.next_at) <= now, col(Delivery.give_up_at) <= now)
    if not await _any(runtime, or_(is_lost, is_late)):
        return 0
    async with runtime.unit_of_work() as uow:
        lost: list[Delivery] = await claim(uow.session, select(Delivery).where(is_lost).limit(limit))
        for delivery in lost:
            delivery.note("sender lost", reason="The sender was lost while it held this message.")
            delivery.in_doubt()
            if delivery.state == State.QUEUED:  # its lease has been the wait already
                delivery.next_at = now
        late: list[Delivery] = await claim(uow.session, select(Delivery).where(is_late).limit(limit))
        for delivery in late:
            delivery.note("given up", reason="No mail server took it within its time.")
            delivery.end(State.FAILED)
        for delivery in (*lost, *late):
            uow.session.add(delivery)
            tell_end(uow, delivery, await notices_of(uow.session, delivery))
    return len(lost) + len(late)


async def give_back(runtime: "Runtime", jobs: Sequence[Job], seconds: float) -> None:
    """Put deliveries back that were not attempted: nothing is counted. What another sender has by now stays there."""
    for job in jobs:
        with suppress(Stale):
            async with runtime.unit_of_work() as uow:
                job.delivery.release(seconds)
                uow.session.add(job.delivery)


async def _any(runtime: "Runtime", condition: ColumnElement[bool]) -> bool:
    """Whether there is such a delivery. Only then is a transaction opened: each commit wakes the sender again."""
    async with runtime.database.session() as session:
        return (await session.exec(select(Delivery.id).where(condition).limit(1))).first() is not None
