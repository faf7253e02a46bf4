"""What operators see and do in every service: what waits, what is stuck, and what becomes of it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy import func
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import dead_letters, outbox, parking, standing
from quartier.auth import Actor, Policies, Rule, allow
from quartier.contracts.accounts import Role
from quartier.dead_letters import DeadLetter, LetterState
from quartier.outbox import OutboxRow
from quartier.parking import ParkedEvent, ParkedKey
from quartier.problems import NotFound
from quartier.timers import TimerRow
from quartier.uow import UnitOfWork
from quartier.web import Body, Out

if TYPE_CHECKING:
    from quartier.service import Service

policies = Policies({"operations.look": Rule(roles={Role.OPERATOR}), "operations.act": Rule(roles={Role.OPERATOR})})
"""Every service has these beside its own."""

Limit = Annotated[int, Query(ge=1, le=100, description="Rows at most; the oldest come first.")]


class QuietOut(Out):
    """Whether anything is left to do, what, and when the next thing is due."""

    quiet: bool
    reasons: list[str]
    next_timer_due_at: datetime | None


class RefusedOut(Out):
    """An event that the bus will not take; it holds up its key until somebody sends it again."""

    id: UUID
    topic: str
    key: str
    type: str
    occurred_at: datetime
    reason: str


class OutboxOut(Out):
    """Events on their way to the bus."""

    pending: int
    oldest_seconds: float
    refused: list[RefusedOut]


class PartitionOut(Out):
    """How far the service has read one partition, and how long the oldest unread event has waited."""

    topic: str
    partition: int
    committed: int | None
    end: int
    lag: int
    age_seconds: float


class LoopOut(Out):
    """One of the service's loops in the process that answers."""

    name: str
    ready: bool
    trouble: str | None


class LagOut(Out):
    """What the service has still to read."""

    group: str
    lag: int
    age_seconds: float
    partitions: list[PartitionOut]
    loops: list[LoopOut]


class ParkedKeyOut(Out):
    """A key whose events wait for one handler."""

    id: UUID
    handler: str
    topic: str
    key: str
    since: datetime
    tries: int
    next_try_at: datetime
    reason: str
    events: int


class ParkedKeysOut(Out):
    """The keys that are parked, and how many there are."""

    total: int
    items: list[ParkedKeyOut]


class RetryIn(Body):
    """How to try a parked key."""

    without_predecessor: bool = Field(False, description="Go on although an event before it is missing, in a handler in strict order.")


class DeadLetterOut(Out):
    """An event that was given up."""

    id: UUID
    handler: str
    topic: str
    part: int
    off: int
    key: str
    reason: str
    stack_hash: str
    tries: int
    died_at: datetime
    state: LetterState
    closed_at: datetime | None
    closed_by: UUID | None
    remark: str | None


class OpenLetterOut(DeadLetterOut):
    """A dead letter with what is in it, as text; bytes that are none are shown as replacement characters."""

    headers: dict[str, str]
    value: str | None


class DeadLettersOut(Out):
    """Dead letters in one state, and how many there are."""

    total: int
    items: list[DeadLetterOut]


class DiscardIn(Body):
    """Why a letter needs no replay."""

    reason: str = Field(min_length=3, max_length=500)


class TimerOut(Out):
    """A timer that is set; with tries, one that failed."""

    name: str
    key: str
    due_at: datetime
    tries: int
    next_try_at: datetime | None
    reason: str | None


class TimersOut(Out):
    """The timers that are due next, and how many are set."""

    total: int
    items: list[TimerOut]


def router_for(service: "Service") -> APIRouter:
    """The operators' endpoints of one service."""
    router = APIRouter(prefix="/operations")
    Here = Annotated[Any, Depends(service.runtime)]
    Reading = Annotated[AsyncSession, Depends(service.reading)]
    Uow = Annotated[UnitOfWork, Depends(service.unit_of_work, scope="function")]
    Person = Annotated[Actor, Depends(service.actor)]

    @router.get("/quiet", **allow("operations.look"))
    async def show_quiet(runtime: Here, session: Reading) -> QuietOut:
        """Whether this service has nothing left to do, or what it has, and when its next timer is due (business time)."""
        reasons = await standing.unrest(runtime)
        return QuietOut(quiet=not reasons, reasons=reasons, next_timer_due_at=await standing.next_timer_due_at(session))

    @router.get("/outbox", **allow("operations.look"))
    async def show_outbox(session: Reading, limit: Limit = 100) -> OutboxOut:
        """How many events wait to be sent, since when, and which of them the bus refuses."""
        found = await standing.outbox_standing(session)
        refused = select(OutboxRow).where(OutboxRow.refused.is_not(None)).order_by(OutboxRow.seq).limit(limit)
        return OutboxOut(pending=found.pending, oldest_seconds=found.oldest_seconds, refused=[
            RefusedOut(id=row.id, topic=row.topic, key=row.aggregateid, type=row.type, occurred_at=row.occurred_at, reason=row.refused)
            for row in (await session.exec(refused)).all()])

    @router.post("/outbox/{id}/retry", status_code=202, **allow("operations.act"))
    async def retry_refused(id: UUID, uow: Uow) -> None:
        """Send a refused event once more, and what waits behind it, after the bus was mended."""
        await outbox.send_again(uow.session, id)

    @router.get("/lag", **allow("operations.look"))
    async def show_lag(runtime: Here) -> LagOut:
        """How far this service has read what it handles, and whether its loops are at work."""
        partitions = [
            PartitionOut(topic=partition.topic, partition=partition.number, committed=position.committed, end=position.end,
                         lag=position.lag, age_seconds=(position.oldest_unread_ms or 0) / 1000 if position.lag else 0.0)
            for partition, position in (await standing.lag(runtime)).items()]
        return LagOut(group=runtime.service.name, lag=sum(part.lag for part in partitions), partitions=partitions,
                      age_seconds=max((part.age_seconds for part in partitions), default=0.0),
                      loops=[LoopOut(name=name, ready=loop.ready, trouble=loop.trouble) for name, loop in runtime.loops.items()])

    @router.get("/parked-keys", **allow("operations.look"))
    async def list_parked_keys(session: Reading, limit: Limit = 100) -> ParkedKeysOut:
        """The keys whose events wait because one of them failed, with the reason and the next try."""
        count = select(func.count()).where(ParkedEvent.handler == ParkedKey.handler, ParkedEvent.topic == ParkedKey.topic,
                                           ParkedEvent.key == ParkedKey.key).scalar_subquery()
        rows = (await session.exec(select(ParkedKey, count).order_by(ParkedKey.since).limit(limit))).all()
        total = (await session.exec(select(func.count()).select_from(ParkedKey))).one()
        return ParkedKeysOut(total=total, items=[ParkedKeyOut(**lane.model_dump(), events=events) for lane, events in rows])

    @router.post("/parked-keys/{id}/retry", status_code=202, **allow("operations.act"))
    async def retry_parked_key(id: UUID, runtime: Here, uow: Uow, how: RetryIn | None = None) -> None:
        """Try a parked key now, without waiting for its next turn."""
        await parking.retry(uow.session, id, runtime.service.handlers, without_predecessor=bool(how and how.without_predecessor))

    @router.get("/dead-letters", **allow("operations.look"))
    async def list_dead_letters(session: Reading, state: LetterState = LetterState.WAITING, limit: Limit = 100) -> DeadLettersOut:
        """The events that were given up, those that wait for a decision unless another state is asked for."""
        rows = await session.exec(select(DeadLetter).where(DeadLetter.state == state).order_by(DeadLetter.id).limit(limit))
        total = (await session.exec(select(func.count()).select_from(DeadLetter).where(DeadLetter.state == state))).one()
        return DeadLettersOut(total=total, items=[_letter(row) for row in rows.all()])

    @router.get("/dead-letters/{id}", **allow("operations.look"))
    async def show_dead_letter(id: UUID, session: Reading) -> OpenLetterOut:
        """One dead letter with its envelope and payload."""
        letter = await _found(session, id)
        headers = {name: value.decode(errors="replace") for name, value in dead_letters.unpack(letter.headers)}
        value = None if letter.value is None else letter.value.decode(errors="replace")
        return OpenLetterOut(**_letter(letter).model_dump(), headers=headers, value=value)

    @router.post("/dead-letters/{id}/replay", **allow("operations.act"))
    async def replay_dead_letter(id: UUID, runtime: Here, person: Person) -> DeadLetterOut:
        """Let the handler try once more. When that fails the letter stays, and the answer says why."""
        await dead_letters.replay(runtime, id, person.subject)
        async with runtime.database.session() as session:
            return _letter(await _found(session, id))

    @router.post("/dead-letters/{id}/discard", **allow("operations.act"))
    async def discard_dead_letter(id: UUID, why: DiscardIn, uow: Uow, person: Person) -> DeadLetterOut:
        """Decide that an event needs no effect any more; the letter is kept, with the reason."""
        return _letter(await dead_letters.close(uow.session, id, LetterState.DISCARDED, person.subject, why.reason))

    @router.get("/timers", **allow("operations.look"))
    async def list_timers(session: Reading, limit: Limit = 100) -> TimersOut:
        """What is due next, and which timers failed and will be tried again."""
        rows = await session.exec(select(TimerRow).order_by(TimerRow.due_at).limit(limit))
        total = (await session.exec(select(func.count()).select_from(TimerRow))).one()
        return TimersOut(total=total, items=[TimerOut.model_validate(row) for row in rows.all()])

    return router


async def _found(session: AsyncSession, id: UUID) -> DeadLetter:
    letter = await session.get(DeadLetter, id)
    if letter is None:
        raise NotFound("There is no such dead letter.")
    return letter


def _letter(row: DeadLetter) -> DeadLetterOut:
    return DeadLetterOut.model_validate(row)
