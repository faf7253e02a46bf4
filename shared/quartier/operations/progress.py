"""Whether a service is at rest and at work: what it lacks, what it has still to send, to read and to fire."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy import func
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import outbox, readiness, standing
from quartier.auth import allow
from quartier.outbox import OutboxRow
from quartier.pagination import Limit
from quartier.timers import TimerRow
from quartier.uow import UnitOfWork
from quartier.web import Out

if TYPE_CHECKING:
    from quartier.service import Service


class QuietOut(Out):
    """Whether anything is left to do, what, and when the next thing is due."""

    quiet: bool
    reasons: list[str]
    next_timer_due_at: datetime | None


class LackOut(Out):
    """A check that failed, and why."""

    check: str
    detail: str


class ReadinessOut(Out):
    """Whether the service can do its work, and what it lacks."""

    ready: bool
    lacks: list[LackOut]


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


def add_to(router: APIRouter, service: "Service") -> None:
    """The endpoints about a service's progress."""
    Here = Annotated[Any, Depends(service.runtime)]
    Reading = Annotated[AsyncSession, Depends(service.reading)]
    Uow = Annotated[UnitOfWork, Depends(service.unit_of_work, scope="function")]

    @router.get("/quiet", **allow("operations.look"))
    async def show_quiet(runtime: Here, session: Reading) -> QuietOut:
        """Whether this service has nothing left to do, or what it has, and when its next timer is due (business time)."""
        reasons = await standing.unrest(runtime)
        return QuietOut(quiet=not reasons, reasons=reasons, next_timer_due_at=await standing.next_timer_due_at(session))

    @router.get("/readiness", **allow("operations.look"))
    async def show_readiness(runtime: Here) -> ReadinessOut:
        """Whether this service can do its work, or which checks fail and why; `/readyz` tells everybody the checks alone."""
        found = await readiness.lacks(runtime)
        return ReadinessOut(ready=not found, lacks=[LackOut(check=lack.check, detail=lack.detail) for lack in found])

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

    @router.get("/timers", **allow("operations.look"))
    async def list_timers(session: Reading, limit: Limit = 100) -> TimersOut:
        """What is due next, and which timers failed and will be tried again."""
        rows = await session.exec(select(TimerRow).order_by(TimerRow.due_at).limit(limit))
        total = (await session.exec(select(func.count()).select_from(TimerRow))).one()
        return TimersOut(total=total, items=[TimerOut.model_validate(row) for row in rows.all()])
