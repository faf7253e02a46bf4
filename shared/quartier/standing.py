"""How a service stands: what it has still to send, to read, to mend and to do. Numbers for operators, and the one question of quiet."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import clock, outbox
from quartier.bus import BusError, Partition, Position
from quartier.outbox import OutboxRow
from quartier.parking import ParkedKey
from quartier.timers import TimerRow

if TYPE_CHECKING:
    from quartier.service import Runtime


@dataclass(frozen=True, slots=True)
class OutboxStanding:
    """What waits to be sent, and for how long. Alarm on the age, not on the count."""

    pending: int
    oldest_seconds: float
    refused: int


async def outbox_standing(session: AsyncSession) -> OutboxStanding:
    """The outbox in numbers."""
    unsent = await outbox.unsent(session)
    pending = await _count(session, OutboxRow, unsent)
    oldest = (await session.exec(select(OutboxRow).where(unsent).order_by(OutboxRow.seq).limit(1))).first()
    age = max(0.0, (clock.wall() - oldest.written_at).total_seconds()) if oldest else 0.0
    return OutboxStanding(pending, age, await _count(session, OutboxRow, OutboxRow.refused.is_not(None)))


async def lag(runtime: "Runtime") -> Mapping[Partition, Position]:
    """How far the service has read what it handles. Raises BusError when the bus cannot say."""
    handlers = runtime.service.handlers
    if not handlers:
        return {}
    positions = await runtime.bus.positions(runtime.service.name)
    return {partition: positions[partition] for partition in sorted(positions) if partition.topic in handlers.topics}


async def next_timer_due_at(session: AsyncSession) -> datetime | None:
    """The business instant at which the next timer fires."""
    return (await session.exec(select(func.min(TimerRow.due_at)))).one()


async def unrest(runtime: "Runtime") -> list[str]:
    """What the service has still to do, a sentence each; empty when it is quiet."""
    try:
        before = await _marks(runtime)
        reasons = [reason async for reason in _reasons(runtime, sum(position.lag for position in before[1].values()))]
        # What moves from the outbox over the bus to a handler can pass behind our back, but not without leaving these marks.
        if not reasons and await _marks(runtime) != before:
            reasons.append("Something happened just now.")
        return reasons
    except BusError as error:
        return [f"The bus does not answer: {error}"]


async def _marks(runtime: "Runtime") -> tuple[int, dict[Partition, Position]]:
    async with runtime.database.session() as session:
        published = await outbox.published(session)
    # The age of the oldest unread record is no mark: it changes by itself.
    return published, {partition: replace(position, oldest_unread_ms=None) for partition, position in (await lag(runtime)).items()}


async def _reasons(runtime: "Runtime", unread: int) -> AsyncIterator[str]:
    for name, loop in runtime.loops.items():
        if not loop.ready:
            yield f"The loop {name} is not at work: {loop.trouble or 'it is starting'}"
    async with runtime.database.session() as session:
        standing = await outbox_standing(session)
        counts = {
            "events to send": standing.pending,
            "events that the bus refused": standing.refused,
            "events to read": unread,
            "parked keys": await _count(session, ParkedKey),
            "timers that are due": await _count(session, TimerRow, TimerRow.due_at <= clock.now()),
        }
    for what, number in counts.items():
        if number:
            yield f"{number} {what}"
    for check in runtime.service.quiet_checks:
        if reason := await check(runtime):
            yield reason


async def _count(session: AsyncSession, table: type[SQLModel], *conditions: Any) -> int:
    return (await session.exec(select(func.count()).select_from(table).where(*conditions))).one()
