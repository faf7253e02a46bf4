"""Keys whose event failed: the event and all later ones of its key wait in a lane, one a handler, while other keys flow.

A lane drains in order, at growing intervals. After a day its head becomes a dead letter and the lane goes on, unless its handler
insists on order: then it waits for a person.
"""

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, bindparam, delete, exists, func
from sqlmodel import Field, SQLModel, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import clock, dead_letters, ids, inbox
from quartier.attempts import Handler, Incoming, Permanent, attempt, subject_of
from quartier.bus import Record
from quartier.bus.packing import pack, unpack
from quartier.database import Utc, claim
from quartier.inbox import SequenceGap, insert_new
from quartier.loops import Loop, reason_of
from quartier.outbox import BigNumber
from quartier.problems import Conflict, NotFound

if TYPE_CHECKING:
    from quartier.handlers import Handlers
    from quartier.service import Runtime

PAUSES = (1, 5, 30, 120, 600, 3600)
"""Seconds between the tries of a lane's head, each a fifth shorter or longer; the last one repeats."""
GIVEN_UP_AFTER = timedelta(hours=24)
GAP_PAUSE = 300.0
"""Seconds that an event waits for its predecessor before its lane is tried like any other."""


class ParkedKey(SQLModel, table=True):
    """One lane. `since` tells when its present head failed first."""

    __tablename__ = "parked_key"
    __table_args__ = (UniqueConstraint("handler", "topic", "key", name="parked_key_one_lane"),)

    id: UUID = Field(default_factory=ids.new_id, primary_key=True)
    handler: str
    topic: str
    key: str
    since: Utc
    tries: int
    next_try_at: Utc = Field(index=True)
    reason: str = Field(sa_type=Text)


class ParkedEvent(SQLModel, table=True):
    """One event in a lane, as it came from the bus."""

    __tablename__ = "parked_event"
    __table_args__ = (UniqueConstraint("handler", "source", "id", name="parked_event_once"),
                      Index("parked_event_lane", "handler", "topic", "key", "position"))

    position: int | None = Field(default=None, primary_key=True, sa_type=BigNumber)
    handler: str
    topic: str
    key: str
    source: str
    id: str
    sequence: int | None = None
    part: int
    off: int = Field(sa_type=BigNumber)
    headers: bytes = Field(sa_type=LargeBinary)
    value: bytes | None = Field(default=None, sa_type=LargeBinary)
    timestamp_ms: int | None = Field(default=None, sa_type=BigNumber)

    @property
    def incoming(self) -> Incoming:
        """The event as the consumer had it."""
        return Incoming.open(Record(self.topic, self.key.encode(), self.value, unpack(self.headers), self.part, self.off,
                                    self.timestamp_ms))


IS_FREE = ~exists().where(ParkedKey.handler == bindparam("handler"), ParkedKey.topic == bindparam("topic"),
                          ParkedKey.key == bindparam("key"))
"""The condition that no lane exists for a handler, topic and key."""


def _lane(handler: Handler, incoming: Incoming) -> tuple[Any, ...]:
    return (ParkedKey.handler == handler.name, ParkedKey.topic == incoming.record.topic, ParkedKey.key == incoming.key)


async def park(session: AsyncSession, handler: Handler, incoming: Incoming, error: Exception, tries: int) -> None:
    """Open a lane with an event that failed as its head."""
    pause = GAP_PAUSE if isinstance(error, SequenceGap) else _pause(tries)
    await session.exec(insert_new(session, ParkedKey).values(
        id=ids.new_id(), handler=handler.name, topic=incoming.record.topic, key=incoming.key, since=clock.wall(), tries=tries,
        next_try_at=clock.in_seconds(pause), reason=reason_of(error)))
    await _append(session, handler, incoming)


async def join(session: AsyncSession, handler: Handler, incoming: Incoming) -> bool:
    """Put an event at the end of its key's lane; False when the lane has drained meanwhile."""
    # The lock waits for a drain in hand, which may be about to close the lane.
    lane = (await session.exec(select(ParkedKey).where(*_lane(handler, incoming)).with_for_update())).first()
    if lane is None:
        return False
    if not await inbox.has(session, handler.name, incoming.envelope.source, incoming.envelope.id):
        await _append(session, handler, incoming)
    return True


async def _append(session: AsyncSession, handler: Handler, incoming: Incoming) -> None:
    record, envelope = incoming.record, incoming.envelope
    await session.exec(insert_new(session, ParkedEvent).values(
        handler=handler.name, topic=record.topic, key=incoming.key, source=envelope.source, id=envelope.id,
        sequence=incoming.sequence, part=record.partition, off=record.offset, headers=pack(record.headers),
        value=record.value, timestamp_ms=record.timestamp_ms))


async def is_awaited(session: AsyncSession, handler: Handler, incoming: Incoming) -> bool:
    """Whether this is the event that a handler in strict order waits for, so that it goes before the lane."""
    if not handler.is_strict or incoming.sequence is None:
        return False
    envelope = incoming.envelope
    return incoming.sequence == 1 + await inbox.reached(session, handler.name, envelope.source, subject_of(envelope))


async def try_soon(session: AsyncSession, handler: Handler, incoming: Incoming) -> None:
    """Let the lane of this key be tried without further waiting."""
    await session.exec(update(ParkedKey).where(*_lane(handler, incoming)).values(next_try_at=clock.wall()))


def _head_of(lane: ParkedKey, *, is_strict: bool) -> Any:
    """The lane's events in the order in which they are handled: as they came, or as they were emitted."""
    order = (func.coalesce(ParkedEvent.sequence, 0), ParkedEvent.position) if is_strict else (ParkedEvent.position,)
    return select(ParkedEvent).where(ParkedEvent.handler == lane.handler, ParkedEvent.topic == lane.topic,
                                     ParkedEvent.key == lane.key).order_by(*order).limit(1)


class LaneLoop(Loop):
    """Drains the lanes of one service: one try of one head a step."""

    breath = 0.1

    def __init__(self, runtime: "Runtime") -> None:
        super().__init__(f"{runtime.service.name} lanes", runtime.bell)
        self.runtime = runtime

    async def step(self) -> int:
        """Try the head of the lane that has been due for the longest time, of those that no other replica holds."""
        handlers = self.runtime.service.handlers
        async with self.runtime.database.session() as session:
            due = select(ParkedKey).where(ParkedKey.next_try_at <= clock.wall(), ParkedKey.handler.in_(handlers.names))
            free = await claim(session, due.order_by(ParkedKey.next_try_at).limit(1))
            if not free:
                return 0
            lane = free[0]
            handler = handlers[lane.handler]
            head = (await session.exec(_head_of(lane, is_strict=handler.is_strict))).first()
        if head is None:
            await self._close(lane)
        else:
            await self._try(handler, lane, head)
        return 1

    async def _try(self, handler: Handler, lane: ParkedKey, head: ParkedEvent) -> None:
        async def leave(session: AsyncSession) -> None:
            await _take(session, lane, head, is_strict=handler.is_strict)

        incoming = head.incoming
        try:
            # The claim that found the lane ended with its session; who comes in between is met again in `leave`.
            with suppress(_Elsewhere):
                await attempt(self.runtime, handler, incoming, first=leave)
        except Exception as error:
            async with self.runtime.database.transaction() as session:
                await _note_failure(session, handler, lane, head, incoming, error)

    async def _close(self, lane: ParkedKey) -> None:
        async with self.runtime.database.transaction() as session:
            if locked := await claim(session, select(ParkedKey).where(ParkedKey.id == lane.id)):
                await _go_on(session, locked[0], is_strict=False)


class _Elsewhere(Exception):
    """Another replica works on this lane, or has done so since it was read."""


async def _take(session: AsyncSession, lane: ParkedKey, head: ParkedEvent, *, is_strict: bool) -> None:
    """Take the head out of its lane, for this transaction."""
    locked = await claim(session, select(ParkedKey).where(ParkedKey.id == lane.id))
    if not locked or (await session.exec(delete(ParkedEvent).where(ParkedEvent.position == head.position))).rowcount == 0:
        raise _Elsewhere
    await _go_on(session, locked[0], is_strict=is_strict)


async def _go_on(session: AsyncSession, lane: ParkedKey, *, is_strict: bool) -> None:
    """Let the next event be the head, or close the lane behind the last one."""
    if (await session.exec(_head_of(lane, is_strict=is_strict))).first() is None:
        await session.delete(lane)
    else:
        lane.since = lane.next_try_at = clock.wall()
        lane.tries = 0
    await session.flush()


async def _note_failure(session: AsyncSession, handler: Handler, lane: ParkedKey, head: ParkedEvent, incoming: Incoming,
                        error: Exception) -> None:
    """Plan the next try, or give the head up."""
    locked = await session.get(ParkedKey, lane.id, with_for_update=True)
    if locked is None or await session.get(ParkedEvent, head.position) is None:
        return
    tries = locked.tries + 1
    is_over = not handler.is_strict and clock.wall() - locked.since >= GIVEN_UP_AFTER
    if isinstance(error, Permanent) or is_over:
        await dead_letters.bury(session, handler, incoming, error, tries)
        await _take(session, locked, head, is_strict=handler.is_strict)
    else:
        locked.tries, locked.reason = tries, reason_of(error)
        locked.next_try_at = clock.in_seconds(_pause(tries))


def _pause(tries: int) -> float:
    """The wait after that many tries; the first three, as in the consumer, are one round."""
    return ids.jitter(PAUSES[min(max(0, tries - 3), len(PAUSES) - 1)])


async def retry(session: AsyncSession, lane_id: UUID, handlers: "Handlers", *, without_predecessor: bool) -> None:
    """A person wants the lane tried now; with `without_predecessor`, also without the missing event that its head waits for."""
    lane = await session.get(ParkedKey, lane_id, with_for_update=True)
    if lane is None:
        raise NotFound("No key is parked here (any more).")
    if lane.handler not in handlers:
        raise Conflict(f"There is no handler {lane.handler} any more.")
    if without_predecessor:
        is_strict = handlers[lane.handler].is_strict
        head = (await session.exec(_head_of(lane, is_strict=is_strict))).first()
        if not is_strict or head is None or head.sequence is None:
            raise Conflict("This key does not wait for a missing event.")
        await inbox.jump(session, lane.handler, head.source, subject_of(head.incoming.envelope), head.sequence - 1)
    lane.next_try_at = clock.wall()
